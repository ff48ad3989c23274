import type { Artefact } from '../../../models/artefact/index.ts';
import { takeRows, type Dataset } from '../../../models/dataset/index.ts';
import { delongInterval } from '../../../models/metrics/index.ts';
import {
  cbpe,
  createDetector,
  domainClassifier,
  lookAt,
  maturedFigures,
  observeOutcomes,
  observePairs,
  pairsOf,
  reweighted,
  verdictOn,
  watchedOf,
  YEARLY_BUDGET,
  type DriftLook,
  type EstimatedPerformance,
  type Followed,
  type Grading,
  type Look,
  type MaturedFigures,
  type Thresholds,
  type Verdict,
} from '../../../models/monitoring/index.ts';
import { scoreMatrix } from '../../../models/scoring/index.ts';
import { firstDay, HORIZON, monthName, outcomeAt, type Book } from './book.ts';

/** A model that is followed: trained on vintages up to `trainedTo`, at the end of the month `trainedAt`, when their windows had closed. */
export interface FollowedModel {
  readonly artefact: Artefact;
  readonly trainedAt: number;
  readonly trainedTo: number;
}

/** How a model's standing is judged. */
export interface Standards {
  readonly grading: Grading;
  readonly thresholds: Thresholds;
}

/** What was estimated of the loans of one month before any of their outcomes were known. */
export interface VintageEstimate {
  readonly vintage: number;
  /** AUC of telling these loans from those with outcomes. */
  readonly apart: number;
  readonly estimated: readonly EstimatedPerformance[];
}

/** What a run at the end of a month reported. It rests on loans granted by then, and on outcomes whose windows had closed by then. */
export interface MonthReport {
  readonly month: string;
  /** Loans of this month against those of training; null: none were granted. */
  readonly look: DriftLook | null;
  /** Significant by the yearly test, material by what the loans and outcomes of this month show. */
  readonly verdict: Verdict;
  /** Of the loans of this month; in the first report, also of all earlier ones whose windows are open. */
  readonly estimates: readonly VintageEstimate[];
  /** The vintage whose windows closed this month. */
  readonly matured: MaturedFigures | null;
  /** The yearly test, years counted from the month after training. */
  readonly sequential: {
    readonly look: Look;
    readonly eValues: readonly { readonly name: string; readonly eValue: number }[];
  } | null;
}

const YEAR = 12;
/** From here on no loan with an outcome looks like today's, and a density ratio says nothing. */
const MOST_APART = 0.95;

/** Follows a model over a book: `report(month)` is what a run at the end of that month says. A pure function of what was known then. */
export function follow(
  book: Book,
  { artefact, trainedAt, trainedTo }: FollowedModel,
  { grading, thresholds }: Standards,
): { report(month: number): MonthReport } {
  const { pd } = scoreMatrix(artefact, book.rows);
  const loans = Array.from(book.vintage.keys());
  const where = (is: (vintage: number) => boolean) => loans.filter((loan) => is(book.vintage[loan]!));
  const outcome = (loan: number, month: number) => outcomeAt(book.vintage[loan]!, book.defaultMonth[loan]!, month);
  const trained = takeRows(
    book.rows,
    where((vintage) => vintage <= trainedTo),
  );

  /** Loans that the model did not learn from and whose outcomes are known at the end of a month. */
  const known = (month: number): Dataset => {
    const own = where((vintage) => vintage > trainedTo && vintage + HORIZON <= month);
    const rows = takeRows(book.rows, own);
    return { ...rows, bad: Uint8Array.from(own, (loan) => Number(outcome(loan, month))) };
  };
  const validation = known(trainedAt);
  /** What validation promises at the training date: the lower end, as its error is no drift. */
  const promised = delongInterval(scoreMatrix(artefact, validation).pd, validation.bad).low;

  const estimatesOf = (vintage: number, month: number): VintageEstimate => {
    const [reference, present] = [
      known(month),
      takeRows(
        book.rows,
        where((each) => each === vintage),
      ),
    ];
    const byPd = cbpe(scoreMatrix(artefact, present).pd);
    const { auc, densityRatio } = domainClassifier(reference, present, book.rows.features);
    if (auc.auc > MOST_APART) return { vintage, apart: auc.auc, estimated: [byPd] };
    const own = { pd: scoreMatrix(artefact, reference).pd, bad: reference.bad, group: null };
    return { vintage, apart: auc.auc, estimated: [byPd, reweighted(own, densityRatio, present.rows)] };
  };

  const maturedBy = (month: number): MaturedFigures | null => {
    const rows = where((vintage) => vintage > trainedTo && vintage <= month).map((loan): Followed => ({
      pd: pd[loan]!,
      grade: grading.names[grading.indexOf(pd[loan]!)]!,
      vintage: monthName(book.vintage[loan]!),
      windowEnd: firstDay(book.vintage[loan]! + HORIZON + 1),
      bad: outcome(loan, month),
    }));
    const { vintages } = maturedFigures(rows, grading.names, firstDay(month + 1));
    return vintages.find(({ vintage }) => vintage === monthName(month - HORIZON)) ?? null;
  };

  const plan = { features: artefact.model.terms.map(({ name }) => name), segments: [] };
  /** What one month adds to the yearly test: its loans beside those of the same month a year before, so that a season is no drift, and outcomes that matured. */
  const observe = (month: number): Map<string, Float64Array> => {
    const ids = (at: number) => where((vintage) => vintage === at).map(String);
    const pairs = pairsOf(
      `lending club ${Math.floor((month - trainedAt - 1) / YEAR)}`,
      ids(month),
      ids(month - YEAR),
      1,
    );
    const side = (of: 'now' | 'before') => ({
      rows: takeRows(
        book.rows,
        pairs.map((pair) => Number(pair[of])),
      ),
      segments: pairs.map(() => null),
    });
    const outcomes = where((vintage) => vintage === month - HORIZON).map((loan) => ({
      pd: pd[loan]!,
      bad: outcome(loan, month) === true,
      segment: null,
    }));
    return new Map([
      ...observePairs(artefact, plan, trained, side('now'), side('before')),
      ...observeOutcomes(plan, outcomes, promised),
    ]);
  };

  const sequential = (month: number): MonthReport['sequential'] => {
    if (month <= trainedAt) return null;
    const first = month - ((month - trainedAt - 1) % YEAR);
    const detector = createDetector(watchedOf(plan));
    let look: Look | null = null;
    for (let at = first; at <= month; at++)
      look = detector.look(Math.floor(((at - first + 1) * YEARLY_BUDGET.days) / YEAR) - 1, observe(at));
    return look && { look, eValues: detector.eValues() };
  };

  return {
    report(month) {
      const granted = where((vintage) => vintage === month);
      const present = takeRows(book.rows, granted);
      const look =
        granted.length === 0 ? null : lookAt(artefact, trained, present, grading, [], (data) => data, [])[0]!;
      const open = month > trainedAt ? [month] : Array.from({ length: HORIZON }, (_, i) => month - HORIZON + 1 + i);
      const estimates = open
        .filter((vintage) => book.vintage.includes(vintage))
        .map((vintage) => estimatesOf(vintage, month));
      const [matured, yearly] = [maturedBy(month), sequential(month)];
      return {
        month: monthName(month),
        look,
        verdict: verdictOn(
          {
            looks: look === null ? [] : [look],
            movement: null,
            estimated: estimates.find(({ vintage }) => vintage === month)?.estimated ?? [],
            matured,
            vanished: [],
            significant: yearly?.look.alarm ?? false,
          },
          thresholds,
        ),
        estimates,
        matured,
        sequential: yearly,
      };
    },
  };
}

import { hasExpired } from '../decision/index.ts';
import type { GradeClass, MasterScale } from '../master-scale.ts';
import type { LossFile } from '../rules/index.ts';
import type { EarlyWarning } from '../warnings/warning.ts';
import { lossOf } from './report.ts';

/** A decision about a customer, as its evidence tells. Amounts in major units. */
export interface RatedPoint {
  readonly ratingId: string;
  readonly at: string;
  readonly pd: number;
  readonly score: number;
  readonly grade: string;
  readonly outcome: string;
  readonly limit: number;
  readonly currency: string;
  readonly validUntil: string;
  readonly segment: string | null;
  /** What it rests on: drawn and open amounts by name; empty: not known. */
  readonly exposures: readonly { readonly name: string; readonly amount: number }[];
}

/** A warning as the report tells it. */
export interface ReportedWarning {
  readonly warningId: string;
  readonly code: string;
  readonly level: EarlyWarning['level'];
  readonly state: EarlyWarning['state'];
  readonly openedAt: string;
  readonly owner: string | null;
  readonly closeBy: string;
  readonly measures: readonly { readonly code: string; readonly state: string }[];
  /** How many customers of a group or a ring share it; absent: it is of this one alone. */
  readonly sharedBy?: number;
}

/** The risk of one customer when the report was made. */
export interface CustomerReport {
  readonly format: 'probity.customer-report/1';
  readonly customerId: string;
  readonly asOf: string;
  /** The newest decision. */
  readonly rating: RatedPoint & {
    readonly class: GradeClass | null;
    /** Its validity had ended: it supports no limit. Absent: it stood, or the report is older than this. */
    readonly expired?: true;
  };
  /** Major units; null: not known. */
  readonly exposure: number | null;
  /** PD · LGD · exposure at default. */
  readonly expectedLoss: number | null;
  /** 10,000 · expected loss / exposure; null: nothing is exposed, or it is not known. */
  readonly riskIndex: number | null;
  /** Exposures by kind, the largest first. */
  readonly topExposures: RatedPoint['exposures'];
  /** Decisions before and now, newest first. */
  readonly history: readonly Pick<RatedPoint, 'ratingId' | 'at' | 'pd' | 'score' | 'grade' | 'outcome' | 'limit'>[];
  /** Steps between decisions that follow each other, to a worse or better grade. */
  readonly migration: { readonly worse: number; readonly better: number };
  /** Shares of the decisions in each class. */
  readonly classShares: readonly { readonly name: GradeClass; readonly share: number }[];
  readonly openWarnings: readonly ReportedWarning[];
  /** Now less then; null: there is no report before. */
  readonly change: {
    readonly reportId: string;
    readonly asOf: string;
    readonly gradeBefore: string;
    readonly pd: number;
    readonly exposure: number | null;
    readonly expectedLoss: number | null;
    readonly riskIndex: number | null;
    readonly openWarnings: number;
  } | null;
}

/** The report on a customer: a pure function of decisions (newest first, at least one), standing warnings, the report before, and data. */
export function customerReport(
  of: {
    readonly customerId: string;
    readonly asOf: string;
    readonly ratings: readonly [RatedPoint, ...RatedPoint[]];
    readonly warnings: readonly EarlyWarning[];
    readonly earlier: { readonly reportId: string; readonly report: CustomerReport } | null;
  },
  { masterScale: { grades }, loss }: { readonly masterScale: MasterScale; readonly loss: LossFile },
): CustomerReport {
  const { customerId, asOf, ratings, warnings, earlier } = of;
  const [rating] = ratings;
  const placeOf = (code: string): number => grades.findIndex((grade) => grade.code === code);
  const classOf = (code: string): GradeClass | null => grades[placeOf(code)]?.class ?? null;
  const topExposures = rating.exposures.toSorted((a, b) => b.amount - a.amount);
  const exposure = topExposures.length === 0 ? null : topExposures.reduce((sum, { amount }) => sum + amount, 0);
  const { lgd, exposureAtDefault } = lossOf(loss, rating.segment);
  const expectedLoss = exposure === null ? null : rating.pd * lgd * exposureAtDefault * exposure;
  const riskIndex =
    exposure === null || expectedLoss === null || exposure <= 0 ? null : (10_000 * expectedLoss) / exposure;
  const migration = { worse: 0, better: 0 };
  ratings.slice(1).forEach((before, i) => {
    // A grade of another scale is neither better nor worse.
    const [from, to] = [placeOf(before.grade), placeOf(ratings[i]!.grade)];
    if (from < 0 || to < 0) return;
    if (to > from) migration.worse++;
    else if (to < from) migration.better++;
  });
  const openWarnings = warnings
    .filter(({ state }) => state !== 'closed')
    .map(({ warningId, code, level, state, openedAt, owner, closeBy, measures, lastSeen: { signals } }) => ({
      warningId,
      code,
      level,
      state,
      openedAt,
      owner,
      closeBy,
      measures: measures.map((each) => ({ code: each.code, state: each.state })),
      ...(signals?.circle === undefined ? {} : { sharedBy: (signals.others?.customers ?? 0) + 1 }),
    }));
  const difference = (now: number | null, then: number | null): number | null =>
    now === null || then === null ? null : now - then;
  return {
    format: 'probity.customer-report/1',
    customerId,
    asOf,
    rating: { ...rating, class: classOf(rating.grade), ...(hasExpired(rating, asOf) ? { expired: true } : {}) },
    exposure,
    expectedLoss,
    riskIndex,
    topExposures,
    history: ratings.map(({ ratingId, at, pd, score, grade, outcome, limit }) => ({
      ratingId,
      at,
      pd,
      score,
      grade,
      outcome,
      limit,
    })),
    migration,
    classShares: (['high', 'middle', 'low'] as const).map((name) => ({
      name,
      share: ratings.filter(({ grade }) => classOf(grade) === name).length / ratings.length,
    })),
    openWarnings,
    change:
      earlier === null
        ? null
        : {
            reportId: earlier.reportId,
            asOf: earlier.report.asOf,
            gradeBefore: earlier.report.rating.grade,
            pd: rating.pd - earlier.report.rating.pd,
            exposure: difference(exposure, earlier.report.exposure),
            expectedLoss: difference(expectedLoss, earlier.report.expectedLoss),
            riskIndex: difference(riskIndex, earlier.report.riskIndex),
            openWarnings: openWarnings.length - earlier.report.openWarnings.length,
          },
  };
}

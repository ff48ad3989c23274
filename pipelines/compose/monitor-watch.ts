import { contentHash, type Instant } from '../../base/index.ts';
import { contractOf } from '../../features/contracts/index.ts';
import type { SnapshotManifest } from '../../features/snapshots/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import { takeRows, type Dataset } from '../../models/dataset/index.ts';
import { delongInterval } from '../../models/metrics/index.ts';
import {
  createDetector,
  featureTerms,
  followedPd,
  observeOutcomes,
  observePairs,
  pairsByDay,
  watchedOf,
  YEARLY_BUDGET,
  type SequentialState,
  type WatchedOutcome,
  type WatchPlan,
} from '../../models/monitoring/index.ts';
import type { KeptLook } from '../../records/reports/index.ts';
import { SEGMENT, type MonitoredTable } from './monitored-table.ts';

const DAY = 86_400_000;
const LEADING = 10;
/** Fewest rows of a segment in training that is watched on its own. */
const LEAST_ROWS = 100;

/** A model whose yearly test goes on. */
export interface WatchedModel {
  readonly slot: string;
  readonly model: string;
  readonly artefact: Artefact;
  /** All rows that the model learnt from: what is watched, and its shares of the budget, follow from them and stay the same however slots come and go within a year. */
  readonly learnt: Dataset;
  /** Rows of training and validation of such customers as the slot decides about. */
  readonly train: Dataset;
  readonly test: Dataset;
  readonly manifest: SnapshotManifest;
}

/** The year's look: its state, and what is to be kept of it where it is a new one. */
export interface YearlyLook {
  readonly state: SequentialState;
  readonly look: KeptLook | null;
  readonly after: KeptLook | null;
}

/** Which day of which year of looks an instant is. */
export interface LookDay {
  readonly since: string;
  readonly day: number;
}

/** The day of an instant: of the year that runs, or of a new one once 365 days have passed; the first look begins a year. */
export function lookDay(looks: readonly KeptLook[], asOf: string): LookDay {
  const today = dayOf(asOf);
  const newest = looks.at(-1);
  if (newest === undefined) return { since: isoDay(today), day: 0 };
  const first = dayOf(newest.since);
  const elapsed = today - first;
  const years = Math.max(0, Math.floor(elapsed / YEARLY_BUDGET.days));
  return { since: isoDay(first + years * YEARLY_BUDGET.days), day: elapsed - years * YEARLY_BUDGET.days };
}

/** The key under which customers have their parts in a year. */
export function yearKey({ slot, model }: Pick<WatchedModel, 'slot' | 'model'>, since: string): string {
  return contentHash({ slot, model, since });
}

/**
 * Takes a day's look, or says how the year stood where that day was looked at already or lies before the newest look: a day counts once, and no clock that goes back
 * takes it again. `outcomesOn` answers what became of the customers whose turn it is.
 */
export async function yearlyLook(
  watched: WatchedModel,
  looks: readonly KeptLook[],
  present: MonitoredTable,
  asOf: Instant,
  snapshotId: string,
  outcomesOn: (turn: {
    readonly key: string;
    readonly after: number;
    readonly day: number;
  }) => Promise<readonly WatchedOutcome[]>,
): Promise<YearlyLook> {
  const plan = planOf(watched);
  const newest = looks.at(-1) ?? null;
  const { since, day } = lookDay(looks, asOf);
  const today = dayOf(asOf);
  const until = looks.filter((look) => dayOf(look.since) + look.day <= today);
  const last = until.at(-1) ?? null;
  if (newest !== null && dayOf(newest.since) + newest.day >= today) {
    const isSame = last !== null && dayOf(last.since) + last.day === today;
    const year = last === null ? [] : until.filter((look) => look.since === last.since);
    return { state: stateOf(plan, last?.since ?? since, year, isSame), look: null, after: newest };
  }
  const year = looks.filter((look) => look.since === since);
  const previous = year.at(-1);
  const key = yearKey(watched, since);
  const turns = { day: previous?.day ?? -1, before: previous?.comparedThrough ?? -1 };
  const seen = observed(watched, plan, present, key, turns, day, today);
  const outcomes = await outcomesOn({ key, after: turns.day, day });
  const growth = createDetector(watchedOf(plan)).growthIn(
    new Map<string, ArrayLike<number>>([...seen.observed, ...observeOutcomes(plan, outcomes, promisedAuc(watched))]),
  );
  const look: KeptLook = {
    since,
    day,
    asOf,
    snapshotId,
    comparedThrough: seen.through,
    pairs: seen.pairs,
    outcomes: outcomes.length,
    growth,
  };
  return { state: stateOf(plan, since, [...year, look], true), look, after: newest };
}

/** What is watched: features of customers' own, and segments that training knew. Published series are the same for many customers at once, who are then not independent. */
function planOf({ artefact, learnt, manifest }: WatchedModel): WatchPlan {
  const shared = new Set(
    (manifest.content.views ?? [])
      .filter(({ tables }) => tables.length > 0 && tables.every((table) => contractOf(table)?.entity === null))
      .flatMap(({ features }) => features.map(({ name }) => name)),
  );
  const column = learnt.columns.find(({ name }) => name === SEGMENT);
  const counts = new Map<string, number>();
  if (column?.kind === 'category')
    for (const code of column.codes) {
      const level = column.levels[code];
      if (level !== undefined) counts.set(level, (counts.get(level) ?? 0) + 1);
    }
  return {
    features: featureTerms(artefact)
      .map(({ name }) => name)
      .filter((name) => !shared.has(name)),
    segments: [...counts].flatMap(([level, rows]) => (rows >= LEAST_ROWS ? [level] : [])).sort(),
  };
}

/** The pairs of a look, and what they tell. */
function observed(
  { artefact, train, test }: WatchedModel,
  plan: WatchPlan,
  present: MonitoredTable,
  key: string,
  turns: { readonly day: number; readonly before: number },
  day: number,
  today: number,
): { readonly observed: ReadonlyMap<string, ArrayLike<number>>; readonly pairs: number; readonly through: number } {
  const references = [train, test].map((rows) => ({ rows, rowOf: referenceRows(rows, today) }));
  const before = references.flatMap(({ rowOf }) => [...rowOf.keys()]);
  const { pairs, turns: after } = pairsByDay(key, present.customers, before, turns, day, YEARLY_BUDGET.days);
  const wanted = new Set(pairs.map(({ now }) => now));
  const placeOf = new Map(present.customers.flatMap((id, row) => (wanted.has(id) ? [[id, row] as const] : [])));
  const found = new Map<string, number[]>();
  for (const { rows, rowOf } of references) {
    const own = pairs.filter((pair) => rowOf.has(pair.before));
    if (own.length === 0) continue;
    const nowRows = own.map(({ now }) => placeOf.get(now)!);
    const thenRows = own.map((pair) => rowOf.get(pair.before)!);
    const segmentThen = segmentsOf(rows);
    const sides = observePairs(
      artefact,
      plan,
      rankedRows(train, references[0]!.rowOf),
      { rows: takeRows(present.rows, nowRows), segments: nowRows.map((row) => present.segments[row] ?? null) },
      { rows: takeRows(rows, thenRows), segments: thenRows.map((row) => segmentThen(row)) },
    );
    for (const [measure, values] of sides) found.set(measure, [...(found.get(measure) ?? []), ...values]);
  }
  return { observed: found, pairs: pairs.length, through: after.before };
}

/** Rows of training that ranks are taken among: of other dates than those that are compared, where there are any. */
function rankedRows(train: Dataset, compared: ReadonlyMap<string, number>): Dataset {
  const dates = new Set([...compared.values()].map((row) => train.time?.[row]));
  const others = Array.from({ length: train.rows }, (_, row) => row).filter((row) => !dates.has(train.time?.[row]));
  return others.length === 0 ? train : takeRows(train, others);
}

function segmentsOf(rows: Dataset): (row: number) => string | null {
  const column = rows.columns.find(({ name }) => name === SEGMENT);
  return (row) => (column?.kind === 'category' ? (column.levels[column.codes[row]!] ?? null) : null);
}

/**
 * The customers that a look may compare with, by id, and their rows: those of the one observation date that lies nearest in the year to the day of the look, so that a
 * season is no drift; of equally near ones the newest. A date counts that holds half as many rows as the fullest one.
 */
function referenceRows(rows: Dataset, today: number): ReadonlyMap<string, number> {
  const dates = new Map<number, number[]>();
  for (let row = 0; row < rows.rows; row++) {
    const at = rows.time?.[row] ?? 0;
    const own = dates.get(at);
    if (own === undefined) dates.set(at, [row]);
    else own.push(row);
  }
  const most = Math.max(0, ...[...dates.values()].map(({ length }) => length));
  const month = (at: number): number => new Date(at).getUTCMonth();
  const away = (at: number): number => {
    const months = Math.abs(month(at) - month(today * DAY));
    return Math.min(months, 12 - months);
  };
  const [chosen] = [...dates]
    .filter(([, own]) => 2 * own.length >= most)
    .sort(([a], [b]) => away(a) - away(b) || b - a);
  return new Map(
    (chosen?.[1] ?? []).flatMap((row) => {
      const id = rows.ids[row]!;
      const customer = id.includes('/') ? id.slice(0, id.lastIndexOf('/')) : id;
      return customer.startsWith(ERASED) ? [] : [[customer, row] as const];
    }),
  );
}

/** What stands in a training set in the place of an erased customer's id. */
const ERASED = '(erased)';

/** A bound that the AUC of validation lies above with a probability of 97.5 %: what a model promises without the luck of its validation rows. */
function promisedAuc({ artefact, test }: WatchedModel): number | null {
  const bads = test.bad.reduce((sum, bad) => sum + bad, 0);
  if (bads === 0 || bads === test.rows) return null;
  return delongInterval(followedPd(artefact, test), test.bad).low;
}

/** How a year stands after its looks. */
function stateOf(plan: WatchPlan, since: string, year: readonly KeptLook[], taken: boolean): SequentialState {
  const measures = watchedOf(plan);
  const detector = createDetector(measures);
  let [evidence, alarmDay] = [1, null as number | null];
  const path: { readonly day: number; readonly evidence: number }[] = [];
  for (const { day, growth } of year) {
    ({ evidence, alarmDay } = detector.replay(day, growth));
    path.push({ day, evidence });
  }
  const sum = (of: 'pairs' | 'outcomes') => year.reduce((total, look) => total + look[of], 0);
  return {
    since,
    day: year.at(-1)?.day ?? 0,
    looks: year.length,
    pairs: sum('pairs'),
    outcomes: sum('outcomes'),
    evidence,
    needed: 1 / YEARLY_BUDGET.alpha,
    significantSince: alarmDay === null ? null : isoDay(dayOf(since) + alarmDay),
    measures: measures.length,
    path,
    leading: detector
      .eValues()
      .slice(0, LEADING)
      .map(({ name, eValue }) => ({ measure: name, eValue })),
    taken,
  };
}

const dayOf = (at: string): number => Math.floor(Date.parse(at) / DAY);
const isoDay = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

import { join } from 'node:path';
import { exactGlob, identifier, instant, literal, type Instant } from '../../base/index.ts';
import { readManifest } from '../../features/snapshots/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import type { Dataset } from '../../models/dataset/index.ts';
import {
  followedPd,
  lookedAtBy,
  maturedFigures,
  YEARLY_BUDGET,
  type EstimateCheck,
  type Followed,
  toldHorizons,
  type Grading,
  type HorizonOutcomes,
  type MonitoringReport,
  type OpenVintage,
  type OutcomeCorrection,
  type OutcomeFigures,
  type WatchedOutcome,
} from '../../models/monitoring/index.ts';
import { pdColumn } from '../../models/hazard/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import type { StoredMonitoringReport } from '../../records/reports/index.ts';
import { windowEnd } from './compare-shadow.ts';
import { columnsOf, oneValue, withDuckDB } from './duckdb.ts';
import type { MonitorLabels, MonitorParts } from './monitor-parts.ts';
import { featureFile, SEGMENT } from './monitored-table.ts';
import { datedRuns, modelIn, scoresOf } from './score-runs.ts';

/** Customers of one month that figures are of, at most. */
const SAMPLED = 50_000;
/** Months of scores that a report looks back. */
const MONTHS = 36;

/** A book that the model scored: the first of a month. */
interface ScoredMonth {
  readonly vintage: string;
  readonly asOf: Instant;
  readonly snapshotId: string;
  readonly windowEnd: Instant;
  /** Query over the scores of the slot's customers. */
  readonly source: string;
  /** Files with the scores of everybody, of other slots, too. */
  readonly files: readonly string[];
}

/** What is known of books that a model scored. */
export interface ScoredOutcomes {
  readonly figures: OutcomeFigures;
  readonly sampledFrom: number;
  /** By month, the snapshot that was scored. */
  readonly snapshots: ReadonlyMap<string, string>;
  /** Instant at which the last outcome of a month could be known. */
  readonly knownOn: ReadonlyMap<string, string>;
}

/** Validation rows with the outcomes that training knew. */
export function validationFigures(artefact: Artefact, test: Dataset, grading: Grading, months: number): OutcomeFigures {
  const { time } = test;
  if (time === null) return maturedFigures([], grading.names, '');
  const rows = Array.from(followedPd(artefact, test), (each, row): Followed => {
    const at = instant(time[row]!);
    return {
      pd: each,
      grade: grading.names[grading.indexOf(each)]!,
      vintage: at.slice(0, 7),
      windowEnd: windowEnd(at, months),
      bad: test.bad[row] === 1,
    };
  });
  const end = rows.reduce((latest, row) => (row.windowEnd > latest ? row.windowEnd : latest), '');
  return maturedFigures(rows, grading.names, end);
}

/** The books that a slot's model scored up to an instant, the first of each month, oldest first: the PDs of a column of their files, which are over so many months. */
export async function scoredMonths(
  { scores, snapshots }: Pick<MonitorParts, 'scores' | 'snapshots'>,
  slot: Slot,
  modelHash: string,
  asOf: string,
  { months, column = 'pd' }: { readonly months: number; readonly column?: string },
): Promise<readonly ScoredMonth[]> {
  const found = new Map<string, ScoredMonth>();
  for (const run of await datedRuns(scores, snapshots, (each) => modelIn(each, slot) === modelHash)) {
    const vintage = run.asOf.slice(0, 7);
    const source = scoresOf(run, slot);
    if (source === null || run.asOf > asOf || (found.get(vintage)?.asOf ?? '9') <= run.asOf) continue;
    found.set(vintage, {
      vintage,
      asOf: run.asOf,
      snapshotId: run.manifest.snapshotId,
      windowEnd: windowEnd(run.asOf, months),
      source: `(SELECT party_id, ${identifier(column)} AS pd FROM ${source})`,
      files: run.manifest.files.map(({ file }) => join(run.folder, file)),
    });
  }
  return [...found.values()].slice(-MONTHS);
}

/** Figures of scored books: matured where their windows have closed by what the warehouse knows, and counted where not. */
export async function scoredOutcomes(
  labels: MonitorLabels,
  months: readonly ScoredMonth[],
  asOf: Instant,
  grading: Grading,
  within?: number,
): Promise<ScoredOutcomes> {
  const end = await labels.end();
  const knownBy = end < asOf ? end : asOf;
  const rows: Followed[] = [];
  const open: OpenVintage[] = [];
  let sampledFrom = 0;
  for (const month of months) {
    const { vintage, windowEnd: closes } = month;
    if (closes > knownBy) {
      const customers = grading.names.map(() => 0);
      const inDefault = await labels.inDefault(month.files, month.asOf);
      await eachScore(month.source, null, (id, pd) => {
        if (!inDefault.has(id)) customers[grading.indexOf(pd)]! += 1;
      });
      open.push({ vintage, windowEnd: closes, customers });
      continue;
    }
    const sample: { readonly customerId: string; readonly asOf: Instant; readonly pd: number }[] = [];
    const total = await eachScore(month.source, SAMPLED, (customerId, pd) =>
      sample.push({ customerId, asOf: month.asOf, pd }),
    );
    sampledFrom = Math.max(sampledFrom, total > sample.length ? total : 0);
    const known = await labels.outcomes(sample, knownBy, within);
    for (const each of sample) {
      if (known.wasInDefault(each)) continue;
      rows.push({
        pd: each.pd,
        grade: grading.names[grading.indexOf(each.pd)]!,
        vintage,
        windowEnd: closes,
        bad: known.badOf(each),
      });
    }
  }
  return {
    figures: maturedFigures(rows, grading.names, knownBy, open),
    sampledFrom,
    snapshots: new Map(months.map(({ vintage, snapshotId }) => [vintage, snapshotId])),
    knownOn: new Map(months.map((month) => [month.vintage, month.windowEnd])),
  };
}

/** What came true of a term structure's PDs, horizon by horizon, each on windows of its own length; nothing of another model. */
export async function horizonsCameTrue(
  parts: Pick<MonitorParts, 'scores' | 'snapshots'>,
  labels: MonitorLabels,
  slot: Slot,
  { artefact, modelHash }: { readonly artefact: Artefact; readonly modelHash: string },
  asOf: Instant,
  grading: Grading,
): Promise<readonly HorizonOutcomes[]> {
  const found: HorizonOutcomes[] = [];
  for (const months of toldHorizons(artefact)) {
    const scored = await scoredMonths(parts, slot, modelHash, asOf, { months, column: pdColumn(months) });
    const { figures } = await scoredOutcomes(labels, scored, asOf, grading, months);
    found.push({ months, figures: figures.all });
  }
  return found;
}

/** What became of the customers whose turn it is, in the newest scored book whose windows have closed: nobody's where there is none. */
export async function outcomesOfTurn(
  { snapshots, storage }: Pick<MonitorParts, 'snapshots' | 'storage'>,
  labels: MonitorLabels,
  months: readonly ScoredMonth[],
  asOf: Instant,
  {
    key,
    after,
    day,
    months: within,
  }: { readonly key: string; readonly after: number; readonly day: number; readonly months: number },
): Promise<readonly WatchedOutcome[]> {
  const end = await labels.end();
  const knownBy = end < asOf ? end : asOf;
  const month = months.findLast((each) => each.windowEnd <= knownBy);
  if (month === undefined) return [];
  const pds = new Map<string, number>();
  await eachScore(month.source, null, (id, pd) => pds.set(id, pd));
  const turn = lookedAtBy(key, pds.keys(), after, day, YEARLY_BUDGET.days).map((customerId) => ({
    customerId,
    asOf: month.asOf,
  }));
  const known = await labels.outcomes(turn, knownBy, within);
  const folder = await storage.materialise((await snapshots.get(month.snapshotId)).ref).catch(() => null);
  const segments = folder === null ? new Map<string, string>() : await segmentsIn(folder, month.snapshotId);
  return turn.flatMap((each) => {
    const bad = known.badOf(each);
    const segment = segments.get(each.customerId) ?? null;
    return bad === null ? [] : [{ pd: pds.get(each.customerId)!, bad, segment }];
  });
}

/** The segments of customers as a snapshot knew them: not those of today's book, which defaulted customers have left. */
async function segmentsIn(folder: string, snapshotId: string): Promise<ReadonlyMap<string, string>> {
  const file = await featureFile({ snapshot: { folder, manifest: await readManifest(folder, snapshotId) } });
  const source = `read_parquet(${literal(exactGlob(file))})`;
  return withDuckDB(2, async (connection) => {
    if (!(await columnsOf(connection, source)).has(SEGMENT)) return new Map();
    const read = await connection.runAndReadAll(
      `SELECT party_id::VARCHAR, ${SEGMENT}::VARCHAR FROM ${source} WHERE ${SEGMENT} IS NOT NULL`,
    );
    return new Map(read.getRows().map(([id, segment]) => [String(id), String(segment)]));
  });
}

/** Estimates of earlier reports beside what came true: of the first report on each scored book whose windows have all closed. */
export function checkedEstimates(
  earlier: readonly StoredMonitoringReport[],
  { figures, snapshots, knownOn }: ScoredOutcomes,
): readonly EstimateCheck[] {
  return figures.vintages.flatMap((vintage): EstimateCheck[] => {
    const month = vintage.vintage ?? '';
    const report = earlier.findLast(({ source }) => source.snapshotId === snapshots.get(month));
    if (report === undefined || vintage.open > 0) return [];
    return report.estimated.flatMap(({ method, badRate, auc, logLoss }) =>
      (
        [
          ['badRate', badRate, vintage.badRate.known ? vintage.badRate.value.rate : null],
          ['auc', auc, vintage.auc.known ? vintage.auc.value : null],
          ['logLoss', logLoss, vintage.logLoss?.known ? vintage.logLoss.value : null],
        ] as const
      ).flatMap(([figure, { value, low, high }, realised]) =>
        realised === null
          ? []
          : [
              {
                reportId: report.reportId,
                asOf: report.asOf,
                knownOn: knownOn.get(month) ?? report.asOf,
                method,
                figure,
                estimated: { value, low, high },
                realised,
                held: realised >= low && realised <= high,
              },
            ],
      ),
    );
  });
}

/** Months whose outcomes are told otherwise than the report before told them, behind those that it had found itself: both tellings are kept. */
export function correctionsSince(
  before: StoredMonitoringReport | null,
  { figures }: Pick<ScoredOutcomes, 'figures'>,
): MonitoringReport['corrections'] {
  if (before === null) return [];
  const then = new Map(before.outcomes.scored?.vintages.map((each) => [each.vintage, each]));
  const found = figures.vintages.flatMap((now): OutcomeCorrection[] => {
    const old = then.get(now.vintage);
    if (old === undefined || old.open > 0 || now.open > 0 || old.matured === 0) return [];
    if (old.matured === now.matured && old.bads === now.bads) return [];
    return [
      {
        vintage: now.vintage ?? '',
        before: { reportId: before.reportId, asOf: before.asOf, matured: old.matured, bads: old.bads },
        now: { matured: now.matured, bads: now.bads },
      },
    ];
  });
  return [...before.corrections, ...found];
}

/** Hands out customers and PDs of score files, chunk by chunk: all in the order of the files, or as many as told, drawn by a hash of their ids. Answers how many there are. */
async function eachScore(
  source: string,
  most: number | null,
  take: (customerId: string, pd: number) => void,
): Promise<number> {
  return withDuckDB(2, async (connection) => {
    const drawn = most === null ? '' : ` ORDER BY md5(party_id) LIMIT ${most}`;
    const result = await connection.stream(`SELECT party_id::VARCHAR, pd::DOUBLE FROM ${source}${drawn}`);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const pds = chunk.getColumnValues(1);
      chunk.getColumnValues(0).forEach((id, row) => take(String(id), Number(pds[row])));
    }
    return Number(await oneValue(connection, `SELECT count(*)::INTEGER FROM ${source}`));
  });
}

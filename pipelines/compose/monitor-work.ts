import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  contentHash,
  exactGlob,
  isProbityError,
  literal,
  ProbityError,
  type Json,
  type Tenant,
} from '../../base/index.ts';
import { verifiedFile } from '../../features/snapshots/index.ts';
import { loadArtefact, type Artefact } from '../../models/artefact/index.ts';
import { loadDataset, makeDataset, takeRows, type Dataset, type FeatureColumn } from '../../models/dataset/index.ts';
import {
  cbpe,
  domainClassifier,
  lookAt,
  maturedFigures,
  movementOf,
  reweighted,
  verdictOn,
  type EstimatedPerformance,
  type Followed,
  type DriftLook,
  type MaturedFigures,
  type Movement,
  type Verdict,
} from '../../models/monitoring/index.ts';
import type { AucInterval } from '../../models/metrics/index.ts';
import { scoreMatrix } from '../../models/scoring/index.ts';
import { gradeIndexOf, lossOf, type LossFile, type MasterScale, type Materiality } from '../../rating/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import type { Registry } from '../../records/registry/index.ts';
import { TRAINING_SET } from './checks-job.ts';
import { handOver } from './hand-over.ts';
import { newestScores, type PortfolioParts, type Scored } from './portfolio-work.ts';

export interface MonitorParts extends Pick<PortfolioParts, 'scores' | 'snapshots' | 'storage'> {
  readonly tenant: Tenant;
  readonly registry: Pick<Registry, 'candidates' | 'model'>;
  readonly standards: () => Promise<{
    readonly masterScale: MasterScale;
    readonly loss: LossFile;
    readonly materiality: Materiality;
  }>;
}

/** How a model stands at one look: a pure function of what is stored; equal content, equal id. */
export interface MonitoringReport {
  readonly format: 'probity.monitoring/1';
  readonly model: string;
  /** Instant of the snapshot that was looked at. */
  readonly asOf: string;
  readonly source: {
    readonly snapshotId: string;
    readonly trainingSet: string;
    readonly before: { readonly asOf: string; readonly snapshotId: string } | null;
  };
  readonly thresholds: Materiality;
  readonly verdict: Verdict;
  readonly looks: readonly DriftLook[];
  /** How well today's customers can be told from the validation rows, all features together; null: too few of either. */
  readonly domain: AucInterval | null;
  readonly estimated: readonly EstimatedPerformance[];
  /** Validation rows, whose outcomes are known, and today's customers, whose are not yet. */
  readonly outcomes: { readonly all: MaturedFigures; readonly vintages: readonly MaturedFigures[] };
  /** Null: no earlier scores. */
  readonly movement: Movement | null;
}

export interface IdentifiedMonitoringReport extends MonitoringReport {
  readonly reportId: string;
}

/** The feature that tells the portfolio segment of a customer. */
const SEGMENT = 'segment';

/** AUC of the domain classifier up to which validation outcomes may stand for today's customers. */
const MOST_APART = 0.95;

/**
 * Looks at the model that scored the portfolio last, at or before `asOf`. Throws NO_SCORES where nothing was scored by then, STORAGE_FAILED where the model's
 * training set is gone, INVALID_INPUT where the snapshot has no customers.
 */
export async function monitorModel(
  parts: MonitorParts,
  slot: Slot,
  asOf: string | null,
): Promise<IdentifiedMonitoringReport> {
  const [now, before] = await newestScores(parts, asOf);
  if (now === undefined)
    throw new ProbityError('NO_SCORES', 'The portfolio has not been scored by then.', {
      fix: 'Run `probity portfolio rescore`.',
    });
  const { artefactRef } = await parts.registry.model(now.modelHash);
  const { artefact } = await loadArtefact(await parts.storage.materialise(artefactRef), {
    expectedHash: now.modelHash,
  });
  const [train, test] = await referenceOf(parts, slot, now.modelHash);
  const { masterScale, loss, materiality } = await parts.standards();
  const grading = {
    names: masterScale.grades.map(({ code }) => code),
    indexOf: (pd: number) => gradeIndexOf(pd, masterScale),
  };
  const present = await readTable(now, artefact, train);
  const segmentOf = (data: Dataset, extra: readonly (string | null)[] | null) => {
    const column = data.columns.find(({ name }) => name === SEGMENT);
    if (extra) return extra;
    return column?.kind === 'category'
      ? Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!))
      : null;
  };
  const segmentsThen = segmentOf(train, null);
  const split = (data: Dataset, segment: string): Dataset => {
    const of = data === train ? segmentsThen : present.segments;
    return takeRows(
      data,
      of!.flatMap((each, row) => (each === segment ? [row] : [])),
    );
  };
  const segments = segmentsThen === null ? [] : [...new Set(present.segments)].filter((each) => each !== null).sort();
  const looks = lookAt(artefact, train, present.rows, grading, present.vanished, split, segments);
  const { domain, estimated } = estimates(artefact, test, present.rows, present.vanished);
  const movement = before === undefined ? null : await moved(before, present, artefact, train, loss, grading);
  const report: MonitoringReport = {
    format: 'probity.monitoring/1',
    model: now.modelHash,
    asOf: now.snapshot.manifest.content.asOf,
    source: {
      snapshotId: now.snapshotId,
      trainingSet: train.hash,
      before:
        before === undefined ? null : { asOf: before.snapshot.manifest.content.asOf, snapshotId: before.snapshotId },
    },
    thresholds: materiality,
    verdict: verdictOn(looks, movement, estimated, present.vanished, materiality),
    looks,
    domain,
    estimated,
    outcomes: outcomesOf(artefact, test, present.rows, now.snapshot.manifest.content.asOf, grading),
    movement,
  };
  // Through JSON, so that a figure that is not a number is null, as in the file.
  const stored = JSON.parse(JSON.stringify(report)) as MonitoringReport;
  return { ...stored, reportId: contentHash(stored as unknown as Json) };
}

/** Training and validation rows of a model. */
async function referenceOf(
  { tenant, registry, storage }: MonitorParts,
  slot: Slot,
  modelHash: string,
): Promise<readonly [Dataset, Dataset]> {
  const runs = (await registry.candidates({ slot })).filter((each) => each.modelHash === modelHash);
  for (const { runId } of runs) {
    const folder = await handOver(tenant, storage).take(runId, 'training-set');
    if (folder === null) continue;
    return Promise.all([loadDataset(join(folder, TRAINING_SET.train)), loadDataset(join(folder, TRAINING_SET.test))]);
  }
  throw new ProbityError('STORAGE_FAILED', 'The training set of this model is not stored: there is no reference.', {
    fix: 'Retrain (`probity retrain`), or restore the storage from a backup.',
  });
}

interface Table {
  readonly customers: readonly string[];
  readonly rows: Dataset;
  readonly vanished: readonly string[];
  readonly segments: readonly (string | null)[];
  readonly exposure: Float64Array;
}

/** The features of the model, and exposures, of a snapshot's customers, in order of their ids; a feature that is not there is missing in all rows. */
async function readTable({ snapshot }: Scored, { model }: Artefact, train: Dataset): Promise<Table> {
  const { folder, manifest } = snapshot;
  const file = literal(exactGlob(await verifiedFile(folder, manifest, manifest.content.features)));
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  try {
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${file})`);
    const known = new Set(described.getRows().map(([name]) => String(name)));
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    const amount = (name: string): string => (known.has(name) ? `${quoted(name)}::DOUBLE` : 'NULL::DOUBLE');
    const select = model.terms.map(({ name, type }) => {
      if (!known.has(name)) return type === 'category' ? 'NULL::VARCHAR' : 'NULL::DOUBLE';
      if (type === 'date') return `date_diff('day', DATE '1970-01-01', ${quoted(name)}::DATE)::DOUBLE`;
      return type === 'category' ? `${quoted(name)}::VARCHAR` : `${quoted(name)}::DOUBLE`;
    });
    const columns = [
      'party_id::VARCHAR',
      known.has(SEGMENT) ? `${quoted(SEGMENT)}::VARCHAR` : 'NULL::VARCHAR',
      `CASE WHEN ${amount('credit_drawn')} IS NULL AND ${amount('receivables_open')} IS NULL THEN NULL
        ELSE coalesce(${amount('credit_drawn')}, 0) + coalesce(${amount('receivables_open')}, 0) END`,
      ...select,
    ].map((each, c) => `${each} AS c${c}`);
    const read = await connection.runAndReadAll(
      `SELECT ${columns.join(', ')} FROM read_parquet(${file}) ORDER BY party_id`,
    );
    const [ids = [], segments = [], exposure = [], ...values] = read.getColumns();
    const customers = ids.map(String);
    const features = model.terms.map(({ name }) => train.features.find((each) => each.name === name)!);
    const rows = makeDataset({
      rows: customers.length,
      columns: model.terms.map((term, t) => columnOf(term.name, term.type === 'category', values[t] ?? [])),
      features,
      bad: new Uint8Array(customers.length),
      weight: null,
      group: null,
      time: null,
      ids: customers,
    });
    return {
      customers,
      rows,
      vanished: model.terms.map(({ name }) => name).filter((name) => !known.has(name)),
      segments: segments.map((each) => (each === null ? null : String(each))),
      exposure: Float64Array.from(exposure, (each) => (each === null ? Number.NaN : Number(each))),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function columnOf(name: string, isCategory: boolean, values: readonly unknown[]): FeatureColumn {
  if (!isCategory)
    return {
      kind: 'number',
      name,
      values: Float64Array.from(values, (each) => (each === null ? Number.NaN : Number(each))),
    };
  const texts = values.map((each) => (each === null ? null : (each as string)));
  const levels = [...new Set(texts)].filter((each) => each !== null).sort();
  const place = new Map(levels.map((level, l) => [level, l]));
  return {
    kind: 'category',
    name,
    levels,
    codes: Int32Array.from(texts, (each) => (each === null ? -1 : place.get(each)!)),
  };
}

/** Performance before outcomes are known. Where rows are too few, or all alike, to tell the sides apart, by PDs alone. */
function estimates(
  artefact: Artefact,
  test: Dataset,
  present: Dataset,
  vanished: readonly string[],
): { readonly domain: AucInterval | null; readonly estimated: readonly EstimatedPerformance[] } {
  const byPd = cbpe(scoreMatrix(artefact, present).pd);
  const names = present.columns.map(({ name }) => name).filter((name) => !vanished.includes(name));
  const matrix = (data: Dataset) => ({
    rows: data.rows,
    columns: names.map((name) => data.columns.find((column) => column.name === name)!),
  });
  if (test.rows === 0 || names.length === 0) return { domain: null, estimated: [byPd] };
  const features = names.map((name) => test.features.find((each) => each.name === name)!);
  try {
    const { auc, densityRatio } = domainClassifier(matrix(test), matrix(present), features);
    // Where the two are told apart nearly always, no validation row looks like today, and a ratio says nothing.
    if (auc.auc > MOST_APART) return { domain: auc, estimated: [byPd] };
    const pd = scoreMatrix(artefact, test).pd;
    const weighted = reweighted({ pd, bad: test.bad, group: test.group }, densityRatio, present.rows);
    return { domain: auc, estimated: [byPd, weighted] };
  } catch (error) {
    if (!isProbityError(error, 'INVALID_INPUT')) throw error;
    return { domain: null, estimated: [byPd] };
  }
}

/** Validation rows with their outcomes, and today's customers, whose windows are open. */
function outcomesOf(
  artefact: Artefact,
  test: Dataset,
  present: Dataset,
  asOf: string,
  grading: { readonly names: readonly string[]; readonly indexOf: (pd: number) => number },
): MonitoringReport['outcomes'] {
  const months = artefact.target.horizonMonths ?? 12;
  const windowEnd = (from: Date): string => {
    const end = new Date(from);
    end.setUTCMonth(end.getUTCMonth() + months);
    return end.toISOString();
  };
  const rowsOf = (data: Dataset, outcome: boolean): Followed[] => {
    const { pd } = scoreMatrix(artefact, data);
    return Array.from(pd, (each, row) => {
      const at = new Date(data.time?.[row] ?? Date.parse(asOf));
      return {
        pd: each,
        grade: grading.names[grading.indexOf(each)]!,
        vintage: at.toISOString().slice(0, 7),
        windowEnd: windowEnd(at),
        bad: outcome ? data.bad[row] === 1 : null,
      };
    });
  };
  const followed = [...(test.time === null ? [] : rowsOf(test, true)), ...rowsOf(present, false)];
  return maturedFigures(followed, grading.names, asOf);
}

/** The customers of both snapshots, then and now, by the model of now. */
async function moved(
  before: Scored,
  present: Table,
  artefact: Artefact,
  train: Dataset,
  loss: LossFile,
  grading: { readonly names: readonly string[]; readonly indexOf: (pd: number) => number },
): Promise<Movement> {
  const earlier = await readTable(before, artefact, train);
  const place = new Map(earlier.customers.map((id, row) => [id, row]));
  const both = present.customers.flatMap((id, row) => {
    const then = place.get(id);
    return then === undefined ? [] : [[then, row] as const];
  });
  const lossGiven = Float64Array.from(both, ([, row]) => {
    const { lgd, exposureAtDefault } = lossOf(loss, present.segments[row] ?? null);
    return lgd * exposureAtDefault * present.exposure[row]!;
  });
  return movementOf(
    artefact,
    takeRows(
      earlier.rows,
      both.map(([then]) => then),
    ),
    takeRows(
      present.rows,
      both.map(([, row]) => row),
    ),
    lossGiven,
    grading,
  );
}

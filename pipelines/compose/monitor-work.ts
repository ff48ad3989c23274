import { contentHash, instant, isProbityError, ProbityError, type Json } from '../../base/index.ts';
import { tablesOf } from '../../features/views/index.ts';
import { loadArtefact, type Artefact } from '../../models/artefact/index.ts';
import { takeRows, type Dataset } from '../../models/dataset/index.ts';
import {
  cbpe,
  domainClassifier,
  featureTerms,
  followedMonths,
  followedPd,
  lookAt,
  movementOf,
  reweighted,
  verdictOn,
  type Grading,
  type IdentifiedMonitoringReport,
  type MonitoringReport,
  type Movement,
  type NoDensityRatio,
} from '../../models/monitoring/index.ts';
import { slotKey, type Slot } from '../../models/registry/index.ts';
import { gradeIndexOf, lossOf, type LossFile } from '../../rating/index.ts';
import {
  checkedEstimates,
  correctionsSince,
  horizonsCameTrue,
  outcomesOfTurn,
  scoredMonths,
  scoredOutcomes,
  validationFigures,
} from './monitor-outcomes.ts';
import type { MonitorParts } from './monitor-parts.ts';
import { yearlyLook } from './monitor-watch.ts';
import { featureFile, readMonitored, SEGMENT, type MonitoredTable } from './monitored-table.ts';
import { newestScores, type Scored } from './portfolio-work.ts';
import { modelIn } from './score-runs.ts';
import { customersElsewhere } from './slot-customers.ts';
import { referenceOf } from './monitor-reference.ts';

export { monitorLabels, type MonitorLabels, type MonitorParts } from './monitor-parts.ts';

/** AUC of the domain classifier up to which validation outcomes may stand for today's customers. */
const MOST_APART = 0.95;
/** Customers of either side that estimates are made from, at most. */
const ESTIMATED = 50_000;

const NOBODY: ReadonlySet<string> = new Set();

/**
 * Looks at the model that scored the customers of a slot last, at or before `asOf`, and puts report and look on record where `parts.reports` says where: at those customers alone, beside the
 * training rows of such. Throws NO_SCORES where none was scored by then, NO_REFERENCE where the model's training set is gone or does not tell segments, INVALID_INPUT where the snapshot has no customers, CONFLICT where
 * another look at the model came in between.
 */
export async function monitorModel(
  parts: MonitorParts,
  slot: Slot,
  asOf: string | null,
): Promise<IdentifiedMonitoringReport> {
  const key = slotKey(slot);
  const [now, before] = await newestScores(parts, (run) => modelIn(run, slot) !== null, asOf);
  const modelHash = now === undefined ? null : modelIn(now.run, slot);
  if (now === undefined || modelHash === null)
    throw new ProbityError('NO_SCORES', `The customers of ${key} have not been scored by then.`, {
      fix: 'Run `probity portfolio rescore`.',
    });
  const { artefactRef } = await parts.registry.model(modelHash);
  const { artefact } = await loadArtefact(await parts.storage.materialise(artefactRef), { expectedHash: modelHash });
  const { learnt, train, test } = await referenceOf(parts, slot, { artefact, modelHash }, now.run);
  const { masterScale, loss, materiality } = await parts.standards();
  const grading = {
    names: masterScale.grades.map(({ code }) => code),
    indexOf: (pd: number) => gradeIndexOf(pd, masterScale),
  };
  const at = instant(now.snapshot.manifest.content.asOf);
  const { labels, reports } = parts;
  const file = await featureFile(now);
  const inDefault = labels === undefined ? null : await labels.inDefault([file], at);
  const elsewhere = await customersElsewhere(file, now.run, slot);
  const leftOut = new Set([...(inDefault ?? NOBODY), ...elsewhere]);
  const present = await readMonitored(file, artefact, train, leftOut, lawfulOf(parts, now));
  const looks = driftLooks(artefact, train, present, grading);
  const { domain, estimated, noDensityRatio } = estimates(artefact, test, present.rows, present.vanished);
  const movement =
    before === undefined ? null : await moved(parts, { before, slot, present, artefact, train, loss, grading });
  const months = followedMonths(artefact, slot.horizonMonths);
  const scored = labels === undefined ? [] : await scoredMonths(parts, slot, modelHash, at, { months });
  const outcomes = labels === undefined ? null : await scoredOutcomes(labels, scored, at, grading, months);
  const horizons =
    labels === undefined ? [] : await horizonsCameTrue(parts, labels, slot, { artefact, modelHash }, at, grading);
  const model = { slot: key, model: modelHash };
  const earlier = async (snapshots?: readonly string[]) =>
    (await reports?.earlier({ ...model, before: at, snapshots, limit: snapshots === undefined ? 1 : 1000 })) ?? [];
  const yearly =
    reports === undefined || parts.takesLooks === false
      ? null
      : await yearlyLook(
          { ...model, artefact, learnt, train, test, manifest: now.snapshot.manifest },
          await reports.looks(key, modelHash),
          present,
          at,
          now.snapshotId,
          async (turn) => (labels === undefined ? [] : outcomesOfTurn(parts, labels, scored, at, { ...turn, months })),
        );
  const matured = outcomes?.figures.vintages.findLast(({ open, matured: count }) => open === 0 && count > 0) ?? null;
  const nextMatured = outcomes?.figures.vintages.find(({ open }) => open > 0)?.completeOn ?? null;
  const significant = yearly !== null && yearly.state.significantSince !== null;
  const report: MonitoringReport = {
    format: 'probity.monitoring/2',
    ...model,
    asOf: at,
    source: {
      snapshotId: now.snapshotId,
      trainingSet: learnt.hash,
      before:
        before === undefined ? null : { asOf: before.snapshot.manifest.content.asOf, snapshotId: before.snapshotId },
    },
    population: {
      customers: present.customers.length,
      inDefault: inDefault === null ? null : [...inDefault].filter((id) => !elsewhere.has(id)).length,
      ...(elsewhere.size === 0 ? {} : { elsewhere: elsewhere.size }),
      withheld: present.withheld,
    },
    thresholds: materiality,
    verdict: verdictOn(
      { looks, movement, estimated, matured, nextMatured, vanished: present.vanished, significant },
      materiality,
    ),
    sequential: yearly?.state ?? null,
    looks,
    domain,
    estimated,
    noDensityRatio,
    outcomes: {
      validation: validationFigures(artefact, test, grading, months),
      scored: outcomes?.figures ?? null,
      sampledFrom: outcomes?.sampledFrom ?? 0,
    },
    checks: outcomes === null ? [] : checkedEstimates(await earlier([...outcomes.snapshots.values()]), outcomes),
    corrections: outcomes === null ? [] : correctionsSince((await earlier())[0] ?? null, outcomes),
    movement,
    ...(horizons.length === 0 ? {} : { followedMonths: months, horizons }),
  };
  // Through JSON, so that a figure that is not a number is null, as in the file.
  const stored = JSON.parse(JSON.stringify(report)) as MonitoringReport;
  if (reports === undefined) return { ...stored, reportId: contentHash(stored as unknown as Json) };
  return reports.keep(stored, yearly?.look ? { look: yearly.look, after: yearly.after } : null);
}

/** What of a snapshot needs a legal basis to be monitored. */
function lawfulOf({ lawful }: MonitorParts, { snapshot }: Scored) {
  const { asOf, views } = snapshot.manifest.content;
  return lawful === undefined ? null : { use: lawful(asOf), lineage: tablesOf(views) };
}

/** Inputs and scores, for all customers and by segment. */
function driftLooks(artefact: Artefact, train: Dataset, present: MonitoredTable, grading: Grading) {
  const column = train.columns.find(({ name }) => name === SEGMENT);
  const segmentsThen =
    column?.kind === 'category' ? Array.from(column.codes, (code) => (code < 0 ? null : column.levels[code]!)) : null;
  const split = (data: Dataset, segment: string): Dataset => {
    const of = data === train ? segmentsThen : present.segments;
    return takeRows(
      data,
      of!.flatMap((each, row) => (each === segment ? [row] : [])),
    );
  };
  const segments = segmentsThen === null ? [] : [...new Set(present.segments)].filter((each) => each !== null).sort();
  return lookAt(artefact, train, present.rows, grading, present.vanished, split, segments);
}

/** Performance before outcomes are known. Where rows are too few, or all alike, to tell the sides apart, by PDs alone. */
function estimates(
  artefact: Artefact,
  allTest: Dataset,
  allPresent: Dataset,
  vanished: readonly string[],
): Pick<MonitoringReport, 'domain' | 'estimated'> & { readonly noDensityRatio: NoDensityRatio | null } {
  const [test, present] = [thinned(allTest), thinned(allPresent)];
  const byPd = cbpe(followedPd(artefact, present));
  const names = featureTerms(artefact).flatMap(({ name }) => (vanished.includes(name) ? [] : [name]));
  const matrix = (data: Dataset) => ({
    rows: data.rows,
    columns: names.map((name) => data.columns.find((column) => column.name === name)!),
  });
  if (test.rows === 0 || names.length === 0) return { domain: null, estimated: [byPd], noDensityRatio: 'no-rows' };
  const features = names.map((name) => test.features.find((each) => each.name === name)!);
  try {
    const { auc, densityRatio } = domainClassifier(matrix(test), matrix(present), features);
    // Where the two are told apart nearly always, no validation row looks like today, and a ratio says nothing.
    if (auc.auc > MOST_APART) return { domain: auc, estimated: [byPd], noDensityRatio: 'too-far-apart' };
    const pd = followedPd(artefact, test);
    const weighted = reweighted({ pd, bad: test.bad, group: test.group }, densityRatio, present.rows);
    return { domain: auc, estimated: [byPd, weighted], noDensityRatio: null };
  } catch (error) {
    if (!isProbityError(error, 'INVALID_INPUT')) throw error;
    return { domain: null, estimated: [byPd], noDensityRatio: 'too-alike' };
  }
}

/** Evenly spaced rows, so many that estimates are as sharp as anyone needs. */
function thinned(rows: Dataset): Dataset {
  if (rows.rows <= ESTIMATED) return rows;
  return takeRows(
    rows,
    Float64Array.from({ length: ESTIMATED }, (_, i) => Math.floor((i * rows.rows) / ESTIMATED)),
  );
}

/** The customers of the slot in both snapshots, then and now, by the model of now; those in default at either have left the book. */
async function moved(
  parts: MonitorParts,
  {
    before,
    slot,
    present,
    artefact,
    train,
    loss,
    grading,
  }: {
    readonly before: Scored;
    readonly slot: Slot;
    readonly present: MonitoredTable;
    readonly artefact: Artefact;
    readonly train: Dataset;
    readonly loss: LossFile;
    readonly grading: Grading;
  },
): Promise<Movement> {
  const file = await featureFile(before);
  const asOf = instant(before.snapshot.manifest.content.asOf);
  const inDefault = (await parts.labels?.inDefault([file], asOf)) ?? NOBODY;
  const leftOut = new Set([...inDefault, ...(await customersElsewhere(file, before.run, slot))]);
  const earlier = await readMonitored(file, artefact, train, leftOut, lawfulOf(parts, before));
  const place = new Map(earlier.customers.map((id, row) => [id, row]));
  const both = present.customers.flatMap((id, row) => {
    const then = place.get(id);
    return then === undefined ? [] : [[then, row] as const];
  });
  const lossGiven = Float64Array.from(both, ([, row]) => {
    // Of a late payment nothing need be lost: what is at stake is the amount that is owed.
    if (slot.lateDays !== undefined) return present.exposure[row]!;
    const { lgd, exposureAtDefault } = lossOf(loss, present.segments[row] ?? null);
    return lgd * exposureAtDefault * present.exposure[row]!;
  });
  const limits = {
    before: Float64Array.from(both, ([then]) => earlier.limit[then]!),
    now: Float64Array.from(both, ([, row]) => present.limit[row]!),
  };
  const isKnown =
    limits.before.some((limit) => !Number.isNaN(limit)) || limits.now.some((limit) => !Number.isNaN(limit));
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
    isKnown ? limits : null,
  );
}

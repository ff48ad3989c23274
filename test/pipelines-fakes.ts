import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProbityError, sha256, systemClock } from '../base/index.ts';
import { decide, type CandidateState } from '../models/registry/candidate.ts';
import { slotKey, type Slot } from '../models/registry/slot.ts';
import type { PipelineDependencies } from '../pipelines/activities/index.ts';
import { concluded } from '../records/reconciliation/index.ts';
import type { Comparison, ValidationSummary } from '../pipelines/messages.ts';

/** What a fake pipeline can be told to do, and what it saw. */
export interface FakeWorld {
  readonly dependencies: PipelineDependencies;
  readonly candidates: Map<string, { runId: string; submitter: string; state: CandidateState; modelHash: string }>;
  readonly decisions: { candidateId: string; kind: string; actor: string; reason: string | null }[];
  readonly champions: Map<string, string>;
  readonly calls: string[];
  /** Gates of the next validations pass. */
  gatesPass: boolean;
  /** Trainings give a model that may not decide. */
  benchmarkOnly: boolean;
  /** How long training takes. */
  trainMs: number;
  /** Thrown by the next calls of `pullSources`, one each. */
  readonly sourceErrors: Error[];
  /** Erasures that wait. */
  readonly erasures: string[];
  /** What a look at touched customers waits for before it ends. */
  touchedWait: Promise<void>;
  /** Ratings that no shadow has read. */
  unread: number;
  /** The next looks at a model raise an alarm. */
  alarms: boolean;
  /** Slots that have champions beside the one asked for. */
  otherSlots: readonly Slot[];
  bucketsAtOnce: number;
  mostBucketsAtOnce: number;
}

/** Dependencies without a database, a warehouse or TensorFlow: files in `folder`, a registry in memory under the registry's own law. */
export function fakeWorld(folder: string): FakeWorld {
  const candidates: FakeWorld['candidates'] = new Map();
  const champions: FakeWorld['champions'] = new Map();
  const decisions: FakeWorld['decisions'] = [];
  const calls: string[] = [];
  const world: FakeWorld = {
    candidates,
    champions,
    decisions,
    calls,
    gatesPass: true,
    benchmarkOnly: false,
    trainMs: 0,
    sourceErrors: [],
    erasures: [],
    touchedWait: Promise.resolve(),
    unread: 0,
    alarms: false,
    otherSlots: [],
    bucketsAtOnce: 0,
    mostBucketsAtOnce: 0,
    dependencies: {
      tenant: 'acme',
      clock: systemClock,
      runs: join(folder, 'runs'),
      scores: join(folder, 'scores'),
      handOver: null,
      warehouse: {
        pullSources: async () => {
          calls.push('pullSources');
          const error = world.sourceErrors.shift();
          if (error) throw error;
          return { sources: [], facts: 3, factsThrough: 3 };
        },
        buildTrainingSet: async ({ folder: out, now, seed }) => {
          calls.push('buildTrainingSet');
          await writeFile(join(out, 'rows.txt'), `${now} ${seed}`);
          const trainHash = sha256(`${now} ${seed}`);
          return { trainRows: 100, trainBads: 10, testRows: 50, testBads: 5, trainHash, testHash: sha256(trainHash) };
        },
        publishSnapshot: async ({ now }) => {
          calls.push('publishSnapshot');
          return { snapshotId: `s-${sha256(now).slice(0, 8)}` };
        },
      },
      model: {
        train: async ({ folder: out, checkpoints, seed }, { signal, progress }) => {
          calls.push('train');
          await mkdir(checkpoints, { recursive: true });
          await writeFile(join(checkpoints, 'epoch-1'), 'half');
          progress({ step: 'train', done: 0.5, message: 'epoch 1' });
          await sleep(world.trainMs, undefined, { signal });
          await writeFile(join(out, 'model.json'), String(seed));
          const use = world.benchmarkOnly ? { use: 'benchmark-only' as const } : {};
          return { modelHash: sha256(`model ${seed}`), auc: 0.8, logLoss: 0.3, ...use };
        },
        validate: async ({ champion }): Promise<ValidationSummary> => {
          const figures = { auc: 0.8, logLoss: 0.3, brier: 0.1 };
          const comparison: Comparison = {
            rows: 50,
            bads: 5,
            testSetHash: 'test',
            candidate: { modelHash: 'candidate', ...figures },
            champion: champion ? { modelHash: champion, ...figures } : null,
            note: champion ? null : 'no champion yet',
          };
          const gates = [{ gate: 'discrimination', passed: world.gatesPass, message: 'AUC 0.80' }];
          return { reportHash: 'report', gatesPassed: world.gatesPass, gates, comparison };
        },
        proveEngines: async ({ model }) => {
          const seed = await readFile(join(model, 'model.json'), 'utf8');
          return { modelHash: sha256(`model ${seed}`), vectors: 1000 };
        },
      },
      registry: {
        championAt: async (slot) => champions.get(slotKey(slot)) ?? null,
        register: async ({ runId, submitter, summary }) => {
          calls.push('register');
          const candidateId = `c-${runId}`;
          if (!candidates.has(candidateId)) {
            candidates.set(candidateId, { runId, submitter, state: 'waiting', modelHash: summary.reportHash });
          }
          return { candidateId };
        },
        decide: async ({ candidateId, kind, actor, reason }) => {
          const candidate = candidates.get(candidateId);
          if (!candidate) throw new ProbityError('NOT_FOUND', 'There is no such candidate.');
          candidate.state = decide({ ...candidate, gatesPassed: world.gatesPass }, { kind, actor, reason });
          decisions.push({ candidateId, kind, actor, reason });
        },
        promote: async ({ candidateId, slot }) => {
          const candidate = candidates.get(candidateId);
          if (candidate) candidate.state = 'promoted';
          champions.set(slotKey(slot), candidateId);
        },
      },
      scoring: {
        scorers: async ({ portfolio }) => (portfolio === 'none' ? [] : [{ slot: 'main/*/12m', modelHash: 'model' }]),
        target: async () => ({
          snapshotId: 'snapshot',
          modelHash: 'model',
          models: [{ slot: 'main/*/12m', modelHash: 'model' }],
        }),
        scoreBucket: async ({ bucket, file }) => {
          calls.push(`bucket ${bucket}`);
          world.mostBucketsAtOnce = Math.max(world.mostBucketsAtOnce, ++world.bucketsAtOnce);
          await sleep(30);
          await writeFile(file, `scores of ${bucket}`);
          world.bucketsAtOnce--;
          return { rows: bucket + 1, sumPd: (bucket + 1) * 0.1 };
        },
      },
      cases: {
        save: async (after, revision, event) => {
          calls.push(`case ${after.caseId} ${revision} ${event.kind}`);
        },
      },
      erasure: {
        unfinished: async () => world.erasures.splice(0, 2),
        endWorkflows: async (subjects) => {
          calls.push(`end workflows of ${subjects.join()}`);
          return {};
        },
        eraseWarehouse: async ({ subjects }) => {
          calls.push(`erase ${subjects.join()}`);
          return { removed: { parties: subjects.length }, publish: true };
        },
        eraseFiles: async (subjects) => {
          calls.push(`erase files of ${subjects.join()}`);
          return {};
        },
        eraseScores: async () => ({}),
        finish: async (subjects) => {
          calls.push(`finish ${subjects.join()}`);
          return {};
        },
      },
      reconciliation: {
        facts: async () => {
          calls.push('reconcile facts');
          return { factsThrough: 3, facts: [], stale: [{ source: 'bureau', table: 'bureau_reports' }] };
        },
        snapshot: async () => {
          const isAgain = calls.at(-1) === 'publishSnapshot';
          calls.push('reconcile snapshot');
          return { snapshotId: 's', state: isAgain ? 'agrees' : 'behind', differing: [] };
        },
        conclude: async ({ now, facts, found, snapshot }) => {
          calls.push('conclude reconciliation');
          return { ...concluded({ at: now, ...facts, found, snapshot, statements: [] }), reconciliationId: 'r' };
        },
      },
      retention: {
        records: async ({ actor }) => {
          calls.push(`retain records by ${actor}`);
          return [{ kind: 'ratings', due: 2, held: 1 }];
        },
        facts: async () => {
          calls.push('retain facts');
          return { findings: [{ kind: 'facts/orders', due: 3, held: 0 }], publish: true };
        },
        snapshots: async () => {
          calls.push('remove older snapshots');
          return 4;
        },
        scores: async () => {
          calls.push('retain scores');
          return [];
        },
      },
      disputes: {
        save: async (after, revision, event) => {
          calls.push(`dispute ${after.disputeId} ${revision} ${event.kind}`);
        },
      },
      shadows: {
        scoreNext: async ({ most }) => {
          calls.push(`shadows ${most}`);
          const read = Math.min(most, world.unread);
          world.unread -= read;
          return { read, scored: read, skipped: 0, more: world.unread > 0 };
        },
      },
      warnings: {
        save: async (after, revision, event) => {
          calls.push(`warning ${after.warningId} ${revision} ${event.kind}`);
        },
      },
      reviews: {
        save: async (after, revision, event) => {
          calls.push(`review ${after.reviewId} ${revision} ${event.kind}`);
        },
      },
      webhooks: {
        deliverDue: async (webhookId) => {
          calls.push(`webhook ${webhookId}`);
          return { delivered: 0, failed: 0, dead: 0, nextAt: null };
        },
      },
      signals: {
        target: async () => ({ snapshotId: 'snapshot', asOf: '2026-01-01T00:00:00.000Z', buckets: 3 }),
        look: async ({ partition, partitions }) => {
          calls.push(`look ${partition + 1} of ${partitions}`);
          return { customers: 10, raised: 1, changed: 0, ceased: 0 };
        },
        lookAtIndustries: async () => {
          calls.push('look at industries');
          return { customers: 0, raised: 0, changed: 0, ceased: 1 };
        },
        lookAtTouched: async () => {
          calls.push('look at touched');
          await world.touchedWait;
          return { customers: 1, raised: 0, changed: 0, ceased: 0, more: false };
        },
      },
      portfolio: {
        async customers() {
          calls.push('customer reports');
          return { reports: 0 };
        },
        report: async () => {
          calls.push('portfolio report');
          return { reportId: 'r-1', customers: 3, exposure: 30, expectedLoss: 1 };
        },
      },
      monitoring: {
        followed: async ({ slot }) => [
          { slots: [slot, ...world.otherSlots].map((each) => ({ slot: each, key: slotKey(each) })) },
        ],
        noteNotFollowed: async ({ notFollowed }) => {
          calls.push(`not followed ${notFollowed.map(({ slot, code }) => `${slot} ${code}`).join()}`);
        },
        look: async ({ slot }) => {
          calls.push(`look ${slotKey(slot)}`);
          if (slot.segment === 'broken') throw new ProbityError('NO_REFERENCE', 'Nothing to compare with.');
          return {
            reportId: 'f'.repeat(64),
            slot: slotKey(slot),
            model: 'm-1',
            asOf: '2026-05-31T00:00:00.000Z',
            result: world.alarms ? 'alarm' : 'quiet',
            evidence: 1,
            broken: [],
          };
        },
        plan: async () => (world.alarms ? ['notify', 'retrain'] : []),
        take: async ({ action, retrain }) => {
          calls.push(action === 'retrain' ? `take retrain ${slotKey(retrain.slot)}` : `take ${action}`);
          return { state: 'done', detail: action };
        },
      },
      submitRetrain: async () => {
        throw new ProbityError('INTERNAL', 'not wired in this world');
      },
    },
  };
  return world;
}

import { instant, isProbityError, ProbityError, type Clock } from '../../base/index.ts';
import { loadArtefact } from '../../models/artefact/index.ts';
import type { IdentifiedMonitoringReport } from '../../models/monitoring/index.ts';
import { parseSlotKey, type Slot } from '../../models/registry/index.ts';
import { MONITORING_ACTIONS, planActions, type ActionPolicy } from '../../rating/index.ts';
import type { Champions, Registry, RulesOnlySlots } from '../../records/registry/index.ts';
import type {
  Decide,
  MonitoringActionStore,
  MonitoringGaps,
  MonitoringReports,
  SettledAction,
} from '../../records/reports/index.ts';
import type { Shadows } from '../../records/shadows/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { MonitoringWork } from '../activities/dependencies.ts';
import { SYSTEM_ACTOR, type Monitored } from '../messages.ts';
import { followedSlots, noteNotFollowed } from './followed-slots.ts';

/** What looks and their actions touch. */
export interface MonitoringWorkParts {
  readonly clock: Clock;
  /** Looks at the model of a slot in a process of its own, so that the worker's event loop stays free; abort kills it. */
  readonly look: (slot: Slot, signal: AbortSignal) => Promise<Monitored>;
  readonly reports: Pick<MonitoringReports, 'find'>;
  readonly actions: MonitoringActionStore;
  readonly policy: () => ActionPolicy;
  readonly registry: Pick<Registry, 'candidates' | 'model'>;
  readonly champions: Pick<Champions, 'history' | 'rollback' | 'standing'>;
  readonly gaps: Pick<MonitoringGaps, 'note' | 'keepOnly'>;
  readonly rulesOnly: Pick<RulesOnlySlots, 'start'>;
  readonly shadows: Pick<Shadows, 'list' | 'start'>;
  readonly storage: Pick<Storage, 'materialise'>;
  readonly seed: number;
}

/** Looks at models for workflows, and does what follows: the report stays in the database, what the workflow decides by is handed on. */
export function monitoringWork(parts: MonitoringWorkParts): MonitoringWork {
  const { clock, look, reports, actions, policy } = parts;
  const now = () => instant(clock.now());
  return {
    async look({ slot }, { progress, signal }) {
      progress({ step: 'monitor', message: 'looking at the model' });
      return look(slot, signal);
    },
    followed: async (request) => (await followedSlots(parts.champions, request)).families,
    noteNotFollowed: (found) => noteNotFollowed(parts, found, now()),
    plan: async (reportId) => {
      const at = now();
      const decide: Decide = ({ verdict: { result, vanished } }, taken) =>
        planActions(policy(), { result, broken: vanished }, taken, at);
      const due = await actions.plan(reportId, decide, at);
      return MONITORING_ACTIONS.filter((action) => due.includes(action));
    },
    async take({ reportId, action, retrain }, submitRetrain) {
      const report = await reports.find(reportId);
      const slot = parseSlotKey(report.slot);
      const settled = await {
        notify: async (): Promise<SettledAction> => ({ state: 'done', detail: 'on record in the audit chain' }),
        retrain: async (): Promise<SettledAction> => {
          const waiting = await challengerOf(parts, slot);
          // A newer request would take the place of what waits for a person.
          if (waiting !== null) return { state: 'refused', detail: `candidate ${waiting.candidateId} waits already` };
          const { workflowId } = await submitRetrain({ ...retrain, submitter: SYSTEM_ACTOR, seed: parts.seed });
          return { state: 'done', detail: `retraining ${workflowId}` };
        },
        shadow: () => shadowChallenger(parts, slot),
        'fall-back': () => fallBack(parts, report, slot),
        'rules-only': () => rulesOnly(parts, report, slot),
      }[action]();
      await actions.settle(reportId, action, settled, now());
      return settled;
    },
  };
}

/** The candidate of the slot that waits for a person, newest first. */
async function challengerOf({ registry }: Pick<MonitoringWorkParts, 'registry'>, slot: Slot) {
  return (await registry.candidates({ slot, state: 'waiting' }))[0] ?? null;
}

async function shadowChallenger(parts: MonitoringWorkParts, slot: Slot): Promise<SettledAction> {
  const candidate = await challengerOf(parts, slot);
  if (candidate === null) return { state: 'refused', detail: 'no retrained candidate waits yet' };
  const trial = { slot, share: parts.policy().shadowShare, actor: SYSTEM_ACTOR };
  try {
    const { shadowId } = await parts.shadows.start(candidate, trial);
    return { state: 'done', detail: `shadow ${shadowId} of candidate ${candidate.candidateId}` };
  } catch (error) {
    if (!(error instanceof ProbityError)) throw error;
    return { state: 'refused', detail: error.message };
  }
}

/** Seats the model that served before, where it reads none of the broken inputs, and where the model of the report still serves. */
async function fallBack(
  { champions, registry, storage }: MonitoringWorkParts,
  report: IdentifiedMonitoringReport,
  slot: Slot,
): Promise<SettledAction> {
  const reigns = await champions.history(slot);
  const standing = reigns.find(({ until }) => until === null);
  if (standing?.modelHash !== report.model) return { state: 'refused', detail: 'another model serves by now' };
  const before = reigns.find(({ modelHash }) => modelHash !== report.model);
  if (before === undefined) return { state: 'refused', detail: 'no other model has served this slot' };
  const { artefactRef } = await registry.model(before.modelHash);
  const { artefact } = await loadArtefact(await storage.materialise(artefactRef), { expectedHash: before.modelHash });
  const broken = artefact.model.terms.map(({ name }) => name).filter((name) => report.verdict.vanished.includes(name));
  if (broken.length > 0)
    return { state: 'refused', detail: `model ${before.modelHash.slice(0, 12)} reads ${broken.join(', ')}, too` };
  await champions.rollback(slot, SYSTEM_ACTOR, `inputs are broken: report ${report.reportId}`);
  return { state: 'done', detail: `model ${before.modelHash} serves again` };
}

/** Lets rules alone rate where the model of the report still serves: a model that took the slot back meanwhile, or was approved, keeps it. */
async function rulesOnly(
  { rulesOnly: slots }: MonitoringWorkParts,
  { reportId, model, verdict: { vanished } }: IdentifiedMonitoringReport,
  slot: Slot,
): Promise<SettledAction> {
  const reason = `inputs are broken (${vanished.join(', ')}): report ${reportId}`;
  try {
    const { from } = await slots.start(slot, { actor: SYSTEM_ACTOR, reason, reportId, modelHash: model });
    return { state: 'done', detail: `rules alone rate since ${from}` };
  } catch (error) {
    if (!isProbityError(error, 'CONFLICT')) throw error;
    return { state: 'refused', detail: 'another model serves by now' };
  }
}

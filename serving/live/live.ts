import type { Logger } from 'pino';
import { isProbityError, messageOf, ProbityError, type Instant, type Problem } from '../../base/index.ts';
import { slotKey, type Slot } from '../../models/registry/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { openRules, rateableModel, type LiveRules, type RateableModel } from '../../rating/index.ts';
import type { Reign, ServingDependencies } from '../dependencies.ts';
import { deploymentProblems, SharedReader, type Deployment, type LiveChampion } from './deployment.ts';

/** The present deployment, held for the time of one request so that a swap meanwhile cannot close it. */
export interface Lease extends Deployment {
  release(): void;
}

/** Keeps the server's champions, rules and snapshot those of the registry, without ever leaving a request without one. */
export interface Live {
  /** Holds the present deployment; throws NOT_READY, naming why, where there has never been one that can rate. */
  acquire(): Lease;
  /** The model that was champion of a slot at an instant, or null. */
  championAt(slot: Slot, at: Instant): Promise<LiveChampion | null>;
  /** The rules that were in force at an instant. */
  rulesAt(at: Instant): Promise<LiveRules>;
  /** Why the registry's present state cannot be served, by name; empty: ready. */
  problems(): readonly Problem[];
  /** Whether a snapshot is taken up, by which customers can be looked up. */
  readsSnapshot(): boolean;
  /** Looks at the registry once, from now on, and swaps where something is new. */
  refresh(): Promise<void>;
  /** Looks once, then again and again until `stop`. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Compiled models kept beside the champions, for ratings by then's champion. */
const mostModels = 16;

/** Rule sets kept ready, today's among them. */
const mostRuleSets = 8;

/** How long a state of the registry that cannot be served is not tried again, unless it changes. */
const refusedForMs = 15_000;

export function createLive(deps: ServingDependencies, onSwap: (deployment: Deployment) => void = () => {}): Live {
  const { logger } = deps;
  let present: Deployment | null = null;
  let problems: readonly Problem[] = [{ at: 'start', message: 'The registry has not been read yet.' }];
  let refused: { readonly revision: string; readonly until: number } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;
  let refreshing: Promise<void> | null = null;
  const models = new Map<string, Promise<RateableModel>>();

  const modelOf = (hash: string): Promise<RateableModel> => {
    const known = models.get(hash);
    if (known !== undefined) {
      models.delete(hash);
      models.set(hash, known);
      return known;
    }
    const loading = deps.loadModel(hash).then((named) => rateableModel(compile(named.artefact), named.hash));
    models.set(hash, loading);
    loading.catch(() => models.delete(hash));
    for (const old of models.keys()) {
      if (models.size <= mostModels) break;
      const serves = present?.champions.some(({ modelHash, split }) => modelHash === old || split?.modelHash === old);
      if (serves !== true) models.delete(old);
    }
    return loading;
  };

  const liveChampion = async (reign: Reign): Promise<LiveChampion> => {
    const model = await modelOf(reign.modelHash);
    return reign.split ? { ...reign, model, challenger: await modelOf(reign.split.modelHash) } : { ...reign, model };
  };

  const ruleSets = new Map<string, Promise<LiveRules>>();

  const rulesOf = (hash: string): Promise<LiveRules> => {
    const known = ruleSets.get(hash);
    if (known !== undefined) return known;
    const loading = deps.rules
      .load(hash)
      .then((files) => openRules(files, deps.standards.masterScale, deps.lawOfRules));
    ruleSets.set(hash, loading);
    loading.catch(() => ruleSets.delete(hash));
    for (const old of ruleSets.keys())
      if (ruleSets.size > mostRuleSets && old !== hash && old !== present?.rules.set.hash) ruleSets.delete(old);
    return loading;
  };

  const look = async (): Promise<void> => {
    const [reigns, snapshotId, inForce] = await Promise.all([
      deps.champions.standing(),
      deps.snapshots.newestId(),
      deps.rules.standing(),
    ]);
    const seats = reigns.map(({ slot, modelHash, from, split, rulesOnly }) => {
      const beside = split ? ` (${split.share} to ${split.modelHash} by ${split.splitId})` : '';
      const alone = rulesOnly ? ` (rules alone since ${rulesOnly.from})` : '';
      return `${slotKey(slot)}=${modelHash}@${from}${beside}${alone}`;
    });
    seats.sort();
    const revision = [...seats, snapshotId ?? 'no snapshot', `rules=${inForce.hash}`].join(' ');
    if (present?.revision === revision) {
      problems = [];
      return;
    }
    // What was refused stays refused for a while, so that a snapshot is not opened again at every look.
    if (refused?.revision === revision && Date.now() < refused.until) return;
    const champions = await Promise.all(reigns.map(liveChampion));
    const rules = await rulesOf(inForce.hash);
    const shared = present?.snapshot;
    const snapshot =
      snapshotId === null
        ? null
        : shared?.reader.snapshotId === snapshotId
          ? shared.hold()
          : new SharedReader(await deps.snapshots.open(snapshotId));
    const next: Deployment = { champions, snapshot, rules, revision };
    const found = await deploymentProblems(next);
    if (found.length > 0 || stopped) {
      // What can rate goes on rating; readiness tells, by name, what the registry asks for and cannot be served.
      problems = found;
      refused = { revision, until: Date.now() + refusedForMs };
      await snapshot?.release();
      return;
    }
    const previous = present;
    present = next;
    problems = [];
    onSwap(next);
    logger.info({ champions: seats, snapshotId, rules: inForce.hash }, 'now serving');
    await previous?.snapshot?.release();
  };

  const refresh = (): Promise<void> => {
    refreshing ??= look()
      .catch((error: unknown) => {
        // Names alone, and the reason why nothing new is taken up.
        const named = isProbityError(error, 'PROTECTED_ATTRIBUTE') ? error.problems : [];
        problems = [{ at: 'registry', message: describe(error) }, ...named];
        logger.warn({ problem: describe(error) }, 'could not read the registry; serving what was there');
      })
      .finally(() => {
        refreshing = null;
      });
    return refreshing;
  };

  /** A look that begins after this call: one under way may have read the registry before what the caller knows of. */
  const refreshNow = async (): Promise<void> => {
    await refreshing;
    await refresh();
  };

  const again = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      void refresh().finally(again);
    }, deps.pollMs ?? 1000);
    timer.unref();
  };

  return {
    acquire: () => acquire(present, problems, logger),
    async championAt(slot, at) {
      const reign = await deps.champions.championAt(slot, at);
      return reign === null ? null : liveChampion(reign);
    },
    async rulesAt(at) {
      return rulesOf((await deps.rules.at(at)).hash);
    },
    problems: () => problems,
    readsSnapshot: () => present?.snapshot != null,
    refresh: refreshNow,
    async start() {
      await refresh();
      again();
    },
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await refreshing;
      const last = present;
      present = null;
      problems = [{ at: 'server', message: 'The server is shutting down.' }];
      await last?.snapshot?.release();
    },
  };
}

function acquire(present: Deployment | null, problems: readonly Problem[], logger: Logger): Lease {
  if (present === null) {
    const code = problems.some(({ at }) => at === 'champion') ? 'NO_CHAMPION' : 'NOT_READY';
    throw new ProbityError(code, 'There is nothing to rate with yet.', { problems });
  }
  const held = present.snapshot?.hold();
  let open = true;
  return {
    release() {
      if (!open) return;
      open = false;
      held?.release().catch((error: unknown) => logger.warn({ problem: messageOf(error) }, 'a snapshot did not close'));
    },
    ...present,
  };
}

function describe(error: unknown): string {
  return error instanceof ProbityError
    ? `${error.code}: ${error.message}`
    : 'The registry or the storage did not answer.';
}

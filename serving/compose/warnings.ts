import type { Logger } from 'pino';
import { isProbityError, ProbityError, type Tenant } from '../../base/index.ts';
import {
  raiseWarning,
  triggeringEvidence,
  type EarlyWarning,
  type RuleFiles,
  type WarningEvent,
  type WarningHandling,
} from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { Change, ChangeFeed } from '../../records/changes/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { SignalRecords } from '../../records/signals/index.ts';
import type { Warnings } from '../../records/warnings/index.ts';
import type { RatingRecords } from '../dependencies.ts';
import type { WarningDesk, WarningWords } from '../warnings/desk.ts';
import { followedDesk, type FollowedWorkflows } from './followed-desk.ts';
import { lookLoop } from './look-loop.ts';
import { takeSignals } from './signal-triggers.ts';

/** The desk of a project's early warnings, and the loop behind it. */
export interface RunningWarningDesk {
  readonly desk: WarningDesk;
  start(): void;
  close(): Promise<void>;
}

const AT_ONCE = 200;
/** How often new warnings are looked for: somebody waits for them. */
const NEW_MS = 250;
const MOST_RELATED = 50;

/**
 * Composes the desk of early warnings. A loop reads the change feed for triggers that were raised or are gone, from where it left off, gives
 * every warning its workflow and every event its place in the audit chain; another takes in what looks at signals found. All of it may be repeated: a
 * warning is named by its rating and code.
 */
export function composeWarnings(of: {
  readonly tenant: Tenant;
  readonly warnings: Warnings;
  readonly signals: SignalRecords;
  readonly feed: ChangeFeed;
  readonly records: Pick<RatingRecords, 'find' | 'part'>;
  readonly appender: Pick<Appender, 'append'>;
  readonly pseudonyms: Pseudonyms;
  readonly handling: WarningHandling;
  readonly words: () => Promise<WarningWords>;
  readonly workflows: FollowedWorkflows<EarlyWarning, WarningEvent>;
  readonly logger: Logger;
  readonly lookMs?: number;
}): RunningWarningDesk {
  const { warnings, signals, feed, records, appender, pseudonyms, handling, workflows, logger } = of;
  const { audit, follow, act } = followedDesk<EarlyWarning, WarningEvent>({
    name: 'warning',
    idOf: ({ warningId }) => warningId,
    records: warnings,
    workflows,
    appender,
    pseudonyms,
  });

  /** Tells a standing warning what a later rating shows; one that was closed meanwhile has nothing to be told. */
  const tell = async (warning: EarlyWarning, event: WarningEvent): Promise<void> => {
    await act(warning, event).catch((error: unknown) => {
      if (!isProbityError(error) || error.code !== 'WARNING_CLOSED') throw error;
    });
  };

  const raise = async (change: Change & { readonly ratingId: string }, code: string): Promise<void> => {
    const { evidence } = await records.find(change.ratingId);
    const triggering = evidence === null ? null : triggeringEvidence(evidence);
    if (triggering === null) return;
    const rules = (await records.part('rules', triggering.rules)) as RuleFiles;
    const raised = triggering.trigger(code, { ratingId: change.ratingId, at: change.at }, rules);
    if (raised === null) return;
    const stored = await warnings.raise(raiseWarning(raised, handling, change.at));
    if (stored.warning.warningId !== raised.warningId)
      await tell(stored.warning, { kind: 'seen', sighting: raised.sighting });
  };
  const take = async (change: Change): Promise<void> => {
    const { ratingId, customerId } = change;
    if (change.type !== 'warning' || change.after === null || ratingId === null || customerId === null) return;
    const { code, raised } = change.after;
    if (raised) return raise({ ...change, ratingId }, code);
    const standing = await warnings.standing(customerId, code);
    if (standing !== null) await tell(standing.warning, { kind: 'ceased', ratingId });
  };

  const readTriggers = async (): Promise<void> => {
    for (;;) {
      const { changes, next, more } = await feed.read(await warnings.place(), {
        limit: AT_ONCE,
        types: ['warning'],
        ofCustomers: true,
      });
      for (const change of changes) await take(change);
      await warnings.remember(next);
      if (!more) return;
    }
  };
  const readSignals = takeSignals({ signals, warnings, appender, pseudonyms, handling, tell });
  const options = { logger, lookMs: of.lookMs };
  // Loops of their own: what an event showed waits neither for workflows of earlier warnings nor for changes of these, which they are asked for.
  const loops = [
    lookLoop('warnings', [readTriggers, audit, follow], options),
    lookLoop('signals', [() => readSignals('new')], { ...options, lookMs: of.lookMs ?? NEW_MS }),
    lookLoop('signals', [() => readSignals('known')], options),
  ];

  const known = async (warningId: string) => {
    const found = await warnings.find(warningId);
    if (found === null) throw new ProbityError('UNKNOWN_WARNING', 'No warning with this id is on record.');
    return found;
  };
  return {
    desk: {
      handling,
      words: of.words,
      page: (options) => warnings.page(options),
      async find(warningId) {
        const found = await known(warningId);
        const related = await signals.related(found.warning.customerId, MOST_RELATED);
        const others = related.filter((each) => each.warningId !== warningId);
        return { ...found, events: await warnings.events(warningId), related: others };
      },
      async act(warningId, event) {
        const { warning } = await known(warningId);
        if (warning.closedAt !== null) throw new ProbityError('WARNING_CLOSED', 'This warning is closed already.');
        return act(warning, event);
      },
      async members(warningId, after, limit) {
        const { warning } = await known(warningId);
        const { customerId, lastSeen } = warning;
        if (lastSeen.signals?.circle !== undefined) return signals.sharing(warningId, customerId, after, limit);
        return (await signals.members(customerId, after, limit)).map((each) => ({ ...each, seen: null }));
      },
      opened: (from, until) => warnings.opened(from, until),
    },
    start: () => loops.forEach((loop) => loop.start()),
    close: async () => {
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}

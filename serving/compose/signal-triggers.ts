import type { Logger } from 'pino';
import { canonicalJson, sha256 } from '../../base/index.ts';
import {
  raiseWarning,
  WARNING_LEVELS,
  type EarlyWarning,
  type Sighting,
  type WarningEvent,
  type WarningHandling,
} from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { Facts } from '../../records/facts/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { SharedWarning, SignalRecords, UntoldTrigger } from '../../records/signals/index.ts';
import type { Warnings } from '../../records/warnings/index.ts';
import { lookLoop, type LookLoop } from './look-loop.ts';
import { isNews, sharedSighting } from './shared-sighting.ts';

/** Few at a time, so that what an event showed meanwhile comes next. */
const AT_ONCE = 20;
const BATCHES = 10;
/** How long to wait for a look at facts that was asked for before it is asked for again. */
const AGAIN_MS = 60_000;
const AFTER_FAILURE_MS = 10_000;
/** A look costs half a second of processor time however few it is at: events of two seconds share one. */
const LOOK_MS = 2_000;

const NOBODY: SharedWarning = { standing: [], customers: [], exposure: null };

type SharedOf = (warningId: string) => Promise<SharedWarning>;

/**
 * A step that tells the desk of warnings what looks at signals have stored: a trigger that came up raises a warning, one that changed is seen again, one that
 * is gone ceases. Triggers of a group or a ring are one warning, which ceases with the last of them. A warning that signals raise is put into the audit chain with its evidence, as no rating there holds it. Repeating the step changes nothing.
 */
export function takeSignals(of: {
  readonly signals: Pick<SignalRecords, 'untold' | 'told' | 'shared'>;
  readonly warnings: Pick<Warnings, 'raise' | 'standing'>;
  readonly appender: Pick<Appender, 'append'>;
  readonly pseudonyms: Pseudonyms;
  readonly handling: WarningHandling;
  readonly tell: (warning: EarlyWarning, event: WarningEvent) => Promise<void>;
}): (which: 'new' | 'known') => Promise<void> {
  const { signals, warnings, appender, pseudonyms, handling, tell } = of;
  const raise = async (trigger: UntoldTrigger, shared: SharedOf): Promise<void> => {
    const { code, body, revision } = trigger;
    const customerId = body.circle?.subject ?? trigger.customerId;
    const sighting =
      body.circle === undefined
        ? sightingOf(trigger)
        : sharedSighting(body, body.circle, await shared(trigger.warningId));
    const raised = { customerId, code, segment: body.segment, sighting };
    const under = async (warningId: string): Promise<EarlyWarning> =>
      (await warnings.raise(raiseWarning({ ...raised, warningId }, handling, body.at))).warning;
    let warning = await under(trigger.warningId);
    // Who closed it has dealt with what stood then; only worse is new.
    if (warning.closedAt !== null && isWorse(sighting.level, warning.level))
      warning = await under(`${trigger.warningId}.${revision}`);
    const { ratingId } = sighting;
    const { warningId, raisedBy, lastSeen } = warning;
    // Of a shared warning any member may come first, and what it shows with the others may have moved on since it was raised.
    if (raisedBy.ratingId === ratingId || (body.circle !== undefined && raisedBy.signals !== undefined)) {
      const { at } = raisedBy;
      const event = { kind: 'raised', code, sighting: raisedBy };
      const text = canonicalJson({ format: 'probity.warning/1', warningId, revision: 0, event, at });
      await appender.append({
        kind: 'warning',
        subject: pseudonyms.of(customerId),
        body: Buffer.from(text),
        once: { key: `warning ${warningId} 0`, fingerprint: sha256(text) },
      });
    }
    if (warning.closedAt !== null || raisedBy.ratingId === ratingId || lastSeen.ratingId === ratingId) return;
    if (body.circle === undefined || warning.ceasedAt !== null || isNews(sighting, lastSeen))
      await tell(warning, { kind: 'seen', sighting });
  };
  /** The standing warning that signals raised; of a rating's table of the same name there may be one that ceases by a rating. `of`: only where it is this one. */
  const raisedAs = async (customerId: string, code: string, of?: string): Promise<EarlyWarning | null> => {
    const warning = (await warnings.standing(customerId, code))?.warning;
    if (warning?.lastSeen.signals === undefined) return null;
    return of === undefined || warning.warningId.split('.')[0] === of ? warning : null;
  };
  /** A trigger is no part of its warning any more: where others are, what they show is seen where it is other than before; where none is, it is over. */
  const without = async (warning: EarlyWarning, those: SharedWarning, look: string): Promise<void> => {
    const [other] = those.standing;
    if (other === undefined) return tell(warning, { kind: 'ceased', ratingId: look });
    if (other.body.circle === undefined) return;
    const sighting = sharedSighting(other.body, other.body.circle, those);
    if (isNews(sighting, warning.lastSeen)) await tell(warning, { kind: 'seen', sighting });
  };
  const cease = async ({ customerId, code, body, warningId }: UntoldTrigger, shared: SharedOf): Promise<void> => {
    const warning = await raisedAs(body.circle?.subject ?? customerId, code);
    if (warning !== null)
      await without(warning, body.circle === undefined ? NOBODY : await shared(warningId), body.look);
  };
  /** Warnings that a trigger left for another one. */
  const leave = async ({ code, body }: UntoldTrigger, shared: SharedOf): Promise<void> => {
    for (const { warningId, subject } of body.circle?.left ?? []) {
      const warning = await raisedAs(subject, code, warningId);
      if (warning !== null) await without(warning, await shared(warningId), body.look);
    }
  };
  return async (which) => {
    for (let batch = 0; batch < BATCHES; batch++) {
      const some = await signals.untold(which, AT_ONCE);
      // What changes after this look comes again as another revision.
      const read = new Map<string, Promise<SharedWarning>>();
      const shared: SharedOf = (warningId) => {
        const known = read.get(warningId) ?? signals.shared(warningId);
        read.set(warningId, known);
        return known;
      };
      const ends = await Promise.allSettled(
        some.map(async (trigger) => {
          await (trigger.standing ? raise(trigger, shared) : cease(trigger, shared));
          await leave(trigger, shared);
          await signals.told(trigger);
        }),
      );
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      if (some.length < AT_ONCE) return;
    }
  };
}

function sightingOf({ body, revision }: UntoldTrigger): Sighting {
  const { look, level, exposure, pd, grade, at, evidence } = body;
  return { ratingId: `${look}.${revision}`, level, exposure, pd, grade, at, signals: evidence };
}

const isWorse = (level: EarlyWarning['level'], than: EarlyWarning['level']): boolean =>
  WARNING_LEVELS.indexOf(level) > WARNING_LEVELS.indexOf(than);

/** A loop that has customers looked at once facts about them were acknowledged: `look` starts it, and does not wait for it. */
export function touchedLoop(of: {
  readonly facts: Pick<Facts, 'head'>;
  readonly signals: Pick<SignalRecords, 'place'>;
  readonly look: () => Promise<void>;
  readonly logger: Logger;
  readonly lookMs?: number;
}): LookLoop {
  let asked = { through: 0, at: 0 };
  const step = async (): Promise<void> => {
    const through = await of.facts.head();
    if (through <= (await of.signals.place())) return;
    if (through <= asked.through && Date.now() - asked.at < AGAIN_MS) return;
    asked = { through, at: Date.now() };
    await of.look().catch((error: unknown) => {
      asked = { through, at: Date.now() - AGAIN_MS + AFTER_FAILURE_MS };
      throw error;
    });
  };
  return lookLoop('signals', [step], { logger: of.logger, lookMs: of.lookMs ?? LOOK_MS });
}

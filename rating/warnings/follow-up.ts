import { sameActor } from '../../base/actor.ts';
import { ProbityError, type Problem } from '../../base/errors.ts';
import type { Countermeasure, WarningHandling } from './handling-schema.ts';
import { daysAfter, hoursAfter } from './instants.ts';
import { WARNING_LEVELS } from './levels.ts';
import {
  approvedMeasure,
  BY_POLICY,
  isLive,
  isUnderWay,
  measureOf,
  proposedMeasure,
  recommended,
  runsByItself,
  undoneMeasure,
  wasTaken,
  type MeasureTaken,
} from './measures.ts';
import type { EarlyWarning, PersonalWarningEvent, Sighting, WarningEvent, WarningEnding } from './warning.ts';

/**
 * The warning after an event. Laws: nobody acts on a closed warning; only the role that it has reached on the ladder, or a higher one, acts; an
 * ignored or overdue one goes to the deputy, then up the ladder, and so does one whose countermeasure was not reported on in time; a countermeasure above its automatic amount needs the approval of
 * its role, by someone who did not propose it; what was sent out is confirmed or failed before the warning closes, and what stands until then
 * is taken back first; a snoozed one wakes when its level rises. Throws WARNING_CLOSED, or WARNING_REFUSED with every problem.
 */
export function applyWarningEvent(
  now: string,
  before: EarlyWarning,
  event: WarningEvent,
  handling: WarningHandling,
): EarlyWarning {
  if (before.state === 'closed') throw new ProbityError('WARNING_CLOSED', 'This warning is closed already.');
  switch (event.kind) {
    case 'seen':
      return event.sighting.ratingId === before.lastSeen.ratingId && before.ceasedAt === null
        ? before
        : seen(before, event.sighting, handling, now);
    case 'ceased':
      return ceased(before, handling, now);
    case 'time-passed':
      return timePassed(before, handling, now);
    default:
      refuseUnlawful(now, before, event, handling);
      return acted(now, before, event, handling);
  }
}

function acted(
  now: string,
  before: EarlyWarning,
  event: PersonalWarningEvent,
  handling: WarningHandling,
): EarlyWarning {
  const { actor } = event;
  const withMeasure = (measureId: string, change: (measure: MeasureTaken) => MeasureTaken): EarlyWarning => ({
    ...before,
    measures: before.measures.map((each) => (each.measureId === measureId ? change(each) : each)),
  });
  switch (event.kind) {
    case 'acknowledge':
      return { ...acknowledged(before, now), owner: before.owner ?? actor };
    case 'assign':
      return { ...acknowledged(before, now), owner: event.owner.trim() };
    case 'propose': {
      const measure = measureOf(event.measure, handling)!;
      const proposed = proposedMeasure(before.warningId, before.measures.length, measure, actor, now);
      const added = runsByItself(measure, before.exposure)
        ? approvedMeasure(proposed, measure, BY_POLICY, now)
        : proposed;
      return { ...acknowledged(before, now), measures: [...before.measures, added] };
    }
    case 'approve':
      return withMeasure(event.measureId, (each) => approvedMeasure(each, entryOf(each, handling), actor, now));
    case 'confirm': {
      const after = withMeasure(event.measureId, (each) => ({
        ...each,
        state: each.state === 'undoing' ? 'undone' : 'confirmed',
        since: now,
      }));
      const { closing = null } = after;
      return closing === null || after.measures.some(isUnderWay) ? after : closed(after, closing, now);
    }
    case 'fail': {
      // What could not be undone is in force still, and the warning stays.
      const stateAfter = ({ state }: MeasureTaken): MeasureTaken['state'] =>
        state === 'undoing' ? 'confirmed' : 'failed';
      const reason = event.reason.trim();
      const after = withMeasure(event.measureId, (each) => ({ ...each, state: stateAfter(each), since: now, reason }));
      return before.closing ? { ...after, closing: null } : after;
    }
    case 'reject':
      return withMeasure(event.measureId, (each) => ({
        ...each,
        state: 'rejected',
        since: now,
        reason: event.reason.trim(),
      }));
    case 'undo':
      return withMeasure(event.measureId, (each) =>
        undoneMeasure(each, entryOf(each, handling), event.reason.trim(), now),
      );
    case 'snooze':
      return { ...acknowledged(before, now), state: 'snoozed', snoozedUntil: event.until };
    default:
      return closing(before, event, handling, now);
  }
}

/** The catalogue's entry of a countermeasure; of one that it has no longer, a day. */
const entryOf = ({ code }: MeasureTaken, handling: WarningHandling): Pick<Countermeasure, 'dueDays' | 'untilClosed'> =>
  measureOf(code, handling) ?? { dueDays: 1, untilClosed: false };

/** Closed, where nothing stands that ends with the warning; else what does is taken back first. */
function closing(
  before: EarlyWarning,
  { outcome, reason }: Extract<PersonalWarningEvent, { kind: 'close' }>,
  handling: WarningHandling,
  now: string,
): EarlyWarning {
  const ends = (each: MeasureTaken): boolean => each.state === 'confirmed' && entryOf(each, handling).untilClosed;
  if (!before.measures.some(ends)) return closed(before, outcome, now);
  const measures = before.measures.map((each) =>
    ends(each) ? undoneMeasure(each, entryOf(each, handling), reason.trim(), now) : each,
  );
  return { ...acknowledged(before, now), measures, closing: outcome };
}

function acknowledged(before: EarlyWarning, now: string): EarlyWarning {
  return { ...before, state: 'acknowledged', acknowledgedAt: before.acknowledgedAt ?? now, snoozedUntil: null };
}

function closed(before: EarlyWarning, outcome: WarningEnding, now: string): EarlyWarning {
  const measures = before.measures.map((each) =>
    each.state === 'proposed' ? ({ ...each, state: 'rejected', since: now, reason: null } as const) : each,
  );
  return { ...before, measures, state: 'closed', outcome, closedAt: now, snoozedUntil: null };
}

/** The trigger was seen again: no second warning, but what it says now counts, and a rising level is new. */
function seen(before: EarlyWarning, sighting: Sighting, handling: WarningHandling, now: string): EarlyWarning {
  const { level, exposure } = sighting;
  const again = { ...before, lastSeen: sighting, sightings: before.sightings + 1, exposure, ceasedAt: null };
  if (WARNING_LEVELS.indexOf(level) <= WARNING_LEVELS.indexOf(before.level)) return again;
  const { acknowledgeHours, closeDays } = handling.levels[level];
  const { warningId, code, measures } = before;
  return {
    ...again,
    level,
    state: 'open',
    snoozedUntil: null,
    ...(before.closing ? { closing: null } : {}),
    acknowledgedAt: null,
    acknowledgeBy: hoursAfter(now, acknowledgeHours),
    closeBy: earlier(before.closeBy, daysAfter(now, closeDays)),
    measures: recommended(warningId, { code, level, exposure, before: measures }, handling, now),
  };
}

function ceased(before: EarlyWarning, { ceasedCloses }: WarningHandling, now: string): EarlyWarning {
  const after = { ...before, ceasedAt: before.ceasedAt ?? now };
  return ceasedCloses && !before.measures.some(wasTaken) ? closed(after, 'ceased', now) : after;
}

function timePassed(before: EarlyWarning, handling: WarningHandling, now: string): EarlyWarning {
  const next = hoursAfter(now, handling.escalationHours);
  if (before.state === 'snoozed' && (before.snoozedUntil ?? now) <= now)
    return { ...before, state: 'acknowledged', snoozedUntil: null, closeBy: later(before.closeBy, next) };
  const up = {
    ...before,
    escalations: before.escalations + 1,
    ignored: before.ignored || (before.state === 'open' && before.acknowledgeBy <= now),
  };
  const due = before.closeBy <= now;
  const isLate = (each: MeasureTaken): boolean => isUnderWay(each) && each.dueBy !== null && each.dueBy <= now;
  const deadlines = {
    acknowledgeBy: before.state === 'open' && before.acknowledgeBy <= now ? next : before.acknowledgeBy,
    closeBy: due ? next : before.closeBy,
    measures: before.measures.map((each) => (isLate(each) ? { ...each, dueBy: next } : each)),
  };
  if (before.deputy !== null && before.owner !== before.deputy && before.step === 0)
    return { ...up, ...deadlines, owner: before.deputy };
  const step = Math.min(before.step + 1, handling.ladder.length - 1);
  return { ...up, ...deadlines, step, role: handling.ladder[step]!, owner: null, deputy: null };
}

const earlier = (a: string, b: string): string => (a < b ? a : b);
const later = (a: string, b: string): string => (a > b ? a : b);

function refuseUnlawful(
  now: string,
  before: EarlyWarning,
  event: PersonalWarningEvent,
  handling: WarningHandling,
): void {
  const problems: Problem[] = [];
  const report = (at: string, message: string): void => void problems.push({ at, message });
  const highest = handling.ladder.findLastIndex((role) => event.roles.includes(role));
  if (event.actor.trim() === '') report('actor', 'Nobody is named as the one who acts.');
  if ('reason' in event && event.reason.trim() === '') report('reason', 'Give a written reason.');
  const measure = 'measureId' in event ? before.measures.find((each) => each.measureId === event.measureId) : undefined;
  if ('measureId' in event && measure === undefined) report('measureId', 'This warning has no such countermeasure.');

  if (event.kind === 'confirm' || event.kind === 'fail') {
    // The ERP reports what it did; what a person does, the one who did it.
    if (highest < 0 && !event.roles.includes('applicant-system'))
      report('roles', 'Your role does not report on countermeasures.');
    if (measure !== undefined && !isUnderWay(measure)) report('measureId', `It is ${measure.state}, not on its way.`);
  } else if (highest < before.step)
    report('roles', `This warning waits for the role "${before.role}" or a higher one.`);

  switch (event.kind) {
    case 'assign':
      if (event.owner.trim() === '') report('owner', 'Name the new owner.');
      break;
    case 'propose':
      if (measureOf(event.measure, handling) === undefined)
        report('measure', `No such countermeasure: ${handling.measures.map(({ code }) => code).join(', ')}.`);
      else if (before.measures.some((each) => each.code === event.measure && isLive(each)))
        report('measure', 'It is proposed or in force already.');
      break;
    case 'approve':
      if (measure === undefined) break;
      if (measure.state !== 'proposed') report('measureId', `It is ${measure.state}, not proposed.`);
      if (sameActor(event.actor, measure.proposedBy))
        report('actor', 'Who proposed a countermeasure may not approve it (four eyes).');
      if (highest < handling.ladder.indexOf(measureOf(measure.code, handling)?.approval ?? handling.ladder.at(-1)!))
        report('roles', 'A higher role approves this countermeasure.');
      break;
    case 'reject':
      if (measure !== undefined && measure.state !== 'proposed')
        report('measureId', `It is ${measure.state}, not proposed.`);
      break;
    case 'undo':
      if (measure === undefined) break;
      if (measure.state !== 'confirmed') report('measureId', `It is ${measure.state}, not in force.`);
      if (measureOf(measure.code, handling)?.undoable !== true) report('measureId', 'It cannot be undone.');
      break;
    case 'snooze':
      if (!(event.until > now)) report('until', 'Name an instant to come.');
      else if (event.until > daysAfter(now, handling.snoozeDays))
        report('until', `A warning can be put off for ${handling.snoozeDays} days at most.`);
      break;
    case 'close':
      if (before.measures.some(isUnderWay))
        report('measures', 'A countermeasure is on its way: wait until it is confirmed or has failed.');
      if (event.outcome === 'ceased' && before.ceasedAt === null) report('outcome', 'Its trigger still stands.');
      break;
    default:
  }
  if (problems.length > 0)
    throw new ProbityError('WARNING_REFUSED', 'This cannot be done to the warning.', { problems });
}

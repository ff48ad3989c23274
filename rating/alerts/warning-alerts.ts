import type { Texts } from '../texts.ts';
import type { WarningHandling } from '../warnings/handling-schema.ts';
import { BY_POLICY, isUnderWay, measureOf } from '../warnings/measures.ts';
import type { EarlyWarning, WarningEvent } from '../warnings/warning.ts';
import { alertOf, type Alert, type AlertCause, type Recipient } from './alert.ts';

/** An event of a warning, in the order of its revisions from 1 on. */
export interface NumberedEvent {
  readonly revision: number;
  readonly event: WarningEvent;
}

/**
 * Who is to be told of a warning as it stands, because of what happened after revision `told` (-1: nothing was told yet): its owner, or the role that it
 * waits for, where it is raised, rises or goes up the ladder, wakes up or is handed on; the role that must approve a countermeasure; the
 * owner, where one failed. Nobody is told of what was done by nobody but themselves.
 */
export function warningAlerts(
  warning: EarlyWarning,
  events: readonly NumberedEvent[],
  told: number,
  of: { readonly handling: WarningHandling; readonly meaning: Texts | null; readonly at: string },
): readonly Alert[] {
  if (warning.state === 'closed') return [];
  const { warningId, level, owner, role, measures } = warning;
  const { handling, meaning, at } = of;
  const toRole: Recipient = { kind: 'role', name: role };
  const keeper: Recipient = owner === null ? toRole : { kind: 'person', name: owner };
  const alert = (cause: AlertCause, key: string, to: Recipient, which: readonly string[]): Alert =>
    alertOf(
      {
        kind: 'warning',
        cause,
        about: warningId,
        level,
        customerId: warning.customerId,
        to,
        next: to.kind === 'person' ? afterPerson(to.name, warning, handling) : rolesAbove(to.name, handling),
        facts: {
          code: warning.code,
          meaning,
          exposure: warning.exposure,
          dueBy: warning.state === 'open' ? warning.acknowledgeBy : warning.closeBy,
          measures: which,
        },
        at,
      },
      key,
    );
  const alerts: Alert[] = [];
  const proposed = measures.filter(({ state }) => state === 'proposed');
  const isRisen = events.some(
    ({ revision, event }) => revision > told && event.kind === 'seen' && level !== warning.raisedBy.level,
  );
  if (warning.state === 'open' && (warning.escalations === 0 || isRisen))
    alerts.push(
      alert(
        'raised',
        level,
        keeper,
        measures.map(({ code }) => code),
      ),
    );
  let isSnoozed = false;
  for (const { revision, event } of events) {
    const isNew = revision > told;
    if (event.kind === 'time-passed') {
      // It sleeps still where a countermeasure was late.
      const isWoken: boolean = isSnoozed && warning.state !== 'snoozed';
      if (isNew)
        alerts.push(
          alert(
            isWoken ? 'woken' : 'escalated',
            String(revision),
            keeper,
            measures.filter((each) => each.state === 'proposed' || isUnderWay(each)).map(({ code }) => code),
          ),
        );
      isSnoozed &&= !isWoken;
    } else if (event.kind === 'assign') {
      if (isNew && owner === event.owner.trim() && owner !== event.actor)
        alerts.push(
          alert(
            'assigned',
            String(revision),
            keeper,
            proposed.map(({ code }) => code),
          ),
        );
    } else if (event.kind === 'fail' && isNew) {
      const failed = measures.find(({ measureId }) => measureId === event.measureId);
      if (failed !== undefined && owner !== event.actor)
        alerts.push(alert('measure-failed', `${failed.measureId} ${revision}`, keeper, [failed.code]));
    }
    if (event.kind !== 'seen' && event.kind !== 'ceased') isSnoozed = event.kind === 'snooze';
  }
  for (const { measureId, code, proposedBy } of proposed) {
    // Who may approve it, and act on the warning at all.
    const place = Math.max(warning.step, handling.ladder.indexOf(measureOf(code, handling)?.approval ?? role));
    // Whom the warning waits for is told of the warning, and may approve what policy proposed.
    if (place === warning.step && proposedBy === BY_POLICY) continue;
    alerts.push(alert('approval-needed', measureId, roleRecipient(handling.ladder[place] ?? role), [code]));
  }
  return alerts;
}

/** After a person: the deputy, where it is somebody else, then the roles from the one that the warning waits for on up. */
function afterPerson(name: string, { deputy, role, step }: EarlyWarning, { ladder }: WarningHandling): Recipient[] {
  const next: Recipient[] = deputy === null || deputy === name ? [] : [{ kind: 'person', name: deputy }];
  return [...next, { kind: 'role', name: role }, ...ladder.slice(step + 1).map((each) => roleRecipient(each))];
}

function rolesAbove(role: string, { ladder }: WarningHandling): Recipient[] {
  return ladder.slice(ladder.findIndex((each) => each === role) + 1).map((each) => roleRecipient(each));
}

const roleRecipient = (name: EarlyWarning['role']): Recipient => ({ kind: 'role', name });

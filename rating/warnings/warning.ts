import type { Json } from '../../base/index.ts';
import type { Role } from '../../base/roles.ts';
import type { WarningHandling } from './handling-schema.ts';
import { daysAfter, hoursAfter } from './instants.ts';
import type { WarningLevel } from './levels.ts';
import { isUnderWay, recommended, type MeasureTaken } from './measures.ts';

/** How a warning ended. `ceased`: its trigger went away before anything was done. */
export const WARNING_ENDINGS = ['paid', 'agreed', 'secured', 'false-alarm', 'defaulted', 'ceased'] as const;
export type WarningEnding = (typeof WARNING_ENDINGS)[number];

/** A fact behind a warning, by reference: its table and key, its date, its amount (as the signal counts). */
export type EvidenceFact = {
  /** The signal that it speaks for. */
  readonly topic: string;
  readonly table: string;
  readonly key: string;
  readonly on: string | null;
  readonly amount: number | null;
};

/** What a look at signals saw: their values, the rows of the tables that accepted them, and the facts behind. */
export type SignalEvidence = {
  /** The instant that was looked at: nothing learned later counts. */
  readonly asOf: string;
  readonly snapshotId: string;
  /** Hash of the tables. */
  readonly rules: string;
  readonly rows: readonly string[];
  readonly values: { readonly [signal: string]: number };
  readonly facts: readonly EvidenceFact[];
  /** How many other customers it concerns, and for how much; null: none, or only this one. */
  readonly others: { readonly customers: number; readonly exposure: number | null } | null;
  /** Whose warning it is together: of a group, or of customers with equal identity data; absent: of its customer, or its industry. */
  readonly circle?: 'group' | 'identity';
  /** The change of policy that it proposes; null: none. */
  readonly proposal: PolicyProposal | null;
};

/** A change of a rule file that a person may propose as it stands: what is to stand at the path. */
export type PolicyProposal = {
  readonly file: string;
  readonly path: string;
  readonly value: { readonly [name: string]: Json };
};

/** A rating, or a look at signals, in which the trigger was seen. */
export type Sighting = {
  /** Of the rating, or of the look. */
  readonly ratingId: string;
  readonly level: WarningLevel;
  /** What is at stake, in major units of the rule set's currency; null: not known. */
  readonly exposure: number | null;
  /** Null: never scored. */
  readonly pd: number | null;
  readonly grade: string | null;
  readonly at: string;
  /** Where signals showed it; absent: a rating did. */
  readonly signals?: SignalEvidence;
};

/** An early warning of a customer, from the rating that raised it to its outcome. Instants are ISO texts. */
export interface EarlyWarning {
  readonly warningId: string;
  /** The customer; of a warning about an industry `industry:<code>`; of a group a head of it, of a ring whoever was seen first. */
  readonly customerId: string;
  readonly segment: string | null;
  /** What raised it, as the rules' warning table names it. */
  readonly code: string;
  readonly level: WarningLevel;
  readonly exposure: number | null;
  readonly raisedBy: Sighting;
  readonly lastSeen: Sighting;
  /** How many ratings showed the trigger: the same one is no second warning. */
  readonly sightings: number;
  /** When the trigger was gone; null: it stands. */
  readonly ceasedAt: string | null;
  readonly openedAt: string;
  readonly state: 'open' | 'acknowledged' | 'snoozed' | 'closed';
  /** Index into the ladder: the lowest role that acts on it now. */
  readonly step: number;
  readonly role: Role;
  readonly owner: string | null;
  readonly deputy: string | null;
  readonly acknowledgeBy: string;
  readonly acknowledgedAt: string | null;
  readonly closeBy: string;
  readonly snoozedUntil: string | null;
  readonly escalations: number;
  /** Whether a deadline to acknowledge it has ever passed. */
  readonly ignored: boolean;
  readonly measures: readonly MeasureTaken[];
  /** How it ends once the countermeasures that stand until it is closed are undone; absent or null: it is not being closed. */
  readonly closing?: WarningEnding | null;
  readonly outcome: WarningEnding | null;
  readonly closedAt: string | null;
}

/** A customer whom a warning concerns, and for how much, in major units; null: not known. */
export interface ConcernedCustomer {
  readonly customerId: string;
  readonly exposure: number | null;
}

const INDUSTRY = 'industry:';

/** How an industry is named where a customer would be. */
export const industrySubject = (industry: string): string => `${INDUSTRY}${industry}`;

/** Whether a warning's subject is an industry, and no customer. */
export const subjectIsIndustry = (subject: string): boolean => subject.startsWith(INDUSTRY);

type ByPerson = {
  readonly actor: string;
  readonly roles: readonly Role[];
};

/** What people, applications, later ratings and the clock do to a warning. */
export type WarningEvent =
  | ({ readonly kind: 'acknowledge' } & ByPerson)
  | ({ readonly kind: 'assign'; readonly owner: string } & ByPerson)
  | ({ readonly kind: 'propose'; readonly measure: string; readonly reason: string } & ByPerson)
  | ({ readonly kind: 'approve' | 'confirm'; readonly measureId: string } & ByPerson)
  | ({ readonly kind: 'reject' | 'fail' | 'undo'; readonly measureId: string; readonly reason: string } & ByPerson)
  | ({ readonly kind: 'snooze'; readonly until: string; readonly reason: string } & ByPerson)
  | ({ readonly kind: 'close'; readonly outcome: WarningEnding; readonly reason: string } & ByPerson)
  | { readonly kind: 'seen'; readonly sighting: Sighting }
  | { readonly kind: 'ceased'; readonly ratingId: string }
  | { readonly kind: 'time-passed' };

/** Events that people and applications bring. */
export type PersonalWarningEvent = Extract<WarningEvent, ByPerson>;

/** What raises a warning. */
export interface NewWarning {
  readonly warningId: string;
  readonly customerId: string;
  readonly segment: string | null;
  readonly code: string;
  readonly sighting: Sighting;
}

/** A new warning: recommended countermeasures are proposed, and those that policy lets run at this exposure are approved. */
export function raiseWarning(raised: NewWarning, handling: WarningHandling, at: string): EarlyWarning {
  const { warningId, customerId, segment, code, sighting } = raised;
  const { level, exposure } = sighting;
  const { acknowledgeHours, closeDays } = handling.levels[level];
  const staff =
    handling.staff.find((each) => each.segment !== null && each.segment === segment) ??
    handling.staff.find((each) => each.segment === null);
  return {
    warningId,
    customerId,
    segment,
    code,
    level,
    exposure,
    raisedBy: sighting,
    lastSeen: sighting,
    sightings: 1,
    ceasedAt: null,
    openedAt: at,
    state: 'open',
    step: 0,
    role: handling.ladder[0]!,
    owner: staff?.owner ?? null,
    deputy: staff?.deputy ?? null,
    acknowledgeBy: hoursAfter(at, acknowledgeHours),
    acknowledgedAt: null,
    closeBy: daysAfter(at, closeDays),
    snoozedUntil: null,
    escalations: 0,
    ignored: false,
    measures: recommended(warningId, { code, level, exposure, before: [] }, handling, at),
    outcome: null,
    closedAt: null,
  };
}

/**
 * The instant at which the clock acts on it next, where nothing else happens: a deadline of its own, or that of a countermeasure on its way; null: it
 * is closed.
 */
export function warningWakesAt(warning: EarlyWarning): string | null {
  const { state, acknowledgeBy, snoozedUntil, closeBy, measures } = warning;
  if (state === 'closed') return null;
  const own = state === 'snoozed' ? [snoozedUntil ?? closeBy] : state === 'open' ? [acknowledgeBy, closeBy] : [closeBy];
  const due = measures.flatMap((measure) => (isUnderWay(measure) && measure.dueBy !== null ? [measure.dueBy] : []));
  return [...own, ...due].reduce((a, b) => (b < a ? b : a));
}

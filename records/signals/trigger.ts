import { contentHash } from '../../base/index.ts';
import type { SignalEvidence, WarningLevel } from '../../rating/index.ts';

/** What a look saw of one trigger. */
export interface TriggerBody {
  /** Names the look; the same look again is the same. */
  readonly look: string;
  /** When it was looked, by the clock of whoever acts: deadlines run from here. */
  readonly at: string;
  readonly level: WarningLevel;
  readonly segment: string | null;
  readonly exposure: number | null;
  readonly pd: number | null;
  readonly grade: string | null;
  readonly evidence: SignalEvidence;
  /** Whose warning the trigger is part of; absent: of its customer alone. */
  readonly circle?: Circle;
}

/** Customers who share one warning: of a group (connected clients), or with equal identity data (a ring). */
export interface Circle {
  readonly kind: 'group' | 'identity';
  /** The customer by whom the warning goes: a head of the group, or who was seen first of a ring. Once raised it stays. */
  readonly subject: string;
  /** Warnings that the trigger was part of before, and their subjects: one whose last trigger went is over. */
  readonly left?: readonly { readonly warningId: string; readonly subject: string }[];
}

/** A trigger that a look gave for a customer, or an industry. */
export interface SeenTrigger {
  readonly customerId: string;
  readonly code: string;
  /** `circle` as the look sees it: the members are those of the look's members of the same kind. */
  readonly body: TriggerBody;
}

/** Another customer who has to do with a subject. */
export interface SignalMember {
  readonly subject: string;
  readonly kind: 'group' | 'identity' | 'industry';
  readonly memberId: string;
  /** Where a warning counts it in: of a member of an industry, of a group that is a concentration, of a ring. */
  readonly exposure: number | null;
}

/** Tables whose facts are written anew every day: that they moved on is no news. */
const MOVING: ReadonlySet<string> = new Set(['scores', 'credit_lines', 'exposures']);

/** What makes a standing trigger news to whoever handles its warning: its level, the rows that accepted, the facts behind. Values that drift are none. */
export function newsOf({ level, evidence }: Pick<TriggerBody, 'level' | 'evidence'>): string {
  const facts = evidence.facts
    .filter(({ table }) => !MOVING.has(table))
    .map(({ topic, table, key }) => [topic, table, key]);
  return contentHash({ level, rows: evidence.rows, facts, customers: evidence.others?.customers ?? 0 });
}

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
}

/** A trigger that a look gave for a customer, or an industry. */
export interface SeenTrigger {
  readonly customerId: string;
  readonly code: string;
  readonly body: TriggerBody;
}

/** Another customer who has to do with a subject. */
export interface SignalMember {
  readonly subject: string;
  readonly kind: 'group' | 'identity' | 'industry';
  readonly memberId: string;
  /** Where a warning counts it in: of a member of an industry, and of a group that is a concentration. */
  readonly exposure: number | null;
}

/** Tables whose facts are written anew every day: that they moved on is no news. */
const MOVING: ReadonlySet<string> = new Set(['scores', 'credit_lines', 'exposures']);

/** What makes a standing trigger news to whoever handles its warning: its level, the rows that accepted, the facts behind. Values that drift are none. */
export function newsOf({ level, evidence }: TriggerBody): string {
  const facts = evidence.facts
    .filter(({ table }) => !MOVING.has(table))
    .map(({ topic, table, key }) => [topic, table, key]);
  return contentHash({ level, rows: evidence.rows, facts, customers: evidence.others?.customers ?? 0 });
}

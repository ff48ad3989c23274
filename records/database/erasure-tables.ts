import type { ColumnType, Generated } from 'kysely';
import type { DefaultedTimestamp } from './columns.ts';

export interface ErasuresTable {
  tenant: string;
  subject: string;
  erased_at: DefaultedTimestamp;
  actor: string;
  ground: 'request' | 'retention' | 'consent-withdrawn' | 'court';
  /** `subject` is a pseudonym. */
  hashed: Generated<boolean>;
  reason: ColumnType<string | null, string | null | undefined, string | null>;
  steps: ColumnType<readonly ErasureStep[], string | undefined, string>;
  completed_at: ColumnType<Date | null, Date | null | undefined, Date | string | null>;
}

/** A finished step of an erasure, with what it removed, by table or kind of file. */
export interface ErasureStep {
  readonly step: string;
  readonly at: string;
  readonly removed: { readonly [what: string]: number };
}

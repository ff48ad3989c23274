import type { ColumnType, Generated } from 'kysely';
import type { DefaultedTimestamp, NullableTimestamp, Timestamp } from './columns.ts';

export interface SubjectKeysTable {
  tenant: string;
  subject: string;
  wrapped: string;
  key_id: Generated<string>;
  created_at: DefaultedTimestamp;
}

export type LegalBasisKind = 'consent' | 'contract' | 'legal-obligation' | 'legitimate-interest';

export interface LegalBasesTable {
  tenant: string;
  basis_id: string;
  subject: string | null;
  source: string;
  purpose: string;
  basis: LegalBasisKind;
  valid_from: Timestamp;
  valid_until: NullableTimestamp;
  recorded_at: DefaultedTimestamp;
  actor: string;
  withdrawn_by: Generated<string | null>;
  withdrawn_at: NullableTimestamp;
}

export interface DataAccessesTable {
  tenant: string;
  access_id: string;
  subject: string;
  actor: string;
  purpose: string;
  what: string;
  at: DefaultedTimestamp;
}

export interface LegalHoldsTable {
  tenant: string;
  hold_id: string;
  customer_id: string;
  reason: string;
  actor: string;
  placed_at: DefaultedTimestamp;
  lifted_at: ColumnType<Date | null, Date | null | undefined, Date>;
  lifted_by: ColumnType<string | null, string | null | undefined, string>;
}

export interface PseudonymKeysTable {
  tenant: string;
  check_value: Buffer;
}

import type { Generated } from 'kysely';
import type { SignalRuleFiles } from '../../rating/index.ts';
import type { TriggerBody } from '../signals/trigger.ts';
import type { DefaultedTimestamp, JsonColumn, Timestamp } from './columns.ts';

export interface SignalTriggersTable {
  tenant: string;
  customer_id: string;
  code: string;
  standing: boolean;
  as_of: Timestamp;
  revision: number;
  warning_id: string;
  told: Generated<boolean>;
  body: JsonColumn<TriggerBody>;
}

export interface SignalMembersTable {
  tenant: string;
  subject: string;
  kind: 'group' | 'identity' | 'industry';
  member_id: string;
  exposure: string | null;
}

export interface SignalPlacesTable {
  tenant: string;
  through: number;
}

export interface SignalRulesTable {
  tenant: string;
  hash: string;
  version: number;
  files: JsonColumn<SignalRuleFiles>;
  first_used: DefaultedTimestamp;
}

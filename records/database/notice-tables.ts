import type { ColumnType } from 'kysely';
import type { NoticeChannel, NoticeEventKind, NoticeState } from '../../rating/index.ts';

type Instants = ColumnType<Date, Date | string, Date | string>;

export interface CustomerNoticesTable {
  tenant: string;
  notice_id: string;
  customer_id: string;
  rating_id: string;
  channel: NoticeChannel;
  language: string;
  jurisdiction: string;
  outcome: string;
  state: NoticeState;
  revision: number;
  attempts: number;
  issued_at: Instants;
  due_on: string | null;
  next_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  sealed: string;
}

export interface CustomerNoticeEventsTable {
  tenant: string;
  notice_id: string;
  revision: number;
  kind: NoticeEventKind;
  actor: string;
  at: Instants;
  code: string | null;
  sealed: string | null;
}

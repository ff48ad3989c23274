import type { ColumnType, Generated } from 'kysely';
import type { AskedReview, CustomerReview, ReviewedRating, ReviewEvent } from '../../rating/index.ts';
import type { JsonColumn, NullableTimestamp, Timestamp } from './columns.ts';

export interface CustomerReviewsTable {
  tenant: string;
  review_id: string;
  customer_id: string;
  state: CustomerReview['state'];
  queue: string;
  due_at: Timestamp;
  opened_at: Timestamp;
  closed_at: NullableTimestamp;
  revision: number;
  followed: Generated<boolean>;
  filed: Generated<string | null>;
  body: JsonColumn<CustomerReview>;
}

export interface CustomerReviewEventsTable {
  tenant: string;
  review_id: string;
  revision: number;
  kind: ReviewEvent['kind'];
  actor: string | null;
  event: JsonColumn<ReviewEvent>;
  at: Timestamp;
  audited: Generated<boolean>;
}

export interface ReviewCalendarTable {
  tenant: string;
  customer_id: string;
  now: JsonColumn<ReviewedRating>;
  before: JsonColumn<ReviewedRating> | null;
  last_review_at: NullableTimestamp;
  guarantor_worse: Generated<boolean>;
  look_at: Timestamp;
  valid_until: Timestamp;
  expiry_told: Generated<boolean>;
  asked: ColumnType<AskedReview | null, string | null | undefined, string | null>;
}

export interface ReviewPlacesTable {
  tenant: string;
  sequence: number;
  taken: number;
}

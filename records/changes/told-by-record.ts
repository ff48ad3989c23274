import { z } from 'zod';
import { instant, type Instant } from '../../base/index.ts';
import type { Override } from '../../rating/index.ts';
import { overrideOfStep } from '../overrides/index.ts';
import { alertRecord } from './alert-record.ts';
import { changesOf, speaksForPresent, stateChanges, type ChangeContent, type RatedFacts } from './change.ts';
import { ratedFacts } from './evidence.ts';
import { inForceAt, NOTHING_STANDS, type OverrideOf, type Standing } from './standing.ts';
import { warningRecord } from './warning-record.ts';

/** One change, told in the order of the audit chain. */
export type Change = ChangeContent & {
  /** Always the same for the same change: whoever saw it before can tell. */
  readonly id: string;
  /** The record of the audit chain that it comes from. */
  readonly sequence: number;
  readonly at: Instant;
  readonly ratingId: string | null;
  readonly customerId: string | null;
  /** The customer's pseudonym, by which an erasure names whose changes are to be forgotten. */
  readonly subject: string | null;
};

/** A record of the chain as the feed reads it. */
export interface Row {
  readonly sequence: number;
  readonly hash: Buffer;
  readonly kind: string;
  readonly subject: Buffer | null;
  readonly at: Date;
  readonly body: Buffer | null;
}

/** What stands for a customer, and what of it was told last. */
export interface Followed {
  readonly standing: Standing;
  readonly told: RatedFacts | null;
}

/** The id under which a record, a rating among them, is known outside. */
export const recordIdOf = ({ sequence, hash }: Pick<Row, 'sequence' | 'hash'>): string =>
  `${sequence}-${hash.toString('hex').slice(0, 16)}`;

/** What a rating says; null: another record, or its evidence is gone or unreadable. */
export function factsOf({ kind, body }: Row): RatedFacts | null {
  return kind === 'rating' && body !== null ? ratedFacts(body.toString('utf8')) : null;
}

/** The changes of one record, and what stands for its customer after it. */
export function toldOf(
  row: Row,
  { standing, told: before }: Followed,
  overrideOf: OverrideOf,
): { readonly told: readonly Change[]; readonly now: Followed } {
  const { sequence, kind } = row;
  const at = instant(row.at);
  const recordId = recordIdOf(row);
  const subject = row.subject?.toString('hex') ?? null;
  const facts = factsOf(row);
  const isPresent = facts !== null && speaksForPresent(facts, at);
  const after = standingAfter(row, standing, isPresent ? facts : null);
  // A look back tells nothing of the present: what has ended meanwhile is told by the next record that does.
  const tells = kind !== 'rating' || isPresent;
  const now: Followed = { standing: after, told: tells ? inForceAt(after, at, overrideOf) : before };
  const override = kind === 'override' ? stepOf(row) : null;
  const contents = (): readonly ChangeContent[] => {
    if (kind === 'rating') {
      if (facts === null) return [{ type: 'rating', before: null, after: null }];
      return changesOf(isPresent ? (now.told ?? facts) : facts, before, isPresent);
    }
    if (kind === 'erasure') return [{ type: 'erasure', before: null, after: null }];
    return now.told?.decided ? stateChanges(before, now.told.decided) : [];
  };
  const ratingId = kind === 'rating' ? recordId : (override?.ratingId ?? null);
  const customerId = kind === 'rating' ? (facts?.customerId ?? null) : (now.told?.customerId ?? null);
  const told = contents().map((content): Change => {
    const code = content.type === 'warning' ? `/${content.after?.code ?? ''}` : '';
    return { ...content, id: `${recordId}/${content.type}${code}`, sequence, at, ratingId, customerId, subject };
  });
  return { told, now };
}

/** The changes of a record that speaks for itself. */
export function toldAlone(row: Row): readonly Change[] {
  if (row.kind === 'alert') return toldOfAlert(row);
  return row.kind === 'review' ? toldOfReview(row) : toldByWarning(row);
}

/** What a warning says beside ratings: a trigger that a look at signals raised or no longer shows, and what the ERP is to do. Nothing of what was erased. */
function toldByWarning(row: Row): readonly Change[] {
  const { sequence, at, kind, body } = row;
  const said = body === null ? null : warningRecord(body.toString('utf8'));
  if (said === null) return [];
  const subject = row.subject?.toString('hex') ?? null;
  const { customerId, content } = said;
  const id = `${recordIdOf(row)}/${kind}`;
  return [{ ...content, id, sequence, at: instant(at), ratingId: null, customerId, subject }];
}

/** What people were alerted to. */
function toldOfAlert(row: Row): readonly Change[] {
  const { sequence, at, body } = row;
  const said = body === null ? null : alertRecord(body.toString('utf8'));
  if (said === null) return [];
  const subject = row.subject?.toString('hex') ?? null;
  const told = { type: 'alert', before: null, after: said.alert, id: `${recordIdOf(row)}/alert` } as const;
  return [{ ...told, sequence, at: instant(at), ratingId: null, customerId: said.customerId, subject }];
}

const reviewBody = z.object({
  reviewId: z.string(),
  customerId: z.string(),
  event: z.object({ kind: z.enum(['reminder', 'deadline-passed']), dueAt: z.string().optional() }),
});

/** A review that is due soon, or late; what people do to it is told to nobody else. */
function toldOfReview(row: Row): readonly Change[] {
  const { sequence, at, body } = row;
  if (body === null) return [];
  const parsed = reviewBody.safeParse(JSON.parse(body.toString('utf8')));
  if (!parsed.success) return [];
  const { reviewId, customerId, event } = parsed.data;
  const after = {
    reviewId,
    event: event.kind === 'reminder' ? 'reminder' : 'late',
    dueAt: event.dueAt ?? null,
  } as const;
  return [
    {
      type: 'review',
      before: null,
      after,
      id: `${recordIdOf(row)}/review`,
      sequence,
      at: instant(at),
      ratingId: null,
      customerId,
      subject: row.subject?.toString('hex') ?? null,
    },
  ];
}

function standingAfter(row: Row, standing: Standing, present: RatedFacts | null): Standing {
  if (row.kind === 'erasure') return NOTHING_STANDS;
  if (row.kind === 'expiry') return { ...standing, isExpired: true };
  if (row.kind === 'rating')
    return present === null
      ? standing
      : { ...standing, rated: { ratingId: recordIdOf(row), facts: present }, isExpired: false };
  const override = row.kind === 'override' ? stepOf(row) : null;
  if (override === null) return standing;
  return { ...standing, overrides: new Map(standing.overrides).set(override.ratingId, override) };
}

function stepOf({ body }: Row): Override | null {
  return body === null ? null : overrideOfStep(body.toString('utf8'));
}

import type { RequestHandler } from 'express';
import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import { REVIEW_CONCLUSIONS, type PersonalReviewEvent } from '../../rating/index.ts';
import type { StoredReviewEvent } from '../../records/reviews/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { decimalAmount } from '../http/amount.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf, type Principal } from '../http/principal.ts';
import { subjectErased } from '../customers/privacy.ts';

type Deps = Pick<ServingDependencies, 'reviews' | 'clock' | 'privacy'>;

export const reviewQuery = pageQuery.extend({
  queue: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'Name a queue as the table of authority limits does.')
    .optional(),
  state: z.enum(['standing', 'closed']).optional(),
  customerId: plainText(200).min(1).optional(),
  dueBy: isoInstant.optional(),
});

const NEEDED = {
  claim: [],
  'ask-documents': ['documents'],
  'documents-arrived': ['documents'],
  'sign-off': ['conclusion', 'reason'],
  cancel: ['reason'],
  reassign: ['assignee', 'reason'],
} as const;

/** What a person or an application does to a review. */
export const reviewEventSchema = z
  .strictObject({
    kind: z.enum(['claim', 'ask-documents', 'documents-arrived', 'sign-off', 'cancel', 'reassign']),
    documents: z
      .array(plainText(200).min(1))
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Names; with ask-documents and documents-arrived.' }),
    conclusion: z.enum(REVIEW_CONCLUSIONS).optional().meta({ description: 'With sign-off.' }),
    limit: decimalAmount.optional().meta({
      description:
        'With sign-off and the conclusion lower: the limit in total from now on, major units of the rules’ currency. A second person who names none agrees to the first’s.',
    }),
    assignee: plainText(200).min(1).optional().meta({ description: 'With reassign: who is to review.' }),
    reason: plainText(2000)
      .min(1)
      .optional()
      .meta({ description: 'With sign-off, cancel and reassign: why, for the record.' }),
  })
  .superRefine((event, context) => {
    if (event.limit !== undefined && event.conclusion !== 'lower')
      context.addIssue({ code: 'custom', path: ['limit'], message: 'Only with the conclusion lower.' });
    const needed: readonly string[] = NEEDED[event.kind];
    for (const name of ['documents', 'conclusion', 'assignee', 'reason'] as const) {
      if (needed.includes(name) === (event[name] !== undefined)) continue;
      const message = needed.includes(name) ? `Needed with ${event.kind}.` : `Not with ${event.kind}.`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
  });

/** What opens a review by hand. */
export const newReviewSchema = z.strictObject({
  customerId: plainText(200).min(1),
  reason: plainText(2000).min(1).meta({ description: 'Why, for the record.' }),
  dueAt: isoInstant
    .optional()
    .meta({ description: 'By when it is due; default: as soon as a review that an event opens.' }),
});

const placeSchema = z.tuple([isoInstant, z.string().max(80)]);

/** POST /v1/reviews: a review that a person asks for, on a fresh rating. */
export function openReview({ reviews, clock, privacy }: Deps): RequestHandler {
  return async (request, response) => {
    const { customerId, reason, dueAt } = parseBody(newReviewSchema, request.body);
    const due = dueAt === undefined ? null : new Date(dueAt).toISOString();
    if (due !== null && due <= clock.now())
      throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
        problems: [{ at: 'dueAt', message: 'This is over already.' }],
      });
    if (privacy.isErased(customerId)) throw subjectErased();
    const { actor } = principalOf(request);
    response.status(201).json(await reviews.open(customerId, { actor, reason, dueAt: due }));
  };
}

/** GET /v1/reviews: reviews in the order of their opening, of one queue, state, customer, or due by then. */
export function listReviews({ reviews }: Pick<Deps, 'reviews'>): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor, dueBy, ...which } = parseQuery(reviewQuery, request);
    const place = cursor === undefined ? undefined : readCursor('reviews', placeSchema, cursor);
    const after = place && { openedAt: place[0], reviewId: place[1] };
    const by = dueBy === undefined ? undefined : new Date(dueBy).toISOString();
    const read = await reviews.page({ ...which, dueBy: by, after, limit: limit + 1 });
    const page = pageOf('reviews', read, limit, ({ review }) => [review.openedAt, review.reviewId]);
    response.json({ ...page, items: page.items.map(({ review }) => review) });
  };
}

/** GET /v1/reviews/{reviewId}: a review with what changed, what lapsed, and everything that was done to it. */
export function readReview({ reviews }: Deps): RequestHandler {
  return async (request, response) => {
    const found = await reviews.find(reviewIdOf(request.params['reviewId']));
    response.json({ ...found.review, events: found.events.map(eventAnswer) });
  };
}

/** POST /v1/reviews/{reviewId}/events: acts on a review as who asks, with the roles of who asks. */
export function actOnReview({ reviews }: Deps): RequestHandler {
  return async (request, response) => {
    const event = eventOf(parseBody(reviewEventSchema, request.body), principalOf(request));
    const reviewId = reviewIdOf(request.params['reviewId']);
    const after = await reviews.act(reviewId, event);
    response.json({ ...after });
  };
}

function eventOf(
  { kind, documents = [], conclusion, limit, assignee = '', reason = '' }: z.output<typeof reviewEventSchema>,
  { actor, roles }: Principal,
): PersonalReviewEvent {
  switch (kind) {
    case 'claim':
      return { kind, actor, roles };
    case 'sign-off':
      return {
        kind,
        actor,
        roles,
        conclusion: conclusion ?? 'end',
        limit: limit === undefined ? null : Number(limit),
        reason,
      };
    case 'cancel':
      return { kind, actor, roles, reason };
    case 'reassign':
      return { kind, actor, roles, assignee, reason };
    default:
      return { kind, actor, roles, documents };
  }
}

function eventAnswer({ revision, at, event }: StoredReviewEvent) {
  return {
    revision,
    at,
    kind: event.kind,
    actor: 'actor' in event ? event.actor : null,
    documents: 'documents' in event ? event.documents : [],
    conclusion: 'conclusion' in event ? event.conclusion : null,
    limit: 'limit' in event ? (event.limit ?? null) : null,
    assignee: 'assignee' in event ? event.assignee : null,
    reason: 'reason' in event ? event.reason : null,
  };
}

function reviewIdOf(value: unknown): string {
  const reviewId = String(value);
  if (/^[\w-]{1,80}$/.test(reviewId)) return reviewId;
  throw new ProbityError('UNKNOWN_REVIEW', 'This is not the id of a review.');
}

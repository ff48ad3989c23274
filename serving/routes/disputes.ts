import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError, type Problem } from '../../base/index.ts';
import { contractOf } from '../../features/contracts/index.ts';
import type { Correction, DisputeAbout, RightFacts } from '../../rating/index.ts';
import { ENTRY_KINDS } from '../../records/credit-file/index.ts';
import type { StoredDispute } from '../../records/disputes/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { EntryCorrection } from '../disputes/desk.ts';
import { checkRow, eventSchema, inTheFuture } from '../events/facts.ts';
import { idOfKey } from '../http/idempotency.ts';
import { pageLimits, pageOf, pageOfAll, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { factsSchema } from '../ratings/decision-request.ts';
import type { Recorder } from '../ratings/recorder.ts';
import { customerOf, looked } from './customers.ts';

type Deps = Pick<ServingDependencies, 'disputes' | 'dossiers' | 'clock' | 'customerKeys'>;

const name = plainText(63).min(1);
const aboutSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fact'),
    table: name,
    key: z.record(z.string(), plainText(200).min(1)).meta({ description: 'The columns that name the row.' }),
  }),
  z.strictObject({ kind: z.literal('rating'), ratingId: plainText(64).min(1) }),
  z.strictObject({ kind: z.literal('entry'), entryKind: z.enum(ENTRY_KINDS), entryId: plainText(64).min(1) }),
]);

export const newDisputeSchema = z.strictObject({
  about: aboutSchema,
  claim: plainText(4000).min(1).meta({ description: 'What the customer says.' }),
  jurisdiction: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional()
    .meta({ description: 'Whose deadline applies; the default is in dispute-deadlines.json.' }),
});

const entrySchema = z
  .strictObject({
    version: z.int().min(1).optional().meta({ description: 'A version that corrects it, in the file since then.' }),
    body: z
      .record(z.string(), z.unknown())
      .optional()
      .meta({ description: 'The entry as it should be, which becomes its next version.' }),
    happenedAt: isoInstant.optional().meta({ description: 'With body: when it was so; default: now.' }),
    removed: z.literal(true).optional().meta({ description: 'There is no such thing: the entry is removed.' }),
  })
  .superRefine(({ version, body, removed, happenedAt }, context) => {
    if ([version, body, removed].filter((each) => each !== undefined).length !== 1)
      context.addIssue({ code: 'custom', path: [], message: 'Send one of version, body and removed.' });
    if (happenedAt !== undefined && body === undefined)
      context.addIssue({ code: 'custom', path: ['happenedAt'], message: 'With body alone.' });
  });

export const disputeEventSchema = z
  .strictObject({
    kind: z.enum(['uphold', 'reject', 'withdraw']),
    reason: plainText(2000).min(1),
    correction: eventSchema
      .omit({ idempotencyKey: true })
      .optional()
      .meta({ description: 'With uphold: the row as it should be; needed where a fact is disputed.' }),
    entry: entrySchema
      .optional()
      .meta({ description: 'With uphold: what is right of the entry; needed where an entry is disputed.' }),
    facts: factsSchema.optional().meta({
      description:
        'With uphold, where a rating is disputed: facts it was asked with, as they should be. The customer is rated again with them.',
    }),
  })
  .superRefine(({ kind, ...right }, context) => {
    for (const name of ['entry', 'facts'] as const)
      if (kind !== 'uphold' && right[name] !== undefined)
        context.addIssue({ code: 'custom', path: [name], message: 'With uphold alone.' });
  });

export const readQuery = pageQuery.extend({ purpose: plainText(200).min(1) });

/** POST /v1/customers/{customerId}/disputes: puts a dispute on record; its deadline is that of the law. A rating or an entry that is disputed must be this customer's. */
export function openDispute({ disputes, dossiers }: Deps, recorder: Recorder): RequestHandler {
  return async (request, response) => {
    const { about, claim, jurisdiction } = parseBody(newDisputeSchema, request.body);
    const { actor } = principalOf(request);
    const customerId = customerOf(request);
    if (about.kind === 'rating') {
      const { served } = await recorder.recall(about.ratingId);
      if (served.inputs.request['customerId'] !== customerId)
        throw invalid([{ at: 'about.ratingId', message: 'This rating is not of this customer.' }]);
    } else if (about.kind === 'entry') {
      const versions = await dossiers.files.history(customerId, about.entryKind, about.entryId);
      if (versions.length === 0)
        throw invalid([{ at: 'about.entryId', message: 'The credit file has no such entry.' }]);
    }
    const disputeId = idOfKey(request, 'openDispute', customerId);
    const given = {
      customerId,
      about: checkedAbout(about),
      claim,
      openedBy: actor,
      ...(jurisdiction === undefined ? {} : { jurisdiction }),
      ...(disputeId === undefined ? {} : { disputeId }),
    };
    response.status(201).json(await disputes.open(given));
  };
}

/** GET /v1/customers/{customerId}/disputes: every dispute of a customer, oldest first. */
export function listDisputes({ disputes, dossiers }: Deps): RequestHandler {
  return async (request, response) => {
    const customerId = customerOf(request);
    const { purpose, ...asked } = parseQuery(readQuery, request);
    await looked(dossiers, request, customerId, purpose, 'disputes');
    const placeOf = ({ dispute: { openedAt, disputeId } }: StoredDispute) => [openedAt, disputeId];
    const page = pageOfAll('disputes', await disputes.of(customerId), asked, placeOf);
    response.json({ ...page, items: page.items.map(answerOf) });
  };
}

const placeSchema = z.tuple([isoInstant, z.string().max(80)]);

/** GET /v1/disputes: open disputes, the nearest deadline first, without what the customers say. */
export function getDisputeQueue({ disputes }: Deps): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const place = cursor === undefined ? undefined : readCursor('dispute-queue', placeSchema, cursor);
    const after = place && { deadline: place[0], disputeId: place[1] };
    const waiting = await disputes.waiting({ limit: limit + 1, after });
    const page = pageOf('dispute-queue', waiting, limit, ({ deadline, disputeId }) => [deadline, disputeId]);
    response.json({
      ...page,
      items: page.items.map((each) => {
        const { disputeId, customerId, about, jurisdiction, openedAt, deadline, reminded, escalations } = each;
        return { disputeId, customerId, about, jurisdiction, openedAt, deadline, reminded, escalations };
      }),
    });
  };
}

/** POST /v1/customers/{customerId}/disputes/{disputeId}/events: decides or withdraws a dispute as who asks, with the roles of who asks. */
export function actOnDispute({ disputes, clock, customerKeys }: Deps): RequestHandler {
  return async (request, response) => {
    const { kind, reason, correction: given, entry, facts } = parseBody(disputeEventSchema, request.body);
    const { actor, roles } = principalOf(request);
    const disputeId = String(request.params['disputeId']);
    const correction =
      given === undefined ? null : checkedCorrection(given, customerOf(request), clock.now(), customerKeys);
    const by = { actor, roles, reason };
    const event =
      kind === 'withdraw'
        ? ({ kind, ...by } as const)
        : ({
            kind: 'decide',
            ...by,
            ending: kind === 'uphold' ? 'upheld' : 'rejected',
            correction,
            entry: entry === undefined ? null : entryCorrection(entry),
            facts: facts === undefined ? null : said(facts),
          } as const);
    response.json(await disputes.act(customerOf(request), disputeId, event));
  };
}

function answerOf({ dispute, settled, ratingId }: StoredDispute) {
  return { ...dispute, settled, ratingId };
}

function entryCorrection({ version, body, happenedAt }: z.output<typeof entrySchema>): EntryCorrection {
  if (version !== undefined) return { kind: 'version', version };
  if (body === undefined) return { kind: 'removed' };
  return { kind: 'body', body, happenedAt: happenedAt === undefined ? null : instant(happenedAt) };
}

/** Facts without those that nothing is said of. */
function said(facts: z.output<typeof factsSchema>): RightFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as RightFacts;
}

function checkedAbout(about: z.output<typeof aboutSchema>): DisputeAbout {
  if (about.kind !== 'fact') return about;
  const contract = contractOf(about.table);
  const keys: readonly string[] = contract?.key ?? [];
  const isNamed = contract !== undefined && Object.keys(about.key).sort().join() === [...keys].sort().join();
  if (isNamed) return about;
  const message = contract === undefined ? 'There is no such table.' : `Name the row by ${keys.join(', ')}.`;
  throw invalid([{ at: contract === undefined ? 'about.table' : 'about.key', message }]);
}

/** A correction against its contract, of this customer. Throws INVALID_INPUT with every problem. */
function checkedCorrection(
  given: {
    readonly table: string;
    readonly values: { readonly [column: string]: unknown };
    readonly happenedAt: string;
  },
  customerId: string,
  now: ReturnType<typeof instant>,
  keys: ServingDependencies['customerKeys'],
): Correction {
  const contract = contractOf(given.table);
  if (contract === undefined) throw invalid([{ at: 'correction.table', message: 'There is no such table.' }]);
  const { values, problems: found } = checkRow(contract, given.values, 'correction.values', keys);
  const problems = [...found];
  const happenedAt = instant(given.happenedAt);
  if (inTheFuture(happenedAt, now))
    problems.push({ at: 'correction.happenedAt', message: 'This instant lies in the future.' });
  if (contract.entity !== null && values[contract.entity] !== customerId)
    problems.push({ at: `correction.values.${contract.entity}`, message: 'The row is not of this customer.' });
  if (problems.length > 0) throw invalid(problems);
  return { table: given.table, values, happenedAt };
}

function invalid(problems: readonly Problem[]): ProbityError {
  return new ProbityError('INVALID_INPUT', 'The request is not valid.', { problems });
}

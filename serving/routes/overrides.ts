import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError } from '../../base/index.ts';
import {
  amountText,
  applyOverrideEvent,
  askersOf,
  OVERRIDE_TARGETS,
  standsAt,
  type Override,
  type OverrideEvent,
  type OverrideSubject,
  type Verdict,
} from '../../rating/index.ts';
import type { StoredOverride } from '../../records/overrides/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { showsCustomers } from '../access/index.ts';
import { amountInMinor, decimalAmount } from '../http/amount.ts';
import { idOfKey, makeOnce } from '../http/idempotency.ts';
import { pageLimits, pageOf, pageOfAll, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, periodQuery, plainText } from '../http/parse.ts';
import { principalOf, type Principal } from '../http/principal.ts';
import { reviewAnswer } from '../ratings/override-answer.ts';
import type { RecalledRating, Recorder } from '../ratings/recorder.ts';

type Deps = Pick<ServingDependencies, 'overrides' | 'clock'>;

/** What a person proposes in the place of a decision. */
export const newOverrideSchema = z.strictObject({
  to: z.enum(OVERRIDE_TARGETS).meta({ description: 'The outcome in the place of the decision’s.' }),
  amount: decimalAmount.optional().meta({
    description: 'What may be drawn, in major units of the decision’s currency; towards a better outcome only.',
  }),
  reasonCode: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{0,62}$/, 'Name a reason as the override policy does.')
    .meta({ description: 'A reason of the override policy (overrides.json).' }),
  note: plainText(2000).min(1).optional().meta({ description: 'What was seen, where the reason needs a note.' }),
  expiresAt: isoInstant.meta({
    description: 'Until when it stands; within the policy’s days and the rating’s validity.',
  }),
});

/** What people do about an override that was proposed. */
export const overrideEventSchema = z
  .strictObject({
    kind: z.enum(['confirm', 'refuse', 'revoke']).meta({
      description: 'A second person confirms or refuses what waits for one; what is in force is revoked.',
    }),
    reason: plainText(2000).min(1).optional().meta({ description: 'With refuse and revoke: why, for the record.' }),
  })
  .superRefine(({ kind, reason }, context) => {
    if ((kind === 'confirm') === (reason === undefined)) return;
    const message = kind === 'confirm' ? 'Not with confirm.' : `Needed with ${kind}.`;
    context.addIssue({ code: 'custom', path: ['reason'], message });
  });

export const listQuery = pageQuery.extend({ state: z.enum(['second', 'stands', 'refused', 'revoked']).optional() });
const placeSchema = z.int().min(1);

/** POST /v1/ratings/{ratingId}/overrides: proposes an override of a recorded decision; in force at once below the threshold for two people. */
export function proposeOverride(deps: Deps, recorder: Recorder): RequestHandler {
  return async (request, response) => {
    const body = parseBody(newOverrideSchema, request.body);
    const recalled = await recorder.recall(String(request.params['ratingId']));
    const { actor, roles } = principalOf(request);
    const { currency } = recalled.served.decision;
    const amountMinor = body.amount === undefined ? null : amountInMinor(body.amount, currency);
    const event: Extract<OverrideEvent, { kind: 'propose' }> = {
      kind: 'propose',
      actor,
      roles,
      to: body.to,
      amountMinor,
      reasonCode: body.reasonCode,
      note: body.note ?? null,
      expiresAt: instant(body.expiresAt),
    };
    const { ratingId } = recalled.recorded;
    const stored = await makeOnce(idOfKey(request, 'proposeOverride', ratingId), {
      make: (proposalId) => step(deps, recalled, proposalId === undefined ? event : { ...event, proposalId }),
      find: async (proposalId) =>
        (await deps.overrides.steps(ratingId)).find(({ override }) => override?.proposalId === proposalId) ?? null,
      isSame: ({ override: made }) =>
        made?.to === event.to &&
        made.amountMinor === amountMinor &&
        made.reasonCode === event.reasonCode &&
        made.note === (event.note?.trim() || null) &&
        instant(made.expiresAt) === event.expiresAt,
    });
    response.status(201).json(overrideAnswer(stored, ratingId, deps.clock.now(), currency.minorDigits));
  };
}

/** POST /v1/ratings/{ratingId}/overrides/events: a second person confirms or refuses it, or somebody revokes it. */
export function actOnOverride(deps: Deps, recorder: Recorder): RequestHandler {
  return async (request, response) => {
    const body = parseBody(overrideEventSchema, request.body);
    const recalled = await recorder.recall(String(request.params['ratingId']));
    const event = overrideEventOf(body, principalOf(request));
    const stored = await step(deps, recalled, event);
    const { minorDigits } = recalled.served.decision.currency;
    response.json(overrideAnswer(stored, recalled.recorded.ratingId, deps.clock.now(), minorDigits));
  };
}

/** GET /v1/ratings/{ratingId}/overrides: every step of a rating's overrides, oldest first. */
export function overrideSteps(deps: Deps, recorder: Recorder): RequestHandler {
  return async (request, response) => {
    const asked = parseQuery(pageQuery, request);
    const { recorded, served } = await recorder.recall(String(request.params['ratingId']));
    const steps = await deps.overrides.steps(recorded.ratingId);
    const page = pageOfAll('override-steps', steps, asked, ({ revision }) => [revision]);
    const { minorDigits } = served.decision.currency;
    const now = deps.clock.now();
    showsCustomers(response, served.inputs.request['customerId']);
    const items = page.items.map((one) => overrideAnswer(one, recorded.ratingId, now, minorDigits));
    response.json({ ...page, items });
  };
}

/** GET /v1/overrides: the overrides of all ratings as they stand, the newest step first; those that wait for a second person with `state=second`. */
export function listOverrides(deps: Deps, recorder: Recorder): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor, state } = parseQuery(listQuery, request);
    const before = cursor === undefined ? undefined : readCursor('overrides', placeSchema, cursor);
    const read = await deps.overrides.page({ state, before, limit: limit + 1 });
    const page = pageOf('overrides', read, limit, ({ last }) => last.receipt.sequence);
    const now = deps.clock.now();
    const items = await Promise.all(
      page.items.map(async ({ ratingId, last }) => {
        if (last.override === null) return { customerId: null, answer: overrideAnswer(last, ratingId, now, 0) };
        const { decision, inputs } = (await recorder.recall(ratingId)).served;
        const answer = overrideAnswer(last, ratingId, now, decision.currency.minorDigits);
        return { customerId: inputs.request['customerId'], answer };
      }),
    );
    showsCustomers(response, ...items.map(({ customerId }) => customerId));
    response.json({ ...page, items: items.map(({ answer }) => answer) });
  };
}

/** GET /v1/reports/overrides: overridden decisions of a period, measured against what model and rules would have done. */
export function getOverrideReport({ overrides }: Deps): RequestHandler {
  return async (request, response) => {
    const { from, to } = parseQuery(periodQuery, request);
    const [since, until] = [instant(from), instant(to)];
    if (until <= since)
      throw new ProbityError('INVALID_INPUT', 'The query of the address is not valid.', {
        problems: [{ at: 'to', message: 'The period must end after it begins.' }],
      });
    response.json(await overrides.report(since, until));
  };
}

function step(
  { overrides, clock }: Deps,
  { recorded, served }: RecalledRating,
  event: OverrideEvent,
): Promise<StoredOverride> {
  const subject: Omit<OverrideSubject, 'others'> = {
    ratingId: recorded.ratingId,
    decision: served.decision,
    ...askersOf(served.inputs.request),
  };
  return overrides.step(recorded.ratingId, (before, others) =>
    applyOverrideEvent(clock.now(), before, event, { ...subject, others }, overrides.law),
  );
}

function overrideEventOf(
  { kind, reason = '' }: z.output<typeof overrideEventSchema>,
  { actor, roles }: Principal,
): OverrideEvent {
  return kind === 'confirm' ? { kind, actor, roles } : { kind, actor, roles, reason };
}

/** One step of an override as the API answers it; what was said is null once erased. */
function overrideAnswer(
  { override, revision, receipt }: StoredOverride,
  ratingId: string,
  now: string,
  minorDigits: number,
) {
  if (override === null) return { ratingId, revision, receipt, inForce: false, override: null };
  const { over } = override;
  const told = decisionAnswer(override, minorDigits);
  const stands = {
    ...told,
    ...(over === undefined ? {} : { over: decisionAnswer(over, minorDigits) }),
  };
  return { ratingId, revision, receipt, inForce: standsAt(override, now), override: stands };
}

/** What a person decided, or signed off, alone. */
function decisionAnswer(override: Override, minorDigits: number) {
  const { amountMinor, level, verdict, review, over, insteadOf, proposalId, ...told } = override;
  void [level, over, insteadOf, proposalId];
  return {
    ...told,
    amount: amountMinor === null ? null : amountText(amountMinor, minorDigits),
    ...(verdict === undefined ? {} : { verdict: verdictAnswer(verdict, minorDigits) }),
    ...(review === undefined ? {} : { review: reviewAnswer(review, minorDigits) }),
  };
}

/** What the verdict of a case adds to amount and outcome. */
function verdictAnswer({ limitMinor, ...told }: Verdict, minorDigits: number) {
  return { ...told, limit: amountText(limitMinor, minorDigits) };
}

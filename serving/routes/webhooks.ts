import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { canonicalJson, instant, ProbityError } from '../../base/index.ts';
import { CHANGE_TYPES } from '../../records/changes/index.ts';
import type { IssuedWebhook } from '../../records/webhooks/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { idOfKey, makeOnce, orNull } from '../http/idempotency.ts';
import { pageLimits, pageOf, pageOfAll, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import type { WebhookDesk } from '../webhooks/desk.ts';

type Deps = Pick<ServingDependencies, 'webhooks' | 'clock'>;

const MOST_OVERLAP_HOURS = 168;

const parts = {
  name: plainText(60).min(1).meta({ description: 'Who is told.' }),
  url: plainText(2000).min(1).meta({ description: 'https address that takes deliveries.' }),
  types: z
    .array(z.enum(CHANGE_TYPES))
    .min(1)
    .max(CHANGE_TYPES.length)
    .meta({ description: 'Types of the change feed that are told.' }),
};
export const newWebhookSchema = z.strictObject(parts);
export const webhookChangeSchema = z
  .strictObject({
    name: parts.name.optional(),
    url: parts.url.optional(),
    types: parts.types.optional(),
    state: z.enum(['active', 'paused']).optional(),
  })
  .refine((change) => Object.values(change).some((each) => each !== undefined), 'Name something to change.');
export const rotateWebhookSchema = z.strictObject({
  overlapHours: z
    .int()
    .min(0)
    .max(MOST_OVERLAP_HOURS)
    .default(24)
    .meta({ description: 'How long the old secret signs, too; default 24.' }),
});

export const deliveryQuery = pageQuery.extend({ state: z.enum(['pending', 'delivered', 'dead']).optional() });
const placeSchema = z.tuple([isoInstant, z.string().max(32)]);

/** GET /v1/webhooks: the webhooks of the tenant, without their secrets. */
export function listWebhooks({ webhooks: desk }: Deps): RequestHandler {
  return async (request, response) => {
    const page = parseQuery(pageQuery, request);
    const all = await desk.webhooks.list();
    response.json(pageOfAll('webhooks', all, page, ({ createdAt, webhookId }) => [createdAt, webhookId]));
  };
}

/** POST /v1/webhooks: a new webhook; its secret is in this answer and nowhere else. */
export function createWebhook({ webhooks: desk }: Deps): RequestHandler {
  return async (request, response) => {
    const { actor } = principalOf(request);
    const wanted = parseBody(newWebhookSchema, request.body);
    refuseAddress(desk, wanted.url);
    const made = await makeOnce<Shown>(idOfKey(request, 'createWebhook', ''), {
      make: (webhookId) => desk.webhooks.create({ ...wanted, createdBy: actor, webhookId }),
      async find(webhookId) {
        const webhook = await orNull(desk.webhooks.get(webhookId), 'UNKNOWN_WEBHOOK');
        return webhook === null ? null : { webhook, secret: null };
      },
      isSame: ({ webhook: { name, url, types } }) =>
        canonicalJson({ name, url, types: [...types] }) === canonicalJson(wanted),
    });
    response.status(201).json(issuedAnswer(made));
  };
}

/** GET /v1/webhooks/{webhookId} */
export function readWebhook({ webhooks: desk }: Deps): RequestHandler {
  return async (request, response) => {
    response.json(await desk.webhooks.get(webhookIdOf(request)));
  };
}

/** PATCH /v1/webhooks/{webhookId}: another name, address, types; paused, or active again. */
export function changeWebhook({ webhooks: desk }: Deps): RequestHandler {
  return async (request, response) => {
    const webhookId = webhookIdOf(request);
    const { state, ...to } = parseBody(webhookChangeSchema, request.body);
    if (to.url !== undefined) refuseAddress(desk, to.url);
    let webhook = await desk.webhooks.get(webhookId);
    if (Object.values(to).some((each) => each !== undefined))
      webhook = await desk.webhooks.change(webhookId, defined(to));
    if (state === 'paused' && webhook.state !== 'paused') webhook = await desk.webhooks.pause(webhookId, null);
    if (state === 'active' && webhook.state !== 'active') webhook = await desk.webhooks.resume(webhookId);
    response.json(webhook);
  };
}

/** POST /v1/webhooks/{webhookId}/rotate: a new secret, while the old one signs too for a while. */
export function rotateWebhook({ webhooks: desk, clock }: Deps): RequestHandler {
  return async (request, response) => {
    const { overlapHours } = parseBody(rotateWebhookSchema, request.body ?? {});
    const until = instant(Date.parse(clock.now()) + overlapHours * 3_600_000);
    response.status(201).json(issuedAnswer(await desk.webhooks.rotate(webhookIdOf(request), until)));
  };
}

/** DELETE /v1/webhooks/{webhookId} */
export function removeWebhook({ webhooks: desk }: Deps): RequestHandler {
  return async (request, response) => {
    await desk.webhooks.remove(webhookIdOf(request));
    response.status(204).end();
  };
}

/** POST /v1/webhooks/{webhookId}/test: plans a delivery without data. */
export function testWebhook({ webhooks: desk }: Deps): RequestHandler {
  return async (request, response) => {
    response.status(202).json(await desk.deliveries.test(webhookIdOf(request)));
  };
}

/** GET /v1/webhooks/{webhookId}/deliveries: what became of deliveries, newest first. */
export function listDeliveries({ webhooks: desk }: Deps): RequestHandler {
  return async (request, response) => {
    const webhookId = webhookIdOf(request);
    const { limit = pageLimits.usual, cursor, state } = parseQuery(deliveryQuery, request);
    await desk.webhooks.get(webhookId);
    const place = cursor === undefined ? undefined : readCursor('deliveries', placeSchema, cursor);
    const before = place && { createdAt: place[0], deliveryId: place[1] };
    const read = await desk.deliveries.page(webhookId, { state, before, limit: limit + 1 });
    response.json(pageOf('deliveries', read, limit, ({ createdAt, deliveryId }) => [createdAt, deliveryId]));
  };
}

/** POST /v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver: tries a dead delivery again, under its id. */
export function redeliver({ webhooks: desk }: Deps): RequestHandler {
  return async (request, response) => {
    const deliveryId = String(request.params['deliveryId']);
    if (!/^[0-9a-f]{32}$/.test(deliveryId))
      throw new ProbityError('UNKNOWN_DELIVERY', 'This is not the id of a delivery.');
    response.status(202).json(await desk.deliveries.again(webhookIdOf(request), deliveryId));
  };
}

function refuseAddress(desk: WebhookDesk, url: string): void {
  const message = desk.urlProblem(url);
  if (message === null) return;
  throw new ProbityError('INVALID_INPUT', 'The body of the request is not valid.', {
    problems: [{ at: 'url', message }],
  });
}

/** A webhook that was made; its secret is null where a request came again: it was in the first answer. */
type Shown = Omit<IssuedWebhook, 'secret'> & { readonly secret: string | null };

function issuedAnswer({ webhook, secret }: Shown) {
  return { ...webhook, secret };
}

function defined<T extends object>(parts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never;
}

function webhookIdOf(request: Request): string {
  const webhookId = String(request.params['webhookId']);
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(webhookId)) return webhookId;
  throw new ProbityError('UNKNOWN_WEBHOOK', 'This is not the id of a webhook.');
}

import { z } from 'zod';
import { CHANGE_TYPES } from '../../records/changes/index.ts';
import { pageSchema } from '../http/paging.ts';
import { makesOnce, usedForAnother } from './rating-parameters.ts';
import { content, problem, ref, type JsonObject } from './schema.ts';

const iso = z.string().describe('ISO 8601, UTC');
const webhook = {
  webhookId: z.string(),
  name: z.string(),
  url: z.string(),
  types: z.array(z.enum(CHANGE_TYPES)),
  state: z.enum(['active', 'paused']),
  pausedBecause: z.string().nullable().describe('Null: by a person, or it is not paused.'),
  createdBy: z.string(),
  createdAt: iso,
};
export const webhookSchema = z.strictObject(webhook);
export const webhooksSchema = pageSchema(webhookSchema);
export const issuedWebhookSchema = z.strictObject({
  ...webhook,
  secret: z
    .string()
    .nullable()
    .describe('Signs the deliveries; told here and nowhere else: null where the same Idempotency-Key came again.'),
});
export const deliverySchema = z.strictObject({
  deliveryId: z.string().describe('The header `webhook-id`: always the same for the same message.'),
  type: z.string(),
  changeId: z.string(),
  sequence: z.int(),
  state: z.enum(['pending', 'delivered', 'dead']),
  attempts: z.int(),
  lastStatus: z.int().nullable(),
  lastProblem: z.string().nullable(),
  createdAt: iso,
  nextAt: iso,
  endedAt: iso.nullable(),
});

const answer = (description: string, name: string): JsonObject => ({
  description,
  ...content('application/json', ref(name)),
});
const id = (name: string): JsonObject => ({
  name,
  in: 'path',
  required: true,
  schema: { type: 'string', maxLength: 40 },
});
const webhookId = id('webhookId');
const body = (name: string): JsonObject => ({ required: true, ...content('application/json', ref(name)) });
const missing = problem('No such webhook.');

/** The operations about webhooks. */
export const webhookPaths: JsonObject = {
  '/v1/webhooks': {
    get: {
      operationId: 'listWebhooks',
      summary: 'Webhooks, without their secrets',
      parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('A page of webhooks.', 'Webhooks') },
    },
    post: {
      operationId: 'createWebhook',
      summary: 'A new webhook: changes are posted to it, signed, from now on',
      parameters: [makesOnce],
      requestBody: body('NewWebhook'),
      responses: { 409: usedForAnother, 201: answer('The webhook, with its secret.', 'IssuedWebhook') },
    },
  },
  '/v1/webhooks/{webhookId}': {
    get: {
      operationId: 'readWebhook',
      summary: 'One webhook',
      parameters: [webhookId],
      responses: { 200: answer('The webhook.', 'Webhook'), 404: missing },
    },
    patch: {
      operationId: 'changeWebhook',
      summary: 'Change name, address or types; pause, or go on',
      parameters: [webhookId],
      requestBody: body('WebhookChange'),
      responses: { 200: answer('The webhook.', 'Webhook'), 404: missing },
    },
    delete: {
      operationId: 'removeWebhook',
      summary: 'Take a webhook away, with its deliveries',
      parameters: [webhookId],
      responses: { 204: { description: 'Gone.' }, 404: missing },
    },
  },
  '/v1/webhooks/{webhookId}/rotate': {
    post: {
      operationId: 'rotateWebhook',
      summary: 'A new secret; the old one signs, too, for a while',
      parameters: [webhookId],
      requestBody: { required: false, ...content('application/json', ref('RotateWebhook')) },
      responses: { 201: answer('The webhook, with its new secret.', 'IssuedWebhook'), 404: missing },
    },
  },
  '/v1/webhooks/{webhookId}/test': {
    post: {
      operationId: 'testWebhook',
      summary: 'Send a delivery of the type `test`, without data',
      parameters: [webhookId],
      responses: { 202: answer('The delivery on its way.', 'Delivery'), 404: missing },
    },
  },
  '/v1/webhooks/{webhookId}/deliveries': {
    get: {
      operationId: 'listDeliveries',
      summary: 'What became of deliveries, newest first',
      parameters: [webhookId, { $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: { 200: answer('A page of deliveries.', 'DeliveryPage'), 404: missing },
    },
  },
  '/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver': {
    post: {
      operationId: 'redeliver',
      summary: 'Try a dead delivery again, under its id',
      parameters: [webhookId, id('deliveryId')],
      responses: {
        202: answer('The delivery on its way.', 'Delivery'),
        404: problem('No such webhook, or no such dead delivery.'),
      },
    },
  },
};

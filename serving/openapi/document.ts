import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot, type Json } from '../../base/index.ts';
import { eventSchema, eventsRequestSchema } from '../events/facts.ts';
import { ratingRequestSchema } from '../ratings/request.ts';
import { eventsAnswerSchema, problemSchema, ratingAnswerSchema } from './answers.ts';

type JsonObject = { readonly [key: string]: Json };

const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });
const content = (type: string, schema: JsonObject): JsonObject => ({ content: { [type]: { schema } } });
const problem = (description: string): JsonObject => ({
  description,
  ...content('application/problem+json', ref('Problem')),
});
const language: JsonObject = {
  name: 'Accept-Language',
  in: 'header',
  description: 'en (default) or zh-CN',
  schema: { type: 'string' },
};
const idempotencyKey: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Recorded once for a key: the same request again answers the same rating, another one is refused (409).',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
};
const ndjson = 'application/x-ndjson';
const arrow = 'application/vnd.apache.arrow.stream';
const bytes: JsonObject = { type: 'string', format: 'binary' };

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', unrepresentable: 'any', io });
  return rest as JsonObject;
}

/** The OpenAPI 3.1 document, generated from the very schemas that requests are parsed with. `serving/openapi/openapi.json` is its committed copy. */
export function openApiDocument(): JsonObject {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  const refusals: JsonObject = {
    400: problem('The input is not valid; every problem is listed.'),
    413: problem('The body is too large.'),
    415: problem('The content type is not read here.'),
    503: problem('Not ready.'),
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Probity',
      version,
      description: 'Default probabilities, explained.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      '/v1/ratings': {
        post: {
          operationId: 'rate',
          summary: 'Rate a customer as of an instant, or a set of features',
          parameters: [language, idempotencyKey],
          requestBody: { required: true, ...content('application/json', ref('RatingRequest')) },
          responses: {
            200: { description: 'The rating.', ...content('application/json', ref('Rating')) },
            404: problem('No such customer as of that instant.'),
            409: problem('The Idempotency-Key was used for another request.'),
            410: problem('The rating that the Idempotency-Key stands for was erased.'),
            422: problem('No matching slot, no champion then, or refused by policy.'),
            ...refusals,
          },
        },
      },
      '/v1/ratings/{ratingId}': {
        get: {
          operationId: 'recordedRating',
          summary: 'A recorded rating, recomputed from its evidence and compared with the answer that was given',
          parameters: [
            language,
            { name: 'ratingId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } },
          ],
          responses: {
            200: { description: 'The rating.', ...content('application/json', ref('Rating')) },
            404: problem('No such rating.'),
            410: problem('The rating was erased.'),
            503: problem('Not ready.'),
          },
        },
      },
      '/v1/ratings:batch': {
        post: {
          operationId: 'rateBatch',
          summary: 'Rate a stream of rows; one answer a row, in order, errors included. Read while you send.',
          parameters: [
            language,
            {
              name: 'contributions',
              in: 'query',
              description: 'Add contributions to NDJSON answers.',
              schema: { type: 'boolean', default: false },
            },
          ],
          requestBody: { required: true, content: { [ndjson]: { schema: bytes }, [arrow]: { schema: bytes } } },
          responses: {
            200: { description: 'The answers.', content: { [ndjson]: { schema: bytes }, [arrow]: { schema: bytes } } },
            400: problem('The Arrow stream or its schema cannot be read.'),
            415: problem('Neither NDJSON nor Arrow.'),
            503: problem('Not ready.'),
          },
        },
      },
      '/v1/models/champion': {
        get: {
          operationId: 'champion',
          summary: 'The champion of each slot, its features, and the scales',
          parameters: [language],
          responses: {
            200: { description: 'The champions.', ...content('application/json', { type: 'object' }) },
            503: problem('No champion.'),
          },
        },
      },
      '/v1/events': {
        post: {
          operationId: 'events',
          summary: 'Report facts; acknowledged means durable, and seen by the next rating',
          requestBody: { required: true, ...content('application/json', ref('Events')) },
          responses: {
            201: { description: 'Acknowledged.', ...content('application/json', ref('Acknowledgement')) },
            ...refusals,
          },
        },
      },
      '/healthz': { get: { operationId: 'health', responses: { 200: { description: 'The process answers.' } } } },
      '/readyz': {
        get: {
          operationId: 'readiness',
          responses: { 200: { description: 'Ready to rate.' }, 503: problem('Not ready, by name.') },
        },
      },
      '/metrics': { get: { operationId: 'metrics', responses: { 200: { description: 'Prometheus text.' } } } },
      '/openapi.json': { get: { operationId: 'document', responses: { 200: { description: 'This document.' } } } },
    },
    components: {
      schemas: {
        RatingRequest: {
          ...schemaOf(ratingRequestSchema, 'input'),
          oneOf: [{ required: ['customerId'] }, { required: ['features'] }],
        },
        Rating: schemaOf(ratingAnswerSchema, 'output'),
        Events: schemaOf(eventsRequestSchema.extend({ events: z.array(eventSchema).min(1).max(1000) }), 'input'),
        Acknowledgement: schemaOf(eventsAnswerSchema, 'output'),
        Problem: schemaOf(problemSchema, 'output'),
      },
    },
  };
}

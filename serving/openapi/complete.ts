import type { Json } from '../../base/index.ts';
import { OPERATIONS, type OperationId } from '../access/index.ts';
import { problem, type JsonObject } from './schema.ts';

/** What a path's description says of one operation; the rest, which all have in common, is added by `completePaths`. */
type Described = JsonObject & { readonly operationId: OperationId; readonly responses: JsonObject };

/** Operations whose answers carry an entity tag. */
const cacheable: ReadonlySet<OperationId> = new Set<OperationId>(['champion', 'document', 'page']);

const headers = {
  requestId: { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } },
  limits: {
    RateLimit: { $ref: '#/components/headers/RateLimit' },
    'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
  },
};

/**
 * Adds to every described operation what the table of operations and the gate make of it: who may call it, the errors that any
 * request can meet, entity tags, and headers. Throws where an operation of the table is not described, or the other way round.
 */
export function completePaths(paths: JsonObject): JsonObject {
  const described = new Set<string>();
  const completed = Object.entries(paths).map(([path, methods]) => {
    const operations = Object.entries(methods as JsonObject).map(([method, value]) => {
      const operation = value as Described;
      const entry = OPERATIONS[operation.operationId];
      if (entry === undefined || entry.path !== path || entry.method.toLowerCase() !== method)
        throw new Error(`${method} ${path}: the table of operations does not have ${operation.operationId} there`);
      described.add(operation.operationId);
      return [method, completeOperation(operation)];
    });
    return [path, Object.fromEntries(operations) as JsonObject];
  });
  const missing = Object.keys(OPERATIONS).filter((id) => !described.has(id));
  if (missing.length > 0) throw new Error(`not described in the OpenAPI document: ${missing.join(', ')}`);
  return Object.fromEntries(completed) as JsonObject;
}

function completeOperation(operation: Described): JsonObject {
  const { operationId, parameters = [], responses, ...rest } = operation;
  const { who } = OPERATIONS[operationId];
  const open = who === 'anyone';
  const unlimited = operationId === 'health' || operationId === 'readiness';
  const tagged = cacheable.has(operationId);
  const hasBody = 'requestBody' in operation;
  const usual: JsonObject = {
    ...(tagged ? { 304: { description: 'The client has it already.' } } : {}),
    400: shared('Invalid'),
    ...(open ? {} : { 401: shared('Unauthenticated'), 403: shared('Forbidden') }),
    ...(hasBody ? { 413: shared('TooLarge'), 415: shared('UnsupportedMediaType') } : {}),
    ...(unlimited ? {} : { 429: shared('RateLimited') }),
    500: shared('Failed'),
    503: shared('Unavailable'),
  };
  const all = Object.entries({ ...usual, ...responses }).map(([status, response]) => [
    status,
    '$ref' in (response as JsonObject)
      ? response
      : { ...(response as JsonObject), headers: headersOf(status, { tagged, unlimited }) },
  ]);
  return {
    operationId,
    ...rest,
    parameters: [...(parameters as Json[]), ...(tagged ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : [])],
    security: open ? [{}, { bearer: [] }] : [{ bearer: [] }],
    'x-roles': open ? 'anyone' : [...who],
    responses: Object.fromEntries(all) as JsonObject,
  };
}

const shared = (name: string): JsonObject => ({ $ref: `#/components/responses/${name}` });

function headersOf(status: string, of: { readonly tagged: boolean; readonly unlimited: boolean }): JsonObject {
  return {
    ...headers.requestId,
    ...(of.unlimited ? {} : headers.limits),
    ...(of.tagged && (status === '200' || status === '304') ? { ETag: { $ref: '#/components/headers/ETag' } } : {}),
    ...(status === '401' ? { 'WWW-Authenticate': { $ref: '#/components/headers/WwwAuthenticate' } } : {}),
    ...(status === '429' || status === '503' ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
  };
}

/** An error that any operation can meet, with its headers. */
const error = (status: string, description: string): JsonObject => ({
  ...problem(description),
  headers: headersOf(status, { tagged: false, unlimited: false }),
});

const text: JsonObject = { type: 'string' };

/** Headers, parameters and security schemes that operations refer to. */
export const sharedComponents: JsonObject = {
  securitySchemes: {
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description:
        'A key of Probity (`probity keys create`), or a JSON Web Token of the configured issuer. `x-roles` of each operation names who may call it.',
    },
  },
  responses: {
    Invalid: error('400', 'The request is not valid; every problem is listed.'),
    Unauthenticated: error('401', 'No key or token, or none that is in force here.'),
    Forbidden: error('403', 'The key or token may not do that.'),
    TooLarge: error('413', 'The body is too large.'),
    UnsupportedMediaType: error('415', 'The content type or encoding is not read here.'),
    RateLimited: error('429', 'Too many requests; the headers say when to go on.'),
    Failed: error('500', 'Something failed inside; the request id finds it in the log.'),
    Unavailable: error('503', 'Not ready, or a server behind this one does not answer.'),
  },
  parameters: {
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      description: 'The ETag of the answer that the client has; 304 where it still stands.',
      schema: text,
    },
    Limit: {
      name: 'limit',
      in: 'query',
      description: 'Most items of the page.',
      schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
    },
    Cursor: {
      name: 'cursor',
      in: 'query',
      description: '`nextCursor` of the page before.',
      schema: { type: 'string', minLength: 1, maxLength: 1000 },
    },
  },
  headers: {
    RequestId: { description: 'The request’s id: the caller’s X-Request-Id, or a new one.', schema: text },
    RateLimit: { description: 'What is left of the caller’s requests, and for how many seconds.', schema: text },
    RateLimitPolicy: { description: 'The caller’s requests in a time.', schema: text },
    RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer' } },
    ETag: { description: 'The answer’s entity tag.', schema: text },
    WwwAuthenticate: { description: 'What to send.', schema: text },
  },
};

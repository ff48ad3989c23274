import type { Json } from '../../base/index.ts';
import { isTagged, lookOf, lookQuery, OPERATIONS, takesIfMatch, type OperationId } from '../access/index.ts';
import { EXAMPLES } from './examples.ts';
import { pageQuery } from '../http/paging.ts';
import { queryParameter, withQuery } from './queries.ts';
import { recordedAnswers, resolvedExample } from './recorded-answers.ts';
import { problem, type JsonObject } from './schema.ts';

/** What a path's description says of one operation; the rest, which all have in common, is added by `completePaths`. */
type Described = JsonObject & { readonly operationId: OperationId; readonly responses: JsonObject };

const json = 'application/json';
const problemJson = 'application/problem+json';
const ndjson = 'application/x-ndjson';

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
  const answers = recordedAnswers();
  const described = new Set<string>();
  const completed = Object.entries(paths).map(([path, methods]) => {
    const operations = Object.entries(methods as JsonObject).map(([method, value]) => {
      const operation = value as Described;
      const entry = OPERATIONS[operation.operationId];
      if (entry === undefined || entry.path !== path || entry.method.toLowerCase() !== method)
        throw new Error(`${method} ${path}: the table of operations does not have ${operation.operationId} there`);
      described.add(operation.operationId);
      return [method, withExamples(completeOperation(operation), answers)];
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
  const tagged = isTagged(operationId);
  const conditional = takesIfMatch(operationId);
  const hasBody = 'requestBody' in operation;
  const usual: JsonObject = {
    ...(tagged ? { 304: { description: 'The client has it already.' } } : {}),
    400: shared('Invalid'),
    ...(open ? {} : { 401: shared('Unauthenticated'), 403: shared('Forbidden') }),
    ...(hasBody ? { 408: shared('TooSlow') } : {}),
    ...(conditional ? { 412: problem('Something else stands than If-Match names.') } : {}),
    413: shared('TooLarge'),
    ...(hasBody ? { 415: shared('UnsupportedMediaType') } : {}),
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
    parameters: [
      ...withQuery(operationId, parameters as Json[]),
      ...(lookOf(operationId) === null ? [] : [lookPurpose(operationId)]),
      ...(tagged ? [{ $ref: '#/components/parameters/IfNoneMatch' }] : []),
      ...(conditional ? [{ $ref: '#/components/parameters/IfMatch' }] : []),
    ],
    security: open ? [{}, { bearer: [] }] : [{ bearer: [] }],
    'x-roles': open ? 'anyone' : [...who],
    responses: Object.fromEntries(all) as JsonObject,
  };
}

/** Shows the operation's examples with its request and with the answers that they were given. */
function withExamples(operation: JsonObject, all: ReturnType<typeof recordedAnswers>): JsonObject {
  const answers = all[operation['operationId'] as OperationId] ?? {};
  const examples = Object.entries(EXAMPLES[operation['operationId'] as OperationId] ?? {});
  if (examples.length === 0) return operation;
  const body = operation['requestBody'] as JsonObject | undefined;
  const requests = examples.flatMap(([name, { summary, body: value, type = json }]): Shown[] =>
    value === undefined ? [] : [{ type, name, example: { summary, value: resolvedExample(value, all) } }],
  );
  const responses = Object.entries(operation['responses'] as JsonObject).map(([status, response]) => {
    const shown = examples.flatMap(([name, { summary, status: answered }]): Shown[] => {
      const value = answers[name];
      if (String(answered) !== status || value === undefined) return [];
      const type = typeof value === 'string' ? ndjson : answered >= 400 ? problemJson : json;
      return [{ type, name, example: { summary, value } }];
    });
    return [status, shown.length === 0 ? response : show(inlined(response as JsonObject), shown)];
  });
  return {
    ...operation,
    ...(body === undefined ? {} : { requestBody: show(body, requests) }),
    responses: Object.fromEntries(responses) as JsonObject,
  };
}

interface Shown {
  readonly type: string;
  readonly name: string;
  readonly example: JsonObject;
}

/** Puts examples beside the schemas of the media types that they are of. */
function show(described: JsonObject, shown: readonly Shown[]): JsonObject {
  const media = Object.entries(described['content'] as JsonObject).map(([type, value]) => {
    const examples = shown.filter((each) => each.type === type).map(({ name, example }) => [name, example]);
    if (examples.length === 0) return [type, value];
    return [type, { ...(value as JsonObject), examples: Object.fromEntries(examples) as JsonObject }];
  });
  return { ...described, content: Object.fromEntries(media) as JsonObject };
}

/** A response itself, where it was a reference to a shared one. */
function inlined(response: JsonObject): JsonObject {
  const reference = response['$ref'];
  const name = typeof reference === 'string' ? /(\w+)$/.exec(reference)?.[1] : undefined;
  return name === undefined ? response : ((sharedComponents['responses'] as JsonObject)[name] as JsonObject);
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
    TooSlow: error('408', 'The body did not arrive in time.'),
    TooLarge: error('413', 'The body, or the address with the headers, is too large.'),
    UnsupportedMediaType: error('415', 'The content type or encoding is not read here.'),
    RateLimited: error('429', 'Too many requests; the headers say when to go on.'),
    Failed: error('500', 'Something failed inside; the request id finds it in the log.'),
    Unavailable: error('503', 'Not ready, or a server behind this one does not answer.'),
  },
  parameters: {
    IfMatch: {
      name: 'If-Match',
      in: 'header',
      description: 'The ETag of what the client saw; where something else stands, nothing is changed: 412.',
      schema: { type: 'string', maxLength: 500 },
    },
    IfNoneMatch: {
      name: 'If-None-Match',
      in: 'header',
      description: 'The ETag of the answer that the client has; 304 where it still stands.',
      schema: text,
    },
    Limit: queryParameter('limit', pageQuery.shape.limit),
    Cursor: queryParameter('cursor', pageQuery.shape.cursor),
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

/** `?purpose=` of an operation whose looks go on record for a standard purpose. */
function lookPurpose(operationId: OperationId): JsonObject {
  const alone =
    lookOf(operationId)?.atRatings === true
      ? ' With the role applicant-system alone the recorded rating, which names its key and this purpose, is that record.'
      : '';
  const description = `Why the data are looked at, for the record of looks at each customer shown; default: what the key was made for, or ${lookOf(operationId)?.purpose ?? ''}.${alone}`;
  return queryParameter('purpose', lookQuery.shape.purpose, description);
}

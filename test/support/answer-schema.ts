import { z } from 'zod';
import type { Json } from '../../base/index.ts';

type JsonObject = { readonly [key: string]: Json | undefined };

/** A schema of an OpenAPI document as a parser of values. `schemas`: the document's components. */
function parserOf(schema: Json, schemas: JsonObject): z.ZodType {
  const local = (value: Json): Json =>
    JSON.parse(JSON.stringify(value).replaceAll('"#/components/schemas/', '"#/$defs/')) as Json;
  return z.fromJSONSchema({ ...(local(schema) as object), $defs: local(schemas) } as never);
}

/** Parsers that were made, by document, then operation, status and type. */
const made = new WeakMap<JsonObject, Map<string, z.ZodType>>();

/** An entry of the document, or the component that it refers to. */
function resolved(document: JsonObject, entry: Json | undefined): JsonObject | undefined {
  const { $ref } = (entry ?? {}) as { readonly $ref?: string };
  if ($ref === undefined) return entry as JsonObject | undefined;
  const [, , kind = '', name = ''] = $ref.split('/');
  return ((document['components'] as JsonObject)[kind] as JsonObject)[name] as JsonObject;
}

/** What is wrong with an answer of an operation by the schema that the document gives it for this status and type; empty: nothing. */
export function answerProblems(
  document: JsonObject,
  operationId: string,
  status: number,
  answer: Json,
  type = 'application/json',
): readonly string[] {
  const { schemas = {} } = (document['components'] ?? {}) as { readonly schemas?: JsonObject };
  const operations = Object.values((document['paths'] ?? {}) as JsonObject).flatMap((path) =>
    Object.values(path as JsonObject),
  ) as readonly JsonObject[];
  const operation = operations.find((each) => each['operationId'] === operationId);
  const responses = (operation?.['responses'] ?? {}) as JsonObject;
  const content = (resolved(document, responses[status])?.['content'] ?? {}) as JsonObject;
  const schema = (content[type] as JsonObject | undefined)?.['schema'];
  if (schema === undefined) return [`${operationId} ${status}: the document has no schema of ${type}`];
  const of = made.get(document) ?? new Map<string, z.ZodType>();
  made.set(document, of);
  const key = `${operationId} ${status} ${type}`;
  const parser = of.get(key) ?? parserOf(schema, schemas);
  of.set(key, parser);
  const { success, error } = parser.safeParse(answer);
  return success
    ? []
    : error.issues.map(({ path, message }) => `${operationId} ${status} ${path.join('.')}: ${message}`);
}

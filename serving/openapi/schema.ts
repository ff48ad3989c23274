import { z } from 'zod';
import type { Json } from '../../base/index.ts';

/** A part of the OpenAPI document. */
export type JsonObject = { readonly [key: string]: Json };

/** A reference to one of the document's schemas. */
export const ref = (name: string): JsonObject => ({ $ref: `#/components/schemas/${name}` });

/** A body of one media type. */
export const content = (type: string, schema: JsonObject): JsonObject => ({ content: { [type]: { schema } } });

/** An error, described. */
export const problem = (description: string): JsonObject => ({
  description,
  ...content('application/problem+json', ref('Problem')),
});

/** A parameter of a query, described; what parses the query gives it its schema (queries.ts). */
export const inQuery = (name: string, description: string): JsonObject => ({ name, in: 'query', description });

/** A zod schema as the document writes it. */
export function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', unrepresentable: 'any', io });
  return rest as JsonObject;
}

import { z } from 'zod';

/** The shape of a relational import spec as it is written; `parse-relational.ts` normalises it. */
const name = z.string().min(1, 'it is empty');

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const texts = z.array(scalar).transform((values) => values.map(String));

const cellObject = z.strictObject({
  column: name.optional(),
  expression: name.optional(),
  value: scalar.optional(),
  map: z.record(z.string(), scalar.nullable()).optional(),
  otherwise: scalar.nullable().optional(),
  date_format: name.optional(),
});

const cell = z.union([name, cellObject]);
export type CellFile = z.infer<typeof cell>;

const sourceObject = z.strictObject({
  path: name.optional(),
  glob: name.optional(),
  connection: z.union([name, z.strictObject({ env: name })]).optional(),
  query: name.optional(),
  format: z.enum(['csv', 'jsonl', 'parquet', 'arrow', 'postgres']).optional(),
  delimiter: z.string().min(1).max(4).optional(),
  quote: z.string().max(1).optional(),
  encoding: name.optional(),
  header: z.union([z.literal(true), z.array(name).min(1)]).optional(),
  date_format: name.optional(),
  decimal: z.enum(['.', ',']).optional(),
  thousands: z.string().length(1).optional(),
  timezone: name.optional(),
  missing: texts.optional(),
});

const source = z.union([name, sourceObject]);
export type SourceFile = z.infer<typeof source>;

const lookup = sourceObject.extend({
  on: z.union([name, z.record(z.string(), name)]),
  columns: z.union([z.array(name).min(1), z.record(name, name)]),
  filter: name.optional(),
});

const attribute = cellObject.extend({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,62}$/, 'an attribute name is a-z, 0-9 and `_`, and starts with a letter'),
  type: z.enum(['number', 'category']),
  label: z.union([name, z.strictObject({ en: name, 'zh-CN': name })]).optional(),
});

const known = z.union([
  z.literal('import'),
  z.strictObject({ lag: name }),
  z.strictObject({ import: z.literal(true) }),
  cellObject,
]);

export const TableFile = z.strictObject({
  table: name,
  name: name.optional(),
  source,
  columns: z.record(name, cell).default({}),
  happened: cell,
  known: known.optional(),
  key: z.array(name).optional(),
  mode: z.enum(['append', 'upsert', 'replace']).optional(),
  deleted: z.strictObject({ column: name, values: texts }).optional(),
  missing: texts.optional(),
  filter: name.optional(),
  lookup: z.array(lookup).optional(),
  attributes: z.array(attribute).optional(),
  threshold: z.strictObject({ max_bad_share: z.number().min(0).max(1) }).optional(),
  allow_empty: z.boolean().optional(),
  expected: z
    .strictObject({
      freshness: name.optional(),
      completeness: z.record(name, z.number().min(0).max(1)).optional(),
    })
    .optional(),
});

export const RelationalFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'a name is a-z, 0-9, `-` and `_`'),
  tenant: name.optional(),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'a currency is an ISO 4217 code such as CZK')
    .optional(),
  missing: texts.optional(),
  tables: z.array(TableFile).min(1, 'there is no table'),
});

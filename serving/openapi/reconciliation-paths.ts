import { z } from 'zod';
import { FINDING_KINDS } from '../../records/reconciliation/index.ts';
import { pageSchema } from '../http/paging.ts';
import { content, ref, type JsonObject } from './schema.ts';

const keys = z
  .strictObject({
    count: z.int(),
    keys: z.array(z.array(z.string())).describe('The first 1000, in order.'),
  })
  .nullable()
  .describe('Null: the source told no rows.');

/** What POST /v1/reconciliations answers. */
export const reconciliationAnswerSchema = z.strictObject({
  source: z.string(),
  agrees: z.boolean(),
  tables: z.array(
    z.strictObject({
      table: z.string(),
      agrees: z.boolean(),
      count: z.strictObject({ source: z.int(), here: z.int() }),
      sums: z.record(z.string(), z.strictObject({ source: z.string(), here: z.string() })),
      hash: z.strictObject({ source: z.string().nullable(), here: z.string() }),
      contradicts: z.boolean().describe('The source’s own figures contradict the rows that it tells.'),
      missing: keys,
      conflicting: keys,
      unexpected: keys,
    }),
  ),
});

const totals = z.strictObject({ count: z.int(), sums: z.record(z.string(), z.string()), hash: z.string() });
const named = z.strictObject({
  count: z.int(),
  sequences: z.array(z.int()).describe('Facts by the `sequence` of their acknowledgement, the first 100.'),
});
const content64 = z.strictObject({ rows: z.int(), sum: z.string() });
const inSnapshot = z.strictObject({
  snapshotId: z.string().nullable(),
  state: z
    .enum(['agrees', 'behind', 'damaged', 'none'])
    .describe('`behind`: the warehouse had changed since; `damaged`: files were not what was published.'),
  differing: z.array(z.strictObject({ table: z.string(), warehouse: content64, published: content64 })),
});

/** One daily reconciliation. */
export const dailyReconciliationSchema = z.strictObject({
  reconciliationId: z.string(),
  format: z.literal('probity.reconciliation/1'),
  at: z.iso.datetime(),
  factsThrough: z.int().describe('Facts up to this `sequence` were compared with the warehouse.'),
  facts: z.array(
    z.strictObject({
      source: z.string(),
      table: z.string(),
      reported: totals,
      warehouse: totals,
      missing: named,
      conflicting: named,
      repaired: z.int(),
      left: named.describe('What the import refuses still.'),
      unexpected: z.int(),
    }),
  ),
  found: inSnapshot.describe('The newest snapshot when the reconciliation began.'),
  snapshot: inSnapshot.describe('And at its end.'),
  statements: z.array(
    z.strictObject({
      source: z.string(),
      table: z.string().nullable(),
      statedAt: z.iso.datetime().nullable(),
      agrees: z.boolean(),
      late: z.boolean(),
      compared: z
        .strictObject({
          count: z.strictObject({ source: z.int(), here: z.int() }),
          sums: z.record(z.string(), z.strictObject({ source: z.string(), here: z.string() })),
          hash: z.strictObject({ source: z.string().nullable(), here: z.string() }),
          contradicts: z.boolean(),
        })
        .nullable(),
    }),
  ),
  findings: z
    .array(
      z.strictObject({
        kind: z.enum(FINDING_KINDS),
        source: z.string().nullable(),
        table: z.string().nullable(),
        count: z.int(),
      }),
    )
    .describe('What a person has to look at.'),
});

/** A page of them. */
export const reconciliationPageSchema = pageSchema(dailyReconciliationSchema);

/** The operations of reconciliation. */
export const reconciliationPaths: JsonObject = {
  '/v1/reconciliations': {
    get: {
      operationId: 'listReconciliations',
      summary: 'Daily reconciliations of what sources reported with every copy of it, newest first',
      parameters: [{ $ref: '#/components/parameters/Limit' }, { $ref: '#/components/parameters/Cursor' }],
      responses: {
        200: { description: 'A page of reconciliations.', ...content('application/json', ref('ReconciliationPage')) },
      },
    },
    post: {
      operationId: 'reconcile',
      summary:
        'Compare what a source says that it holds with what it reported; missing and conflicting keys are to be sent as events',
      requestBody: { required: true, ...content('application/json', ref('Reconciliation')) },
      responses: {
        200: { description: 'The comparison.', ...content('application/json', ref('ReconciliationAnswer')) },
      },
    },
  },
};

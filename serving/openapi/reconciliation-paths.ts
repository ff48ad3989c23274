import { z } from 'zod';
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

/** The operation of reconciliation. */
export const reconciliationPaths: JsonObject = {
  '/v1/reconciliations': {
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

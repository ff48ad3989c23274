import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError, type Clock, type Problem } from '../../base/index.ts';
import { CONTRACTS, contractOf, type TableContract } from '../../features/contracts/index.ts';
import {
  compareTable,
  partOf,
  rowKey,
  type NewStatement,
  type Reconciliations,
  type StandingRows,
  type Statements,
  type TableStatement,
} from '../../records/reconciliation/index.ts';
import { nearestName } from '../http/nearest.ts';
import { pageLimits, pageOf, pageQuery, readCursor } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, plainText } from '../http/parse.ts';

/** Most keys that are listed of each kind. */
const mostKeys = 1000;
/** Most rows that one table's statement tells. */
const mostRows = 50_000;

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'Send a SHA-256 as 64 hexadecimal digits.');

export const reconciliationSchema = z.strictObject({
  source: plainText(200).min(1).meta({ description: 'The `source` of its events.' }),
  through: z.int().min(0).optional().meta({
    description:
      'Compare with what was acknowledged up to this `sequence`: the last that the source had when it drew up its statement.',
  }),
  part: z
    .strictObject({ of: z.int().min(1).max(100_000), number: z.int().min(0) })
    .refine(({ of, number }) => number < of, 'Parts are numbered from 0 to `of` - 1.')
    .optional()
    .meta({ description: 'Only rows in this part, by the first 32 bits of the SHA-256 of their key, modulo `of`.' }),
  tables: z
    .array(
      z.strictObject({
        table: plainText(63).min(1),
        count: z.int().min(0),
        sums: z
          .record(z.string(), z.string().regex(/^-?\d{1,24}(\.\d{1,2})?$/, 'Send an amount as a decimal text.'))
          .optional()
          .meta({ description: 'Sums of columns of money.' }),
        hash: hash
          .optional()
          .meta({ description: 'Of the lines `key TAB row hash LF` of all rows, in the order of keys.' }),
        rows: z
          .array(z.strictObject({ key: z.array(z.string().max(10_000)).min(1).max(8), hash }))
          .max(mostRows)
          .optional()
          .meta({ description: 'Every row, by key and hash; with it the answer names the keys that differ.' }),
      }),
    )
    .min(1)
    .max(CONTRACTS.length),
});

/**
 * POST /v1/reconciliations: a source's own statement against what stands here of it; changes none of it. Statements of whole tables are kept, totals
 * only, for the daily reconciliation.
 */
export function postReconciliation(deps: {
  readonly clock: Clock;
  readonly standingRows: Pick<StandingRows, 'of'>;
  readonly statements: Pick<Statements, 'keep'>;
}): RequestHandler {
  const { clock, standingRows, statements } = deps;
  return async (request, response) => {
    const statedAt = instant(clock.now());
    const { source, through = null, part, tables } = parseBody(reconciliationSchema, request.body);
    const asked = readTables(tables, part);
    const compared = [];
    const kept: NewStatement[] = [];
    for (const { contract, statement } of asked) {
      const rows = await standingRows.of(source, contract, through);
      const own =
        part === undefined ? rows : rows.filter((row) => partOf(rowKey(contract, row), part.of) === part.number);
      const { keys, ...rest } = compareTable(contract, statement, own);
      if (part === undefined)
        kept.push({ source, contract, through, statedAt, statement, contradicts: rest.contradicts });
      const listed = (all: readonly string[]) => ({
        count: all.length,
        keys: all.slice(0, mostKeys).map((key) => JSON.parse(key) as string[]),
      });
      compared.push({
        table: contract.name,
        ...rest,
        missing: keys === null ? null : listed(keys.missing),
        conflicting: keys === null ? null : listed(keys.conflicting),
        unexpected: keys === null ? null : listed(keys.unexpected),
      });
    }
    await statements.keep(kept);
    response.json({ source, agrees: compared.every(({ agrees }) => agrees), tables: compared });
  };
}

const placeSchema = z.tuple([isoInstant, z.string().max(80)]);

/** GET /v1/reconciliations: daily reconciliations, newest first. */
export function listReconciliations({
  reconciliations,
}: {
  readonly reconciliations: Pick<Reconciliations, 'page'>;
}): RequestHandler {
  return async (request, response) => {
    const { limit = pageLimits.usual, cursor } = parseQuery(pageQuery, request);
    const place = cursor === undefined ? undefined : readCursor('reconciliations', placeSchema, cursor);
    const before = place && { at: place[0], reconciliationId: place[1] };
    const read = await reconciliations.page({ before, limit: limit + 1 });
    response.json(pageOf('reconciliations', read, limit, ({ at, reconciliationId }) => [at, reconciliationId]));
  };
}

type Asked = z.output<typeof reconciliationSchema>;

/** The statements, checked against the contracts; every problem at once. */
function readTables(
  tables: Asked['tables'],
  part: Asked['part'],
): { readonly contract: TableContract; readonly statement: TableStatement }[] {
  const problems: Problem[] = [];
  const read = tables.flatMap(({ table, count, sums = {}, hash: total = null, rows }, i) => {
    const at = `tables.${i}`;
    const contract = contractOf(table);
    if (contract === undefined || tables.findIndex((other) => other.table === table) !== i) {
      const near = nearestName(
        table,
        CONTRACTS.map(({ name }) => name),
      );
      problems.push(
        contract === undefined
          ? { at: `${at}.table`, message: 'There is no such table.', ...(near ? { fix: `Did you mean ${near}?` } : {}) }
          : { at: `${at}.table`, message: 'This table is stated twice.' },
      );
      return [];
    }
    for (const name of Object.keys(sums))
      if (!contract.columns.some((column) => column.name === name && column.type === 'money'))
        problems.push({ at: `${at}.sums.${name.slice(0, 63)}`, message: `${table} has no such column of money.` });
    const byKey = new Map<string, { readonly hash: string }>();
    for (const [j, row] of (rows ?? []).entries()) {
      const key = JSON.stringify(row.key);
      if (row.key.length !== contract.key.length)
        problems.push({ at: `${at}.rows.${j}.key`, message: `Send ${contract.key.join(', ')}.` });
      else if (byKey.has(key)) problems.push({ at: `${at}.rows.${j}.key`, message: 'This key is stated twice.' });
      else if (part !== undefined && partOf(key, part.of) !== part.number)
        problems.push({ at: `${at}.rows.${j}.key`, message: 'This key is in another part.' });
      byKey.set(key, { hash: row.hash });
    }
    return [{ contract, statement: { count, sums, hash: total, rows: rows === undefined ? null : byKey } }];
  });
  if (problems.length > 0) throw new ProbityError('INVALID_INPUT', 'The statement is not valid.', { problems });
  return read;
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from '@fast-check/vitest';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { literal } from '../../base/index.ts';
import { artefactArbitrary } from '../artefact/arbitrary.ts';
import type { FeatureTerm } from '../artefact/glass-box.ts';
import { repeatedColumns } from '../dataset/parquet-dictionaries.ts';
import { neighbour } from '../golden/index.ts';
import { scoreSql } from './sql.ts';
import { sqlDouble } from './sql-double.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
let folder: string;
const file = (): string => join(folder, 'rows.parquet');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-repeated-'));
  instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  connection = await instance.connect();
});
afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true, force: true });
});

/** Values of a column, as SQL: at and beside every edge, each code and level, ends of the real line, unseen, empty and missing. */
function valuesOf({ encoding }: FeatureTerm): string[] {
  if (encoding.kind === 'category')
    return ['NULL', ...['', 'unseen', ...encoding.codes, ...encoding.levels].map(literal)];
  const known = [...encoding.codes, ...encoding.edges].flatMap((x) => [neighbour(x, false), x, neighbour(x, true)]);
  const finite = [0, 7, ...known].filter(Number.isFinite).map(sqlDouble);
  return ['NULL', "'nan'::DOUBLE", "'inf'::DOUBLE", "'-inf'::DOUBLE", ...finite];
}

/** Writes 5,000 rows of `terms` to the file, each column running through its values. */
async function writeRows(terms: readonly FeatureTerm[]): Promise<void> {
  const columns = terms.map((term, t) => {
    const values = valuesOf(term);
    return `[${values.join(', ')}][(i * ${2 * t + 1}) % ${values.length} + 1] AS x${t}`;
  });
  await connection.run(
    `COPY (SELECT i, ${columns.join(', ')} FROM range(5000) AS rows(i)) TO ${literal(file())} (FORMAT parquet)`,
  );
}

describe('what follows from a repeated column', () => {
  test.prop([artefactArbitrary], { numRuns: 25, seed: 20261127 })(
    'is found once for each value, to the same bits as row by row',
    async (artefact) => {
      const { terms } = artefact.model;
      await writeRows(terms);
      const columns = terms.map((_, t) => `x${t}`);
      const options = { columns, keep: ['i'], contributions: true };
      const rows = `read_parquet(${literal(file())})`;
      const typeOf = (term: FeatureTerm): string => (term.encoding.kind === 'number' ? 'DOUBLE' : 'VARCHAR');
      const all = terms.map((term, t) => [t, (value: string): string => `CAST(${value} AS ${typeOf(term)})`] as const);
      const answers = async (repeated: typeof all): Promise<unknown> =>
        (
          await connection.runAndReadAll(
            `SELECT * FROM (${scoreSql(artefact, rows, { ...options, repeated: new Map(repeated) })}) ORDER BY i`,
          )
        ).getRows();
      const plain = await answers([]);
      expect(await answers(all)).toEqual(plain);
      expect(await answers(all.filter(([t]) => t % 2 === 0))).toEqual(plain);
    },
    60_000,
  );
});

describe('repeated columns', () => {
  const written = async (rows: string, options = ''): Promise<string[]> => {
    await connection.run(`COPY (${rows}) TO ${literal(file())} (FORMAT parquet${options})`);
    return [...(await repeatedColumns(connection, file()))].sort();
  };

  it('are those whose dictionaries hold an eighth as many values as the file has rows, at most', async () => {
    const rows = `SELECT i % 7 AS code, 'level ' || i % 9 AS level, i AS number, i % 1000 AS amount, i // 5 AS pair FROM range(16384) AS rows(i)`;
    expect(await written(rows, ', ROW_GROUP_SIZE 8192, DICTIONARY_SIZE_LIMIT 8192')).toEqual([
      'amount',
      'code',
      'level',
    ]);
  });

  it('may have a row group without a dictionary, where few of the rows lie in it', async () => {
    const rows = (late: number): string =>
      `SELECT CASE WHEN i < 65536 - ${late} THEN i % 5 ELSE i END AS value FROM range(65536) AS rows(i)`;
    expect(await written(rows(2048), ', ROW_GROUP_SIZE 2048')).toEqual(['value']);
    expect(await written(rows(16_384), ', ROW_GROUP_SIZE 2048')).toEqual([]);
  });

  it('hold no dictionary that is larger than those by which DuckDB evaluates', async () => {
    const rows = `SELECT i % 15000 AS fits, i % 18000 AS large FROM range(200000) AS rows(i)`;
    expect(await written(rows, ', ROW_GROUP_SIZE 204800, DICTIONARY_SIZE_LIMIT 100000')).toEqual(['fits']);
  });
});

import { fc, test } from '@fast-check/vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifier } from '../base/index.ts';
import { artefactArbitrary, artefactOf } from '../models/artefact/arbitrary.ts';
import { artefactHash, type Artefact, type FeatureValues } from '../models/artefact/index.ts';
import { exportJavaScript, exportModel, exportOnnx, inputNames, scorePostgres } from '../models/export/index.ts';
import { asValues, goldenVectors, type GoldenValue } from '../models/golden/index.ts';
import { compile, logistic, type Score } from '../models/scoring/index.ts';
import { startTestPostgres, type TestPostgres } from './support/postgres.ts';

/** What the reference engine answers on each golden vector. */
function reference(artefact: Artefact): {
  readonly rows: readonly (readonly GoldenValue[])[];
  readonly scores: Score[];
} {
  const scorer = compile(artefact);
  const { rows } = goldenVectors(artefact);
  return { rows, scores: rows.map((row) => scorer.score(asValues(artefact, row))) };
}

interface ScoringModule {
  readonly hash: string;
  readonly features: readonly string[];
  readonly contributionNames: readonly string[];
  score(values: FeatureValues): { pd: number; logOdds: number; contributions: number[]; flags: unknown[] };
}

const imported = (source: string): Promise<ScoringModule> =>
  import(
    /* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
  ) as Promise<ScoringModule>;

describe('the JavaScript export', () => {
  test.prop([artefactArbitrary], { numRuns: 60, seed: 20261123 })(
    'scores every golden vector with the same bits, contributions and flags as the reference',
    async (artefact) => {
      const module = await imported(exportJavaScript(artefact));
      expect(module.hash).toBe(artefactHash(artefact));
      expect(module.features).toEqual(compile(artefact).features);
      expect(module.contributionNames).toEqual(compile(artefact).contributionNames);
      const { rows, scores } = reference(artefact);
      rows.forEach((row, r) => {
        const { logOdds, pd, contributions, flags } = scores[r] as Score;
        const answer = module.score(asValues(artefact, row));
        expect(answer).toEqual({ logOdds, pd, contributions: [...contributions], flags });
      });
    },
  );

  const texts = ['12.5', ' 3 ', '1e400', '-.5', 'Infinity', 'nan', 'NaN', 'much', '0x10', '', ' ', '1,5', '2024-02-30'];
  const dates = ['2024-02-29', '1969-12-31T23:00:00+01:00', '2024-02-29 12:30', '2024-02-29T12:30:10.5Z', '2024-13-01'];
  const values = fc.array(fc.oneof(fc.constantFrom(...texts, ...dates, null, undefined), fc.double(), fc.string()), {
    maxLength: 6,
  });
  test.prop([artefactArbitrary, values], { numRuns: 100, seed: 5 })(
    'reads texts, dates and what is no value as the reference does',
    async (artefact, given) => {
      const module = await imported(exportJavaScript(artefact));
      const row = Object.fromEntries(module.features.map((name, i) => [name, given[i]]));
      const { logOdds, flags } = compile(artefact).score(row);
      expect(module.score(row)).toMatchObject({ logOdds, flags });
    },
  );

  it('imports nothing, and holds nothing that could end the script of a page', () => {
    const source = exportJavaScript(
      artefactOf({ intercept: 0, terms: [], pairs: [] }, '</script><script>alert(1)</script>'),
    );
    expect(source).not.toMatch(/^\s*import\b|\brequire\(|\bimport\(/m);
    expect(source).not.toContain('</script');
  });
});

describe('the SQL exports', () => {
  test.prop([artefactArbitrary, fc.string()], { numRuns: 10, seed: 9 })(
    'bind in DuckDB as files, whatever the model and its features are called',
    async ({ model }, name) => {
      const instance = await DuckDBInstance.create(':memory:');
      const duckdb = await instance.connect();
      const columns = model.terms.map((term) => `${term.type === 'category' ? "''" : '0'} AS ${identifier(term.name)}`);
      const relation = `(SELECT ${columns.join(', ')})`;
      const statement = exportModel(artefactOf(model, `${name}\n;`), 'sql', { relation });
      const answer = await duckdb.runAndReadAll(statement as string);
      expect(answer.columnNames()).toEqual(['log_odds', 'pd']);
      duckdb.closeSync();
      instance.closeSync();
    },
  );
});

describe('the PostgreSQL export', () => {
  let server: TestPostgres;
  let client: Client;
  beforeAll(async () => {
    server = await startTestPostgres();
    client = new Client({ connectionString: server.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    await server?.stop();
  });

  async function scored(artefact: Artefact, rows: readonly (readonly GoldenValue[])[]): Promise<number[][]> {
    const { terms } = artefact.model;
    const columns = terms.map((term) => `${identifier(term.name)} ${term.type === 'category' ? 'text' : 'float8'}`);
    await client.query(`DROP TABLE IF EXISTS golden; CREATE TABLE golden ("row number" int, ${columns.join(', ')})`);
    const arrays = terms.map((_, t) =>
      rows.map((row) => (Object.is(row[t], -0) ? '-0' : (row[t]?.toString() ?? null))),
    );
    const casts = terms.map((term, t) => `$${t + 2}::${term.type === 'category' ? 'text' : 'float8'}[]`);
    await client.query(`INSERT INTO golden SELECT * FROM unnest($1::int[], ${casts.join(', ')})`, [
      rows.map((_, r) => r),
      ...arrays,
    ]);
    const sql = scorePostgres(artefact, 'golden', { keep: ['row number'], contributions: true });
    const answer = await client.query<number[]>({
      text: `SELECT * FROM (${sql}) AS scored ORDER BY 1`,
      rowMode: 'array',
    });
    return answer.rows;
  }

  test.prop([artefactArbitrary], { numRuns: 40, seed: 20261123 })(
    'scores every golden vector within 1e-12 of the reference, contributions too',
    async (artefact) => {
      const { rows, scores } = reference(artefact);
      const answers = await scored(artefact, rows);
      expect(answers.length).toBe(rows.length);
      answers.forEach(([row, logOdds = Number.NaN, pd = Number.NaN, intercept, ...contributions], r) => {
        const expected = scores[r] as Score;
        expect(row).toBe(r);
        expect(Math.abs(logOdds - expected.logOdds)).toBeLessThanOrEqual(1e-12);
        expect(Math.abs(pd - expected.pd)).toBeLessThanOrEqual(1e-12);
        expect(intercept).toBe(artefact.model.intercept);
        expect(contributions).toEqual([...expected.contributions]);
      });
    },
  );

  it('answers a PD for log-odds beyond the range of exp()', async () => {
    for (const logOdds of [-5000, -745, 745, 5000]) {
      const artefact = artefactOf({ intercept: logOdds, terms: [], pairs: [] });
      const { rows } = await client.query<{ pd: number }>(scorePostgres(artefact, '(SELECT 1) AS one'));
      expect(rows[0]?.pd).toBeCloseTo(logistic(logOdds), 12);
    }
  });
});

describe('the ONNX export', () => {
  test.prop([artefactArbitrary], { numRuns: 60, seed: 20261123 })(
    'scores every golden vector in ONNX Runtime within 1e-12 of the reference, with the same contributions to the last bit',
    async (artefact) => {
      const { rows, scores } = reference(artefact);
      const session = await InferenceSession.create(exportOnnx(artefact));
      const { terms } = artefact.model;
      const names = inputNames(terms.map(({ name }) => name));
      expect(session.inputNames).toEqual(names);
      const feeds = terms.map((term, t) => {
        const values = rows.map((row) => row[t] ?? null);
        const tensor =
          term.type === 'category'
            ? new Tensor(
                'string',
                values.map((value) => String(value ?? '')),
                [rows.length],
              )
            : new Tensor(
                'float64',
                Float64Array.from(values, (value) => Number(value ?? Number.NaN)),
                [rows.length],
              );
        return [names[t] ?? '', tensor] as const;
      });
      const answer = await session.run(Object.fromEntries(feeds));
      const { log_odds: logOdds, pd, contributions } = answer;
      scores.forEach((score, r) => {
        expect(Math.abs(Number(logOdds?.data[r]) - score.logOdds)).toBeLessThanOrEqual(1e-12);
        expect(Math.abs(Number(pd?.data[r]) - score.pd)).toBeLessThanOrEqual(1e-12);
      });
      expect(Array.from((contributions as Tensor).data as Float64Array)).toEqual(
        scores.flatMap((score) => Array.from(score.contributions)),
      );
      await session.release();
    },
  );

  it('renames an input that is called like an output, and no other', () => {
    expect(inputNames(['pd', 'input pd', 'age', 'log_odds'])).toEqual([
      'input input pd',
      'input pd',
      'age',
      'input log_odds',
    ]);
  });
});

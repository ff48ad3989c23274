import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { DateDay, Float64, Table, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledEntry, loadProject, seededRandom } from '../base/index.ts';
import { loadModelFolder } from '../models/flat/index.ts';
import { compile } from '../models/scoring/index.ts';
import { scoreByTable, type Scorecard } from '../rating/index.ts';
import { openStorage } from '../records/storage/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-flat-'));
const at = (name: string): string => join(folder, name);
const SPEC = `name: shop
id: customer
target: {column: bad, bad: [1], good: [0]}
missing: ["none"]
features:
  - {name: x, type: number, missing: [-9], monotone: increasing}
  - {name: kind, type: category}
  - {name: opened, type: date}
`;

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a user does: the compiled program in a process of its own. */
async function probity(...args: readonly string[]): Promise<Answer> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [compiledEntry('cli/main.ts'), ...args], {
      cwd: folder,
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

function rows(count: number): string[][] {
  const random = seededRandom('flat-files');
  return Array.from({ length: count }, (_, i) => {
    const x = i % 17 === 0 ? -9 : Math.round(random.normal() * 100) / 100;
    const bad = random.uniform() < 1 / (1 + Math.exp(1 - 1.5 * x)) ? '1' : '0';
    const opened = new Date(Date.UTC(2015, i % 60, 1 + (i % 28))).toISOString().slice(0, 10);
    const kind = i % 11 === 0 ? 'none' : (['retail', '批发', "O'Neil"][i % 3] ?? '');
    return [`C${count - i}`, i % 13 === 0 ? '' : String(x), kind, opened, bad];
  });
}

const HEADER = ['customer', 'x', 'kind', 'opened', 'bad'];
const DATA = rows(400);
const csv = (header: readonly string[], cells: readonly (readonly string[])[]): string =>
  [header, ...cells].map((row) => row.join(',')).join('\n');

const scoresOf = (name: string): string[][] =>
  readFileSync(at(name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

beforeAll(async () => {
  writeFileSync(at('spec.yaml'), SPEC);
  writeFileSync(at('train.csv'), csv(HEADER, DATA));
  const { code, err } = await probity('train', 'spec.yaml', '--train', 'train.csv', '--seed', '7', '--out', 'model');
  expect(err + code).toMatch(/0$/);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('probity models compare --data', () => {
  it('tells that a model cannot beat itself, and wants two models', async () => {
    const same = await probity('models', 'compare', 'model', 'model', '--data', 'train.csv', '--json');
    expect(same.code).toBe(0);
    const { sample, difference, verdict } = JSON.parse(same.out) as {
      readonly sample: { readonly rows: number };
      readonly difference: object;
      readonly verdict: string;
    };
    expect(sample.rows).toBe(DATA.length);
    expect(difference).toMatchObject({ difference: 0, pValue: 1 });
    expect(verdict).toBe('not enough evidence');
    const pair = ['models', 'compare', 'model', 'model', '--data', 'train.csv'] as const;
    const text = await probity(...pair, '--gain', '0.2', '--lgd', '0.6');
    expect(text.out).toContain('a PD below 25.0 % is accepted');
    expect(text.out).toContain('Not enough evidence that either is truly better');
    expect((await probity(...pair, '--gain', '0')).err).toContain('USAGE');
    expect((await probity(...pair, '--exposure', 'x')).err).toContain('or a negative one');
    const alone = await probity('models', 'compare', 'model', '--data', 'train.csv');
    expect(alone.err).toContain('USAGE');
  });
});

describe('probity train', () => {
  it('gives the same hash for the same file, spec and seed, and for --like', async () => {
    const again = await probity(
      'train',
      'spec.yaml',
      '--train',
      'train.csv',
      '--seed',
      '7',
      '--out',
      'again',
      '--json',
    );
    const { hash } = await loadModelFolder(at('model'));
    expect((JSON.parse(again.out) as { hash: string }).hash).toBe(hash);
    const like = await probity('train', '--like', 'model', '--train', 'train.csv', '--out', 'like', '--json');
    expect((JSON.parse(like.out) as { hash: string }).hash).toBe(hash);
    expect(readFileSync(at('again/model.json'))).toEqual(readFileSync(at('model/model.json')));
  });

  it('answers a wrong call with 2, wrong input with 1, and what to do', async () => {
    const usage = await probity('train', 'spec.yaml');
    expect(usage.code).toBe(2);
    expect(usage.err).toMatch(/--train FILE, --out FOLDER/);
    const missing = await probity('train', 'spec.yaml', '--train', 'absent.csv', '--out', 'm2', '--json');
    expect(missing.code).toBe(1);
    expect((JSON.parse(missing.err) as { error: { code: string } }).error.code).toBe('FILE_NOT_FOUND');
    writeFileSync(at('relational.yaml'), 'name: r\ntables: []\n');
    const relational = await probity('train', 'relational.yaml', '--train', 'train.csv', '--out', 'm3');
    expect(relational.code).toBe(2);
    expect(relational.err).toContain('probity retrain');
  });

  it('answers every wrong call with one JSON document where --json is asked for', async () => {
    const calls = [
      ['train', '--json', '--nothing-such'],
      ['train', '--json', 'spec.yaml', 'and-more.yaml'],
      ['models', 'show', '--json'],
      ['no-such-command', '--json'],
      ['train', 'spec.yaml', '--train', 'train.csv', '--out', '', '--json'],
    ];
    for (const call of calls) {
      const { code, err } = await probity(...call);
      expect(code).toBe(2);
      expect((JSON.parse(err) as { error: { code: string } }).error.code).toBe('USAGE');
    }
  });

  it('refuses an output that cannot be written before it begins, and a folder in place of a file, by name', async () => {
    mkdirSync(at('folder.csv'));
    const trained = (spec: string, out: string) =>
      probity('train', spec, '--train', 'train.csv', '--out', out, '--json');
    const calls = [
      () => trained('spec.yaml', 'train.csv'),
      () => trained('spec.yaml', '/proc/model'),
      () => trained('folder.csv', 'm4'),
      () => probity('score', '--model', 'model', '--input', 'train.csv', '--output', 'folder.csv', '--json'),
      () => probity('score', '--model', 'model', '--input', 'train.csv', '--output', '/dev/null/s.csv', '--json'),
    ];
    for (const call of calls) {
      const { code, err } = await call();
      expect(code).toBe(1);
      expect((JSON.parse(err) as { error: { code: string } }).error.code).toBe('FILE_UNUSABLE');
    }
  });
});

describe('probity score', () => {
  it('answers id and pd, one row per input row, in order, as TypeScript scores one row', async () => {
    const { code } = await probity('score', '--model', 'model', '--input', 'train.csv', '--output', 'scores.csv');
    expect(code).toBe(0);
    const [header, ...scored] = scoresOf('scores.csv');
    expect(header).toEqual(['customer', 'pd']);
    expect(scored.map(([id]) => id)).toEqual(DATA.map(([id]) => id));
    const scorer = compile((await loadModelFolder(at('model'))).artefact);
    DATA.forEach(([, x = '', kind = '', opened = ''], i) => {
      const { pd } = scorer.score({ x, kind: kind === 'none' ? null : kind, opened });
      expect(Number(scored[i]?.[1])).toBeCloseTo(pd, 14);
    });
  });

  it('gives the same scores by every engine, whose contributions add up to the log-odds', async () => {
    for (const engine of ['sql', 'ts', 'tf']) {
      const call = ['score', '--model', 'model', '--input', 'train.csv', '--output', `${engine}.csv`];
      const { code, err } = await probity(...call, '--engine', engine, '--contributions');
      expect(err + code).toMatch(/0$/);
    }
    const [header, ...reference] = scoresOf('ts.csv');
    expect(header?.slice(0, 7)).toEqual(['customer', 'pd', 'log_odds', 'intercept', 'x', 'kind', 'opened']);
    for (const engine of ['sql', 'tf']) {
      const [names, ...scored] = scoresOf(`${engine}.csv`);
      expect(names).toEqual(header);
      scored.forEach((row, i) => {
        const [, , logOdds, ...parts] = row.map(Number);
        const tolerance = engine === 'sql' ? 1e-12 : 1e-5;
        expect(Math.abs((logOdds ?? Number.NaN) - Number(reference[i]?.[2]))).toBeLessThanOrEqual(tolerance);
        const sum = parts.reduce((total, part) => total + part, 0);
        expect(Math.abs(sum - (logOdds ?? Number.NaN))).toBeLessThanOrEqual(engine === 'sql' ? 1e-12 : 1e-5);
      });
    }
  });

  it('reads and writes csv, csv.gz, parquet and arrow alike', async () => {
    await probity('score', '--model', 'model', '--input', 'train.csv', '--output', 'scores.csv');
    const expected = scoresOf('scores.csv').slice(1);
    const instance = await DuckDBInstance.create(':memory:');
    const duckdb = await instance.connect();
    const read = `read_csv('${at('train.csv')}', header = true, nullstr = '', types = {'opened': 'DATE', 'x': 'DOUBLE', 'bad': 'INTEGER'})`;
    await duckdb.run(`COPY (FROM ${read}) TO '${at('rows.parquet')}' (FORMAT parquet)`);
    await duckdb.run(`COPY (FROM ${read}) TO '${at('rows.csv.gz')}' (FORMAT csv, HEADER, COMPRESSION gzip)`);
    const column = (i: number): string[] => DATA.map((row) => row[i] ?? '');
    const numbers = column(1).map((x) => (x === '' ? null : Number(x)));
    const table = new Table({
      x: vectorFromArray(numbers, new Float64()),
      opened: vectorFromArray(
        column(3).map((day) => new Date(day)),
        new DateDay(),
      ),
      customer: vectorFromArray(column(0), new Utf8()),
      kind: vectorFromArray(column(2), new Utf8()),
    });
    writeFileSync(at('rows.arrow'), tableToIPC(table, 'file'));
    for (const [input, output] of [
      ['rows.parquet', 'out.arrow'],
      ['rows.csv.gz', 'out.parquet'],
      ['rows.arrow', 'out.csv.gz'],
    ] as const) {
      const { code, err } = await probity('score', '--model', 'model', '--input', input, '--output', output);
      expect(err + code).toMatch(/0$/);
    }
    const arrowOut = tableFromIPC(readFileSync(at('out.arrow')));
    expect(arrowOut.schema.fields.map(({ name }) => name)).toEqual(['customer', 'pd']);
    const answers = [
      arrowOut.toArray().map((row: { customer: string; pd: number }) => [row.customer, row.pd]),
      (await duckdb.runAndReadAll(`FROM read_parquet('${at('out.parquet')}')`)).getRows(),
      (await duckdb.runAndReadAll(`FROM read_csv('${at('out.csv.gz')}', header = true)`)).getRows(),
    ];
    duckdb.closeSync();
    instance.closeSync();
    for (const answer of answers) {
      expect(answer.map(([id]: unknown[]) => id)).toEqual(expected.map(([id]) => id));
      expect(answer.map((row: unknown[]) => row[1])).toEqual(expected.map(([, pd]) => Number(pd)));
    }
  });

  it('numbers the rows of a Parquet file without ids from 1, in order, whatever its columns are called', async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const duckdb = await instance.connect();
    const read = `(SELECT * EXCLUDE (customer) FROM read_csv('${at('train.csv')}', header = true, nullstr = '', types = {'opened': 'DATE', 'x': 'DOUBLE'}))`;
    await duckdb.run(`COPY ${read} TO '${at('bare.parquet')}' (FORMAT parquet)`);
    await duckdb.run(
      `COPY (SELECT 7 AS "File_Row_Number", * FROM ${read}) TO '${at('named.parquet')}' (FORMAT parquet)`,
    );
    duckdb.closeSync();
    instance.closeSync();
    for (const input of ['bare.parquet', 'named.parquet']) {
      const { code } = await probity('score', '--model', 'model', '--input', input, '--output', 'numbered.csv');
      expect(code).toBe(0);
      const [header, ...scored] = scoresOf('numbered.csv');
      expect(header).toEqual(['row', 'pd']);
      expect(scored.map(([row]) => Number(row))).toEqual(DATA.map((_, i) => i + 1));
    }
  });

  it('finds a stored model of a project by the first characters of its hash', async () => {
    mkdirSync(at('project'));
    writeFileSync(at('project/probity.yaml'), 'tenant: acme\nportfolio: shop\n');
    const project = await loadProject(at('project'));
    const { hash } = await loadModelFolder(at('model'));
    await openStorage(project).publish(project.tenant, 'artefacts', hash, at('model'));
    await probity('score', '--model', 'model', '--input', 'train.csv', '--output', 'scores.csv');
    const call = ['score', '--project', 'project', '--input', 'train.csv', '--output', 'by-id.csv', '--model'];
    const { code, err } = await probity(...call, hash.slice(0, 12));
    expect(err + code).toMatch(/0$/);
    expect(scoresOf('by-id.csv')).toEqual(scoresOf('scores.csv'));
    const unknown = await probity(...call, 'abcdef012345', '--json');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('abcdef012345');
  });

  it('refuses a model whose artefact or spec was altered', async () => {
    await probity('train', '--like', 'model', '--train', 'train.csv', '--out', 'altered');
    const spec = readFileSync(at('altered/spec.json'), 'utf8');
    writeFileSync(at('altered/spec.json'), spec.replace('"none"', '"nil"'));
    const bySpec = await probity('score', '--model', 'altered', '--input', 'train.csv', '--output', 'a.csv', '--json');
    expect(bySpec.err).toContain('ARTEFACT_ALTERED');
    writeFileSync(at('altered/spec.json'), spec);
    const model = readFileSync(at('altered/model.json'), 'utf8');
    writeFileSync(at('altered/model.json'), model.replace(/"intercept":(-?)\d/, '"intercept":$19'));
    const byModel = await probity('score', '--model', 'altered', '--input', 'train.csv', '--output', 'a.csv', '--json');
    expect(byModel.err).toContain('ARTEFACT_ALTERED');
    expect(byModel.code).toBe(1);
  });
});

describe('probity models export', () => {
  it('writes the statement for DuckDB, which scores as probity score does', async () => {
    await probity('score', '--model', 'model', '--input', 'train.csv', '--output', 'scores.csv');
    const relation = `(SELECT customer, TRY_CAST(x AS DOUBLE) AS x, nullif(kind, 'none') AS kind, opened - DATE '1970-01-01' AS opened FROM '${at('train.csv')}')`;
    const call = ['models', 'export', 'model', '--format', 'sql', '--keep', 'customer', '--relation', relation];
    const { code, err } = await probity(...call, '--out', 'exports/model.sql');
    expect(err + code).toMatch(/0$/);
    const instance = await DuckDBInstance.create(':memory:');
    const duckdb = await instance.connect();
    const answer = await duckdb.runAndReadAll(readFileSync(at('exports/model.sql'), 'utf8'));
    const rows = answer.getRowObjects();
    duckdb.closeSync();
    instance.closeSync();
    const expected = scoresOf('scores.csv').slice(1);
    expect(rows.map(({ customer, pd }) => [customer, pd])).toEqual(expected.map(([id, pd]) => [id, Number(pd)]));
  });

  it('writes JSON that loads again as the same model', async () => {
    const { code } = await probity('models', 'export', 'model', '--format', 'json', '--out', 'loaded/model.json');
    expect(code).toBe(0);
    expect(await loadModelFolder(at('loaded'))).toEqual({ ...(await loadModelFolder(at('model'))), spec: null });
  });

  it('writes the points table as CSV, JSON and Markdown, on a scale given or the standard one', async () => {
    const call = ['models', 'export', 'model', '--format', 'scorecard', '--out'];
    const scale = ['--pdo', '40', '--base-score', '500', '--base-odds', '20'];
    for (const name of ['card.csv', 'card.md']) expect((await probity(...call, name)).code).toBe(0);
    expect(readFileSync(at('card.csv'), 'utf8')).toMatch(/^Reason code,[^]*\r\nR03,opened,/);
    expect(readFileSync(at('card.md'), 'utf8')).toContain('600 points at 30 good to one bad');
    expect((await probity(...call, 'card.json', ...scale)).code).toBe(0);
    const card = JSON.parse(readFileSync(at('card.json'), 'utf8')) as Scorecard;
    const row = { x: 0.5, kind: 'retail', opened: '2017-03-04' };
    const { logOdds } = compile((await loadModelFolder(at('model'))).artefact).score(row);
    const expected = 500 + (40 / Math.LN2) * (-logOdds - Math.log(20));
    expect(scoreByTable(card, row).score).toBeCloseTo(expected, 9);
    const wrong = await probity(...call, 'card.json', '--pdo', '-1', '--base-odds', 'many');
    expect(wrong.err).toMatch(/pointsToDoubleOdds[^]*baseOdds/);
  });

  it('answers an unknown format with the formats that there are', async () => {
    const { code, err } = await probity('models', 'export', 'model', '--format', 'pmml', '--out', 'x');
    expect(code).toBe(2);
    expect(err).toContain('sql, postgres, json, onnx, js, scorecard');
  });
});

describe('probity models card', () => {
  it('writes the card with performance and stability where there are test rows, and refuses the training rows for them', async () => {
    writeFileSync(at('test.csv'), csv(HEADER, rows(500).slice(0, 100)));
    const call = ['models', 'card', 'model', '--out', 'card.html'];
    expect((await probity(...call)).code).toBe(0);
    expect(readFileSync(at('card.html'), 'utf8')).toContain('No test rows were given');
    const full = await probity(...call, '--test', 'test.csv', '--train', 'train.csv', '--language', 'zh-CN');
    expect(full.err + full.code).toMatch(/0$/);
    expect(readFileSync(at('card.html'), 'utf8')).toMatch(/ROC 曲线[^]*PSI \/ CSI/);
    const same = await probity(...call, '--test', 'train.csv', '--json');
    expect(same.code).toBe(1);
    expect(same.err).toContain('trained on');
  });
});

describe('probity bins', () => {
  it('prints the features by information value, and writes the tables with charts, as CSV and as JSON', async () => {
    const call = ['bins', 'spec.yaml', '--train', 'train.csv'];
    const { code, out } = await probity(...call);
    expect(code).toBe(0);
    expect(out).toMatch(/^feature .*bad rate .*bins .*IV\n-.*\nx +ascending/);
    for (const [name, start] of [
      ['bins.html', '<!doctype html><html lang="zh-CN">'],
      ['bins.csv', '特征,'],
      ['bins.json', '{'],
    ] as const) {
      expect((await probity(...call, '--out', name, '--language', 'zh-CN')).code).toBe(0);
      expect(readFileSync(at(name), 'utf8').startsWith(start)).toBe(true);
    }
    const wrong = await probity(...call, '--trend', 'sideways');
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('ascending, descending, peak, valley');
  });
});

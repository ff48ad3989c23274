import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { isProbityError, seededRandom, type ErrorCode } from '../base/index.ts';
import { parseFlat } from '../features/specs/parse-flat.ts';
import { loadFlat } from '../models/dataset/index.ts';
import { scoreFlat, trainFlat, type TrainedFlat } from '../models/flat/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(content: string | Buffer, extension = 'csv'): string {
  const path = join(folder, `file-${files++}.${extension}`);
  writeFileSync(path, content);
  return path;
}

const quick = { folds: 3, maxRounds: 40, pairs: 2, pairBins: 4 };
const spec = (more = ''): string => `name: bad-input\ntarget: {column: y, bad: [1]}\n${more}`;

async function train(csv: string | Buffer, yaml = spec()): Promise<TrainedFlat> {
  return trainFlat({ spec: parseFlat(yaml), train: file(csv), seed: 1, settings: quick });
}

/** Everything that an error says, and that it has the code that it should. */
async function refusal(code: ErrorCode, work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isProbityError(error)) throw error ?? new Error('this was accepted');
  expect(error.code).toBe(code);
  return [
    error.message,
    ...error.problems.map((each) => `${each.at}: ${each.message} ${each.fix ?? ''}`),
    error.fix,
  ].join('\n');
}

interface Row {
  readonly [column: string]: string | number;
}

/** A portfolio in which `x` drives the default and `noise` does not; `more` adds or changes columns. */
function portfolio(rows: number, more: (row: number, bad: number) => Row = () => ({})): Row[] {
  const random = seededRandom('bad-input');
  return Array.from({ length: rows }, (_, i) => {
    const x = random.normal();
    const bad = random.uniform() < 1 / (1 + Math.exp(1 - 1.5 * x)) ? 1 : 0;
    return { x: x.toFixed(4), noise: random.integer(50), y: bad, ...more(i, bad) };
  });
}

function csv(rows: readonly Row[]): string {
  const quote = (value: string | number): string =>
    /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  const names = Object.keys(rows[0] ?? {});
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ''))]
    .map((cells) => cells.map(quote).join(','))
    .join('\n');
}

async function pds(trained: TrainedFlat, input: string): Promise<number[]> {
  const output = join(folder, `scores-${files++}.csv`);
  const { artefact, spec } = trained;
  await scoreFlat({ artefact, spec, input, output });
  const scores = await loadFlat(
    output,
    parseFlat('name: s\ntarget: {column: row, bad: [none]}\nfeatures: [{name: pd}]'),
  );
  const [pd] = scores.dataset.columns;
  return pd?.kind === 'number' ? [...pd.values] : [];
}

const codesOf = (trained: TrainedFlat, feature: string): string[] =>
  trained.artefact.warnings.filter((warning) => warning.feature === feature).map(({ code }) => code);
const featuresOf = (trained: TrainedFlat): string[] => trained.artefact.model.terms.map(({ name }) => name);

describe('a training file is refused with a clear error', () => {
  it('that is not there', async () => {
    const missing = trainFlat({ spec: parseFlat(spec()), train: join(folder, 'none.csv'), seed: 1 });
    expect(await refusal('FILE_NOT_FOUND', missing)).toContain('none.csv');
  });

  it('whose format nobody knows', async () => {
    const other = trainFlat({ spec: parseFlat(spec()), train: file('x', 'xlsx'), seed: 1 });
    expect(await refusal('INVALID_INPUT', other)).toContain('.parquet');
  });

  it('that lacks columns, with the nearest names and all at once', async () => {
    const yaml = spec('id: idd\nfeatures: [{name: incom, type: number}, {name: agee, type: number}]');
    const message = await refusal('INVALID_INPUT', train('id,income,age,y\n1,2,3,1', yaml));
    for (const name of ['`id`', '`income`', '`age`']) expect(message).toContain(name);
  });

  it('that is empty, packed or not', async () => {
    expect(await refusal('INVALID_INPUT', train(''))).toContain('empty');
    expect(await refusal('INVALID_INPUT', train('\uFEFF'))).toContain('header');
    const packed = trainFlat({ spec: parseFlat(spec()), train: file(gzipSync(''), 'csv.gz'), seed: 1 });
    expect(await refusal('INVALID_INPUT', packed)).toContain('empty');
  });

  it('that has a header only', async () => {
    expect(await refusal('INVALID_INPUT', train('x,y\n'))).toContain('no rows');
  });

  it('in which two columns have the same name', async () => {
    expect(await refusal('INVALID_INPUT', train('x,x,y\n1,2,1'))).toMatch(/x: .*more than once/);
  });

  it('with ragged rows, each by its line, without repeating its cells', async () => {
    const message = await refusal('INVALID_INPUT', train('x,y\n1,0\nsecret\n3,1,4\n'));
    expect(message).toMatch(/:3: .*fewer/);
    expect(message).toMatch(/:4: .*more/);
    expect(message).not.toContain('secret');
  });

  it('whose lines end in different ways, in plain words', async () => {
    const rows = csv(portfolio(300)).split('\n');
    const mixed = rows.map((row, i) => (i % 2 === 0 ? row : `${row}\r`)).join('\n');
    expect(await refusal('INVALID_INPUT', train(mixed))).toContain('lines that all end alike');
  });

  it('in which a column name holds the NUL character', async () => {
    const said = await refusal('INVALID_INPUT', train('y,a\0b\n1,2\n0,3\n'));
    expect(said).toContain('NUL');
  });

  it('that is no gzip, no Parquet, no Arrow, or UTF-16', async () => {
    for (const extension of ['csv.gz', 'parquet', 'arrow']) {
      const broken = trainFlat({ spec: parseFlat(spec()), train: file('not that', extension), seed: 1 });
      await refusal('INVALID_INPUT', broken);
    }
    expect(await refusal('INVALID_INPUT', train(Buffer.from('\uFEFFx,y\n1,2', 'utf16le')))).toContain('UTF-16');
  });

  it('without bad rows, and one without good rows', async () => {
    const rows = portfolio(60);
    expect(await refusal('NOT_TRAINABLE', train(csv(rows.map((row) => ({ ...row, y: 0 })))))).toContain(
      'no row is bad',
    );
    expect(await refusal('NOT_TRAINABLE', train(csv(rows.map((row) => ({ ...row, y: 1 })))))).toContain(
      'every row is bad',
    );
  });

  it('with fewer defaults than a fit and its check can share', async () => {
    const rows = portfolio(200).map((row, i) => ({ ...row, y: i < 3 ? 1 : 0 }));
    const few = trainFlat({ spec: parseFlat(spec()), train: file(csv(rows)), seed: 1 });
    expect(await refusal('NOT_TRAINABLE', few)).toMatch(/3 rows of the rarer outcome/);
  });

  it('whose declared numbers are texts', async () => {
    const message = await refusal(
      'INVALID_INPUT',
      train('x,y\n1,0\nmany,1\n', spec('features: [{name: x, type: number}]')),
    );
    expect(message).toMatch(/x: 1 cells are no number/);
    expect(message).not.toContain('many');
  });

  it('whose features are protected attributes under the jurisdiction that it names, all at once', async () => {
    const rows = csv(portfolio(300, (i) => ({ sex: ['f', 'm'][i % 2] ?? '', age: 20 + (i % 50) })));
    const message = await refusal('PROTECTED_ATTRIBUTE', train(rows, spec('jurisdiction: EU')));
    expect(message).toMatch(/sex: .*\(EU\)[\s\S]*age: /);
    const yardstick = await train(rows, spec('jurisdiction: EU\nuse: benchmark-only'));
    expect(yardstick.artefact.use).toBe('benchmark-only');
    const unsaid = await train(rows);
    expect(unsaid.artefact.use).toBe('benchmark-only');
    expect(codesOf(unsaid, 'sex')).toContain('PROTECTED_FEATURE');
    const permitted = '[{column: age, reason: reviewed}, {column: sex, reason: a shop category}]';
    const allowed = await train(rows, spec(`jurisdiction: EU\npermitted: ${permitted}`));
    expect(allowed.artefact.use).toBeUndefined();
  });

  it('in which all rows are identical', async () => {
    for (const y of [0, 1])
      expect(await refusal('NOT_TRAINABLE', train(`x,z,y\n${`1,a,${y}\n`.repeat(60)}`))).toContain(
        'No feature is left that could tell customers apart.',
      );
  });

  it('in which no feature varies', async () => {
    expect(await refusal('NOT_TRAINABLE', train('x,y\n1,0\n1,1\n1,1\n'))).toContain('same value');
  });
});

describe('a training file gives a correct model, flagged where it should be', () => {
  it('with a constant, a wholly missing and an identifying column: left out by name', async () => {
    const rows = portfolio(300, (i) => ({ same: 7, nothing: '', key: `K${i}`, number: 1000 + i }));
    const trained = await train(csv(rows));
    expect(codesOf(trained, 'same')).toEqual(['CONSTANT']);
    expect(codesOf(trained, 'nothing')).toEqual(['ALL_MISSING']);
    expect(codesOf(trained, 'key')).toEqual(['ID_LIKE']);
    expect(codesOf(trained, 'number')).toEqual(['ID_LIKE']);
    expect(featuresOf(trained)).toEqual(['x', 'noise']);
  });

  it('with a leaking column: named', async () => {
    const trained = await train(csv(portfolio(300, (_, bad) => ({ recovered: bad === 1 ? 100 : 0 }))));
    expect(codesOf(trained, 'recovered')).toContain('LEAK');
    expect(codesOf(trained, 'x')).toEqual([]);
  });

  it('with a column that nearly leaks: named from an AUC of 0.98 on, and not below', async () => {
    const trained = await train(
      csv(
        portfolio(400, (i, bad) => ({
          nearly: i % 100 === 0 ? i % 37 : bad * 1000 + (i % 37),
          likely: i % 3 === 0 ? 500 + (i % 37) : bad * 1000 + (i % 37),
        })),
      ),
    );
    expect(codesOf(trained, 'nearly')).toContain('LEAK');
    expect(codesOf(trained, 'likely')).not.toContain('LEAK');
  });

  it('with 1e308, NaN, infinities and null markers among its numbers', async () => {
    const strange = ['1e308', '-1e308', 'NaN', 'inf', '-inf', 'NA', '', '1e-320'];
    const rows = portfolio(400, (i) => ({ wild: strange[i % 16] ?? i }));
    const trained = await train(csv(rows), spec('features: [{name: x}, {name: wild}]'));
    expect(codesOf(trained, 'wild')).toContain('INFINITE_VALUES');
    const scores = await pds(trained, file(csv(rows)));
    expect(scores).toHaveLength(400);
    expect(scores.every((pd) => pd > 0 && pd < 1)).toBe(true);
  });

  it('whose name looks like a pattern: that file is read, and no other that fits it', async () => {
    const neighbours = ['data[1].csv', 'data1.csv', 'all*.csv', 'all-others.csv'].map((name) => join(folder, name));
    const rows = [310, 60, 320, 70];
    neighbours.forEach((path, i) => writeFileSync(path, csv(portfolio(rows[i] ?? 0))));
    for (const i of [0, 2]) {
      const { counts } = await loadFlat(neighbours[i] ?? '', parseFlat(spec()));
      expect(counts.rows).toBe(rows[i]);
    }
  });

  it('with emoji, quotes, commas and Chinese in names and levels', async () => {
    const names = ['💰 "income"', "it's, a 'name'", '收入', 'select * from x; --'];
    const rows = portfolio(300, (i) => ({
      [names[0] ?? '']: i % 7,
      [names[1] ?? '']: ["O'Brien", '"quoted"', '🙂', 'a,b'][i % 4] ?? '',
      [names[2] ?? '']: ['北京', '上海'][i % 2] ?? '',
      [names[3] ?? '']: i % 3,
    }));
    const trained = await train(csv(rows));
    expect(featuresOf(trained)).toEqual(expect.arrayContaining(names));
    expect(await pds(trained, file(csv(rows)))).toHaveLength(300);
  });

  it('with a byte order mark, CRLF and semicolons', async () => {
    const plain = csv(portfolio(300));
    const other = `\uFEFF${plain.replaceAll(',', ';').replaceAll('\n', '\r\n')}\r\n`;
    expect((await train(other)).hash).toBe((await train(plain)).hash);
  });

  it('with a category of 10,000 levels', async () => {
    const rows = portfolio(12_000, (i) => ({ city: `city ${i % 10_000}` }));
    const trained = await train(csv(rows), spec('features: [{name: x}, {name: city, type: category}]'));
    const scores = await pds(trained, file(csv(rows.slice(0, 100))));
    expect(scores.every((pd) => pd > 0 && pd < 1)).toBe(true);
  });

  it('with target values that are neither bad nor good: counted and left out', async () => {
    const rows = portfolio(300, (i, bad) => ({ y: i % 10 === 0 ? 'unknown' : bad }));
    const trained = await train(csv(rows), 'name: t\ntarget: {column: y, bad: [1], good: [0]}');
    expect(trained.counts).toMatchObject({ rows: 300, indeterminate: 30 });
    expect(trained.artefact.provenance.rows).toBe(270);
  });

  it('with a declared category of as many levels as rows: flagged by name, and it moves no score', async () => {
    const rows = portfolio(300, (i) => ({ code: `K${i}` }));
    const yaml = spec('features: [{name: x}, {name: code, type: category}]');
    const trained = await train(csv(rows), yaml);
    expect(codesOf(trained, 'code')).toEqual(expect.arrayContaining(['IDENTIFIER', 'RARE_LEVELS']));
    const term = trained.artefact.model.terms.find(({ name }) => name === 'code');
    const [first, ...others] = term?.shape.slice(1) ?? [];
    for (const value of others) expect(Math.abs(value - (first ?? 0))).toBeLessThan(0.05);
  });

  it('with heavy duplicates across folds: flagged with figures, and out-of-fold figures do not profit from them', async () => {
    // Noise only: what is out of fold must not look better than chance. Each row stands five times.
    const random = seededRandom('copies');
    const distinct = Array.from({ length: 120 }, () => ({
      a: random.normal().toFixed(6),
      b: random.normal().toFixed(6),
      y: random.uniform() < 0.3 ? 1 : 0,
    }));
    const rows = Array.from({ length: 600 }, (_, i) => distinct[i % 120] ?? {});
    const trained = await train(csv(rows));
    const [warning] = trained.artefact.warnings.filter(({ code }) => code === 'DUPLICATE_ROWS');
    expect(warning?.message).toMatch(/480 of 600 rows \(80\.0 %\)/);
    expect(trained.artefact.outOfFold.auc).toBeLessThan(0.65);
    const once = await train(csv(portfolio(300)));
    expect(once.artefact.warnings.map(({ code }) => code)).not.toContain('DUPLICATE_ROWS');
  });

  it('with few values to combine, rows coincide by chance and are no copies', async () => {
    const random = seededRandom('coincidence');
    const rows = Array.from({ length: 600 }, () => {
      const x = random.integer(6);
      return { x, z: random.integer(4), y: random.uniform() < 0.1 + 0.1 * x ? 1 : 0 };
    });
    const trained = await train(csv(rows));
    expect(trained.artefact.warnings.map(({ code }) => code)).not.toContain('DUPLICATE_ROWS');
  });

  it('with weights: a row of weight 3 counts as three rows, in the fit and in its measures', async () => {
    const random = seededRandom('weights');
    const rows = portfolio(400, () => ({ w: 1 + random.integer(3) }));
    const trained = await train(csv(rows), spec('weight: w'));
    expect(featuresOf(trained)).toEqual(['x', 'noise']);
    const mass = rows.reduce((sum, row) => sum + Number(row['w']), 0);
    const bads = rows.reduce((sum, row) => sum + Number(row['w']) * Number(row['y']), 0);
    const scores = await pds(trained, file(csv(rows)));
    const mean = rows.reduce((sum, row, i) => sum + Number(row['w']) * (scores[i] ?? 0), 0) / mass;
    expect(Math.abs(mean - bads / mass)).toBeLessThan(0.02);
  });

  it('with weights that are none: refused by the count of rows', async () => {
    const rows = portfolio(300, (i) => ({ w: i === 7 ? -1 : i === 8 ? '' : 1 }));
    expect(await refusal('INVALID_INPUT', train(csv(rows), spec('weight: w')))).toMatch(/w: 2 rows/);
  });

  it('with a default rate that moves over time: flagged with the figures of each part', async () => {
    const drifting = portfolio(800, (i) => ({
      day: new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10),
      y: (i * 7919) % 800 < 80 + 0.4 * i ? 1 : 0,
    }));
    const trained = await train(csv(drifting), spec('time: day'));
    const [warning] = trained.artefact.warnings.filter(({ code }) => code === 'TARGET_DRIFT');
    expect(warning?.message).toMatch(/\d+\.\d % \(2023-01-01 to 2023-07-\d\d\), .* % \(2024-/);
    const still = portfolio(800, (i) => ({ day: new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10) }));
    const calm = await train(csv(still), spec('time: day'));
    expect(calm.artefact.warnings.map(({ code }) => code)).not.toContain('TARGET_DRIFT');
  });

  it('with a date as text', async () => {
    const rows = portfolio(300, (i) => ({ opened: `20${10 + (i % 10)}-0${1 + (i % 9)}-15` }));
    const trained = await train(csv(rows));
    expect(trained.artefact.model.terms.find(({ name }) => name === 'opened')?.type).toBe('date');
  });
});

describe('a file to score', () => {
  it('may lack the target, hold more columns in another order, and unreadable numbers, which count as missing', async () => {
    const rows = portfolio(300);
    const trained = await train(csv(rows));
    const all = await pds(trained, file(csv(rows)));
    const turned = csv(rows.map(({ x, noise }) => ({ extra: 'e', noise: noise ?? '', x: x ?? '' })));
    expect(await pds(trained, file(turned))).toEqual(all);
    const input = file('x,noise\nmuch,1\n,1\n');
    const { artefact, spec } = trained;
    const scored = await scoreFlat({ artefact, spec, input, output: join(folder, 'u.csv') });
    expect(scored.warnings.map(({ at }) => at)).toEqual(['x']);
    const [much, missing] = await pds(trained, input);
    expect(much).toBe(missing);
  });

  it('is refused where it lacks features, with the nearest names, and leaves no output behind', async () => {
    const trained = await train(csv(portfolio(300)));
    const { artefact, spec } = trained;
    const output = join(folder, 'never.csv');
    const lacking = scoreFlat({ artefact, spec, input: file('xx,noises\n1,2'), output });
    expect(await refusal('INVALID_INPUT', lacking)).toMatch(/`xx`[\s\S]*`noises`/);
    const ragged = scoreFlat({ artefact, spec, input: file('x,noise\n1,2\n3\n'), output });
    expect(await refusal('INVALID_INPUT', ragged)).toContain(':3');
    await refusal('FILE_NOT_FOUND', loadFlat(output, parseFlat(spec0)));
  });
});

const spec0 = 'name: s\ntarget: {column: pd, bad: [none]}';

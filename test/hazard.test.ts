import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isProbityError, packageRoot, seededRandom } from '../base/index.ts';
import { parseFlat } from '../features/specs/parse-flat.ts';
import { loadFlat, makeDataset } from '../models/dataset/index.ts';
import { scoreFlat, trainFlat, validateFlatHazard, type TrainedFlat } from '../models/flat/index.ts';
import { auc } from '../models/metrics/index.ts';
import { cumulativePd, hazardPage, termStructure, type HazardValidation } from '../models/hazard/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-hazard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const STEPS = 12;
/** The law: the hazard of step k (of 3 months) for a row with x; it rises to a peak in the second year and falls. */
const hazard = (k: number, x: number): number => 1 / (1 + Math.exp(3.4 + 0.04 * (k - 5) ** 2 - 0.9 * x));
const truePd = (x: number, step: number): number =>
  1 - Array.from({ length: step }, (_, i) => 1 - hazard(i + 1, x)).reduce((a, b) => a * b, 1);

/** Rows whose defaults follow the law, and of which some are lost from sight at a random age, the sooner the riskier they are. */
function simulated(rows: number, seed: string): { csv: string; x: number[]; lost: number } {
  const random = seededRandom(seed);
  const x: number[] = [];
  let lost = 0;
  const lines = Array.from({ length: rows }, (_, i) => {
    const value = Math.round(1000 * random.normal()) / 1000;
    x.push(value);
    let step = STEPS;
    let status = 'open';
    for (let k = 1; k <= STEPS; k++) {
      if (random.uniform() < hazard(k, value)) {
        [step, status] = [k, 'default'];
        break;
      }
      if (k < STEPS && random.uniform() < 0.14) {
        [step, status] = [k, 'lost'];
        lost++;
        break;
      }
    }
    return `L${i},${value},${random.integer(100)},${3 * step},${status}`;
  });
  return { csv: ['loan,x,noise,months,status', ...lines].join('\n'), x, lost };
}

const SPEC = `
name: term
id: loan
target: { kind: hazard, column: status, bad: [default], duration: months, period: 3 }
features: [{ name: x, monotone: increasing }, { name: noise }]
`;
const settings = { folds: 3, maxRounds: 400, smoothRounds: 40, pairs: 0, refit: false };

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function xs(values: readonly number[]) {
  return makeDataset({
    rows: values.length,
    columns: [
      { kind: 'number', name: 'x', values: Float64Array.from(values) },
      { kind: 'number', name: 'noise', values: new Float64Array(values.length).fill(50) },
    ],
    features: ['x', 'noise'].map((name) => ({ name, type: 'number', codes: [], monotone: null, label: null })),
    bad: new Uint8Array(values.length),
    weight: null,
    group: null,
    time: null,
    ids: values.map(String),
  });
}

describe('a hazard model of rows whose law is known', () => {
  const sample = simulated(6000, 'train');
  let trained: TrainedFlat;
  let report: HazardValidation;

  beforeAll(async () => {
    const train = file('train.csv', sample.csv);
    trained = await trainFlat({ spec: parseFlat(SPEC), train, seed: 1, settings });
    const { hash, artefact, spec } = trained;
    report = await validateFlatHazard({ hash, artefact, spec }, file('later.csv', simulated(4000, 'later').csv));
  }, 120_000);

  it('gives the law’s PD over every horizon', () => {
    const at = [-1, 0, 1];
    const curves = cumulativePd(trained.artefact, xs(at));
    expect(curves).toHaveLength(STEPS);
    curves.forEach((pds, k) =>
      at.forEach((x, row) => {
        const law = truePd(x, k + 1);
        expect(Math.abs(pds[row]! - law)).toBeLessThan(0.012 + 0.15 * law);
      }),
    );
  });

  it('rises with the horizon and with the feature that it must rise with', () => {
    const curves = cumulativePd(trained.artefact, xs([-2, -1, 0, 1, 2]));
    curves.forEach((pds, k) => {
      for (let row = 0; row < 5; row++) {
        if (k > 0) expect(pds[row]!).toBeGreaterThan(curves[k - 1]![row]!);
        if (row > 0) expect(pds[row]!).toBeGreaterThanOrEqual(pds[row - 1]!);
      }
    });
  });

  it('is not fooled by censoring: to call lost rows good, or to leave them out, is far from the truth', () => {
    expect(sample.lost).toBeGreaterThan(2500);
    const truth = sample.x.reduce((sum, x) => sum + truePd(x, STEPS), 0) / sample.x.length;
    const curves = cumulativePd(trained.artefact, xs(sample.x));
    const mean = curves.at(-1)!.reduce((sum, pd) => sum + pd, 0) / sample.x.length;
    expect(Math.abs(mean - truth)).toBeLessThan(0.02);
    const statuses = sample.csv
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').at(-1));
    const defaults = statuses.filter((status) => status === 'default').length;
    const asGood = defaults / statuses.length;
    const leftOut = defaults / statuses.filter((status) => status !== 'lost').length;
    expect(truth - asGood).toBeGreaterThan(0.06);
    expect(leftOut - truth).toBeGreaterThan(0.06);
  });

  it('is validated by age: expected defaults, the product-limit estimate and an AUC that the law allows', () => {
    expect(report.rows).toBe(4000);
    expect(report.censored + report.defaults).toBe(4000);
    for (const { atRisk, defaults, expected } of report.steps) {
      expect(atRisk).toBeGreaterThan(0);
      expect(Math.abs(defaults - expected)).toBeLessThan(4 * Math.sqrt(expected) + 2);
    }
    const law = simulated(4000, 'later').x;
    for (const { months, meanPd, defaulted, auc: ranked, result } of report.horizons) {
      const truth = law.reduce((sum, x) => sum + truePd(x, months / 3), 0) / law.length;
      expect(defaulted.low - 0.01).toBeLessThan(truth);
      expect(defaulted.high + 0.01).toBeGreaterThan(truth);
      expect(ranked?.value).toBeGreaterThan(0.68);
      expect(ranked?.value).toBeLessThan(0.82);
      expect(Math.abs(meanPd - truth)).toBeLessThan(0.02);
      expect(result).not.toBe('fail');
      if (months >= 12) expect(result).toBe('pass');
    }
    // Without any censoring, of many rows of the same law: what the weighted AUC of the censored ones estimates.
    const random = seededRandom('whole');
    const whole = Array.from({ length: 20_000 }, () => random.normal());
    for (const months of [12, 36]) {
      const pds = Float64Array.from(whole, (x) => truePd(x, months / 3));
      const seen = auc(
        pds,
        Uint8Array.from(pds, (pd) => (random.uniform() < pd ? 1 : 0)),
      );
      const found = report.horizons.find((each) => each.months === months)?.auc;
      expect(Math.abs((found?.value ?? 0) - seen)).toBeLessThan(0.03);
    }
    for (const language of ['en', 'zh-CN'] as const) {
      const page = hazardPage(report, language);
      expect(page).toContain(language === 'en' ? 'not available' : '不可得');
      expect(page).not.toMatch(/NaN|undefined|Infinity/);
    }
  });

  it('answers “not available” beyond the longest age seen and between two steps, never a number', async () => {
    expect(trained.artefact.target.ages).toMatchObject({ periodMonths: 3, longestMonths: 36 });
    const answer = termStructure(trained.artefact, xs([0]), [3, 36, 4, 39, 120])[0]!;
    expect(answer.map(({ months, pd }) => [months, pd === null])).toEqual([
      [3, false],
      [36, false],
      [4, true],
      [39, true],
      [120, true],
    ]);
    const output = join(folder, 'scores.csv');
    const { artefact, spec } = trained;
    const scored = await scoreFlat({
      artefact,
      spec,
      input: file('new.csv', 'loan,x,noise\nA,0,50\nB,1,50\n'),
      output,
      horizons: [12, 36, 60],
    });
    expect(scored.notAvailable).toEqual([60]);
    const [head, a, b] = readFileSync(output, 'utf8').trim().split('\n');
    expect(head).toBe('loan,pd_12m,pd_36m,pd_60m');
    const expected = termStructure(artefact, xs([0, 1]), [12, 36]);
    for (const [line, row] of [
      [a, 0],
      [b, 1],
    ] as const) {
      const cells = line!.split(',');
      expect(cells[0]).toBe('AB'[row]);
      expect(Number(cells[1])).toBeCloseTo(expected[row]![0]!.pd!, 12);
      expect(Number(cells[2])).toBeCloseTo(expected[row]![1]!.pd!, 12);
      expect(cells[3]).toBe('');
    }
  });

  it('is the same model again from the same file and seed', async () => {
    const again = await trainFlat({ spec: parseFlat(SPEC), train: join(folder, 'train.csv'), seed: 1, settings });
    expect(again.hash).toBe(trained.hash);
  }, 60_000);
});

describe('a model of one horizon', () => {
  it('has that horizon and no other', async () => {
    const random = seededRandom('one');
    const rows = Array.from({ length: 300 }, () => {
      const x = random.normal();
      return `${x},${random.uniform() < 1 / (1 + Math.exp(1 - x)) ? 1 : 0}`;
    });
    const train = file('one.csv', ['x,y', ...rows].join('\n'));
    const { artefact, spec } = await trainFlat({
      spec: parseFlat('name: one\ntarget: {column: y, bad: [1]}\nhorizon: 12\nfeatures: [{name: x}]'),
      train,
      seed: 1,
      settings,
    });
    const output = join(folder, 'one-scores.csv');
    const scored = await scoreFlat({ artefact, spec, input: train, output, horizons: [12, 24] });
    expect(scored.notAvailable).toEqual([24]);
    const scores = await loadFlat(
      output,
      parseFlat('name: s\ntarget: {column: row, bad: [none]}\nfeatures: [{name: pd}, {name: pd_12m}, {name: pd_24m}]'),
    );
    const [pd, year, two] = scores.dataset.columns.map((column) => (column.kind === 'number' ? column.values : null));
    expect([...year!]).toEqual([...pd!]);
    expect(two!.every(Number.isNaN)).toBe(true);
  });
});

describe('a spec for a hazard model', () => {
  it.each([
    ['no length of observation', 'target: { kind: hazard, column: s, bad: [d] }\nfeatures: [{name: x}]', /how long/],
    ['inferred features', 'target: { kind: hazard, column: s, bad: [d], duration: m }', /needs `features`/],
    [
      'the end as a feature',
      'target: { kind: hazard, column: s, bad: [d], duration: m }\nfeatures: [{name: m}]',
      /tells the end/,
    ],
  ])('with %s is refused', (_, yaml, message) => {
    try {
      parseFlat(`name: h\n${yaml}`);
      expect.unreachable();
    } catch (error) {
      if (!isProbityError(error, 'INVALID_SPEC')) throw error;
      expect(error.problems.map((problem) => problem.message).join('\n')).toMatch(message);
    }
  });
});

const lending = join(import.meta.dirname, '../../shared/data/lendingclub/lendingclub_2007_2011.csv.gz');

describe.skipIf(!existsSync(lending))('a term structure of Lending Club (skipped where shared/ is missing)', () => {
  it(
    'trained on loans of 2007 to 2010 ranks those of 2011 at every age, and its PDs rise to what had defaulted by then',
    { timeout: 300_000 },
    async () => {
      const text = readFileSync(join(packageRoot(), 'examples/lendingclub/hazard.yaml'), 'utf8');
      const spec = parseFlat(text, { file: 'hazard.yaml' });
      const [train, later] = await byYear(lending);
      // A part of the terms and of the rounds: seconds instead of minutes.
      const few = ['term', 'annual_inc', 'purpose', 'dti', 'inq_last_6mths', 'revol_util', 'loan_amnt', 'addr_state'];
      const quick = { ...spec, features: (spec.features ?? []).filter(({ name }) => few.includes(name)) };
      const trained = await trainFlat({
        spec: quick,
        train,
        seed: 1,
        settings,
      });
      const { hash, artefact } = trained;
      // The longest term, and the months after a last payment.
      expect(artefact.target.ages).toEqual({ term: 'months_on_book', periodMonths: 3, longestMonths: 63 });
      const report = await validateFlatHazard({ hash, artefact, spec: quick }, later);
      expect(report.longestMonths).toBe(63);
      for (const { months, meanPd, defaulted, auc: ranked } of report.horizons) {
        if (months < 9) continue;
        expect(ranked?.value).toBeGreaterThan(0.6);
        // Vintages differ: 2011 is not the years before. The shape over age is the model's claim.
        expect(meanPd / defaulted.value).toBeGreaterThan(0.6);
        expect(meanPd / defaulted.value).toBeLessThan(1.6);
      }
      const events = report.steps.reduce((sum, { defaults }) => sum + defaults, 0);
      expect(events).toBe(report.defaults);
    },
  );
});

/** The loans of 2007 to 2010, every sixth of them, and every sixth of those of 2011, as files. */
async function byYear(path: string): Promise<readonly [string, string]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const write = async (name: string, where: string): Promise<string> => {
    const to = join(folder, name);
    await connection.run(
      `COPY (SELECT * EXCLUDE n FROM (SELECT *, row_number() OVER () AS n FROM read_csv('${path}', all_varchar = true)) WHERE n % 6 = 0 AND ${where})
       TO '${to}' (HEADER)`,
    );
    return to;
  };
  try {
    return [
      await write('lc-train.csv', "issue_d < '2011-01-01'"),
      await write('lc-later.csv', "issue_d >= '2011-01-01'"),
    ];
  } finally {
    connection.closeSync();
  }
}

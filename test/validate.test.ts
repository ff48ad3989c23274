import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledEntry, seededRandom } from '../base/index.ts';
import type { ValidationReport } from '../models/validation/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-validate-'));
const at = (name: string): string => join(folder, name);
const SPEC = `name: shop
id: customer
target: {column: bad, bad: [1], good: [0]}
time: seen
segment: area
protected: [sex]
features:
  - {name: x, type: number, monotone: increasing}
  - {name: z, type: number}
  - {name: kind, type: category}
`;

async function probity(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
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

/** Rows of one year; `good` turns the odds of all rows. */
function csv(count: number, year: number, seed: string, good = 0): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: count }, (_, i) => {
    const [x, z] = [random.normal(), random.normal()];
    const bad = random.uniform() < 1 / (1 + Math.exp(1.5 - 1.3 * x - 0.5 * z + good)) ? 1 : 0;
    const seen = `${year}-0${1 + (i % 9)}-15`;
    const kind = ['retail', 'trade'][i % 2];
    return [
      `${seed}${i}`,
      x.toFixed(4),
      z.toFixed(4),
      kind,
      seen,
      ['north', 'south'][i % 2],
      ['f', 'm'][(i >> 1) % 2],
      bad,
    ].join();
  });
  return ['customer,x,z,kind,seen,area,sex,bad', ...lines].join('\n');
}

async function validated(...args: readonly string[]): Promise<ValidationReport> {
  const { code, out, err } = await probity('validate', '--model', 'model', '--json', ...args);
  expect(err).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as ValidationReport;
}

beforeAll(async () => {
  writeFileSync(at('spec.yaml'), SPEC);
  writeFileSync(at('train.csv'), csv(1500, 2024, 'a'));
  writeFileSync(at('later.csv'), csv(1200, 2025, 'b'));
  writeFileSync(at('rejected.csv'), csv(600, 2024, 'r', -1).replaceAll(/,[01]$/gm, ','));
  writeFileSync(at('worse.csv'), csv(1200, 2025, 'c', -1));
  const { code, err } = await probity('train', 'spec.yaml', '--train', 'train.csv', '--out', 'model');
  expect(err + code).toMatch(/0$/);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('probity validate', () => {
  it('measures later rows, by period, segment, grade and group, beside a logistic regression, and writes a page in two languages', async () => {
    const report = await validated('--data', 'later.csv', '--train', 'train.csv', '--out', 'result');
    expect(report.sample).toMatchObject({ rows: 1200, scope: 'out-of-time' });
    expect(report.divisions.map(({ by }) => by)).toEqual(['period', 'segment']);
    expect(report.fairness.map(({ attribute, inModel }) => [attribute, inModel])).toEqual([['sex', false]]);
    expect(report.grades?.grades.reduce((sum, { rows }) => sum + rows, 0)).toBe(1200);
    expect(report.logistic?.auc).toBeGreaterThan(0.75);
    expect(report.notMeasured).toEqual(['champion', 'rejects']);
    expect(JSON.parse(readFileSync(at('result/validation.json'), 'utf8'))).toEqual(report);
    for (const language of ['en', 'zh-CN']) {
      expect(readFileSync(at(`result/validation.${language}.html`), 'utf8')).toContain(`<html lang="${language}">`);
    }
  });

  it('fails a model whose PDs have become too low, and says so by the exit code where it is asked to', async () => {
    const report = await validated('--data', 'worse.csv');
    expect(report.verdict).toBe('fail');
    expect(report.gates.find(({ id }) => id === 'calibration-in-the-large')?.result).toBe('fail');
    expect(report.grades?.grades.some(({ result }) => result === 'fail')).toBe(true);
    const { code, out } = await probity('validate', '--model', 'model', '--data', 'worse.csv', '--strict');
    expect(code).toBe(1);
    expect(out).toContain('verdict: fail');
  });

  it('shows what assumptions on rejected applications change', async () => {
    const { rejects } = await validated(
      '--data',
      'later.csv',
      '--train',
      'train.csv',
      '--rejected',
      'rejected.csv',
      '--out',
      'rejects',
    );
    expect(rejects?.rejected).toBe(600);
    expect(rejects?.scenarios.map(({ method, factor }) => `${method} ${factor}`)).toContain('parcelling 2');
    expect(readFileSync(at('rejects/validation.en.html'), 'utf8')).toContain('Warning: nobody knows');
    const { code, err } = await probity(
      'validate',
      '--model',
      'model',
      '--data',
      'later.csv',
      '--rejected',
      'rejected.csv',
    );
    expect(code).toBe(2);
    expect(err).toContain('--train');
  });

  it('knows its training rows again', async () => {
    const report = await validated('--data', 'train.csv');
    expect(report.sample.scope).toBe('in-sample');
    expect(report.gates.map(({ result }) => result)).not.toContain('pass');
  });

  it('refuses what it cannot use, in plain words', async () => {
    const { code, err } = await probity('validate', '--model', 'model');
    expect(code).toBe(2);
    expect(err).toContain('--data');
    expect((await probity('validate', '--model', 'model', '--data', 'later.csv', '--cutoff', '3')).err).toContain('PD');
    expect((await probity('validate', '--model', 'model', '--data', 'later.csv', '--protected', 'age')).err).toContain(
      'no column `age`',
    );
  });
});

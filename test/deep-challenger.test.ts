import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledEntry, seededRandom } from '../base/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-deep-flat-'));
const at = (name: string): string => join(folder, name);

/** Runs the command as a user does: the compiled program in a process of its own. */
async function probity(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
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

/** Rows of which `x` raises the PD, missing in some; `kind` is a category. */
function csv(rows: number, seed: string): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: rows }, (_, i) => {
    const x = Math.round(random.normal() * 100) / 100;
    const y = Math.round(random.normal() * 100) / 100;
    const bad = random.uniform() < 1 / (1 + Math.exp(1 - x - 0.5 * x * y)) ? 1 : 0;
    return [`C${i}`, i % 13 === 0 ? '' : x, y, ['retail', '批发'][i % 2], bad].join(',');
  });
  return ['customer,x,y,kind,bad', ...lines].join('\n');
}

beforeAll(async () => {
  writeFileSync(
    at('spec.yaml'),
    'name: shop\nid: customer\ntarget: {column: bad, bad: [1]}\nfeatures:\n  - {name: x, type: number, monotone: increasing}\n  - {name: y, type: number}\n  - {name: kind, type: category}\n',
  );
  writeFileSync(at('train.csv'), csv(240, 'train'));
  writeFileSync(at('test.csv'), csv(160, 'test'));
  const trained = await Promise.all([
    probity('train', 'spec.yaml', '--train', 'train.csv', '--out', 'glass'),
    probity('train', 'spec.yaml', '--train', 'train.csv', '--kind', 'deep', '--out', 'deep'),
  ]);
  for (const { err, code } of trained) expect(err + code).toMatch(/0$/);
  expect(trained[1].out).toContain('monotone: holds by construction for x');
  expect(trained[1].out).toContain('TypeScript and TensorFlow agree');
  expect(trained[1].out).toContain('never decide');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a deep challenger on flat files', () => {
  it('is scored alike by TypeScript and TensorFlow, and has no SQL and no contributions', async () => {
    const score = (...options: readonly string[]) =>
      probity('score', '--model', 'deep', '--input', 'test.csv', '--output', 'scores.csv', ...options);
    const read = (): number[] =>
      readFileSync(at('scores.csv'), 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => Number(line.split(',')[1]));
    expect((await score()).out).toContain('160 rows scored');
    const typescript = read();
    expect((await score('--engine', 'tf')).code).toBe(0);
    read().forEach((pd, row) => expect(pd).toBeCloseTo(typescript[row]!, 5));
    const refused = await score('--engine', 'sql', '--contributions');
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('GLASS_BOX_ONLY');
    expect(refused.err).toMatch(/no SQL[\s\S]*no exact contributions/);
  });

  it('is validated and compared, with where it wins', async () => {
    const validated = await probity(
      'validate',
      '--model',
      'deep',
      '--data',
      'test.csv',
      '--champion',
      'glass',
      '--json',
    );
    expect(JSON.parse(validated.out)).toMatchObject({ directions: { hold: ['x'], notGuaranteed: [] } });
    const compared = await probity('models', 'compare', 'glass', 'deep', '--data', 'test.csv', '--json');
    const { whereItWins } = JSON.parse(compared.out) as { whereItWins: { rows: number; tested: object } };
    expect(whereItWins.rows).toBe(160);
    const text = await probity('models', 'compare', 'deep', 'glass', '--data', 'test.csv');
    expect(text.out).toContain('log-loss of the glass box minus that of the challenger');
    const alike = await probity('models', 'compare', 'glass', 'glass', '--data', 'test.csv', '--json');
    expect(JSON.parse(alike.out)).toMatchObject({ whereItWins: null });
  });

  it('is repeated by --like, and refused where only a glass box will do', async () => {
    const like = await probity('train', '--like', 'deep', '--train', 'train.csv', '--out', 'again');
    expect(like.err + like.code).toMatch(/0$/);
    expect(readFileSync(at('again/model.json'))).toEqual(readFileSync(at('deep/model.json')));
    for (const args of [
      ['models', 'card', 'deep', '--out', 'card.html'],
      ['models', 'export', 'deep', '--format', 'sql', '--out', 'x.sql'],
      ['models', 'export', 'deep', '--format', 'scorecard', '--out', 'x.csv'],
    ]) {
      const { code, err } = await probity(...args);
      expect(code).toBe(1);
      expect(err).toContain('GLASS_BOX_ONLY');
    }
    const strange = await probity('train', 'spec.yaml', '--train', 'train.csv', '--kind', 'shallow', '--out', 'm');
    expect(strange.code).toBe(2);
  });
});

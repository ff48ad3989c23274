import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../base/index.ts';
import { BESIDE, codeHash, isBeside } from './folds.ts';

const folder = mkdtempSync(join(tmpdir(), 'probity-folds-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const models = join(packageRoot(), 'models');
const sources = readdirSync(models, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
);

const textOf = (name: string): string => readFileSync(join(models, name), 'utf8');

/** The names that a source takes from others below `models/` at run time. */
const takenBy = (name: string): string[] =>
  [...textOf(name).matchAll(/^import \{([^}]*)\} from '\.[^']+'/gm)].flatMap((match) =>
    match[1]!
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '' && !each.startsWith('type ')),
  );

/** The functions and values that a source offers. */
const offeredBy = (name: string): string[] =>
  [...textOf(name).matchAll(/^export (?:async )?(?:function|const) (\w+)/gm)].map((match) => match[1]!);

describe('the hash of the code that trains and scores', () => {
  it('changes with a trainer and not with what cannot change a PD', () => {
    const write = (name: string, text: string): void => {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    };
    write('training/boost.js', '1');
    const first = codeHash(folder);
    for (const name of Object.keys(BESIDE)) {
      write(name.includes('/') ? `${name}.js` : `${name}/index.js`, 'anything');
      expect(codeHash(folder), name).toBe(first);
    }
    write('training/boost.js', '2');
    expect(codeHash(folder)).not.toBe(first);
    write('training/boost.js', '1');
    write('deep/fit.js', '1');
    expect(codeHash(folder)).not.toBe(first);
  });

  it('leaves out only what exists', () => {
    for (const name of Object.keys(BESIDE))
      expect(
        sources.some((each) => each === `${name}.ts` || each.startsWith(`${name}/`)),
        name,
      ).toBe(true);
  });

  it('is complete: what it holds takes nothing from what it leaves out but reports, warnings, proofs and ages', () => {
    const left = new Set(sources.filter(isBeside).flatMap(offeredBy));
    const held = sources.filter((name) => !isBeside(name) && !name.endsWith('index.ts'));
    const taken = new Set(held.flatMap(takenBy).filter((name) => left.has(name)));
    const reports = ['weightedAucInterval', 'delongInterval'];
    const warnings = ['inspect', 'targetDrift'];
    const proofs = ['proveEngines', 'requireProof', 'proveDeep', 'requireDeepProof'];
    const ages = ['longestStep', 'personPeriods', 'readObserved', 'horizonsOf', 'pdColumn', 'termStructureSql'];
    // dataset/flat-values has a function of that name too.
    const namesakes = ['customersOf'];
    expect([...taken].sort()).toEqual([...reports, ...warnings, ...proofs, ...ages, ...namesakes].sort());
  });
});

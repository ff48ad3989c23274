import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { errorReference } from './error-reference.ts';
import {
  asOf,
  canonicalJson,
  contentHash,
  ERRORS,
  instant,
  isName,
  isProbityError,
  NODE_FLAGS,
  packageRoot,
  ProbityError,
  seededRandom,
  sha256,
  shuffled,
  uuidv7,
  writeFileAtomic,
  type Json,
} from './index.ts';

describe('the command', () => {
  it('is run by Node.js with the same flags as the processes that it starts', async () => {
    const [first] = (await readFile(join(packageRoot(), 'bin', 'probity.mjs'), 'utf8')).split('\n');
    expect(first).toBe(`#!/usr/bin/env -S node ${NODE_FLAGS.join(' ')}`);
  });
});

describe('error codes', () => {
  it('and their reference agree', async () => {
    await expect(errorReference()).toMatchFileSnapshot('../docs/errors.md');
  });

  it('each say what to do', () => {
    for (const entry of Object.values(ERRORS)) {
      expect(entry.title.length).toBeGreaterThan(5);
      expect(entry.fix).toMatch(/\.$/);
    }
  });

  it('travel with their problems and their fix', () => {
    const error = new ProbityError('INVALID_INPUT', 'no', { problems: [{ at: 'a', message: 'b' }] });
    expect(isProbityError(error, 'INVALID_INPUT')).toBe(true);
    expect(isProbityError(error, 'INTERNAL')).toBe(false);
    expect(error.fix).toBe(ERRORS.INVALID_INPUT.fix);
  });
});

describe('canonical JSON', () => {
  test.prop([fc.jsonValue()])('parses back to the value, and reordering keys changes nothing', (value) => {
    const text = canonicalJson(value);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    expect(canonicalJson(reversed(value))).toBe(text);
  });

  it('is that of RFC 8785, appendix A, for numbers and key order', () => {
    const value = { numbers: [Number('333333333.33333329'), 1e30, 4.5, 2e-3, 1e-27], literals: [null, true, false] };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}',
    );
  });

  it('refuses numbers that JSON cannot hold', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) expect(() => canonicalJson([value])).toThrow(TypeError);
  });

  it('sorts at every depth, by UTF-16 code units, whole numbers too', () => {
    const nest = (depth: number): Json =>
      depth === 0 ? 0 : { b: nest(depth - 1), a: [{ 9: 1, 10: 2 }], '\u{1f600}': 1, '\ufb33': 2 };
    const text = (depth: number): string =>
      depth === 0 ? '0' : `{"a":[{"10":2,"9":1}],"b":${text(depth - 1)},"\u{1f600}":1,"\ufb33":2}`;
    expect(canonicalJson(nest(9))).toBe(text(9));
  });

  it('gives content its SHA-256', () => {
    expect(contentHash({})).toBe(sha256('{}'));
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});

function reversed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => reversed(item));
  return Object.fromEntries(
    Object.entries(value as Record<string, Json>)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('random numbers', () => {
  test.prop([fc.string()])('depend on the seed alone, and forking disturbs nothing', (seed) => {
    const [a, b] = [seededRandom(seed), seededRandom(seed)];
    b.fork('other').uniform();
    expect(Array.from({ length: 20 }, () => a.uniform())).toEqual(Array.from({ length: 20 }, () => b.uniform()));
  });

  it('are uniform and normal to within sampling error', () => {
    const random = seededRandom('moments');
    const n = 200_000;
    const uniform = Array.from({ length: n }, () => random.uniform());
    const normal = Array.from({ length: n }, () => random.normal());
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(mean(normal))).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    expect(Math.abs(mean(normal.map((x) => x ** 4)) - 3)).toBeLessThan(5 * Math.sqrt(96 / n));
  });

  test.prop([fc.array(fc.integer()), fc.integer()])('shuffle without losing anything', (items, seed) => {
    const ascending = (a: number, b: number) => a - b;
    expect(shuffled(items, seededRandom(seed)).toSorted(ascending)).toEqual(items.toSorted(ascending));
  });
});

describe('instants', () => {
  test.prop([fc.date({ noInvalidDate: true, min: new Date('1900-01-01'), max: new Date('2200-01-01') })])(
    'order as text as they do in time',
    (date) => {
      const earlier = instant(date.getTime() - 1);
      expect(earlier < instant(date)).toBe(true);
      expect(instant(instant(date))).toBe(instant(date));
    },
  );

  it('are never made of something else', () => {
    expect(asOf('2026-01-31')).toBe('2026-01-31T00:00:00.000Z');
    expect(() => instant('yesterday')).toThrow(ProbityError);
  });
});

describe('names and ids', () => {
  it('keep names inside their folder', () => {
    for (const bad of ['', '..', 'a/b', 'A', '-a', 'a b', 'é', 'a'.repeat(64)]) expect(isName(bad)).toBe(false);
    expect(isName('acme-2_b')).toBe(true);
  });

  it('sort UUIDs by time', () => {
    const ids = [1_000, 2_000, 3_000_000_000_000].map((at) => uuidv7(at));
    expect(ids.toSorted()).toEqual(ids);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('atomic files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probity-files-'));
  });
  afterAll(async () => rm(folder, { recursive: true, force: true }));

  it('are whole whoever writes them at once, and leave nothing behind', async () => {
    const path = join(folder, 'deep', 'file.txt');
    const texts = Array.from({ length: 10 }, (_, i) => String(i).repeat(100_000));
    await Promise.all(texts.map(async (text) => writeFileAtomic(path, text)));
    expect(texts).toContain(await readFile(path, 'utf8'));
    expect(await readdir(join(folder, 'deep'))).toEqual(['file.txt']);
  });
});

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ProbityError, type Problem } from '../../base/index.ts';
import { nearest, parseYaml, readYaml } from './parse-yaml.ts';

const schema = z.strictObject({
  name: z.string(),
  features: z
    .array(z.strictObject({ name: z.string(), monotone: z.enum(['increasing', 'decreasing']).optional() }))
    .optional(),
  known: z.union([z.strictObject({ lag: z.string() }), z.strictObject({ column: z.string() })]).optional(),
});

function problems(text: string): readonly Problem[] {
  try {
    parseYaml(text, schema, { file: 'spec.yaml' });
  } catch (error) {
    if (error instanceof ProbityError) return error.problems;
    throw error;
  }
  throw new Error('the text should have been refused');
}

describe('parseYaml', () => {
  it('returns the value of a valid file, with or without a byte order mark', () => {
    expect(parseYaml('\uFEFFname: a\n', schema, { file: 'spec.yaml' })).toEqual({ name: 'a' });
  });

  it('refuses unknown keys by name, line and nearest known key, all at once', () => {
    const found = problems('name: a\nfeatures:\n  - name: x\n    montone: increasing\nfeatres: []\n');
    expect(found.map((p) => [p.at, p.fix])).toEqual([
      ['features[0].montone (spec.yaml:4)', 'Did you mean `monotone`?'],
      ['featres (spec.yaml:5)', 'Did you mean `features`?'],
    ]);
  });

  it('names the key inside the branch of a union that was meant', () => {
    expect(problems('name: a\nknown: {lagg: P1D}\n').some((p) => p.fix === 'Did you mean `lag`?')).toBe(true);
  });

  it('refuses syntax errors and duplicate keys with their line', () => {
    expect(problems('name: a\nname: b\n')[0]?.at).toBe('spec.yaml:2');
    expect(problems('name: [a\n')[0]?.at).toMatch(/^spec\.yaml:\d+$/);
  });

  it('refuses aliases without an anchor, and aliases that multiply without end', () => {
    const levels = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de']) {
      const nine = Array.from({ length: 9 }, () => `*${from}`).join(', ');
      levels.push(`${to}: &${to} [${nine}]`);
    }
    for (const text of ['name: *nowhere\n', levels.join('\n')])
      expect(() => readYaml(text, { file: 's.yaml' })).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
  });

  it('refuses an empty file', () => {
    expect(problems('')).toHaveLength(1);
  });
});

describe('nearest', () => {
  it('finds near names only', () => {
    expect(nearest('taget', ['target', 'name'])).toBe('target');
    expect(nearest('zzzzzz', ['target', 'name'])).toBeNull();
  });
});

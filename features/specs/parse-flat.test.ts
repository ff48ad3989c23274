import { describe, expect, it } from 'vitest';
import { ProbityError } from '../../base/index.ts';
import { parseFlat, specKind } from './parse-flat.ts';

function problemsOf(text: string): string {
  try {
    parseFlat(text, { file: 'spec.yaml' });
  } catch (error) {
    if (error instanceof ProbityError) {
      return error.problems.map((problem) => `${problem.at}: ${problem.message} ${problem.fix ?? ''}`).join('\n');
    }
    throw error;
  }
  return '';
}

describe('flat specs', () => {
  it('need a name and a target only, and normalise what is left out', () => {
    expect(parseFlat('name: german\ntarget: {column: class, bad: [2]}')).toEqual({
      name: 'german',
      target: { column: 'class', bad: ['2'], good: null },
      id: null,
      time: null,
      exclude: [],
      missing: [],
      features: null,
      protected: [],
      weight: null,
      group: null,
      segment: null,
      horizonMonths: null,
      rejected: null,
    });
  });

  it('keep special codes as numbers for numbers and as text for categories', () => {
    const spec = parseFlat(`
name: x
target: {column: y, bad: [1], good: [0]}
missing: [NA, -999]
horizon: 12
features:
  - {name: late, type: number, missing: [96, "98"], monotone: increasing}
  - {name: kind, type: category, missing: [9], label: {en: Kind, zh-CN: 种类}}
`);
    expect(spec.missing).toEqual(['NA', '-999']);
    expect(spec.features?.map((feature) => feature.codes)).toEqual([[96, 98], ['9']]);
    expect(spec.features?.[1]?.label).toEqual({ en: 'Kind', 'zh-CN': '种类' });
  });

  it('say how people write a number, and refuse it of what is no number', () => {
    const spec = (type: string) =>
      `name: x\ntarget: {column: y, bad: [1]}\nfeatures:\n  - {name: used, type: ${type}, display: percent}`;
    expect(parseFlat(spec('number')).features?.[0]?.display).toBe('percent');
    expect(problemsOf(spec('category'))).toMatch(/used is no number/);
  });

  it('refuse an unknown key by name with the nearest known one', () => {
    const text = 'name: x\ntarget: {column: y, bad: [1]}\nweigth: w\nfeatures: [{name: a, typ: number}]';
    expect(problemsOf(text)).toMatch(/weigth.*`weight`/);
    expect(problemsOf(text)).toMatch(/typ.*`type`/);
  });

  it('name every problem at once, with its line', () => {
    const problems = problemsOf(`name: x
target: {column: y, bad: [], good: [1]}
exclude: [b]
protected: [sex]
features:
  - {name: y, type: number}
  - {name: b, type: category, monotone: increasing}
  - {name: sex, type: category}
  - {name: sex, type: category}
`);
    for (const expected of [
      'no value means default',
      'target column',
      'excluded',
      'no order',
      'protected',
      'twice',
      ':6',
    ]) {
      expect(problems).toContain(expected);
    }
  });

  it('refuse a target value that YAML cannot hold as a number', () => {
    const value = (text: string) => parseFlat(`name: a\ntarget: {column: y, bad: [${text}]}\n`).target.bad;
    expect(() => value('12345678901234567890')).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
    expect(value('"12345678901234567890"')).toEqual(['12345678901234567890']);
  });

  it('are told apart from relational ones', () => {
    expect(specKind('name: x\ntables: []', { file: 'a.yaml' })).toBe('relational');
    expect(specKind('name: x\ntarget: {column: y, bad: [1]}', { file: 'a.yaml' })).toBe('flat');
    for (const neither of ['', 'x', '[]', 'name: x']) expect(specKind(neither, { file: 'a.yaml' })).toBeNull();
  });
});

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { FeatureTerm } from '../models/artefact/index.ts';
import { scoreFlags, type Noticed } from './flags.ts';

const term = (name: string, more: Partial<FeatureTerm> = {}): FeatureTerm => ({
  name,
  type: 'number',
  encoding: { kind: 'number', codes: [], edges: [] },
  shape: [],
  support: [],
  band: null,
  monotone: null,
  range: [0, 100],
  label: null,
  ...more,
});

describe('flags about features', () => {
  const noticed = fc.array(
    fc.record({
      kind: fc.constantFrom('outside-range' as const, 'unseen-level' as const, 'not-understood' as const),
      term: fc.nat(50).map((n) => term(`f${n}`)),
      value: fc.option(fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constant('x'))),
    }),
    { maxLength: 30 },
  );

  test.prop([noticed])('stand once for each code, list every feature, and name three at most', (all) => {
    const flags = scoreFlags(all);
    expect(new Set(flags.map(({ code }) => code)).size).toBe(flags.length);
    expect(flags.reduce((total, { features }) => total + features.length, 0)).toBe(all.length);
    for (const { text, features, about } of flags) {
      expect(about).toBeNull();
      expect(text.en.split('; ').length).toBeLessThanOrEqual(4);
      expect(text['zh-CN'].split('；').length).toBe(text.en.split('; ').length);
      if (features.length > 3) expect(text.en).toContain(`${features.length - 3} more feature`);
    }
  });

  it('tell value and trained range as people write them, those furthest outside first', () => {
    const all: Noticed[] = [
      { kind: 'outside-range', term: term('counts', { display: 'whole' }), value: 130 },
      {
        kind: 'outside-range',
        term: term('share', { display: 'percent', range: [0, 0.2], label: { en: 'Cash share', 'zh-CN': '现金占比' } }),
        value: 0.9,
      },
    ];
    const [flag] = scoreFlags(all);
    expect(flag?.text).toEqual({
      en: 'Well outside the range seen in training: Cash share 90% (trained on 0% to 20%); counts 130 (trained on 0 to 100).',
      'zh-CN': '明显超出模型训练数据的取值范围：现金占比为90%（训练范围0%至20%）；counts为130（训练范围0至100）。',
    });
    expect(flag?.features).toEqual([
      { name: 'share', value: 0.9, trained: { from: 0, to: 0.2 } },
      { name: 'counts', value: 130, trained: { from: 0, to: 100 } },
    ]);
  });
});

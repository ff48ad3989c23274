import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { artefactArbitrary, artefactOf } from '../artefact/arbitrary.ts';
import { artefactHash } from '../artefact/index.ts';
import { fairnessOf, renderModelCard } from './index.ts';

describe('a model card', () => {
  test.prop([artefactArbitrary, fc.constantFrom<'en' | 'zh-CN'>('en', 'zh-CN')], { numRuns: 40, seed: 20261123 })(
    'draws every feature and every pair, names the hashes, and needs neither script nor network',
    (artefact, language) => {
      const page = renderModelCard(artefact, { language, validation: null, fairness: [] });
      const { terms, pairs } = artefact.model;
      expect(page.match(/<svg /g)?.length).toBe(terms.length + pairs.length);
      for (const hash of [artefactHash(artefact), artefact.provenance.trainingSetHash, artefact.provenance.specHash]) {
        expect(page).toContain(hash);
      }
      expect(page).not.toMatch(/<script|<link|<img|href=|src=|url\(|="[^"]*(NaN|undefined)/);
    },
  );

  it('lets no name out of its place in the markup', () => {
    const hostile = '"><script>alert(1)</script>';
    const term = {
      name: hostile,
      type: 'category',
      encoding: { kind: 'category', codes: [], levels: [hostile] },
      shape: [0, 1, -1],
      support: [0, 5, 0],
      band: null,
      monotone: null,
      range: null,
      label: null,
    } as const;
    const artefact = {
      ...artefactOf({ intercept: 0, terms: [term], pairs: [] }, hostile),
      protected: [hostile],
      warnings: [{ code: 'X', feature: hostile, message: hostile }],
    };
    const pd = Float64Array.from([0.5, 0.25]);
    const fairness = fairnessOf(pd, Uint8Array.from([1, 0]), [
      { kind: 'category', name: hostile, levels: [hostile], codes: Int32Array.from([0, -1]) },
    ]);
    expect(renderModelCard(artefact, { language: 'en', validation: null, fairness })).not.toContain('<script');
  });
});

describe('fairness by group', () => {
  it('compares the bad rate of each group with its mean PD, and knows missing values as a group', () => {
    const pd = Float64Array.from([0.1, 0.3, 0.2, 0.4, 0.5]);
    const bad = Uint8Array.from([0, 1, 0, 0, 1]);
    const codes = Int32Array.from([1, 1, 1, 0, -1]);
    const groups = fairnessOf(pd, bad, [{ kind: 'category', name: 'sex', levels: ['f', 'm'], codes }]);
    expect(groups.map(({ group, rows, bads }) => [group, rows, bads])).toEqual([
      ['m', 3, 1],
      [null, 1, 1],
      ['f', 1, 0],
    ]);
    expect(groups[0]?.difference).toBeCloseTo(1 / 3 - 0.2, 12);
    expect(groups[0]?.halfWidth).toBeCloseTo((1.96 * Math.sqrt(0.09 + 0.21 + 0.16)) / 3, 12);
    expect(groups.map(({ auc }) => auc)).toEqual([1, null, null]);
  });
});

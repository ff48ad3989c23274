import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { artefactArbitrary, artefactOf } from '../artefact/arbitrary.ts';
import { artefactHash } from '../artefact/index.ts';
import { renderModelCard } from './index.ts';

describe('a model card', () => {
  test.prop([artefactArbitrary, fc.constantFrom<'en' | 'zh-CN'>('en', 'zh-CN')], { numRuns: 40, seed: 20261123 })(
    'draws every feature and every pair, names the hashes, and needs neither script nor network',
    (artefact, language) => {
      const page = renderModelCard(artefact, { language, validation: null });
      const { terms, pairs } = artefact.model;
      expect(page.match(/<svg /g)?.length).toBe(terms.length + pairs.length);
      for (const hash of [artefactHash(artefact), artefact.provenance.trainingSetHash, artefact.provenance.specHash]) {
        expect(page).toContain(hash);
      }
      expect(page).not.toMatch(/<script|<link|<img|href=|src=|url\(|="[^"]*(NaN|undefined)/);
    },
  );

  test.prop([artefactArbitrary], { numRuns: 3, seed: 1 })(
    'says in both languages that a benchmark-only model decides about nobody, and over which ages a hazard model answers',
    (artefact) => {
      const yardstick = { ...artefact, use: 'benchmark-only' } as const;
      const card = (of: typeof artefact, language: 'en' | 'zh-CN') =>
        renderModelCard(of, { language, validation: null });
      expect(card(artefact, 'en')).not.toContain('Benchmark-only');
      expect(card(yardstick, 'en')).toContain('Benchmark-only');
      expect(card(yardstick, 'zh-CN')).toContain('不得批准用于决策');
      const ages = { term: 'months_on_book', periodMonths: 3, longestMonths: 36 };
      const target = { kind: 'hazard', definition: 'd', horizonMonths: null, ages } as const;
      expect(card({ ...artefact, target }, 'en')).toContain('3 – 36');
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
    expect(renderModelCard(artefact, { language: 'en', validation: null })).not.toContain('<script');
  });
});

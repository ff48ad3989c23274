import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { artefactArbitrary, artefactOf } from '../models/artefact/arbitrary.ts';
import {
  artefactHash,
  parseArtefact,
  serializeArtefact,
  validateArtefact,
  type Artefact,
} from '../models/artefact/index.ts';
import { asValues, goldenVectors, hardValues, neighbour, proveEngines, requireProof } from '../models/golden/index.ts';
import { compile, logistic } from '../models/scoring/index.ts';

const number = (edges: readonly number[], codes: readonly number[] = []): Artefact['model']['terms'][number] => ({
  name: `n${edges.length}`,
  type: 'number',
  encoding: { kind: 'number', codes, edges },
  shape: Array.from({ length: edges.length + codes.length + 2 }, (_, i) => i / 10),
  support: Array.from({ length: edges.length + codes.length + 2 }, () => 1),
  band: null,
  monotone: null,
  range: [0, 10],
  label: null,
});

describe('golden vectors', () => {
  test.prop([artefactArbitrary], { numRuns: 25, seed: 20261122 })(
    'prove TypeScript, SQL and TensorFlow equal on random artefacts',
    async (artefact) => {
      const report = await proveEngines(artefact);
      expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
      requireProof(artefact, report);
    },
  );

  test.prop([artefactArbitrary], { numRuns: 50, seed: 20261122 })(
    'hold every hard value of every term, and reach every bin that values can reach',
    (artefact) => {
      const scorer = compile(artefact);
      const seen = artefact.model.terms.map(() => new Set<number>());
      for (const row of goldenVectors(artefact).rows) {
        scorer.score(asValues(artefact, row)).bins.forEach((bin, t) => seen[t]?.add(bin));
      }
      const { rows } = goldenVectors(artefact);
      artefact.model.terms.forEach((term, t) => {
        const held = rows.map((row) => row[t]);
        for (const value of hardValues(term)) expect(held.some((other) => Object.is(other, value))).toBe(true);
        if (term.encoding.kind === 'category') expect(seen[t]?.size).toBe(term.shape.length);
        for (let code = 0; code <= term.encoding.codes.length; code++) expect(seen[t]).toContain(code);
      });
    },
  );

  it('hold every cell of every pair, also of pairs that share a term or none', () => {
    const pair = (a: number, b: number) => ({ a, b, rowOf: [0, 1, 2, 3], columnOf: [0, 1, 2, 3], values: cells });
    const cells = [0, 1, 2, 3].map((r) => [0, 1, 2, 3].map((c) => r * 10 + c));
    const terms = [1, 10, 100, 1000].map((edge, t) => ({ ...number([edge, edge + 1]), name: `n${t}` }));
    const artefact = artefactOf({ intercept: 0, terms, pairs: [pair(0, 1), pair(2, 3), pair(0, 3)] });
    const scorer = compile(artefact);
    const bins = goldenVectors(artefact).rows.map((row) => scorer.score(asValues(artefact, row)).bins);
    for (const { a, b } of artefact.model.pairs) {
      expect(new Set(bins.map((row) => `${row[a]}/${row[b]}`)).size).toBe(16);
    }
  });

  it('find an engine that treats an edge as belonging to the bin on its left', async () => {
    const artefact = artefactOf({ intercept: 0, terms: [number([1, 2])], pairs: [] });
    const report = await proveEngines(artefact);
    expect(report.passed).toBe(true);
    const moved = artefactOf({ intercept: 0, terms: [number([neighbour(1, true), 2])], pairs: [] });
    const differs = goldenVectors(artefact).rows.some(
      (row) =>
        compile(artefact).score(asValues(artefact, row)).logOdds !== compile(moved).score(asValues(moved, row)).logOdds,
    );
    expect(differs).toBe(true);
    expect(() => requireProof(moved, report)).toThrow(/did not pass/);
  });
});

describe('scoring', () => {
  const artefact = artefactOf({ intercept: -1, terms: [number([1, 2], [96])], pairs: [] });
  const scorer = compile(artefact);
  const binOf = (value: number | string | null | undefined): number => scorer.score({ n2: value }).bins[0] ?? -1;

  it('puts missing, codes, edges, zeros and infinities where the format says', () => {
    for (const missing of [null, undefined, Number.NaN, '', '  ']) expect(binOf(missing)).toBe(0);
    expect(binOf(96)).toBe(1);
    expect(binOf(neighbour(1, false))).toBe(2);
    expect(binOf(1)).toBe(3);
    expect(binOf(-0)).toBe(binOf(0));
    expect(binOf(-Infinity)).toBe(2);
    expect(binOf(Infinity)).toBe(4);
    expect(binOf('1.5')).toBe(3);
  });

  it('flags what training never saw, and what it cannot read', () => {
    expect(scorer.score({ n2: 18.1 }).flags).toEqual([{ feature: 'n2', kind: 'outside-range' }]);
    expect(scorer.score({ n2: 96 }).flags).toEqual([]);
    expect(scorer.score({ n2: 18 }).flags).toEqual([]);
    expect(scorer.score({ n2: 'much' }).flags).toEqual([{ feature: 'n2', kind: 'not-understood' }]);
  });

  test.prop([artefactArbitrary, fc.array(fc.oneof(fc.double(), fc.string(), fc.constant(null)), { maxLength: 6 })], {
    seed: 7,
  })('adds up: intercept and contributions, in order, are the log-odds exactly', (artefact, values) => {
    const scorer = compile(artefact);
    const row = Object.fromEntries(scorer.features.map((name, i) => [name, values[i] ?? null]));
    const score = scorer.score(row);
    expect(score.contributions.reduce((sum, part) => sum + part, scorer.intercept)).toBe(score.logOdds);
    expect(score.pd).toBe(logistic(score.logOdds));
  });

  it('keeps a PD within 0 and 1 for any log-odds', () => {
    expect(logistic(-1000)).toBe(0);
    expect(logistic(1000)).toBe(1);
    expect(logistic(0)).toBe(0.5);
    expect(logistic(-30)).toBeCloseTo(9.357622968840175e-14, 25);
  });
});

describe('artefacts', () => {
  test.prop([artefactArbitrary], { numRuns: 50, seed: 3 })(
    'come back from their bytes with the same hash',
    (artefact) => {
      const loaded = parseArtefact(serializeArtefact(artefact), artefactHash(artefact));
      expect(loaded).toEqual({ hash: artefactHash(artefact), artefact });
    },
  );

  test.prop([artefactArbitrary, fc.nat()], { numRuns: 100, seed: 4 })(
    'are refused when one digit of them was changed',
    (artefact, where) => {
      const text = serializeArtefact(artefact);
      const digits = [...text.matchAll(/\d/g)].map((match) => match.index);
      const at = digits[where % digits.length] ?? 0;
      const altered = text.slice(0, at) + ((Number(text[at]) + 1) % 10) + text.slice(at + 1);
      if (JSON.stringify(JSON.parse(altered)) === JSON.stringify(JSON.parse(text))) return;
      expect(() => parseArtefact(altered)).toThrow();
      expect(() => parseArtefact(text, 'f'.repeat(64))).toThrow(/registered/);
    },
  );

  it('are refused with every structural problem at once', () => {
    const broken = artefactOf({
      intercept: 0,
      terms: [{ ...number([2, 1]), shape: [1] }],
      pairs: [{ a: 0, b: 1, rowOf: [], columnOf: [], values: [[0]] }],
    });
    try {
      validateArtefact(broken);
      expect.unreachable();
    } catch (error) {
      const { problems } = error as { problems: readonly { at: string }[] };
      expect(problems.map(({ at }) => at)).toEqual([
        'model.terms[0].shape',
        'model.terms[0].encoding.edges[1]',
        'model.pairs[0]',
      ]);
    }
  });
});

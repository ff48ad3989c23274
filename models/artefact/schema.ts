import { z } from 'zod';
import type { Problem } from '../../base/index.ts';
import { DISPLAYS } from '../../features/specs/flat-spec.ts';
import type { Artefact } from './glass-box.ts';

const finite = z.number();
const rate = z.number().gt(0).lt(1);
const label = z.strictObject({ en: z.string(), 'zh-CN': z.string() }).nullable();

const numberEncoding = z.strictObject({
  kind: z.literal('number'),
  codes: z.array(finite),
  edges: z.array(finite),
});
const categoryEncoding = z.strictObject({
  kind: z.literal('category'),
  codes: z.array(z.string()),
  levels: z.array(z.string()),
});

const term = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['number', 'category', 'date']),
  encoding: z.discriminatedUnion('kind', [numberEncoding, categoryEncoding]),
  shape: z.array(finite),
  support: z.array(finite.nonnegative()),
  band: z.array(finite.nonnegative()).nullable(),
  monotone: z.enum(['increasing', 'decreasing']).nullable(),
  range: z.tuple([finite, finite]).nullable(),
  label,
  display: z.enum([...DISPLAYS, 'whole']).optional(),
});

const index = z.int().nonnegative();
const pair = z.strictObject({
  a: index,
  b: index,
  rowOf: z.array(index),
  columnOf: z.array(index),
  values: z.array(z.array(finite)).min(1),
});

/** The shape of an artefact, before the rules that tie its parts together (`structuralProblems`). */
export const artefactSchema = z.strictObject({
  format: z.literal('probity.glass-box/1'),
  name: z.string().min(1),
  target: z.strictObject({
    kind: z.enum(['default', 'late-payment', 'hazard']),
    definition: z.string(),
    horizonMonths: finite.positive().nullable(),
    ages: z
      .strictObject({ term: z.string(), periodMonths: z.int().positive(), longestMonths: z.int().positive() })
      .optional(),
  }),
  model: z.strictObject({ intercept: finite, terms: z.array(term), pairs: z.array(pair) }),
  calibration: z.strictObject({
    method: z.enum(['affine', 'none']),
    slope: finite.positive(),
    intercept: finite,
    logLossBefore: finite,
    logLossAfter: finite,
    centralTendency: z.strictObject({ sample: rate, target: rate, intercept: finite }).exactOptional(),
  }),
  provenance: z.strictObject({
    seed: finite,
    trainingSetHash: z.string(),
    specHash: z.string(),
    featureViews: z.record(z.string(), z.string()),
    rows: index,
    bads: index,
    period: z.tuple([z.string(), z.string()]).nullable(),
    trainer: z.strictObject({
      version: z.string(),
      options: z.record(z.string(), z.union([finite, z.string(), z.boolean()])),
    }),
  }),
  outOfFold: z.strictObject({ auc: finite, logLoss: finite }),
  protected: z.array(z.string()),
  use: z.literal('benchmark-only').optional(),
  warnings: z.array(z.strictObject({ code: z.string(), feature: z.string().nullable(), message: z.string() })),
});

/** Bins of a term: missing, special codes, ordinary bins and, for categories, the level never seen. */
export function binCount(encoding: Artefact['model']['terms'][number]['encoding']): number {
  const ordinary = encoding.kind === 'number' ? encoding.edges.length + 1 : encoding.levels.length + 1;
  return 1 + encoding.codes.length + ordinary;
}

/** What is wrong with how an artefact's parts fit each other: lengths, ascending edges, doubled names and levels, indexes out of bounds. */
export function structuralProblems(artefact: Artefact): Problem[] {
  const problems: Problem[] = [];
  const report = (at: string, message: string): void => void problems.push({ at, message });
  const names = new Set<string>();
  const { kind, ages } = artefact.target;
  if ((kind === 'hazard') !== (ages !== undefined)) report('target.ages', 'A hazard model, and no other, has ages.');
  if (ages && !artefact.model.terms.some((term) => term.name === ages.term && term.encoding.kind === 'number')) {
    report('target.ages.term', `There is no number term ${ages.term}.`);
  }
  artefact.model.terms.forEach((term, i) => {
    const at = `model.terms[${i}]`;
    const { encoding } = term;
    if (names.has(term.name)) report(at, `A feature has two terms: ${term.name}.`);
    names.add(term.name);
    const bins = binCount(encoding);
    if (term.shape.length !== bins) report(`${at}.shape`, `It has ${term.shape.length} values for ${bins} bins.`);
    if (term.support.length !== bins) report(`${at}.support`, `It has ${term.support.length} values for ${bins} bins.`);
    if (term.band && term.band.length !== bins) {
      report(`${at}.band`, `It has ${term.band.length} values for ${bins} bins.`);
    }
    if ((encoding.kind === 'category') !== (term.type === 'category')) {
      report(`${at}.encoding`, `A ${term.type} feature cannot have a ${encoding.kind} encoding.`);
    }
    if (new Set<number | string>(encoding.codes).size !== encoding.codes.length) {
      report(`${at}.encoding.codes`, 'A special code stands twice.');
    }
    if (encoding.kind === 'number') {
      const at2 = encoding.edges.findIndex((edge, k) => k > 0 && !(edge > (encoding.edges[k - 1] ?? edge)));
      if (at2 > 0) report(`${at}.encoding.edges[${at2}]`, 'Edges must ascend strictly.');
    } else {
      const texts = [...encoding.codes, ...encoding.levels];
      if (new Set(texts).size !== texts.length) report(`${at}.encoding.levels`, 'A level stands twice.');
      if (texts.includes('')) report(`${at}.encoding.levels`, 'Empty text is missing, it cannot be a level.');
    }
    if (term.range && term.range[0] > term.range[1]) report(`${at}.range`, 'It runs backwards.');
  });
  artefact.model.pairs.forEach((pair, i) => {
    const at = `model.pairs[${i}]`;
    const a = artefact.model.terms[pair.a];
    const b = artefact.model.terms[pair.b];
    if (!a || !b || pair.a === pair.b) {
      report(at, 'It must join two different terms.');
      return;
    }
    const columns = pair.values[0]?.length ?? 0;
    if (columns === 0 || pair.values.some((row) => row.length !== columns)) {
      report(`${at}.values`, 'Its rows must have the same length, at least 1.');
    }
    if (pair.rowOf.length !== binCount(a.encoding))
      report(`${at}.rowOf`, `It must have one entry per bin of ${a.name}.`);
    if (pair.columnOf.length !== binCount(b.encoding)) {
      report(`${at}.columnOf`, `It must have one entry per bin of ${b.name}.`);
    }
    if (pair.rowOf.some((row) => row >= pair.values.length)) report(`${at}.rowOf`, 'It names a row that is not there.');
    if (pair.columnOf.some((column) => column >= columns)) {
      report(`${at}.columnOf`, 'It names a column that is not there.');
    }
  });
  return problems;
}

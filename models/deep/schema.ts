import { z } from 'zod';
import type { Problem } from '../../base/index.ts';
import { DEEP_FORMAT } from '../artefact/formats.ts';
import { artefactSchema } from '../artefact/schema.ts';
import { NONNEGATIVE, WEIGHT_NAMES, weightLengths, type DeepModel } from './deep-model.ts';
import { indicatorsOf, layoutOf, piecesOf } from './encoding.ts';

const finite = z.number();
const glassBox = artefactSchema.shape;
const category = z.strictObject({
  kind: z.literal('category'),
  codes: z.array(z.string()),
  levels: z.array(z.string()),
});
const piecewise = z.strictObject({ kind: z.literal('number'), codes: z.array(finite), points: z.array(finite) });
const size = z.int().min(1).max(100_000);

/** How a deep artefact is stored; weights are float32, little-endian, in base64. */
export const deepSchema = z.strictObject({
  format: z.literal(DEEP_FORMAT),
  name: glassBox.name,
  target: glassBox.target,
  model: z.strictObject({
    base: glassBox.model,
    intercept: finite,
    baseWeight: finite.nonnegative(),
    networkWeight: finite.nonnegative(),
    shape: z.strictObject({
      free: z.int().nonnegative(),
      directed: z.int().nonnegative(),
      members: size,
      width: size,
      monotoneWidth: size,
    }),
    features: z.array(
      z.strictObject({
        name: z.string().min(1),
        encoding: z.discriminatedUnion('kind', [piecewise, category]),
        scale: z.array(finite.nonnegative()),
        mean: z.array(finite),
      }),
    ),
    bags: z.array(z.strictObject(Object.fromEntries(WEIGHT_NAMES.map((name) => [name, z.base64()])))).min(1),
  }),
  calibration: glassBox.calibration,
  provenance: glassBox.provenance,
  outOfFold: glassBox.outOfFold,
  protected: glassBox.protected,
  use: glassBox.use,
  warnings: glassBox.warnings,
});

/**
 * What is wrong with how the parts of a deep model fit each other; the glass box inside is checked by its own rules. A weight that carries a
 * direction and is negative is a problem: directions hold by construction or the model is not read.
 */
export function deepProblems(model: DeepModel): Problem[] {
  const problems: Problem[] = [];
  const report = (at: string, message: string): void => void problems.push({ at, message });
  const { base, features, shape } = model;
  if (features.length !== base.terms.length || features.some(({ name }, f) => name !== base.terms[f]?.name)) {
    report('model.features', 'They are not the features of the glass box, in its order.');
    return problems;
  }
  features.forEach((feature, f) => {
    const at = `model.features[${f}]`;
    const { encoding, scale, mean } = feature;
    const indicators = indicatorsOf(feature);
    if (encoding.kind !== base.terms[f]!.encoding.kind) report(at, 'It is of another kind than in the glass box.');
    if (scale.length !== indicators)
      report(`${at}.scale`, `It has ${scale.length} values for ${indicators} indicators.`);
    if (mean.length !== indicators + piecesOf(feature)) report(`${at}.mean`, 'It must have one value per input.');
    if (encoding.kind === 'number') {
      const { points } = encoding;
      if (points.length === 1) report(`${at}.encoding.points`, 'One point makes no piece.');
      if (points.some((point, i) => i > 0 && !(point > points[i - 1]!))) {
        report(`${at}.encoding.points`, 'Points must ascend strictly.');
      }
    }
  });
  const layout = layoutOf(
    features,
    base.terms.map((term) => term.monotone),
  );
  if (layout.free !== shape.free || layout.directed !== shape.directed) {
    report('model.shape', 'It has another number of inputs than the features.');
  }
  const lengths = weightLengths(shape);
  model.bags.forEach((bag, b) => {
    for (const name of WEIGHT_NAMES) {
      const at = `model.bags[${b}].${name}`;
      if (bag[name].length !== lengths[name]) report(at, `It has ${bag[name].length} values for ${lengths[name]}.`);
      if (!bag[name].every(Number.isFinite)) report(at, 'A value is not a finite number.');
    }
    for (const name of NONNEGATIVE) {
      if (bag[name].some((value) => value < 0)) {
        report(`model.bags[${b}].${name}`, 'A weight that carries a declared direction is negative.');
      }
    }
  });
  return problems;
}

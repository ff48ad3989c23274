import { ProbityError, type Problem } from '../../base/index.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { asValues, goldenMatrix, goldenVectors, type GoldenCheck } from '../golden/index.ts';
import { deepHash, glassBoxInside } from './artefact.ts';
import type { DeepArtefact } from './deep-model.ts';
import { compileDeep } from './score.ts';
import { scoreDeepTensorFlow } from './tensorflow.ts';

/** Largest difference of log-odds to the reference (TypeScript, one row at a time, in doubles): TensorFlow computes in float32. */
export const DEEP_TOLERANCE = { matrix: 0, tensorflow: 1e-4 } as const;

/** Whether both engines agree on a deep artefact. */
export interface DeepProof {
  readonly artefactHash: string;
  readonly vectors: number;
  readonly checks: readonly (Omit<GoldenCheck, 'name'> & { readonly name: keyof typeof DEEP_TOLERANCE })[];
  readonly passed: boolean;
}

/**
 * Scores the golden vectors of a deep artefact (every edge, point and code with its neighbours one ulp away, every level, look-alikes, missing
 * values, infinities) in TypeScript by row (the reference) and by matrix, and in TensorFlow.
 */
export async function proveDeep(artefact: DeepArtefact): Promise<DeepProof> {
  const hard = withPoints(artefact);
  const vectors = goldenVectors(hard);
  const matrix = goldenMatrix(hard, vectors);
  const scorer = compileDeep(artefact);
  const reference = Float64Array.from(vectors.rows, (row) => scorer.score(asValues(hard, row)).logOdds);
  const checks = [
    check('matrix', reference, scorer.scoreMatrix(matrix).logOdds),
    check('tensorflow', reference, (await scoreDeepTensorFlow(artefact, matrix)).logOdds),
  ];
  return {
    artefactHash: deepHash(artefact),
    vectors: vectors.rows.length,
    checks,
    passed: checks.every(({ passed }) => passed),
  };
}

/** Throws ENGINES_DISAGREE unless the proof is this artefact's and passed. */
export function requireDeepProof(artefact: DeepArtefact, proof: DeepProof): void {
  const problems: Problem[] = proof.checks
    .filter(({ passed }) => !passed)
    .map(({ name, largestDifference, failedRows }) => ({
      at: name,
      message: `differs by ${largestDifference} of log-odds (golden rows ${failedRows.join(', ')})`,
    }));
  if (proof.artefactHash !== deepHash(artefact)) problems.push({ at: 'proof', message: 'is about another artefact' });
  if (problems.length > 0 || !proof.passed) {
    throw new ProbityError('ENGINES_DISAGREE', 'The golden vectors of this deep model did not pass.', { problems });
  }
}

/** The glass box inside with the points of the networks' encodings among its edges: golden vectors are made of edges. */
function withPoints(artefact: DeepArtefact): Artefact {
  const glassBox = glassBoxInside(artefact);
  const terms = glassBox.model.terms.map((term, t) => {
    const { encoding } = artefact.model.features[t]!;
    if (term.encoding.kind !== 'number' || encoding.kind !== 'number') return term;
    const edges = [...new Set([...term.encoding.edges, ...encoding.points])].sort((a, b) => a - b);
    return { ...term, encoding: { ...term.encoding, edges } };
  });
  // Pairs name bins by index, which other edges have moved; the terms' own walks meet every value.
  return { ...glassBox, model: { ...glassBox.model, terms, pairs: [] } };
}

function check(
  name: keyof typeof DEEP_TOLERANCE,
  expected: Float64Array,
  actual: Float64Array,
): DeepProof['checks'][number] {
  const tolerance = DEEP_TOLERANCE[name];
  const differences = Array.from(expected, (each, row) => Math.abs(each - actual[row]!));
  const failedRows = differences.flatMap((difference, row) => (difference <= tolerance ? [] : [row]));
  return {
    name,
    tolerance,
    largestDifference: differences.some(Number.isNaN) ? Infinity : Math.max(0, ...differences),
    failedRows: failedRows.slice(0, 10),
    passed: failedRows.length === 0,
  };
}

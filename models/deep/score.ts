import type { FeatureTerm, FeatureValues } from '../artefact/glass-box.ts';
import type { FeatureColumn, FeatureMatrix } from '../dataset/dataset.ts';
import { compile, levelBinner, logistic, numberOf, scoreMatrix, type BatchScores } from '../scoring/index.ts';
import { glassBoxInside } from './artefact.ts';
import type { DeepArtefact, DeepFeature, DeepModel, NetworkWeights } from './deep-model.ts';
import {
  encodeDeep,
  layoutOf,
  numberEncoder,
  type EncodedColumn,
  type InputLayout,
  type InputPlace,
} from './encoding.ts';

/** One score of a deep model, and its two parts: log-odds = intercept + baseWeight * base + networkWeight * networks. */
export interface DeepScore {
  readonly logOdds: number;
  /** Probability of default within the artefact's horizon. */
  readonly pd: number;
  /** Log-odds of the glass box inside. */
  readonly base: number;
  /** Mean output of the networks. */
  readonly networks: number;
}

/** A deep artefact made ready to score; pure and safe to share. */
export interface DeepScorer {
  readonly artefact: DeepArtefact;
  readonly features: readonly string[];
  score(values: FeatureValues): DeepScore;
  /** Scores every row of a matrix; the same sums in the same order as one row. Throws INVALID_INPUT where a column is absent or of another kind. */
  scoreMatrix(matrix: FeatureMatrix): BatchScores;
}

/** Makes a deep artefact ready to score in plain TypeScript, in double precision: the reference that TensorFlow is held against. */
export function compileDeep(artefact: DeepArtefact): DeepScorer {
  const { model } = artefact;
  const glassBox = glassBoxInside(artefact);
  const base = compile(glassBox);
  const layout = layoutOf(
    model.features,
    model.base.terms.map((term) => term.monotone),
  );
  const networks = compileNetworks(model, layout);
  const encoders = model.base.terms.map((term, t) => encoderOf(term, model.features[t]!));
  const blend = (fromBase: number, fromNetworks: number): number =>
    model.intercept + model.baseWeight * fromBase + model.networkWeight * fromNetworks;
  return {
    artefact,
    features: base.features,
    score(values) {
      encoders.forEach((encode, t) => {
        const { name } = model.features[t]!;
        networks.set(t, encode(Object.hasOwn(values, name) ? values[name] : undefined));
      });
      const fromBase = base.score(values).logOdds;
      const fromNetworks = networks.output();
      const logOdds = blend(fromBase, fromNetworks);
      return { logOdds, pd: logistic(logOdds), base: fromBase, networks: fromNetworks };
    },
    scoreMatrix(matrix) {
      const fromBase = scoreMatrix(glassBox, matrix).logOdds;
      const columns = encodeMatrix(artefact, matrix);
      const logOdds = fromBase.map((each, row) => {
        columns.forEach((column, f) => networks.setRow(f, column, row));
        return blend(each, networks.output());
      });
      return { rows: matrix.rows, logOdds, pd: logOdds.map(logistic), contributions: [] };
    },
  };
}

/** Columns of a matrix as the networks read them, in the order of features; `scoreMatrix` of the glass box has checked that they are there. */
export function encodeMatrix({ model }: DeepArtefact, matrix: FeatureMatrix): EncodedColumn[] {
  const columns = new Map(matrix.columns.map((column): [string, FeatureColumn] => [column.name, column]));
  return model.features.map(({ name, encoding }) => encodeDeep(columns.get(name)!, encoding));
}

interface Encoded {
  readonly indicator: number;
  readonly piece: number;
  readonly share: number;
}

function encoderOf(
  term: FeatureTerm,
  { encoding }: DeepFeature,
): (value: number | string | null | undefined) => Encoded {
  if (encoding.kind === 'number') {
    const encode = numberEncoder(encoding);
    // What is no number is missing, as in the glass box.
    return (value) => encode(numberOf(value, term.type) ?? Number.NaN);
  }
  const bin = levelBinner(encoding);
  const text = (value: number | string | null | undefined): string | null =>
    value === null || value === undefined || Number.isNaN(value) ? null : String(value);
  return (value) => ({ indicator: bin(text(value)), piece: 0, share: 0 });
}

/** All bags, ready for one row at a time. */
interface Networks {
  set(feature: number, encoded: Encoded): void;
  setRow(feature: number, column: EncodedColumn, row: number): void;
  /** Mean output of all members of all bags for the values that were set. */
  output(): number;
}

function compileNetworks({ shape, features, bags }: DeepModel, layout: InputLayout): Networks {
  const { members, width } = shape;
  const monotone = layout.directed === 0 ? 0 : shape.monotoneWidth;
  const half = Math.floor(shape.monotoneWidth / 2);
  const parts = bags.map((bag) => ({
    first: layout.places.map((place, f) => firstLayer(place, features[f]!, bag.w1, null, width)),
    directed:
      monotone === 0 ? [] : layout.places.map((place, f) => firstLayer(place, features[f]!, bag.wf, bag.wm, monotone)),
    bag,
    w2: Float64Array.from(bag.w2),
  }));
  const indicator = new Int32Array(features.length);
  const piece = new Int32Array(features.length);
  const share = new Float64Array(features.length);
  const z1 = new Float64Array(width);
  const zm = new Float64Array(monotone);
  const h1 = new Float64Array(width);
  const z2 = new Float64Array(width);
  const gather = (into: Float64Array, layers: readonly FirstLayer[]): void => {
    into.fill(0);
    layers.forEach((layer, f) => layer(into, indicator[f]!, piece[f]!, share[f]!));
  };
  const member = (bag: NetworkWeights, w2: Float64Array, m: number): number => {
    const at = m * width;
    for (let j = 0; j < width; j++) h1[j] = Math.max(0, z1[j]! * bag.s1[at + j]! + bag.b1[at + j]!);
    z2.fill(0);
    for (let i = 0; i < width; i++) {
      const value = h1[i]!;
      if (value === 0) continue;
      const row = i * width;
      for (let j = 0; j < width; j++) z2[j]! += value * w2[row + j]!;
    }
    let out = bag.c[m]!;
    for (let j = 0; j < width; j++) {
      const hidden = z2[j]! * bag.s2[at + j]! + bag.b2[at + j]!;
      if (hidden > 0) out += hidden * bag.v[at + j]!;
    }
    const directed = m * monotone;
    for (let j = 0; j < monotone; j++) {
      const hidden = zm[j]! * bag.sm[directed + j]! + bag.bm[directed + j]!;
      out += (j < half ? Math.max(0, hidden) : Math.min(0, hidden)) * bag.u[directed + j]!;
    }
    return out;
  };
  return {
    set(feature, encoded) {
      indicator[feature] = encoded.indicator;
      piece[feature] = encoded.piece;
      share[feature] = encoded.share;
    },
    setRow(feature, column, row) {
      indicator[feature] = column.indicator[row]!;
      piece[feature] = column.piece[row]!;
      share[feature] = column.share[row]!;
    },
    output() {
      let sum = 0;
      for (const { first, directed, bag, w2 } of parts) {
        gather(z1, first);
        gather(zm, directed);
        for (let m = 0; m < members; m++) sum += member(bag, w2, m);
      }
      return sum / (members * parts.length);
    },
  };
}

/** Adds what one feature's inputs give to each unit of a first layer. */
type FirstLayer = (into: Float64Array, indicator: number, piece: number, share: number) => void;

/**
 * The product of a feature's inputs and their weights, from sums made beforehand: what each indicator gives, and what the pieces up to each point
 * give. `directedWeights` holds the weights of pieces with a direction; null: this layer does not read them.
 */
function firstLayer(
  place: InputPlace,
  { scale, mean }: DeepFeature,
  freeWeights: Float32Array,
  directedWeights: Float32Array | null,
  width: number,
): FirstLayer {
  const { indicators, pieces, direction } = place;
  const rowOf = (input: number): Float32Array =>
    freeWeights.subarray((place.at + input) * width, (place.at + input + 1) * width);
  const weights = direction === 0 ? freeWeights : directedWeights;
  const sign = direction === -1 ? -1 : 1;
  const read = weights === null ? 0 : pieces;
  const ordinary = new Float64Array(width);
  for (let i = 0; i < indicators; i++) rowOf(i).forEach((w, j) => (ordinary[j]! -= scale[i]! * mean[i]! * w));
  const ofIndicator = Array.from({ length: indicators }, (_, i) =>
    scale[i] === 0 ? new Float64Array(width) : ordinary.map((value, j) => value + scale[i]! * rowOf(i)[j]!),
  );
  const pieceRow = (p: number): Float32Array =>
    weights!.subarray((place.piecesAt + p) * width, (place.piecesAt + p + 1) * width);
  // upTo[p]: what an ordinary value gives that lies at point p.
  const upTo = [ordinary.slice()];
  for (let p = 0; p < read; p++) pieceRow(p).forEach((w, j) => (upTo[0]![j]! -= sign * mean[indicators + p]! * w));
  for (let p = 0; p < read; p++) upTo.push(upTo[p]!.map((value, j) => value + sign * pieceRow(p)[j]!));
  return (into, indicator, piece, share) => {
    if (indicator >= 0) {
      const table = ofIndicator[indicator]!;
      for (let j = 0; j < width; j++) into[j]! += table[j]!;
      return;
    }
    const table = upTo[Math.min(piece, read)]!;
    if (share === 0 || piece >= read) {
      for (let j = 0; j < width; j++) into[j]! += table[j]!;
      return;
    }
    const slope = sign * share;
    const next = pieceRow(piece);
    for (let j = 0; j < width; j++) into[j]! += table[j]! + slope * next[j]!;
  };
}

import type { DEEP_FORMAT } from '../artefact/formats.ts';
import type { Artefact, CategoryEncoding, GlassBox } from '../artefact/glass-box.ts';

/**
 * How a number becomes inputs (piecewise-linear encoding: Gorishniy, Rubachev, Babenko 2022). One indicator for missing, one for each code,
 * then one input for each piece between neighbouring points: 0 below it, 1 above it, the share of the way inside it.
 */
export interface PiecewiseEncoding {
  readonly kind: 'number';
  readonly codes: readonly number[];
  /** Strictly ascending, finite; none where training saw one value or none. */
  readonly points: readonly number[];
}

/** How the networks read a feature; a category has one indicator for each bin of its encoding. */
export interface DeepFeature {
  readonly name: string;
  readonly encoding: PiecewiseEncoding | CategoryEncoding;
  /** What an input is multiplied by, by indicator (missing, codes, and for a category levels and the unseen one); 0: never seen in training. */
  readonly scale: readonly number[];
  /** Mean of each input over the training rows, before scaling: inputs are read as differences from it. */
  readonly mean: readonly number[];
}

/** One bag: `members` networks that share `w1` and `w2` (TabM: Gorishniy, Kotelnikov, Babenko 2024). Matrices by row, members first. */
export interface NetworkWeights {
  /** Free inputs x width. */
  readonly w1: Float32Array;
  /** Members x width: what each member multiplies and adds before the first activation. */
  readonly s1: Float32Array;
  readonly b1: Float32Array;
  /** Width x width. */
  readonly w2: Float32Array;
  readonly s2: Float32Array;
  readonly b2: Float32Array;
  /** Members x width, and members: the heads. */
  readonly v: Float32Array;
  readonly c: Float32Array;
  /** Inputs with a direction x monotone width; nowhere negative. Empty without such inputs, as are the next four. */
  readonly wm: Float32Array;
  /** Free inputs x monotone width. */
  readonly wf: Float32Array;
  /** Members x monotone width; `sm` and `u` nowhere negative. */
  readonly sm: Float32Array;
  readonly bm: Float32Array;
  readonly u: Float32Array;
}

export const WEIGHT_NAMES = ['w1', 's1', 'b1', 'w2', 's2', 'b2', 'v', 'c', 'wm', 'wf', 'sm', 'bm', 'u'] as const;

/** Weights that must not be negative: they carry the declared directions. */
export const NONNEGATIVE = ['wm', 'sm', 'u'] as const;

/** Sizes that the weights of every bag have. */
export interface NetworkShape {
  readonly free: number;
  readonly directed: number;
  readonly members: number;
  readonly width: number;
  readonly monotoneWidth: number;
}

/** The lengths of the weights of a shape. */
export function weightLengths(shape: NetworkShape): { readonly [name in (typeof WEIGHT_NAMES)[number]]: number } {
  const { free, directed, members, width } = shape;
  const monotone = directed === 0 ? 0 : shape.monotoneWidth;
  return {
    w1: free * width,
    s1: members * width,
    b1: members * width,
    w2: width * width,
    s2: members * width,
    b2: members * width,
    v: members * width,
    c: members,
    wm: directed * monotone,
    wf: free * monotone,
    sm: members * monotone,
    bm: members * monotone,
    u: members * monotone,
  };
}

/**
 * The deep challenger: log-odds = intercept + baseWeight * (log-odds of the glass box) + networkWeight * (mean of the networks' outputs).
 * Both weights are non-negative and hold the calibration.
 */
export interface DeepModel {
  readonly base: GlassBox;
  readonly intercept: number;
  readonly baseWeight: number;
  readonly networkWeight: number;
  readonly shape: NetworkShape;
  /** In the order of the glass box's terms. */
  readonly features: readonly DeepFeature[];
  readonly bags: readonly NetworkWeights[];
}

/** A deep challenger as data, named by its content hash as a glass box is. */
export interface DeepArtefact extends Pick<
  Artefact,
  'name' | 'target' | 'calibration' | 'provenance' | 'outOfFold' | 'protected' | 'use' | 'warnings'
> {
  readonly format: typeof DEEP_FORMAT;
  readonly model: DeepModel;
}

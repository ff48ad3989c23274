import { artefactHash, type Artefact } from '../models/artefact/index.ts';
import { compile } from '../models/scoring/index.ts';
import { rateableModel, type RateableModel } from './model.ts';

/** Since when, and by which report of monitoring (null: by a person), a slot rates by rules alone. */
export interface RulesOnlyStanding {
  readonly since: string;
  readonly reportId: string | null;
}

const made = new WeakMap<RateableModel, RateableModel>();

/**
 * What rates where a slot rates by rules alone: the model's population without any of its features. Everyone starts from the same PD, that of its training rows (the
 * central tendency where it was calibrated to one), and rules alone tell customers apart. An artefact of its own, with a hash of its own, made from the model's alone.
 */
export function rulesOnlyModel(model: RateableModel): RateableModel {
  let without = made.get(model);
  if (without === undefined) {
    const artefact = withoutFeatures(model.artefact);
    without = { ...rateableModel(compile(artefact), artefactHash(artefact)), rulesOnly: true };
    made.set(model, without);
  }
  return without;
}

/** Bads over rows, by Jeffreys' prior: a portfolio without bads has no PD of 0. */
export function populationPd({ calibration, provenance: { bads, rows } }: Artefact): number {
  return calibration.centralTendency?.target ?? (bads + 0.5) / (rows + 1);
}

function withoutFeatures(artefact: Artefact): Artefact {
  const { use: _, ...kept } = artefact;
  const pd = populationPd(artefact);
  const logLoss = -pd * Math.log(pd) - (1 - pd) * Math.log(1 - pd);
  return {
    ...kept,
    name: 'rules-only',
    model: { intercept: Math.log(pd / (1 - pd)), terms: [], pairs: [] },
    calibration: { method: 'none', slope: 1, intercept: 0, logLossBefore: logLoss, logLossAfter: logLoss },
    outOfFold: { auc: 0.5, logLoss },
    protected: [],
    warnings: [],
  };
}

import type { Artefact } from '../models/artefact/index.ts';

/** A model as an artefact that no training made. */
export function benchArtefact(model: Artefact['model']): Artefact {
  return {
    format: 'probity.glass-box/1',
    name: 'bench',
    target: { kind: 'default', definition: 'bench', horizonMonths: 12 },
    model,
    calibration: { method: 'none', slope: 1, intercept: 0, logLossBefore: 0.3, logLossAfter: 0.3 },
    provenance: {
      seed: 1,
      trainingSetHash: 'a'.repeat(64),
      specHash: 'b'.repeat(64),
      featureViews: {},
      rows: 100,
      bads: 7,
      period: null,
      trainer: { version: '1', options: {} },
    },
    outOfFold: { auc: 0.8, logLoss: 0.3 },
    protected: [],
    warnings: [],
  };
}

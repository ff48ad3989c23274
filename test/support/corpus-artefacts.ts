import type { Artefact } from '../../models/artefact/index.ts';
import { smallArtefact } from '../serving/world.ts';

/** A model of late payment that reads a feature of the champion's and one of its own. */
export function lateArtefact(): Artefact {
  const small = smallArtefact();
  const [days] = small.model.terms;
  if (days === undefined) throw new Error('no term');
  return {
    ...small,
    name: 'late',
    target: { kind: 'late-payment', definition: 'an invoice more than 30 days late', horizonMonths: 6 },
    model: { intercept: -1, terms: [days, { ...days, name: 'invoices', label: null }], pairs: [] },
  };
}

/** The champion's features, calibrated to a central tendency. */
export function calibratedArtefact(): Artefact {
  const small = smallArtefact();
  const centralTendency = { sample: 0.2, target: 0.031, intercept: -2 };
  return { ...small, calibration: { ...small.calibration, centralTendency } };
}

/** A hazard model by age that reads a feature of the champion's and one of its own, a pair of it with the age. */
export function hazardArtefact(): Artefact {
  const small = smallArtefact();
  const [days] = small.model.terms;
  if (days === undefined) throw new Error('no term');
  const age = {
    ...days,
    name: 'months_on_book',
    encoding: { kind: 'number', codes: [], edges: [4.5, 7.5, 10.5] },
    shape: [0, -3.1, -2.7, -3.3, -3.9],
    support: [0, 40, 30, 20, 10],
    monotone: null,
    range: [3, 12],
    label: null,
  } as const;
  return {
    ...small,
    name: 'hazard',
    target: {
      kind: 'hazard',
      definition: 'at least 90 days past due',
      horizonMonths: null,
      ages: { term: 'months_on_book', periodMonths: 3, longestMonths: 12 },
    },
    model: {
      intercept: 0.1,
      terms: [days, { ...days, name: 'invoices', label: null }, age],
      pairs: [
        {
          a: 0,
          b: 2,
          rowOf: [0, 0, 0, 1, 1],
          columnOf: [0, 0, 0, 1, 1],
          values: [
            [0, 0.1],
            [0.2, -0.3],
          ],
        },
      ],
    },
  };
}

import { describe, expect, test } from 'vitest';
import { seededRandom, type Random } from '../../base/random.ts';
import { artefactOf } from '../artefact/arbitrary.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { makeDataset } from '../dataset/make.ts';
import { ENDED, type FollowedRows } from './observed.ts';
import { validateHazard, type HazardValidation } from './validate.ts';

const LONGEST = 8;
const HAZARD = 0.04;
const hazardAt = (x: number): number => 1 / (1 + Math.exp(Math.log(1 / HAZARD - 1) - x));

/** A model whose log-odds of default in each step are those of the law, moved by `shift`. */
function model(shift: number): Artefact {
  const term = { codes: [], band: null, monotone: null, range: null, label: null };
  return {
    ...artefactOf({
      intercept: -Math.log(1 / HAZARD - 1) + shift,
      terms: [
        {
          ...term,
          name: 'x',
          type: 'number',
          encoding: { kind: 'number', codes: [], edges: [0] },
          shape: [0, -0.6, 0.6],
          support: [0, 9, 9],
        },
        {
          ...term,
          name: 'months_on_book',
          type: 'number',
          encoding: { kind: 'number', codes: [], edges: [] },
          shape: [0, 0],
          support: [0, 9],
        },
      ],
      pairs: [],
    }),
    target: {
      kind: 'hazard',
      definition: 'default',
      horizonMonths: null,
      ages: { term: 'months_on_book', periodMonths: 3, longestMonths: 3 * LONGEST },
    },
  };
}

/** Rows that follow the law, of which one in ten is lost after each step. */
function followed(count: number, random: Random, lost = 0.1): FollowedRows {
  const x = Float64Array.from({ length: count }, () => (random.uniform() < 0.5 ? -1 : 1));
  const steps = new Int32Array(count);
  const ended = new Int8Array(count);
  for (let row = 0; row < count; row++) {
    const hazard = hazardAt(0.6 * x[row]!);
    for (let step = 1; step <= LONGEST && steps[row] === 0; step++) {
      const defaults = random.uniform() < hazard;
      if (!defaults && step < LONGEST && random.uniform() >= lost) continue;
      steps[row] = step;
      ended[row] = defaults ? ENDED.defaulted : ENDED.censored;
    }
  }
  const rows = makeDataset({
    rows: count,
    columns: [{ kind: 'number', name: 'x', values: x }],
    features: [{ name: 'x', type: 'number', codes: [], monotone: null, label: null }],
    bad: Uint8Array.from(ended, (each) => (each === ENDED.defaulted ? 1 : 0)),
    weight: null,
    group: null,
    time: null,
    ids: Array.from(x, (_, i) => String(i)),
  });
  return { rows, steps, ended };
}

const validated = (rows: FollowedRows, shift = 0): HazardValidation => validateHazard('m', model(shift), rows);
const gate = (report: HazardValidation, id: string) => report.gates.find((each) => each.id === id)!;

describe('the gates of a term structure', () => {
  test('state power and the least departure that they find; many rows of the law pass, few are insufficient evidence', () => {
    const many = validated(followed(8000, seededRandom('many')));
    expect(many.gates.map(({ id }) => id)).toEqual(['discrimination-24m', 'calibration-12m', 'calibration-24m']);
    expect(many.verdict).toBe('pass');
    const few = validated(followed(120, seededRandom('few')));
    expect(few.verdict).not.toBe('pass');
    expect(gate(few, 'calibration-24m').result).toBe('insufficient evidence');
    for (const [i, { power, minimumDetectableEffect }] of many.gates.entries()) {
      expect(power).toBeGreaterThan(0.8);
      expect(few.gates[i]!.power).toBeLessThan(power);
      expect(few.gates[i]!.minimumDetectableEffect!).toBeGreaterThan(minimumDetectableEffect!);
    }
    for (const { power, result } of few.horizons) if (power < 0.05) expect(result).not.toBe('pass');
  });

  test('a calibrated model passes about as often as the power says', () => {
    const random = seededRandom('power');
    let [passed, stated] = [0, 0];
    const draws = 160;
    for (let draw = 0; draw < draws; draw++) {
      const { result, power } = gate(validated(followed(700, random)), 'calibration-24m');
      if (result === 'pass') passed++;
      stated += power / draws;
    }
    expect(stated).toBeGreaterThan(0.4);
    expect(stated).toBeLessThan(0.9);
    expect(Math.abs(passed / draws - stated)).toBeLessThan(0.1);
  });

  test('a model that lies on the bound hardly ever passes, however many or few rows there are', () => {
    const rows = followed(12_000, seededRandom('truth'), 0);
    // The shift at which the law's share defaulted is 0.8 times the mean PD.
    let [low, high] = [0, 1];
    for (let i = 0; i < 9; i++) {
      const middle = (low + high) / 2;
      if (gate(validated(rows, middle), 'calibration-24m').estimate!.value > 0.8) low = middle;
      else high = middle;
    }
    const random = seededRandom('bound');
    for (const count of [60, 500]) {
      let passed = 0;
      for (let draw = 0; draw < 100; draw++)
        if (gate(validated(followed(count, random), low), 'calibration-24m').result === 'pass') passed++;
      expect(passed / 100).toBeLessThan(0.06);
    }
  });

  test('where hardly anybody defaulted, or nobody was seen for so long, there is no power and no green', () => {
    const { rows, steps } = followed(200, seededRandom('none'));
    const none = validated({ rows, steps: steps.map(() => 2), ended: new Int8Array(200) });
    expect(none.verdict).not.toBe('pass');
    expect(gate(none, 'discrimination-24m')).toMatchObject({
      result: 'insufficient evidence',
      because: 'few',
      estimate: null,
      minimumDetectableEffect: null,
      power: 0,
    });
    expect(gate(none, 'calibration-24m')).toMatchObject({
      result: 'insufficient evidence',
      because: 'unseen',
      power: 0,
    });
  });
});

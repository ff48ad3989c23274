import type { Random } from '../base/random.ts';

/** The business cycle: one standardised index a month (0 is normal, negative is a downturn), an AR(2) with a period of about six years. */
const PERSISTENCE = 1.86;
const REVERSION = -0.88;
const SHOCK = 0.06;

/** A state of the cycle: the index this month and the month before. */
export interface CycleState {
  readonly now: number;
  readonly before: number;
}

/** The next month's state, given a standard normal shock. */
export function nextCycle(state: CycleState, shock: number): CycleState {
  return { now: PERSISTENCE * state.now + REVERSION * state.before + SHOCK * shock, before: state.now };
}

/** A path of the cycle, one state a month, after 240 months of burn-in. */
export function cyclePath(months: number, random: Random): readonly CycleState[] {
  let state: CycleState = { now: 0, before: 0 };
  for (let i = 0; i < 240; i++) state = nextCycle(state, random.normal());
  const path: CycleState[] = [];
  for (let i = 0; i < months; i++) {
    state = nextCycle(state, random.normal());
    path.push(state);
  }
  return path;
}

import { seededRandom } from '../base/random.ts';
import type { Customer } from './customer.ts';
import { nextCycle, type CycleState } from './macro.ts';
import {
  DEFAULT_AT,
  RECOVERY_PROBABILITY,
  catchUpProbability,
  collapseProbability,
  missLogOdds,
  missProbability,
  moveLatent,
  shockProbability,
  type Latent,
} from './process.ts';

/** Computes true PDs. */
export interface Oracle {
  /**
   * P(default within the horizon | everything latent at the end of a month): the customer's state and arrears, and the business cycle,
   * whose future shocks are unknown.
   */
  truePd(customer: Customer, state: Latent, arrears: number, cycle: CycleState, monthOfYear: number): number;
}

const TABLE = 1 << 16;

/**
 * Rao-Blackwellised Monte Carlo: paths of the continuous state (antithetic pairs) and of income shocks are drawn; along each, arrears
 * and collapse are a Markov chain whose distribution is carried exactly, so no default is ever drawn. The draws come from a fixed table,
 * so the same state always gives the same PD.
 */
export function createOracle(seed: number, horizonMonths: number, paths: number): Oracle {
  const random = seededRandom(`${seed}/oracle`);
  const normals = Float64Array.from({ length: TABLE }, () => random.normal());
  const uniforms = Float64Array.from({ length: TABLE }, () => random.uniform());
  return {
    truePd: (customer, state, arrears, cycle, monthOfYear) => {
      let sum = 0;
      for (let path = 0; path < paths; path++) {
        const start = ((customer.number * 7919 + (path >> 1) * 104_729) >>> 0) % TABLE;
        sum += alongPath(customer, { ...state }, arrears, cycle, monthOfYear, start, (path & 1) === 1);
      }
      return sum / paths;
    },
  };

  function alongPath(
    customer: Customer,
    state: Latent,
    arrears: number,
    start: CycleState,
    monthOfYear: number,
    at: number,
    mirrored: boolean,
  ): number {
    const sign = mirrored ? -1 : 1;
    let cycle = start;
    let place = at;
    let defaulted = 0;
    const usual = new Float64Array(DEFAULT_AT);
    const collapsed = new Float64Array(DEFAULT_AT);
    (state.shock === 2 ? collapsed : usual)[arrears] = 1;
    const pathState = state;
    if (state.shock === 2) pathState.shock = 1;
    for (let month = 0; month < horizonMonths; month++) {
      const draw = (): number => sign * (normals[place++ & (TABLE - 1)] as number);
      cycle = nextCycle(cycle, draw());
      const fall = collapseProbability(customer, pathState, cycle.now);
      const u = uniforms[place & (TABLE - 1)] as number;
      const luck = mirrored ? 1 - u : u;
      if (pathState.shock === 0) {
        if (luck < shockProbability(customer, pathState, cycle.now)) pathState.shock = 1;
      } else if (luck < RECOVERY_PROBABILITY) pathState.shock = 0;
      moveLatent(customer, pathState, cycle.now, draw(), draw(), draw(), draw());
      const logOdds = missLogOdds(pathState, (monthOfYear + month) % 12);
      const catchUp = catchUpProbability(pathState);
      for (let k = 0; k < DEFAULT_AT; k++) {
        collapsed[k] = (collapsed[k] as number) + fall * (usual[k] as number);
        usual[k] = (1 - fall) * (usual[k] as number);
      }
      defaulted += collapsed[DEFAULT_AT - 1] as number;
      collapsed.copyWithin(1, 0, DEFAULT_AT - 1);
      collapsed[0] = 0;
      let missedBelow = 0;
      let paidUp = 0;
      for (let k = 0; k < DEFAULT_AT; k++) {
        const mass = usual[k] as number;
        const missed = mass * missProbability(logOdds, k, false);
        const paid = mass - missed;
        paidUp += k === 0 ? paid : paid * catchUp;
        usual[k] = missedBelow + (k === 0 ? 0 : paid * (1 - catchUp));
        missedBelow = missed;
      }
      defaulted += missedBelow;
      usual[0] = (usual[0] as number) + paidUp;
    }
    return defaulted;
  }
}

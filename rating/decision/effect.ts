import { decide, type DecisionInput, type DecisionParts } from './decide.ts';
import { OUTCOMES, type Decision, type Outcome } from './decision.ts';

/** Sums over decisions; amounts in minor units of their currency. */
export interface EffectSums {
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Share of decisions that no person had to take. */
  readonly automaticShare: number;
  readonly totalLimitMinor: number;
  readonly grantedMinor: number;
  readonly expectedLossMinor: number;
  readonly meanPd: number;
}

/** The same, under one rule set. */
export interface EffectSide extends EffectSums {
  readonly rules: { readonly name: string; readonly version: number; readonly hash: string };
}

/** What another basis makes of the same decisions. */
export interface PairedEffect<Side extends EffectSums = EffectSums> {
  readonly decisions: number;
  readonly before: Side;
  readonly after: Side;
  /** How many went from one outcome to another; pairs without any are left out. */
  readonly shifts: readonly { readonly from: Outcome; readonly to: Outcome; readonly count: number }[];
  /** Final grades that rose, fell, and stayed (by PD bounds). */
  readonly grades: { readonly better: number; readonly worse: number; readonly same: number };
  /** Codes that bind oftener or more rarely: how often each was binding before and after. */
  readonly binding: readonly { readonly code: string; readonly before: number; readonly after: number }[];
}

/** What other rules would do to the same decisions. */
export type RulesEffect = PairedEffect<EffectSide>;

/** Whether a decision grants credit by itself. */
export function approves({ outcome }: Pick<Decision, 'outcome'>): boolean {
  return outcome === 'approve' || outcome === 'condition';
}

/**
 * What a decision lends by itself, and the loss expected of that: nothing unless it approves, and the granted part of what was asked for. Minor units;
 * the loss is rounded up.
 */
export function lentBy(decision: Decision): { readonly amountMinor: number; readonly expectedLossMinor: number } {
  const { limit, priceFloor } = decision;
  const amountMinor = approves(decision) ? (limit.grantedMinor ?? 0) : 0;
  const { requestedMinor } = limit;
  if (amountMinor === 0 || requestedMinor === null) return { amountMinor: 0, expectedLossMinor: 0 };
  const [whole, asked] = [BigInt(priceFloor.expectedLossMinor ?? 0) * BigInt(amountMinor), BigInt(requestedMinor)];
  return { amountMinor, expectedLossMinor: Number((whole + asked - 1n) / asked) };
}

class Side {
  readonly outcomes: Record<Outcome, number> = { approve: 0, condition: 0, refer: 0, decline: 0 };
  readonly binding = new Map<string, number>();
  #totalLimit = 0n;
  #granted = 0n;
  #expectedLoss = 0n;
  #pd = 0;

  add(decision: Decision): void {
    const { outcome, limit, pd, causes } = decision;
    this.outcomes[outcome]++;
    this.#totalLimit += BigInt(limit.totalMinor);
    this.#granted += BigInt(limit.grantedMinor ?? 0);
    this.#expectedLoss += BigInt(lentBy(decision).expectedLossMinor);
    this.#pd += pd;
    for (const { binding, code } of causes) if (binding) this.binding.set(code, (this.binding.get(code) ?? 0) + 1);
  }

  sums(decisions: number): EffectSums {
    return {
      outcomes: this.outcomes,
      automaticShare: decisions === 0 ? 1 : 1 - this.outcomes.refer / decisions,
      totalLimitMinor: Number(this.#totalLimit),
      grantedMinor: Number(this.#granted),
      expectedLossMinor: Number(this.#expectedLoss),
      meanPd: decisions === 0 ? 0 : this.#pd / decisions,
    };
  }
}

/** Adds up pairs of decisions on the same inputs. */
export class EffectTally {
  readonly #old = new Side();
  readonly #next = new Side();
  readonly #shifts = new Map<string, number>();
  readonly #grades = { better: 0, worse: 0, same: 0 };
  #decisions = 0;

  add(was: Decision, is: Decision): void {
    this.#decisions++;
    this.#old.add(was);
    this.#next.add(is);
    if (was.outcome !== is.outcome) {
      const key = `${was.outcome} ${is.outcome}`;
      this.#shifts.set(key, (this.#shifts.get(key) ?? 0) + 1);
    }
    const { pdFrom } = is.grade;
    this.#grades[pdFrom < was.grade.pdFrom ? 'better' : pdFrom > was.grade.pdFrom ? 'worse' : 'same']++;
  }

  effect(): PairedEffect {
    const [old, next] = [this.#old, this.#next];
    const codes = [...new Set([...old.binding.keys(), ...next.binding.keys()])].sort();
    return {
      decisions: this.#decisions,
      before: old.sums(this.#decisions),
      after: next.sums(this.#decisions),
      shifts: OUTCOMES.flatMap((from) =>
        OUTCOMES.flatMap((to) => {
          const count = this.#shifts.get(`${from} ${to}`) ?? 0;
          return count === 0 ? [] : [{ from, to, count }];
        }),
      ),
      grades: { ...this.#grades },
      binding: codes.map((code) => ({ code, before: old.binding.get(code) ?? 0, after: next.binding.get(code) ?? 0 })),
    };
  }
}

/**
 * The simulated effect of a proposed change: the same decisions under both parts. Expected loss counts approved requests alone, each at the amount granted.
 * What becomes of those whom the present rules reject is not known, so this tells decisions, not outcomes.
 */
export async function rulesEffect(
  inputs: Iterable<DecisionInput> | AsyncIterable<DecisionInput>,
  before: DecisionParts,
  after: DecisionParts,
): Promise<RulesEffect> {
  const tally = new EffectTally();
  for await (const input of inputs) tally.add(await decide(input, before), await decide(input, after));
  const effect = tally.effect();
  const named = ({ rules }: DecisionParts): Pick<EffectSide, 'rules'> => {
    const { name, version, hash } = rules.set;
    return { rules: { name, version, hash } };
  };
  return {
    ...effect,
    before: { ...named(before), ...effect.before },
    after: { ...named(after), ...effect.after },
  };
}

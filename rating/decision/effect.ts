import { decide, type DecisionInput, type DecisionParts } from './decide.ts';
import { OUTCOMES, type Decision, type Outcome } from './decision.ts';

/** Sums over decisions under one rule set; amounts in minor units of its currency. */
export interface EffectSide {
  readonly rules: { readonly name: string; readonly version: number; readonly hash: string };
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Share of decisions that no person had to take. */
  readonly automaticShare: number;
  readonly totalLimitMinor: number;
  readonly grantedMinor: number;
  readonly expectedLossMinor: number;
  readonly meanPd: number;
}

/** What other rules would do to the same decisions. */
export interface RulesEffect {
  readonly decisions: number;
  readonly before: EffectSide;
  readonly after: EffectSide;
  /** How many went from one outcome to another; pairs without any are left out. */
  readonly shifts: readonly { readonly from: Outcome; readonly to: Outcome; readonly count: number }[];
  /** Final grades that rose, fell, and stayed (by PD bounds). */
  readonly grades: { readonly better: number; readonly worse: number; readonly same: number };
  /** Codes that bind oftener or more rarely: how often each was binding before and after. */
  readonly binding: readonly { readonly code: string; readonly before: number; readonly after: number }[];
}

class Side {
  readonly outcomes: Record<Outcome, number> = { approve: 0, condition: 0, refer: 0, decline: 0 };
  readonly binding = new Map<string, number>();
  #totalLimit = 0n;
  #granted = 0n;
  #expectedLoss = 0n;
  #pd = 0;

  add(decision: Decision): void {
    const { outcome, limit, priceFloor, pd, causes } = decision;
    this.outcomes[outcome]++;
    this.#totalLimit += BigInt(limit.totalMinor);
    this.#granted += BigInt(limit.grantedMinor ?? 0);
    if (outcome === 'approve' || outcome === 'condition')
      this.#expectedLoss += BigInt(priceFloor.expectedLossMinor ?? 0);
    this.#pd += pd;
    for (const { binding, code } of causes) if (binding) this.binding.set(code, (this.binding.get(code) ?? 0) + 1);
  }

  sums({ rules }: DecisionParts, decisions: number): EffectSide {
    const { name, version, hash } = rules.set;
    return {
      rules: { name, version, hash },
      outcomes: this.outcomes,
      automaticShare: decisions === 0 ? 1 : 1 - this.outcomes.refer / decisions,
      totalLimitMinor: Number(this.#totalLimit),
      grantedMinor: Number(this.#granted),
      expectedLossMinor: Number(this.#expectedLoss),
      meanPd: decisions === 0 ? 0 : this.#pd / decisions,
    };
  }
}

/**
 * The simulated effect of a proposed change: the same decisions under both parts. Expected loss counts approved requests alone, each at its full amount.
 * What becomes of those whom the present rules reject is not known, so this tells decisions, not outcomes.
 */
export async function rulesEffect(
  inputs: Iterable<DecisionInput> | AsyncIterable<DecisionInput>,
  before: DecisionParts,
  after: DecisionParts,
): Promise<RulesEffect> {
  const [old, next] = [new Side(), new Side()];
  const shifts = new Map<string, number>();
  const grades = { better: 0, worse: 0, same: 0 };
  let decisions = 0;
  for await (const input of inputs) {
    const [was, is] = [await decide(input, before), await decide(input, after)];
    decisions++;
    old.add(was);
    next.add(is);
    if (was.outcome !== is.outcome) {
      const key = `${was.outcome} ${is.outcome}`;
      shifts.set(key, (shifts.get(key) ?? 0) + 1);
    }
    const { pdFrom } = is.grade;
    grades[pdFrom < was.grade.pdFrom ? 'better' : pdFrom > was.grade.pdFrom ? 'worse' : 'same']++;
  }
  const codes = [...new Set([...old.binding.keys(), ...next.binding.keys()])].sort();
  return {
    decisions,
    before: old.sums(before, decisions),
    after: next.sums(after, decisions),
    shifts: OUTCOMES.flatMap((from) =>
      OUTCOMES.flatMap((to) => {
        const count = shifts.get(`${from} ${to}`) ?? 0;
        return count === 0 ? [] : [{ from, to, count }];
      }),
    ),
    grades,
    binding: codes.map((code) => ({ code, before: old.binding.get(code) ?? 0, after: next.binding.get(code) ?? 0 })),
  };
}

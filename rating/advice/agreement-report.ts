import type { AgreementEffect, AgreementState, ImprovementAgreement } from './agreements.ts';

/** An agreement with what followed it. */
export interface FollowedAgreement {
  readonly agreement: ImprovementAgreement;
  /** Of the customer's later ratings, oldest first. */
  readonly effects: readonly AgreementEffect[];
}

/** What followed agreements of one state, by the newest rating after each. */
export interface AgreementGroup {
  readonly state: AgreementState;
  readonly count: number;
  /** Rated again since. */
  readonly rated: number;
  /** Mean points won since; null where none was rated again. */
  readonly meanPoints: number | null;
  /** Mean share of the promised points that were won. */
  readonly meanShareOfPromise: number | null;
  /** Whose outcome and PD are as good as was promised. */
  readonly reachedPromise: number;
}

export interface AgreementReport {
  readonly agreements: number;
  /** Open past their due day: not rated since. */
  readonly overdue: number;
  /** Kept, of those that were kept or missed; null where none was. */
  readonly keptShare: number | null;
  readonly groups: readonly AgreementGroup[];
}

const STATES: readonly AgreementState[] = ['open', 'kept', 'missed', 'cancelled'];

/** What followed agreements: it says nothing of what would have followed without them, as who agrees is not drawn by chance. */
export function agreementReport(all: readonly FollowedAgreement[], today: string): AgreementReport {
  const groups = STATES.map((state): AgreementGroup => {
    const own = all.filter(({ agreement }) => agreement.state === state);
    const last = own.flatMap(({ effects }) => effects.at(-1) ?? []);
    const shares = last.flatMap(({ shareOfPromise }) => shareOfPromise ?? []);
    return {
      state,
      count: own.length,
      rated: last.length,
      meanPoints: mean(last.map(({ points }) => points)),
      meanShareOfPromise: mean(shares),
      reachedPromise: last.filter(({ reachesPromise }) => reachesPromise).length,
    };
  });
  const count = (state: AgreementState): number => groups.find((group) => group.state === state)?.count ?? 0;
  const closed = count('kept') + count('missed');
  return {
    agreements: all.length,
    overdue: all.filter(({ agreement }) => agreement.state === 'open' && agreement.due < today.slice(0, 10)).length,
    keptShare: closed === 0 ? null : count('kept') / closed,
    groups,
  };
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

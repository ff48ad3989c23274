import { ProbityError } from '../../base/index.ts';
import type { Decision, Outcome } from '../decision/decision.ts';
import type { Advice } from './advise.ts';
import type { Texts } from '../texts.ts';
import type { AdviceTarget } from './target.ts';

/** What a customer agreed to do: a field, how far it is to go, and by when. */
export interface AgreedAct {
  readonly act: string;
  /** The size in the act's unit; null where it has none. */
  readonly size: number | null;
  readonly due: string;
  /** What is measured, and the value that keeps the agreement. */
  readonly measure: {
    readonly field: string;
    readonly to: number | string | boolean | null;
    readonly way: 'at-most' | 'at-least' | 'equals';
  };
}

export type AgreementState = 'open' | 'kept' | 'missed' | 'cancelled';

/** The parts of a decision that later ones are compared with. */
export interface AgreedResult {
  readonly outcome: Outcome;
  readonly grade: string;
  readonly pd: number;
  readonly score: number;
}

/** An improvement agreement: what was advised, taken as a target with a due date. A value. */
export interface ImprovementAgreement {
  readonly agreementId: string;
  readonly customerId: string;
  /** The rating that the advice was given on. */
  readonly ratingId: string;
  readonly agreedAt: string;
  readonly agreedBy: string;
  readonly target: AdviceTarget;
  readonly acts: readonly AgreedAct[];
  /** The acts as sentences, as they were agreed on; absent in agreements that are older than that. */
  readonly texts?: readonly Texts[];
  /** ISO date: the last day of the last act. */
  readonly due: string;
  readonly before: AgreedResult;
  readonly promised: AgreedResult;
  readonly state: AgreementState;
  readonly closedAt: string | null;
}

export function resultOf({ outcome, grade, pd, score }: Decision): AgreedResult {
  return { outcome, grade: grade.code, pd, score };
}

/** An agreement on what was advised. Throws INVALID_INPUT where there was no advice. */
export function agreementOn(
  { target, found }: Advice,
  before: Decision,
  who: Pick<ImprovementAgreement, 'agreementId' | 'customerId' | 'ratingId' | 'agreedAt' | 'agreedBy'>,
): ImprovementAgreement {
  if (found === null || target === null)
    throw new ProbityError('INVALID_INPUT', 'There is no advice to agree on for this rating.');
  const acts = found.acts.map(({ act, size, of, due, changes }): AgreedAct => {
    const [change] = changes;
    const measure: AgreedAct['measure'] =
      of === null
        ? { field: change?.field ?? '', to: change?.to ?? null, way: 'equals' }
        : { field: of.field, to: of.to, way: of.to <= of.from ? 'at-most' : 'at-least' };
    return { act: act.id, size, due, measure };
  });
  return {
    ...who,
    target,
    acts,
    due: found.due,
    before: resultOf(before),
    promised: resultOf(found.after),
    state: 'open',
    closedAt: null,
  };
}

/** Whether each act is done, as a later rating's facts tell; null: its field is not known there. */
export function actsDone(
  { acts }: ImprovementAgreement,
  valueOf: (field: string) => number | string | boolean | null,
): readonly (boolean | null)[] {
  return acts.map(({ measure: { field, to, way } }) => {
    const value = valueOf(field);
    if (value === null) return null;
    if (way === 'equals') return value === to;
    return way === 'at-most' ? Number(value) <= Number(to) : Number(value) >= Number(to);
  });
}

/** The agreement after a look at the customer: kept once all acts are done, missed once the due day has passed without; closed ones stay. */
export function reviewAgreement(
  agreement: ImprovementAgreement,
  at: string,
  valueOf: (field: string) => number | string | boolean | null,
): ImprovementAgreement {
  if (agreement.state !== 'open') return agreement;
  if (actsDone(agreement, valueOf).every((done) => done === true)) return { ...agreement, state: 'kept', closedAt: at };
  return at.slice(0, 10) > agreement.due ? { ...agreement, state: 'missed', closedAt: at } : agreement;
}

/** Ends an agreement that is still open; throws INVALID_INPUT where it is closed. */
export function cancelAgreement(agreement: ImprovementAgreement, at: string): ImprovementAgreement {
  if (agreement.state !== 'open')
    throw new ProbityError('INVALID_INPUT', `The agreement is ${agreement.state} already.`);
  return { ...agreement, state: 'cancelled', closedAt: at };
}

/** What became of an agreement in one later rating. */
export interface AgreementEffect {
  readonly ratingId: string;
  readonly at: string;
  readonly result: AgreedResult;
  /** Points won since the rating that the advice was given on; negative where they were lost. */
  readonly points: number;
  /** Share of the points promised that were won; null where none were promised. */
  readonly shareOfPromise: number | null;
  /** Whether the outcome is as good as what was promised, and the PD no higher. */
  readonly reachesPromise: boolean;
}

const RANKS: readonly Outcome[] = ['approve', 'condition', 'refer', 'decline'];

/** The effect of an agreement on ratings after it, oldest first. Other things change too: this reports what followed, not what it caused. */
export function agreementEffects(
  { agreedAt, before, promised }: ImprovementAgreement,
  ratings: readonly { readonly ratingId: string; readonly at: string; readonly result: AgreedResult }[],
): readonly AgreementEffect[] {
  const hoped = promised.score - before.score;
  return ratings
    .filter(({ at }) => at > agreedAt)
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ ratingId, at, result }) => {
      const points = result.score - before.score;
      return {
        ratingId,
        at,
        result,
        points,
        shareOfPromise: hoped > 0 ? points / hoped : null,
        reachesPromise: RANKS.indexOf(result.outcome) <= RANKS.indexOf(promised.outcome) && result.pd <= promised.pd,
      };
    });
}

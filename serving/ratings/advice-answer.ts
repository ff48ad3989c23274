import { z } from 'zod';
import { ProbityError } from '../../base/index.ts';
import {
  actText,
  adviceTexts,
  amountText,
  OUTCOME_NAMES,
  type AdviceTarget,
  type Decision,
  type Language,
  type RatingStandards,
} from '../../rating/index.ts';
import type { Advisable, GivenAdvice } from './adviser.ts';
import { gradeAnswer } from './grade-answer.ts';

/** A target as a query names it: an outcome, and a grade behind a colon where one is wanted too. */
export const targetQuery = z
  .string()
  .regex(
    /^(approve|condition|refer)(:[^\s:]{1,20})?$/,
    'Name approve, condition or refer, with a grade where wanted: approve:B1.',
  );

/** The target that a query names; null: the next better one. Throws INVALID_INPUT where the scale has no such grade. */
export function targetOf(text: string | undefined, { masterScale }: RatingStandards): AdviceTarget | null {
  if (text === undefined) return null;
  const [outcome = '', grade] = text.split(':');
  const codes = masterScale.grades.map(({ code }) => code);
  if (grade !== undefined && !codes.includes(grade))
    throw new ProbityError('INVALID_INPUT', 'The query of the address is not valid.', {
      problems: [{ at: 'target', message: 'The master scale has no such grade.', fix: `Grades: ${codes.join(', ')}.` }],
    });
  return { outcome: outcome as AdviceTarget['outcome'], grade: grade ?? null };
}

/** Advice as the API answers it, in one language: the acts and what they lead to, or in words why there is none. */
export function adviceAnswer({ advice, isRecorded }: GivenAdvice, { explained }: Advisable, language: Language) {
  const { target, found, why, acts } = advice;
  const { set } = explained;
  const texts = adviceTexts(advice, set, language);
  return {
    target,
    found:
      found === null
        ? null
        : {
            acts: found.acts.map((one) => ({
              id: one.act.id,
              text: actText(one, set, language),
              size: one.size,
              unit: one.act.size?.unit ?? null,
              isAll: one.isAll,
              due: one.due,
              cost: one.cost,
              changes: one.changes,
            })),
            cost: found.cost,
            due: found.due,
            after: afterAnswer(found.after, language),
            unfollowed: found.unfollowed.map(({ field, label }) => ({ field, label: label[language] })),
          },
    none: why === null ? null : { kind: why.kind, codes: 'codes' in why ? why.codes : [] },
    texts,
    by: { ...acts, recorded: isRecorded },
  };
}

/** The decision that the acts lead to, all else being equal. */
function afterAnswer({ outcome, pd, score, grade, limit, terms, currency }: Decision, language: Language) {
  const money = (minor: number): string => amountText(minor, currency.minorDigits);
  return {
    outcome,
    name: OUTCOME_NAMES[outcome][language],
    pd,
    score,
    grade: gradeAnswer(grade, language),
    limit: {
      currency: currency.code,
      total: money(limit.totalMinor),
      granted: limit.grantedMinor === null ? null : money(limit.grantedMinor),
    },
    terms: { days: terms.days, prepayment: terms.prepayment, guaranteeNeeded: terms.guaranteeNeeded },
  };
}

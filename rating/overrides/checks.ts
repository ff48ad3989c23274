import type { Problem } from '../../base/errors.ts';
import type { Role } from '../../base/roles.ts';
import { askedForIt, type Askers, type AuthorityLimits } from '../cases/index.ts';
import { OUTCOMES, type Decision, type Outcome } from '../decision/index.ts';
import type { OverridePolicy } from './policy.ts';

const DAY = 86_400_000;
const rank = (outcome: Outcome): number => OUTCOMES.indexOf(outcome);

/** What stands against who acts: nobody is named, it is who asked for the rating, or their roles do not reach the level. */
export function actorProblems(
  { actor, roles }: { readonly actor: string; readonly roles: readonly Role[] },
  { level, ...askers }: Askers & { readonly level: number },
  { levels }: AuthorityLimits,
): Problem[] {
  const problems: Problem[] = [];
  if (actor.trim() === '') problems.push({ at: 'actor', message: 'Nobody is named as the one who acts.' });
  if (askedForIt(actor, askers))
    problems.push({ at: 'actor', message: 'Who asked for the rating may not override its decision.' });
  if (levels.findLastIndex(({ role }) => roles.includes(role)) < level)
    problems.push({
      at: 'roles',
      message: `This exposure is for the level "${levels[level]?.queue ?? ''}": your role does not reach it.`,
    });
  return problems;
}

/** Causes that nobody may put a better outcome past. */
export function barredProblems(
  causes: Decision['causes'],
  to: Outcome,
  { never }: Pick<OverridePolicy, 'never'>,
  at = 'to',
): Problem[] {
  const barred = causes.filter((cause) => never.includes(cause.code) && rank(cause.outcome) > rank(to));
  return barred.map(({ code }) => ({ at, message: `Nobody may override the cause ${code}.` }));
}

/** What stands against an amount, minor units: a better outcome names one above 0, at most what was asked for; a worse one names none. */
export function amountProblems(
  amountMinor: number | null,
  request: Pick<Decision['request'], 'amountMinor'>,
  loosening: boolean,
  at = 'amountMinor',
): Problem[] {
  if (!loosening) return amountMinor === null ? [] : [{ at, message: 'A worse outcome names no amount.' }];
  if (amountMinor === null || !Number.isSafeInteger(amountMinor) || amountMinor <= 0)
    return [{ at, message: 'Name the amount that may be drawn, in whole minor units above 0.' }];
  if (request.amountMinor !== null && amountMinor > request.amountMinor)
    return [{ at, message: 'It is more than was asked for.' }];
  return [];
}

/** What stands against an end: in the past, beyond the policy's days, or beyond the rating's validity; null: nothing is lent, so that may end first. */
export function expiryProblems(
  now: string,
  expiresAt: string,
  validUntil: string | null,
  { longestDays }: Pick<OverridePolicy, 'longestDays'>,
): Problem[] {
  const end = Date.parse(expiresAt);
  const complain = (message: string): Problem[] => [{ at: 'expiresAt', message }];
  if (Number.isNaN(end)) return complain('Say until when it stands, as an instant.');
  if (end <= Date.parse(now)) return complain('It would have expired already.');
  if (end > Date.parse(now) + longestDays * DAY) return complain(`It stands for ${longestDays} days at most.`);
  if (validUntil !== null && end > Date.parse(validUntil))
    return complain('It would outlive the rating: an expired rating supports nothing.');
  return [];
}

/** What stands against a reason: not one of the policy's for this, for the other direction, or in need of a note that is not there. */
export function reasonProblems(
  reasonCode: string,
  { loosening, ofCase, note }: { readonly loosening: boolean; readonly ofCase: boolean; readonly note: string | null },
  { reasons }: Pick<OverridePolicy, 'reasons'>,
  at = 'reasonCode',
): Problem[] {
  const usable = reasons.filter(({ casesOnly }) => ofCase || !casesOnly);
  const reason = usable.find(({ code }) => code === reasonCode);
  if (reason === undefined)
    return [{ at, message: `There is no such reason. Reasons: ${usable.map(({ code }) => code).join(', ')}.` }];
  const problems: Problem[] = [];
  if (reason.towards !== 'either' && (reason.towards === 'better') !== loosening)
    problems.push({ at, message: `This reason supports a ${reason.towards} outcome alone.` });
  if (reason.noteNeeded && note === null)
    problems.push({ at: 'note', message: 'This reason needs a written note of what was seen.' });
  return problems;
}

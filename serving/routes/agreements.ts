import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import { instant, ProbityError } from '../../base/index.ts';
import {
  actText,
  agreementOn,
  agreementReport,
  cancelAgreement,
  type AdvisedAct,
  type FollowedAgreement,
} from '../../rating/index.ts';
import type { StoredAgreement } from '../../records/agreements/index.ts';
import type { AgreementReviewer } from '../agreements/reviewer.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { changeAsSeen, checkIfMatch } from '../http/cacheable.ts';
import { pageOfAll, pageQuery } from '../http/paging.ts';
import { parseBody, parseQuery, periodQuery, plainText } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { targetOf, targetQuery } from '../ratings/advice-answer.ts';
import type { Adviser } from '../ratings/adviser.ts';
import type { Recorder } from '../ratings/recorder.ts';
import { customerOf } from './customers.ts';

type Deps = Pick<ServingDependencies, 'agreements' | 'clock'>;

/** What is agreed on. */
export const newAgreementSchema = z.strictObject({
  ratingId: plainText(40).min(1).meta({ description: 'The customer’s rating whose advice is agreed on.' }),
  target: targetQuery.optional().meta({ description: 'The target of the advice; default: the next better one.' }),
});

/** Agreements that one report follows. */
const MOST_REPORTED = 1_000;

/** POST /v1/customers/{customerId}/agreements: takes the advice on a rating as an agreement; repeated, it answers the one that is there. */
export function makeAgreement(deps: Deps, recorder: Recorder, adviser: Adviser): RequestHandler {
  return async (request, response) => {
    const customerId = customerOf(request);
    const { ratingId, target: named } = parseBody(newAgreementSchema, request.body);
    const { served, recorded, actsHash } = await recorder.recall(ratingId);
    if (served.inputs.request['customerId'] !== customerId)
      throw invalid('ratingId', 'This rating is not of this customer.');
    const target = targetOf(named, served.explained.standards);
    const { advice } = await adviser.advise(served, target, actsHash);
    const agreedAt = deps.clock.now();
    if (advice.found !== null && advice.found.due < agreedAt.slice(0, 10))
      throw invalid('ratingId', 'The days of this advice have passed: rate the customer again.');
    const agreement = agreementOn(advice, served.decision, {
      agreementId: named === undefined ? recorded.ratingId : `${recorded.ratingId}~${named.replace(':', '~')}`,
      customerId,
      ratingId: recorded.ratingId,
      agreedAt,
      agreedBy: principalOf(request).actor,
    });
    const stored = await deps.agreements.agree({
      ...agreement,
      texts: textsOf(advice.found?.acts ?? [], served.explained),
    });
    response.status(201).json(agreementAnswer(stored));
  };
}

/** GET /v1/customers/{customerId}/agreements: reviewed by every rating since, the latest due first. */
export function listAgreements(reviewer: AgreementReviewer): RequestHandler {
  return async (request, response) => {
    const asked = parseQuery(pageQuery, request);
    const all = await reviewer.reviewed(customerOf(request));
    const placeOf = ({ agreement: { due, agreementId } }: StoredAgreement) => [due, agreementId];
    const page = pageOfAll('agreements', all, asked, placeOf, 'descending');
    response.json({ ...page, items: page.items.map(agreementAnswer) });
  };
}

/** GET /v1/customers/{customerId}/agreements/{agreementId}: an agreement, its states, and what later ratings won of what was promised. */
export function readAgreement({ agreements }: Deps, reviewer: AgreementReviewer): RequestHandler {
  return async (request, response) => {
    response.json(await followedAnswer(await known(request, reviewer), agreements, reviewer));
  };
}

/** DELETE /v1/customers/{customerId}/agreements/{agreementId}: withdraws one that is open; it stays on record as cancelled. */
export function withdrawAgreement({ agreements, clock }: Deps, reviewer: AgreementReviewer): RequestHandler {
  return async (request, response) => {
    const stored = await known(request, reviewer);
    const { agreement, revision } = stored;
    if (request.headers['if-match'] !== undefined)
      checkIfMatch(request.headers, await followedAnswer(stored, agreements, reviewer));
    if (agreement.state !== 'open')
      throw new ProbityError('CONFLICT', `The agreement is ${agreement.state} already.`, {
        fix: 'Only an open agreement can be withdrawn.',
      });
    const after = cancelAgreement(agreement, clock.now());
    const close = () => agreements.close(after, revision, principalOf(request).actor);
    response.json(agreementAnswer(await changeAsSeen(request.headers, close)));
  };
}

/** GET /v1/reports/agreements: the agreements made in a period, and what followed them. */
export function getAgreementReport({ agreements, clock }: Deps, reviewer: AgreementReviewer): RequestHandler {
  return async (request, response) => {
    const { from, to } = parseQuery(periodQuery, request);
    const [since, until] = [instant(from), instant(to)];
    if (until <= since) throw invalid('to', 'The period must end after it begins.');
    const made = await agreements.madeWithin(since, until, MOST_REPORTED + 1);
    if (made.length > MOST_REPORTED)
      throw invalid('to', `More than ${MOST_REPORTED} agreements were made in this period: ask for a shorter one.`);
    for (const customerId of new Set(made.map(({ agreement }) => agreement.customerId)))
      await reviewer.reviewed(customerId);
    const followed: FollowedAgreement[] = [];
    for (const stored of await agreements.madeWithin(since, until, MOST_REPORTED))
      followed.push(await reviewer.followed(stored));
    response.json({ from: since, until, ...agreementReport(followed, clock.now()) });
  };
}

/** An agreement with its states and effects, as reading it answers. */
async function followedAnswer(stored: StoredAgreement, agreements: Deps['agreements'], reviewer: AgreementReviewer) {
  const { effects } = await reviewer.followed(stored);
  const steps = await agreements.steps(stored.agreement.agreementId);
  return { ...agreementAnswer(stored), steps, effects };
}

async function known(request: Request, reviewer: AgreementReviewer): Promise<StoredAgreement> {
  const agreementId = String(request.params['agreementId']);
  const found = (await reviewer.reviewed(customerOf(request))).find(
    ({ agreement }) => agreement.agreementId === agreementId,
  );
  if (found === undefined) throw new ProbityError('NOT_FOUND', 'The customer has no such improvement agreement.');
  return found;
}

function textsOf(acts: readonly AdvisedAct[], { set }: Parameters<typeof actTextOf>[1]) {
  return acts.map((act) => actTextOf(act, { set }));
}

const actTextOf = (act: AdvisedAct, { set }: { readonly set: Parameters<typeof actText>[1] }) => ({
  en: actText(act, set, 'en'),
  'zh-CN': actText(act, set, 'zh-CN'),
});

/** An agreement as the API answers it. */
export function agreementAnswer({ agreement, revision }: StoredAgreement) {
  return { ...agreement, texts: agreement.texts ?? [], revision };
}

function invalid(at: string, message: string): ProbityError {
  return new ProbityError('INVALID_INPUT', 'The request is not valid.', { problems: [{ at, message }] });
}

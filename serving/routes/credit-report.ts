import type { RequestHandler } from 'express';
import { z } from 'zod';
import { instant, LANGUAGES, ProbityError } from '../../base/index.ts';
import type { ImprovementAgreement } from '../../rating/index.ts';
import { creditReport, type CreditReport, type ReportLink } from '../../records/credit-file/index.ts';
import type { AgreementReviewer } from '../agreements/reviewer.ts';
import { creditReportPage } from '../credit-report/page.ts';
import { reportedRatings } from '../customers/reported-ratings.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { idOfKey, makeOnce } from '../http/idempotency.ts';
import { answerLanguage } from '../http/language.ts';
import { pageOfAll, pageQuery } from '../http/paging.ts';
import { isoInstant, parseBody, parseQuery, plainText, reportFormat } from '../http/parse.ts';
import { principalOf } from '../http/principal.ts';
import { sendPage } from '../http/send-page.ts';
import type { Recorder } from '../ratings/recorder.ts';
import { customerOf, looked, openDisputes, readQuery } from './customers.ts';

type Deps = Pick<ServingDependencies, 'dossiers' | 'clock' | 'overrides' | 'disputes' | 'reviews'>;

export const reportQuery = readQuery.extend({
  audience: plainText(63).min(1),
  format: reportFormat,
});
export const newLinkSchema = z.strictObject({
  audience: plainText(63).min(1),
  language: z.enum(LANGUAGES),
  expiresAt: isoInstant.meta({ description: 'At most 90 days from now.' }),
});

/** GET /v1/customers/{customerId}/report: what an audience may see of the file and the ratings, as data or as a page to print. */
export function readReport(
  { dossiers, clock, overrides, disputes, reviews }: Deps,
  recorder: Recorder,
  reviewer: AgreementReviewer,
): RequestHandler {
  return async (request, response) => {
    const customerId = customerOf(request);
    const { purpose: why, audience, format } = parseQuery(reportQuery, request);
    const language = answerLanguage(request, response);
    const parts = { dossiers, overrides, disputes, reviews };
    const report = await reportOf(parts, recorder, reviewer, customerId, audience, clock.now());
    await looked(dossiers, request, customerId, why, 'credit-report');
    if (format === 'json') response.json(report);
    else sendPage(response, creditReportPage(report, dossiers.audiences, language));
  };
}

/** POST /v1/customers/{customerId}/report-links: a link that shows the report to who holds it; its token is in this answer only. */
export function createLink({ dossiers }: Pick<Deps, 'dossiers'>): RequestHandler {
  return async (request, response) => {
    const { audience, language, expiresAt } = parseBody(newLinkSchema, request.body);
    if (!Object.hasOwn(dossiers.audiences, audience))
      throw new ProbityError('INVALID_INPUT', 'There is no such audience.', {
        problems: [{ at: 'audience', message: `Known audiences: ${Object.keys(dossiers.audiences).join(', ')}.` }],
      });
    const { actor } = principalOf(request);
    const asked = {
      customerId: customerOf(request),
      audience,
      language,
      expiresAt: instant(expiresAt),
      createdBy: actor,
    };
    const { link, token } = await makeOnce(idOfKey(request, 'createReportLink', asked.customerId), {
      make: (linkId) => dossiers.links.create({ ...asked, linkId }),
      find: (linkId) => dossiers.links.find(linkId),
      // Openings go by who shared it: nobody is given the token of another's link.
      isSame: ({ link: made }) =>
        made.createdBy === actor &&
        made.audience === audience &&
        made.language === language &&
        made.expiresAt === asked.expiresAt,
    });
    response.status(201).json({ ...link, path: `/shared/${token}` });
  };
}

/** GET /v1/customers/{customerId}/report-links: links of a customer with their openings, without tokens. */
export function listLinks({ dossiers }: Pick<Deps, 'dossiers'>): RequestHandler {
  return async (request, response) => {
    const links = await dossiers.links.of(customerOf(request));
    const asked = parseQuery(pageQuery, request);
    const page = pageOfAll('report-links', links, asked, ({ createdAt, linkId }) => [createdAt, linkId]);
    const items = await Promise.all(
      page.items.map(async (link) => ({ ...link, openings: await dossiers.links.openings(link.linkId) })),
    );
    response.json({ ...page, items });
  };
}

/** DELETE /v1/customers/{customerId}/report-links/{linkId}: shows nothing from now on. */
export function revokeLink({ dossiers }: Pick<Deps, 'dossiers'>): RequestHandler {
  return async (request, response) => {
    const linkId = String(request.params['linkId']);
    const mine = (await dossiers.links.of(customerOf(request))).some((link: ReportLink) => link.linkId === linkId);
    if (!mine) throw new ProbityError('NOT_FOUND', 'There is no such link.');
    response.json(await dossiers.links.revoke(linkId, principalOf(request).actor));
  };
}

/** GET /shared/{token}: the report that a link shares, for who holds it; each opening is on record. */
export function openShared(
  { dossiers, clock, overrides, disputes, reviews }: Deps,
  recorder: Recorder,
  reviewer: AgreementReviewer,
): RequestHandler {
  return async (request, response) => {
    const link = await dossiers.links.open(String(request.params['token']), (customerId) =>
      dossiers.isErased(customerId),
    );
    const { customerId, audience, language, linkId } = link;
    if (!Object.hasOwn(dossiers.audiences, audience))
      throw new ProbityError('LINK_CLOSED', 'Nothing is shared with this audience any more.');
    const parts = { dossiers, overrides, disputes, reviews };
    const report = await reportOf(parts, recorder, reviewer, customerId, audience, clock.now());
    const access = { actor: `link:${linkId}`, purpose: 'shared-report', what: 'credit-report' };
    await dossiers.accesses.record(customerId, access);
    response.setHeader('content-language', language);
    response.setHeader('referrer-policy', 'no-referrer');
    sendPage(response, creditReportPage(report, dossiers.audiences, language));
  };
}

/** The newest ratings that a report tells; all of them are a list of their own. */
const MOST_RATINGS = 24;

async function reportOf(
  { dossiers, overrides, disputes, reviews }: Omit<Deps, 'clock'>,
  recorder: Recorder,
  reviewer: AgreementReviewer,
  customerId: string,
  audience: string,
  now: CreditReport['madeAt'],
): Promise<CreditReport> {
  const ids = await dossiers.ratingIds(customerId, MOST_RATINGS + 1);
  const [file, ratings, disputed] = await Promise.all([
    dossiers.files.of(customerId),
    reportedRatings(recorder, overrides, now, ids.slice(0, MOST_RATINGS)),
    openDisputes(disputes, customerId),
  ]);
  const agreements = (await reviewer.reviewed(customerId)).map(({ agreement }) => reportedAgreement(agreement));
  const next = await reviews.next(customerId);
  return creditReport(
    dossiers.audiences,
    audience,
    customerId,
    { file, ratings, agreements, hasOlderRatings: ids.length > MOST_RATINGS },
    now,
    disputed,
    next,
  );
}

/** An agreement as a report tells it. */
function reportedAgreement({ agreedAt, due, state, texts = [], before, promised }: ImprovementAgreement) {
  return {
    at: instant(agreedAt),
    dueOn: due,
    state,
    acts: texts.map(({ en, 'zh-CN': zh }) => ({ en, 'zh-CN': zh })),
    grade: before.grade,
    promisedGrade: promised.grade,
  };
}

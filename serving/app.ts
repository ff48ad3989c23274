import type { RequestListener } from 'node:http';
import express, { type Express, type RequestHandler } from 'express';
import {
  admit,
  expressPath,
  identify,
  isTagged,
  only,
  OPERATIONS,
  recordLook,
  takesIfMatch,
  type OperationId,
} from './access/index.ts';
import type { ServingDependencies } from './dependencies.ts';
import { consolePage, documentPage, inboxPage } from './console/page.ts';
import { pseudonymousOnly } from './customers/pseudonymous.ts';
import { noIfMatch, tagged } from './http/cacheable.ts';
import { compress } from './http/compress.ts';
import { crossOrigin } from './http/cors.ts';
import { withDirectPath } from './http/direct.ts';
import { jsonBody } from './http/json.ts';
import { limitRequests } from './http/limits.ts';
import { requestLog } from './http/logging.ts';
import { createMetrics } from './http/metrics.ts';
import { answerErrors, notFound } from './http/problem.ts';
import { bodyWithin, jsonOnly, safeHeaders } from './http/security.ts';
import { inSequence } from './http/sequence.ts';
import { createLive, type Live } from './live/live.ts';
import { createAdviser } from './ratings/adviser.ts';
import { createAgreementReviewer } from './agreements/reviewer.ts';
import { createRecorder } from './ratings/recorder.ts';
import { createRerate, ratesAfterDispute, type Rerate } from './ratings/rated-again.ts';
import { createRatingService } from './ratings/service.ts';
import * as agreements from './routes/agreements.ts';
import { postBatch } from './routes/batch.ts';
import * as cases from './routes/cases.ts';
import * as control from './routes/control.ts';
import { reviewWarningsOfPeriod } from './routes/warning-review.ts';
import * as customerReports from './routes/customer-reports.ts';
import * as creditReport from './routes/credit-report.ts';
import { customerRatings } from './routes/customer-ratings.ts';
import * as customers from './routes/customers.ts';
import * as legalBases from './routes/legal-bases.ts';
import { eraseCustomer, exportCustomer, readErasure } from './routes/privacy.ts';
import { getChanges } from './routes/changes.ts';
import { getChallengers } from './routes/challengers.ts';
import { getChampion } from './routes/champion.ts';
import { postEvents } from './routes/events.ts';
import { getDocument } from './routes/document.ts';
import { createKey, getMe, listKeys, readKey, revokeKey, rotateKey } from './routes/keys.ts';
import { getHealth, getMetrics, getReadiness } from './routes/operations.ts';
import * as inbox from './routes/inbox.ts';
import * as notices from './routes/notices.ts';
import * as overrides from './routes/overrides.ts';
import { listReconciliations, postReconciliation } from './routes/reconciliations.ts';
import { getAdvice, getRating, postRating } from './routes/ratings.ts';
import * as monitoring from './routes/monitoring.ts';
import * as portfolio from './routes/portfolio.ts';
import * as reviews from './routes/reviews.ts';
import * as rules from './routes/rules.ts';
import * as disputes from './routes/disputes.ts';
import * as warnings from './routes/warnings.ts';
import * as webhooks from './routes/webhooks.ts';

/** Largest JSON body of a rating, of events, of what manages keys, of rules, and of a source's statement, bytes. */
export const bodyLimits = {
  rating: 256 << 10,
  events: 2 << 20,
  keys: 16 << 10,
  rules: 1 << 20,
  statement: 8 << 20,
} as const;

const usualRequestsPerMinute = 60_000;
/** Openings of shared reports from one address in a minute: people, not programs. */
const sharedPerMinute = 60;
const usualBodyMs = 20_000;

/** The API as an Express application, and what keeps its champions and snapshot fresh: start it before the first request, stop it after the last. */
export function createApp(deps: ServingDependencies): {
  readonly app: Express;
  /** What a server of Node.js listens with: the application, and a shorter way to the operation that is asked for most. */
  readonly listener: RequestListener;
  readonly live: Live;
  readonly rerate: Rerate;
} {
  const metrics = createMetrics(deps.webhooks.deliveries, deps.monitoring, deps.alerts);
  const live = createLive(deps, metrics.swapped);
  const service = createRatingService(deps, live);
  const recorder = createRecorder(deps, (customerId) => reviewer.rated(customerId));
  const reviewer = createAgreementReviewer({
    agreements: deps.agreements,
    recorder,
    ratingIds: (customerId, limit) => deps.dossiers.ratingIds(customerId, limit),
    logger: deps.logger,
  });
  const rerate = createRerate(live, service, recorder);
  deps.disputes.rateBy(
    ratesAfterDispute(rerate, {
      find: (ratingId) => deps.records.find(ratingId),
      newestOf: (customerId, limit) => deps.dossiers.ratingIds(customerId, limit),
    }),
  );
  const adviser = createAdviser(deps);
  const bodyMs = deps.bodyMs ?? usualBodyMs;
  /** Reads a JSON body of at most `limit`. */
  const json = (limit: number): RequestHandler[] => [jsonOnly, bodyWithin(bodyMs), jsonBody(limit)];

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  /** What every request goes through before its operation. */
  const before = [
    requestLog(deps.logger),
    metrics.timing,
    safeHeaders,
    crossOrigin(deps.corsOrigins ?? []),
    compress(),
    identify(deps.authenticate),
    limitRequests(deps.requestsPerMinute ?? usualRequestsPerMinute),
    admit,
  ];
  app.use(inSequence(...before));

  /** Routes an operation of the table to its handlers. */
  const serve = (operationId: OperationId, ...handlers: RequestHandler[]): void => {
    const { method, path } = OPERATIONS[operationId];
    const verb = method.toLowerCase() as Lowercase<typeof method>;
    const conditions = isTagged(operationId)
      ? [tagged]
      : method === 'GET' || takesIfMatch(operationId)
        ? []
        : [noIfMatch];
    const pseudonyms = pseudonymousOnly(operationId, deps.customerKeys);
    const looks = recordLook(operationId, deps.dossiers.accesses);
    const all = inSequence(only(operationId), ...conditions, ...pseudonyms, ...looks, ...handlers);
    app.route(expressPath(path))[verb](all);
  };
  const rate = [...json(bodyLimits.rating), postRating(live, service, recorder, metrics, adviser, deps)];
  serve('rate', ...rate);
  serve('recordedRating', getRating(recorder, adviser, deps));
  serve('ratingAdvice', getAdvice(recorder, adviser));
  serve('proposeOverride', ...json(bodyLimits.keys), overrides.proposeOverride(deps, recorder));
  serve('overrideSteps', overrides.overrideSteps(deps, recorder));
  serve('actOnOverride', ...json(bodyLimits.keys), overrides.actOnOverride(deps, recorder));
  serve('issueNotice', ...json(bodyLimits.keys), notices.issueNotice(deps, recorder, adviser));
  serve('listNotices', notices.listNotices(deps));
  serve('actOnNotice', ...json(bodyLimits.keys), notices.actOnNotice(deps));
  serve('listOverrides', overrides.listOverrides(deps, recorder));
  serve('overrideReport', overrides.getOverrideReport(deps));
  serve('rateBatch', postBatch(live, service, recorder, metrics, deps));
  serve('champion', getChampion(live, deps));
  serve('challengers', getChallengers(deps));
  serve('changes', getChanges(deps.changes));
  serve('events', ...json(bodyLimits.events), postEvents(deps, metrics));
  serve('reconcile', ...json(bodyLimits.statement), postReconciliation(deps));
  serve('listReconciliations', listReconciliations(deps));
  serve('me', getMe);
  serve('listKeys', listKeys(deps.keys));
  serve('createKey', ...json(bodyLimits.keys), createKey(deps.keys));
  serve('readKey', readKey(deps.keys));
  serve('rotateKey', ...json(bodyLimits.keys), rotateKey(deps.keys));
  serve('revokeKey', revokeKey(deps.keys));
  serve('rules', rules.getRules(deps));
  serve('rulesHistory', rules.getRulesHistory(deps));
  serve('validateRules', ...json(bodyLimits.rules), rules.validateRules(deps));
  serve('rollbackRules', ...json(bodyLimits.keys), rules.rollbackRules(deps));
  serve('listRuleProposals', rules.listRuleProposals(deps));
  serve('draftRules', ...json(bodyLimits.rules), rules.draftRules(deps));
  serve('readRuleProposal', rules.readRuleProposal(deps));
  serve('submitRules', rules.submitRules(deps));
  serve('approveRules', ...json(bodyLimits.keys), rules.approveRules(deps));
  serve('rejectRules', ...json(bodyLimits.keys), rules.rejectRules(deps));
  serve('listCases', cases.listCases(deps));
  serve('readCase', cases.readCase(deps));
  serve('actOnCase', ...json(bodyLimits.keys), cases.actOnCase(deps, recorder));
  serve('listReviews', reviews.listReviews(deps));
  serve('openReview', ...json(bodyLimits.keys), reviews.openReview(deps));
  serve('readReview', reviews.readReview(deps));
  serve('actOnReview', ...json(bodyLimits.keys), reviews.actOnReview(deps));
  serve('listWebhooks', webhooks.listWebhooks(deps));
  serve('createWebhook', ...json(bodyLimits.keys), webhooks.createWebhook(deps));
  serve('readWebhook', webhooks.readWebhook(deps));
  serve('changeWebhook', ...json(bodyLimits.keys), webhooks.changeWebhook(deps));
  serve('removeWebhook', webhooks.removeWebhook(deps));
  serve('rotateWebhook', ...json(bodyLimits.keys), webhooks.rotateWebhook(deps));
  serve('testWebhook', webhooks.testWebhook(deps));
  serve('listDeliveries', webhooks.listDeliveries(deps));
  serve('redeliver', webhooks.redeliver(deps));
  serve('listWarnings', warnings.listWarnings(deps));
  serve('warningHandling', warnings.getWarningHandling(deps));
  serve('warningWords', warnings.getWarningWords(deps));
  serve('reviewWarnings', reviewWarningsOfPeriod(deps));
  serve('readWarning', warnings.readWarning(deps));
  serve('listWarningCustomers', warnings.listWarningCustomers(deps));
  serve('actOnWarning', ...json(bodyLimits.keys), warnings.actOnWarning(deps));
  serve('inbox', inbox.listInbox(deps));
  serve('inboxCount', inbox.countInbox(deps));
  serve('readInbox', ...json(bodyLimits.keys), inbox.readInbox(deps));
  serve('listPortfolioReports', portfolio.listPortfolioReports(deps));
  serve('readPortfolioReport', portfolio.readPortfolioReport(deps));
  serve('listControlReports', control.listControlReports(deps));
  serve('makeControlReport', ...json(bodyLimits.keys), control.makeControlReport(deps));
  serve('readControlReport', control.readControlReport(deps));
  serve('listMonitoringReports', monitoring.listMonitoringReports(deps));
  serve('readMonitoringReport', monitoring.readMonitoringReport(deps));
  serve('decisionTimes', cases.getDecisionTimes(deps));
  serve('readFile', customers.readFile(deps, reviewer));
  serve('addEntry', ...json(bodyLimits.keys), customers.unlessErased(deps), customers.addEntry(deps));
  serve('putEntry', ...json(bodyLimits.keys), customers.unlessErased(deps), customers.putEntry(deps));
  serve('readEntry', customers.readEntry(deps));
  serve('removeEntry', customers.removeEntry(deps));
  serve('entryHistory', customers.entryHistory(deps));
  serve('listAgreements', agreements.listAgreements(reviewer));
  serve('makeAgreement', ...json(bodyLimits.keys), agreements.makeAgreement(deps, recorder, adviser));
  serve('readAgreement', agreements.readAgreement(deps, reviewer));
  serve('withdrawAgreement', agreements.withdrawAgreement(deps, reviewer));
  serve('agreementReport', agreements.getAgreementReport(deps, reviewer));
  serve('customerRatings', customerRatings(deps, recorder));
  serve('readReport', creditReport.readReport(deps, recorder, reviewer));
  serve('listCustomerReports', customerReports.listCustomerReports(deps));
  serve('makeCustomerReport', customers.unlessErased(deps), customerReports.makeCustomerReport(deps));
  serve('readCustomerReport', customerReports.readCustomerReport(deps));
  serve('listReportLinks', creditReport.listLinks(deps));
  serve('createReportLink', ...json(bodyLimits.keys), customers.unlessErased(deps), creditReport.createLink(deps));
  serve('revokeReportLink', creditReport.revokeLink(deps));
  serve('openSharedReport', limitRequests(sharedPerMinute), creditReport.openShared(deps, recorder, reviewer));
  serve('exportCustomer', exportCustomer(deps, recorder));
  serve('listLegalBases', legalBases.listLegalBases(deps));
  serve('changeLegalBases', ...json(bodyLimits.keys), legalBases.changeLegalBases(deps));
  serve('eraseCustomer', ...json(bodyLimits.keys), eraseCustomer(deps));
  serve('disputeQueue', disputes.getDisputeQueue(deps));
  serve('listDisputes', disputes.listDisputes(deps));
  serve('openDispute', ...json(bodyLimits.keys), customers.unlessErased(deps), disputes.openDispute(deps, recorder));
  serve('actOnDispute', ...json(bodyLimits.keys), disputes.actOnDispute(deps));
  serve('readErasure', readErasure(deps));
  serve('metrics', getMetrics(metrics));
  serve('health', getHealth);
  serve('readiness', getReadiness(live));
  serve('document', getDocument);
  serve('documentPage', documentPage());
  serve('page', consolePage());
  serve('inboxPage', inboxPage());
  app.use(notFound);
  app.use(answerErrors);
  const listener = withDirectPath(app, OPERATIONS.rate, inSequence(...before, only('rate'), ...rate));
  return { app, listener, live, rerate };
}

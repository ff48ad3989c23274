import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../base/index.ts';
import { warningHandlingSchema } from '../../rating/index.ts';
import { cloudEventSchema } from '../events/cloud-events.ts';
import { eventSchema, eventsRequestSchema } from '../events/facts.ts';
import { ratingRequestSchema } from '../ratings/request.ts';
import { reconciliationSchema } from '../routes/reconciliations.ts';
import { newKeySchema, rotateKeySchema } from '../routes/keys.ts';
import { newErasureSchema } from '../routes/privacy.ts';
import { newNoticeSchema, noticeEventSchema } from '../routes/notices.ts';
import { newAgreementSchema } from '../routes/agreements.ts';
import { caseEventSchema } from '../routes/cases.ts';
import { newOverrideSchema, overrideEventSchema } from '../routes/overrides.ts';
import { legalBasisStepSchema } from '../routes/legal-bases.ts';
import { disputeEventSchema, newDisputeSchema } from '../routes/disputes.ts';
import { newReviewSchema, reviewEventSchema } from '../routes/reviews.ts';
import { newWebhookSchema, rotateWebhookSchema, webhookChangeSchema } from '../routes/webhooks.ts';
import { newControlReportSchema } from '../routes/control.ts';
import { readInboxSchema } from '../routes/inbox.ts';
import { warningEventSchema } from '../routes/warnings.ts';
import { newLinkSchema } from '../routes/credit-report.ts';
import { entrySchema } from '../routes/customers.ts';
import { approveRulesSchema, proposedRulesSchema, refuseRulesSchema } from '../routes/rules.ts';
import { pageSchema } from '../http/paging.ts';
import {
  challengersSchema,
  championSchema,
  eventsAnswerSchema,
  issuedKeySchema,
  keySchema,
  meSchema,
  problemSchema,
  ratingAnswerSchema,
  readinessSchema,
  statusSchema,
} from './answers.ts';
import { ratingAdviceSchema } from './decision.ts';
import {
  agreementListSchema,
  agreementPaths,
  agreementReportSchema,
  agreementSchema,
  followedAgreementSchema,
} from './agreement-paths.ts';
import { casePaths, caseSchema, caseStepSchema, caseWithEventsSchema, decisionTimesSchema } from './case-paths.ts';
import {
  creditFileSchema,
  creditReportSchema,
  customerPaths,
  customerRatingsSchema,
  entryHistorySchema,
  fileEntrySchema,
  newReportLinkSchema,
  reportLinkSchema,
  reportLinksSchema,
} from './customer-paths.ts';
import { changePageSchema, changePaths } from './change-paths.ts';
import { reconciliationAnswerSchema, reconciliationPageSchema, reconciliationPaths } from './reconciliation-paths.ts';
import { completePaths, sharedComponents } from './complete.ts';
import {
  overrideListSchema,
  overridePageSchema,
  overridePaths,
  overrideReportSchema,
  overrideStepSchema,
} from './override-paths.ts';
import { warningReviewPaths, warningReviewSchema } from './warning-review-paths.ts';
import { issuedNoticeSchema, issuedNoticesSchema, noticePaths } from './notice-paths.ts';
import { ratingPaths } from './rating-paths.ts';
import { keyPaths } from './key-paths.ts';
import { customerExportSchema, erasureSchema, legalBasesSchema, privacyPaths } from './privacy-paths.ts';
import {
  ruleHistorySchema,
  rulePaths,
  ruleProposalSchema,
  ruleProposalWithFilesSchema,
  ruleReignSchema,
  rulesInForceSchema,
  soundRulesSchema,
} from './rule-paths.ts';
import { content, ref, schemaOf, type JsonObject } from './schema.ts';
import { disputePaths, disputeQueueSchema, disputeSchema, disputesSchema, disputeStepSchema } from './dispute-paths.ts';
import { controlEntrySchema, controlPaths, controlReportSchema } from './control-paths.ts';
import { customerReportEntrySchema, customerReportPaths, customerReportSchema } from './customer-report-paths.ts';
import { monitoringPageSchema, monitoringPaths, monitoringReportSchema } from './monitoring-paths.ts';
import { portfolioPaths, portfolioReportSchema, reportEntrySchema } from './portfolio-paths.ts';
import { reviewPaths, reviewSchema, reviewStepSchema, reviewWithEventsSchema } from './review-paths.ts';
import { inboxCountSchema, inboxEntrySchema, inboxPaths } from './inbox-paths.ts';
import {
  warningCustomerSchema,
  warningPaths,
  warningSchema,
  warningStepSchema,
  warningWithEventsSchema,
  warningWordsSchema,
} from './warning-paths.ts';
import { deliverySchema, issuedWebhookSchema, webhookPaths, webhookSchema, webhooksSchema } from './webhook-paths.ts';

/** The OpenAPI 3.1 document, generated from the very schemas that requests are parsed with. `serving/openapi/openapi.json` is its committed copy. */
export function openApiDocument(): JsonObject {
  const { version } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Probity',
      version,
      description: 'Default probabilities, explained.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: completePaths({
      ...ratingPaths,
      ...changePaths,
      ...reconciliationPaths,
      ...keyPaths,
      ...rulePaths,
      ...casePaths,
      ...overridePaths,
      ...warningReviewPaths,
      ...noticePaths,
      ...agreementPaths,
      ...disputePaths,
      ...reviewPaths,
      ...webhookPaths,
      ...warningPaths,
      ...inboxPaths,
      ...portfolioPaths,
      ...customerReportPaths,
      ...controlPaths,
      ...monitoringPaths,
      ...customerPaths,
      ...privacyPaths,
      '/healthz': {
        get: {
          operationId: 'health',
          summary: 'The process answers',
          responses: { 200: { description: 'It does.', ...content('application/json', ref('Status')) } },
        },
      },
      '/readyz': {
        get: {
          operationId: 'readiness',
          summary: 'Whether the server can rate; where not, why, for who sends a key',
          responses: { 200: { description: 'It can.', ...content('application/json', ref('Readiness')) } },
        },
      },
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'Metrics for Prometheus',
          responses: { 200: { description: 'Prometheus text.', ...content('text/plain', { type: 'string' }) } },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'document',
          summary: 'This document',
          responses: { 200: { description: 'It.', ...content('application/json', { type: 'object' }) } },
        },
      },
      '/docs': {
        get: {
          operationId: 'documentPage',
          summary: 'This document as a page',
          responses: { 200: { description: 'HTML.', ...content('text/html', { type: 'string' }) } },
        },
      },
      '/inbox': {
        get: {
          operationId: 'inboxPage',
          summary: 'The page of the inbox, for people',
          responses: { 200: { description: 'HTML.', ...content('text/html', { type: 'string' }) } },
        },
      },
      '/': {
        get: {
          operationId: 'page',
          summary: 'The page for people',
          responses: { 200: { description: 'HTML.', ...content('text/html', { type: 'string' }) } },
        },
      },
    }),
    components: {
      ...sharedComponents,
      schemas: {
        RatingRequest: {
          ...schemaOf(ratingRequestSchema, 'input'),
          oneOf: [{ required: ['customerId'] }, { required: ['features'] }],
        },
        Rating: schemaOf(ratingAnswerSchema, 'output'),
        Advice: schemaOf(ratingAdviceSchema, 'output'),
        Events: schemaOf(eventsRequestSchema.extend({ events: z.array(eventSchema).min(1).max(1000) }), 'input'),
        CloudEvent: schemaOf(cloudEventSchema, 'input'),
        Acknowledgement: schemaOf(eventsAnswerSchema, 'output'),
        ChangePage: schemaOf(changePageSchema, 'output'),
        Reconciliation: schemaOf(reconciliationSchema, 'input'),
        ReconciliationAnswer: schemaOf(reconciliationAnswerSchema, 'output'),
        ReconciliationPage: schemaOf(reconciliationPageSchema, 'output'),
        Challengers: schemaOf(challengersSchema, 'output'),
        Champions: schemaOf(championSchema, 'output'),
        Me: schemaOf(meSchema, 'output'),
        Key: schemaOf(keySchema, 'output'),
        KeyPage: { ...schemaOf(pageSchema(keySchema), 'output') },
        NewKey: schemaOf(newKeySchema, 'input'),
        RotateKey: schemaOf(rotateKeySchema, 'input'),
        RulesInForce: schemaOf(rulesInForceSchema, 'output'),
        SoundRules: schemaOf(soundRulesSchema, 'output'),
        ProposedRules: schemaOf(proposedRulesSchema, 'input'),
        ApproveRules: schemaOf(approveRulesSchema, 'input'),
        RefuseRules: schemaOf(refuseRulesSchema, 'input'),
        RuleProposal: schemaOf(ruleProposalSchema, 'output'),
        RuleProposalWithFiles: schemaOf(ruleProposalWithFilesSchema, 'output'),
        RuleProposalPage: schemaOf(pageSchema(ruleProposalSchema), 'output'),
        RuleReign: schemaOf(ruleReignSchema, 'output'),
        RuleHistory: schemaOf(ruleHistorySchema, 'output'),
        Case: schemaOf(caseSchema, 'output'),
        CaseStep: schemaOf(caseStepSchema, 'output'),
        CaseWithEvents: schemaOf(caseWithEventsSchema, 'output'),
        CasePage: schemaOf(pageSchema(caseSchema), 'output'),
        CaseEvent: schemaOf(caseEventSchema, 'input'),
        Dispute: schemaOf(disputeSchema, 'output'),
        DisputeStep: schemaOf(disputeStepSchema, 'output'),
        DisputeQueue: schemaOf(disputeQueueSchema, 'output'),
        Disputes: schemaOf(disputesSchema, 'output'),
        NewDispute: schemaOf(newDisputeSchema, 'input'),
        DisputeEvent: schemaOf(disputeEventSchema, 'input'),
        PortfolioReport: schemaOf(portfolioReportSchema, 'output'),
        MonitoringReport: schemaOf(monitoringReportSchema, 'output'),
        MonitoringReportPage: schemaOf(monitoringPageSchema, 'output'),
        PortfolioReportPage: schemaOf(pageSchema(reportEntrySchema), 'output'),
        Webhook: schemaOf(webhookSchema, 'output'),
        Webhooks: schemaOf(webhooksSchema, 'output'),
        IssuedWebhook: schemaOf(issuedWebhookSchema, 'output'),
        NewWebhook: schemaOf(newWebhookSchema, 'input'),
        WebhookChange: schemaOf(webhookChangeSchema, 'input'),
        RotateWebhook: schemaOf(rotateWebhookSchema, 'input'),
        Delivery: schemaOf(deliverySchema, 'output'),
        DeliveryPage: schemaOf(pageSchema(deliverySchema), 'output'),
        Review: schemaOf(reviewSchema, 'output'),
        ReviewStep: schemaOf(reviewStepSchema, 'output'),
        ReviewWithEvents: schemaOf(reviewWithEventsSchema, 'output'),
        ReviewPage: schemaOf(pageSchema(reviewSchema), 'output'),
        ReviewEvent: schemaOf(reviewEventSchema, 'input'),
        NewReview: schemaOf(newReviewSchema, 'input'),
        Warning: schemaOf(warningSchema, 'output'),
        WarningStep: schemaOf(warningStepSchema, 'output'),
        WarningWithEvents: schemaOf(warningWithEventsSchema, 'output'),
        ControlReport: schemaOf(controlReportSchema, 'output'),
        ControlReportPage: schemaOf(pageSchema(controlEntrySchema), 'output'),
        NewControlReport: schemaOf(newControlReportSchema, 'input'),
        CustomerReport: schemaOf(customerReportSchema, 'output'),
        CustomerReportEntry: schemaOf(customerReportEntrySchema, 'output'),
        CustomerReportPage: schemaOf(pageSchema(customerReportEntrySchema), 'output'),
        InboxPage: schemaOf(pageSchema(inboxEntrySchema), 'output'),
        InboxCount: schemaOf(inboxCountSchema, 'output'),
        ReadInbox: schemaOf(readInboxSchema, 'input'),
        WarningPage: schemaOf(pageSchema(warningSchema), 'output'),
        WarningWords: schemaOf(warningWordsSchema, 'output'),
        WarningCustomerPage: schemaOf(pageSchema(warningCustomerSchema), 'output'),
        WarningEvent: schemaOf(warningEventSchema, 'input'),
        WarningHandling: schemaOf(warningHandlingSchema, 'output'),
        DecisionTimes: schemaOf(decisionTimesSchema, 'output'),
        NewOverride: schemaOf(newOverrideSchema, 'input'),
        OverrideEvent: schemaOf(overrideEventSchema, 'input'),
        OverrideStep: schemaOf(overrideStepSchema, 'output'),
        OverrideSteps: schemaOf(overrideListSchema, 'output'),
        OverridePage: schemaOf(overridePageSchema, 'output'),
        WarningReview: schemaOf(warningReviewSchema, 'output'),
        OverrideReport: schemaOf(overrideReportSchema, 'output'),
        NewNotice: schemaOf(newNoticeSchema, 'input'),
        NoticeEvent: schemaOf(noticeEventSchema, 'input'),
        IssuedNotice: schemaOf(issuedNoticeSchema, 'output'),
        IssuedNotices: schemaOf(issuedNoticesSchema, 'output'),
        NewAgreement: schemaOf(newAgreementSchema, 'input'),
        Agreement: schemaOf(agreementSchema, 'output'),
        Agreements: schemaOf(agreementListSchema, 'output'),
        FollowedAgreement: schemaOf(followedAgreementSchema, 'output'),
        AgreementReport: schemaOf(agreementReportSchema, 'output'),
        CreditFile: schemaOf(creditFileSchema, 'output'),
        FileEntry: schemaOf(fileEntrySchema, 'output'),
        CustomerRatings: schemaOf(customerRatingsSchema, 'output'),
        EntryHistory: schemaOf(entryHistorySchema, 'output'),
        NewFileEntry: schemaOf(entrySchema, 'input'),
        CreditReport: schemaOf(creditReportSchema, 'output'),
        ReportLink: schemaOf(reportLinkSchema, 'output'),
        ReportLinks: schemaOf(reportLinksSchema, 'output'),
        AskReportLink: schemaOf(newLinkSchema, 'input'),
        NewReportLink: schemaOf(newReportLinkSchema, 'output'),
        CustomerExport: schemaOf(customerExportSchema, 'output'),
        Erasure: schemaOf(erasureSchema, 'output'),
        LegalBases: schemaOf(legalBasesSchema, 'output'),
        LegalBasisStep: schemaOf(legalBasisStepSchema, 'input'),
        NewErasure: schemaOf(newErasureSchema, 'input'),
        IssuedKey: schemaOf(issuedKeySchema, 'output'),
        Readiness: schemaOf(readinessSchema, 'output'),
        Status: schemaOf(statusSchema, 'output'),
        Problem: schemaOf(problemSchema, 'output'),
      },
    },
  };
}

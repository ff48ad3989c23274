import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../../base/index.ts';
import { JURISDICTIONS, warningHandlingSchema } from '../../rating/index.ts';
import { cloudEventSchema, cloudEventTypes } from '../events/cloud-events.ts';
import { eventSchema, eventsRequestSchema, mostEvents } from '../events/facts.ts';
import { ratingRequestSchema } from '../ratings/request.ts';
import { reconciliationSchema } from '../routes/reconciliations.ts';
import { newKeySchema, rotateKeySchema } from '../routes/keys.ts';
import { newErasureSchema } from '../routes/privacy.ts';
import { caseEventSchema } from '../routes/cases.ts';
import { disputeEventSchema, newDisputeSchema } from '../routes/disputes.ts';
import { reviewEventSchema } from '../routes/reviews.ts';
import { warningEventSchema } from '../routes/warnings.ts';
import { entrySchema, newLinkSchema } from '../routes/customers.ts';
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
  statusSchema,
} from './answers.ts';
import { casePaths, caseSchema, caseWithEventsSchema, decisionTimesSchema } from './case-paths.ts';
import {
  creditFileSchema,
  creditReportSchema,
  customerPaths,
  entryHistorySchema,
  fileEntrySchema,
  newReportLinkSchema,
  reportLinkSchema,
  reportLinksSchema,
} from './customer-paths.ts';
import { changePageSchema, changePaths } from './change-paths.ts';
import { reconciliationAnswerSchema, reconciliationPaths } from './reconciliation-paths.ts';
import { completePaths, sharedComponents } from './complete.ts';
import { keyPaths } from './key-paths.ts';
import { customerExportSchema, erasureSchema, privacyPaths } from './privacy-paths.ts';
import {
  ruleHistorySchema,
  rulePaths,
  ruleProposalSchema,
  ruleProposalWithFilesSchema,
  ruleReignSchema,
  rulesInForceSchema,
  soundRulesSchema,
} from './rule-paths.ts';
import { content, problem, ref, schemaOf, type JsonObject } from './schema.ts';
import { disputePaths, disputeQueueSchema, disputeSchema, disputesSchema } from './dispute-paths.ts';
import { portfolioPaths, portfolioReportSchema, reportEntrySchema } from './portfolio-paths.ts';
import { reviewPaths, reviewSchema, reviewWithEventsSchema } from './review-paths.ts';
import { warningPaths, warningSchema, warningWithEventsSchema } from './warning-paths.ts';

const language: JsonObject = {
  name: 'Accept-Language',
  in: 'header',
  description: 'en (default) or zh-CN',
  schema: { type: 'string' },
};
const notice: JsonObject = {
  name: 'notice',
  in: 'query',
  description: 'Adds `notice`: what the customer is told of the decision, as this law asks.',
  schema: { type: 'string', enum: [...JURISDICTIONS] },
};
const idempotencyKey: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'Recorded once for a key: the same request again answers the same rating, another one is refused (409).',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
};
const ndjson = 'application/x-ndjson';
const arrow = 'application/vnd.apache.arrow.stream';
const bytes: JsonObject = { type: 'string', format: 'binary' };

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
      '/v1/ratings': {
        post: {
          operationId: 'rate',
          summary: 'Rate a customer as of an instant, or a set of features',
          parameters: [language, notice, idempotencyKey],
          requestBody: { required: true, ...content('application/json', ref('RatingRequest')) },
          responses: {
            200: { description: 'The rating.', ...content('application/json', ref('Rating')) },
            404: problem('No such customer as of that instant.'),
            409: problem('The Idempotency-Key was used for another request.'),
            410: problem('The customer, or the rating that the Idempotency-Key stands for, was erased.'),
            422: problem('No matching slot, no champion then, or refused by policy.'),
          },
        },
      },
      '/v1/ratings/{ratingId}': {
        get: {
          operationId: 'recordedRating',
          summary: 'A recorded rating, recomputed from its evidence and compared with the answer that was given',
          parameters: [
            language,
            notice,
            { name: 'ratingId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } },
          ],
          responses: {
            200: { description: 'The rating.', ...content('application/json', ref('Rating')) },
            404: problem('No such rating.'),
            410: problem('The rating was erased.'),
          },
        },
      },
      '/v1/ratings:batch': {
        post: {
          operationId: 'rateBatch',
          summary: 'Rate a stream of rows; one answer a row, in order, errors included. Read while you send.',
          parameters: [
            language,
            {
              name: 'contributions',
              in: 'query',
              description: 'Add contributions to NDJSON answers.',
              schema: { type: 'boolean', default: false },
            },
          ],
          requestBody: { required: true, content: { [ndjson]: { schema: bytes }, [arrow]: { schema: bytes } } },
          responses: {
            200: { description: 'The answers.', content: { [ndjson]: { schema: bytes }, [arrow]: { schema: bytes } } },
          },
        },
      },
      '/v1/models/champion': {
        get: {
          operationId: 'champion',
          summary: 'The champion of each slot, its features, and the scales',
          parameters: [language],
          responses: {
            200: { description: 'The champions.', ...content('application/json', ref('Champions')) },
          },
        },
      },
      '/v1/models/challengers': {
        get: {
          operationId: 'challengers',
          summary: 'The challengers beside champions: shadows and what they have scored, and traffic splits',
          responses: {
            200: { description: 'The challengers, newest first.', ...content('application/json', ref('Challengers')) },
          },
        },
      },
      '/v1/events': {
        post: {
          operationId: 'events',
          summary:
            'Report facts, as rows or as CloudEvents 1.0; acknowledged means durable, and seen by the next rating',
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: ref('Events') },
              [cloudEventTypes.single]: { schema: ref('CloudEvent') },
              [cloudEventTypes.batch]: {
                schema: { type: 'array', items: ref('CloudEvent'), minItems: 1, maxItems: mostEvents },
              },
            },
          },
          responses: {
            201: { description: 'Acknowledged.', ...content('application/json', ref('Acknowledgement')) },
            410: problem('Some facts are about customers who were erased; none was stored.'),
          },
        },
      },
      ...changePaths,
      ...reconciliationPaths,
      ...keyPaths,
      ...rulePaths,
      ...casePaths,
      ...disputePaths,
      ...reviewPaths,
      ...warningPaths,
      ...portfolioPaths,
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
          responses: { 200: { description: 'It can.', ...content('application/json', ref('Status')) } },
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
        Events: schemaOf(eventsRequestSchema.extend({ events: z.array(eventSchema).min(1).max(1000) }), 'input'),
        CloudEvent: schemaOf(cloudEventSchema, 'input'),
        Acknowledgement: schemaOf(eventsAnswerSchema, 'output'),
        ChangePage: schemaOf(changePageSchema, 'output'),
        Reconciliation: schemaOf(reconciliationSchema, 'input'),
        ReconciliationAnswer: schemaOf(reconciliationAnswerSchema, 'output'),
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
        CaseWithEvents: schemaOf(caseWithEventsSchema, 'output'),
        CasePage: schemaOf(pageSchema(caseSchema), 'output'),
        CaseEvent: schemaOf(caseEventSchema, 'input'),
        Dispute: schemaOf(disputeSchema, 'output'),
        DisputeQueue: schemaOf(disputeQueueSchema, 'output'),
        Disputes: schemaOf(disputesSchema, 'output'),
        NewDispute: schemaOf(newDisputeSchema, 'input'),
        DisputeEvent: schemaOf(disputeEventSchema, 'input'),
        PortfolioReport: schemaOf(portfolioReportSchema, 'output'),
        PortfolioReportPage: schemaOf(pageSchema(reportEntrySchema), 'output'),
        Review: schemaOf(reviewSchema, 'output'),
        ReviewWithEvents: schemaOf(reviewWithEventsSchema, 'output'),
        ReviewPage: schemaOf(pageSchema(reviewSchema), 'output'),
        ReviewEvent: schemaOf(reviewEventSchema, 'input'),
        Warning: schemaOf(warningSchema, 'output'),
        WarningWithEvents: schemaOf(warningWithEventsSchema, 'output'),
        WarningPage: schemaOf(pageSchema(warningSchema), 'output'),
        WarningEvent: schemaOf(warningEventSchema, 'input'),
        WarningHandling: schemaOf(warningHandlingSchema, 'output'),
        DecisionTimes: schemaOf(decisionTimesSchema, 'output'),
        CreditFile: schemaOf(creditFileSchema, 'output'),
        FileEntry: schemaOf(fileEntrySchema, 'output'),
        EntryHistory: schemaOf(entryHistorySchema, 'output'),
        NewFileEntry: schemaOf(entrySchema, 'input'),
        CreditReport: schemaOf(creditReportSchema, 'output'),
        ReportLink: schemaOf(reportLinkSchema, 'output'),
        ReportLinks: schemaOf(reportLinksSchema, 'output'),
        AskReportLink: schemaOf(newLinkSchema, 'input'),
        NewReportLink: schemaOf(newReportLinkSchema, 'output'),
        CustomerExport: schemaOf(customerExportSchema, 'output'),
        Erasure: schemaOf(erasureSchema, 'output'),
        NewErasure: schemaOf(newErasureSchema, 'input'),
        IssuedKey: schemaOf(issuedKeySchema, 'output'),
        Status: schemaOf(statusSchema, 'output'),
        Problem: schemaOf(problemSchema, 'output'),
      },
    },
  };
}

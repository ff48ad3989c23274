import type { Logger } from 'pino';
import { systemClock, type Tenant } from '../../base/index.ts';
import { followedCases, followedDisputes, followedReviews, followedWarnings } from '../../pipelines/followed.ts';
import type { TaskQueues } from '../../pipelines/task-queues.ts';
import { startTouchedSignals } from '../../pipelines/client.ts';
import { wakeWebhook } from '../../pipelines/webhooks.ts';
import {
  inHandsOf,
  type AuthorityLimits,
  type DisputeDeadlines,
  type MasterScale,
  type ReviewPolicy,
  type WarningHandling,
} from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { ChangeFeed } from '../../records/changes/index.ts';
import type { CreditFiles } from '../../records/credit-file/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import type { MasterKeys } from '../../records/privacy/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import { createReviewCalendar, createReviews } from '../../records/reviews/index.ts';
import { createSignals } from '../../records/signals/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { createDeliveries, createWebhooks, type DeliveryPolicy } from '../../records/webhooks/index.ts';
import type { RatingRecords, ServingDependencies } from '../dependencies.ts';
import type { RatingsOfCustomer } from '../ratings/rated-again.ts';
import { composeCases } from './cases.ts';
import { composeDisputes } from './disputes.ts';
import { temporalWorkflows } from './followed-desk.ts';
import { composeReviews } from './reviews.ts';
import type { StaffLookup } from './responsible-staff.ts';
import { touchedLoop } from './signal-triggers.ts';
import type { TemporalLink } from './temporal-link.ts';
import { warningWords } from './warning-words.ts';
import { composeWarnings } from './warnings.ts';
import { composeWebhooks } from './webhooks.ts';

/** What desks work on, and the data that say how. */
export interface DeskParts {
  readonly tenant: Tenant;
  readonly database: Database;
  readonly records: RatingRecords;
  /** Ids of a customer's ratings whose evidence is there, newest first. */
  readonly newestOf: RatingsOfCustomer['newestOf'];
  readonly appender: Appender;
  readonly pseudonyms: Pseudonyms;
  readonly feed: ChangeFeed;
  readonly files: Pick<CreditFiles, 'put' | 'remove' | 'history'>;
  readonly masterKeys: MasterKeys;
  readonly acceptFacts: ServingDependencies['acceptFacts'];
  readonly queues: TaskQueues;
  readonly link: TemporalLink;
  readonly authority: AuthorityLimits;
  readonly scale: MasterScale;
  readonly handling: WarningHandling;
  readonly rulesDir: string | null;
  readonly deadlines: DisputeDeadlines;
  readonly reviewPolicy: ReviewPolicy;
  readonly webhookPolicy: DeliveryPolicy;
  /** Who looks after a customer; null: nobody is known to. */
  readonly staffOf: StaffLookup['of'];
  readonly logger: Logger;
}

/** The desks at which people act, and who is told of changes. */
export interface Desks {
  readonly desks: Pick<ServingDependencies, 'cases' | 'disputes' | 'warnings' | 'webhooks' | 'reviews'>;
  /** Reviews begin with the server, which rates for them. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Composes cases, disputes, warnings, reviews and webhooks over one chain, one change feed and one link to Temporal. */
export function composeDesks(parts: DeskParts): Desks {
  const { tenant, database, records, appender, pseudonyms, feed, queues, link, authority, handling, logger } = parts;
  const common = { tenant, appender, pseudonyms, logger };
  const cases = composeCases({
    ...common,
    database,
    authority,
    workflows: temporalWorkflows({
      tenant,
      link,
      kind: followedCases,
      input: (opened) => ({ tenant, queues, case: opened, authority }),
    }),
  });
  const disputes = composeDisputes({
    ...common,
    disputes: createDisputes(database, tenant),
    deadlines: parts.deadlines,
    acceptFacts: parts.acceptFacts,
    files: parts.files,
    workflows: temporalWorkflows({
      tenant,
      link,
      kind: followedDisputes,
      input: (dispute) => ({ tenant, queues, dispute }),
    }),
    clock: systemClock,
  });
  const stored = createWarnings(database, tenant);
  const signals = createSignals(database, tenant);
  const touched = touchedLoop({
    facts: createFacts(database, tenant),
    signals,
    look: () => link.within((client) => startTouchedSignals(client, { tenant, queues })),
    logger,
  });
  const warnings = composeWarnings({
    ...common,
    signals,
    words: warningWords(parts.rulesDir),
    warnings: {
      ...stored,
      raise: async (raised) => stored.raise(inHandsOf(raised, await parts.staffOf(raised.customerId))),
    },
    feed,
    records,
    handling,
    workflows: temporalWorkflows({
      tenant,
      link,
      kind: followedWarnings,
      input: (warning) => ({ tenant, queues, warning, handling }),
    }),
  });
  const webhooks = composeWebhooks({
    webhooks: createWebhooks(database, tenant, parts.masterKeys),
    deliveries: createDeliveries(database, tenant),
    feed,
    policy: parts.webhookPolicy,
    wake: (webhookId) => link.within((client) => wakeWebhook(client, { tenant, queues, webhookId })),
    logger,
  });
  const reviews = composeReviews({
    clock: systemClock,
    calendar: createReviewCalendar(database, tenant),
    reviews: createReviews(database, tenant),
    records: { find: (ratingId) => records.find(ratingId), newestOf: parts.newestOf },
    policy: parts.reviewPolicy,
    authority,
    scale: parts.scale,
    logger,
    feed,
    files: parts.files,
    overrides: createOverrides(database, tenant, appender),
    appender,
    pseudonyms,
    workflows: temporalWorkflows({
      tenant,
      link,
      kind: followedReviews,
      input: (review) => ({ tenant, queues, review, authority }),
    }),
  });
  return {
    desks: {
      cases: cases.desk,
      disputes: disputes.desk,
      warnings: warnings.desk,
      webhooks: webhooks.desk,
      reviews,
    },
    async start() {
      await cases.start();
      warnings.start();
      touched.start();
      webhooks.start();
      disputes.start();
    },
    async close() {
      await webhooks.close();
      await reviews.end();
      await touched.stop();
      await warnings.close();
      await disputes.close();
      await cases.close();
    },
  };
}

import type { Logger } from 'pino';
import {
  canonicalJson,
  instant,
  isProbityError,
  ProbityError,
  sha256,
  uuidv7,
  type Clock,
  type Json,
  type Tenant,
} from '../../base/index.ts';
import { actOnDispute, followDispute } from '../../pipelines/disputes.ts';
import type { TaskQueues } from '../../pipelines/task-queues.ts';
import { openDispute, type Dispute, type DisputeDeadlines, type DisputeEvent } from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { Disputes } from '../../records/disputes/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { DisputeDesk, RatesAgain } from '../disputes/desk.ts';
import { DISPUTE_SOURCE } from '../events/facts.ts';
import { lookLoop } from './look-loop.ts';
import type { TemporalLink } from './temporal-link.ts';

/** The workflows of disputes, as the server needs them. */
export interface DisputeWorkflows {
  /** Starts the workflow of a dispute, where none follows it yet. Throws SERVICE_UNAVAILABLE. */
  follow(opened: Dispute): Promise<void>;
  /** Throws DISPUTE_REFUSED, DISPUTE_CLOSED, WORKFLOW_NOT_FOUND, SERVICE_UNAVAILABLE. */
  act(disputeId: string, event: DisputeEvent): Promise<Dispute>;
}

/** The workflows on the Temporal server of a project. */
export function temporalDisputes(of: {
  readonly tenant: Tenant;
  readonly queues: TaskQueues;
  readonly link: TemporalLink;
}): DisputeWorkflows {
  const { tenant, queues, link } = of;
  return {
    follow: (dispute) => link.within((client) => followDispute(client, { tenant, queues, dispute })),
    act: (disputeId, event) => link.within((client) => actOnDispute(client, tenant, disputeId, event)),
  };
}

const AFTER_FAILURE_MS = 10_000;
const AT_ONCE = 200;

/**
 * Composes the desk of disputes. A loop gives every dispute its workflow, every event its place in the audit chain, and every upheld one what it asks for:
 * its correction as a fact that is known from now (what was known before stays), then a rating that sees it. All of it may be repeated.
 */
export function composeDisputes(of: {
  readonly tenant: Tenant;
  readonly disputes: Disputes;
  readonly deadlines: DisputeDeadlines;
  readonly acceptFacts: ServingDependencies['acceptFacts'];
  readonly appender: Pick<Appender, 'append'>;
  readonly pseudonyms: Pseudonyms;
  readonly workflows: DisputeWorkflows;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lookMs?: number;
}): { readonly desk: DisputeDesk; start(): void; close(): Promise<void> } {
  const { disputes, deadlines, appender, pseudonyms, workflows, clock } = of;
  let followFrom = 0;
  let ratesAgain: RatesAgain | null = null;

  const audit = async (): Promise<void> => {
    for (const { disputeId, customerId, revision, event, at } of await disputes.unaudited(AT_ONCE)) {
      const text = canonicalJson({
        format: 'probity.dispute/1',
        disputeId,
        revision,
        event: event as unknown as Json,
        at,
      });
      await appender.append({
        kind: 'dispute',
        subject: pseudonyms.of(customerId),
        body: Buffer.from(text),
        // A space keeps these keys apart from those of callers, which have none.
        once: { key: `dispute ${disputeId} ${revision}`, fingerprint: sha256(text) },
      });
      await disputes.audited(disputeId, revision);
    }
  };
  const follow = async (): Promise<void> => {
    if (Date.now() < followFrom) return;
    try {
      for (const opened of await disputes.unfollowed(AT_ONCE)) {
        await workflows.follow(opened);
        await disputes.followed(opened.disputeId);
      }
    } catch (error) {
      followFrom = Date.now() + AFTER_FAILURE_MS;
      throw error;
    }
  };
  const settle = async (): Promise<void> => {
    if (ratesAgain === null) return;
    for (const { disputeId, customerId, correction } of await disputes.unsettled(AT_ONCE)) {
      if (correction !== null) {
        const { table, values, happenedAt } = correction;
        const fact = {
          table,
          values,
          happenedAt: instant(happenedAt),
          source: DISPUTE_SOURCE,
          idempotencyKey: disputeId,
        };
        await of.acceptFacts([fact]);
      }
      await disputes.settled(disputeId, await ratesAgain(customerId, disputeId));
    }
  };
  const loop = lookLoop('disputes', [audit, follow, settle], { logger: of.logger, lookMs: of.lookMs });

  return {
    desk: {
      async open({ jurisdiction = deadlines.default, ...given }) {
        const deadline = Object.hasOwn(deadlines.laws, jurisdiction) ? deadlines.laws[jurisdiction] : undefined;
        if (deadline === undefined)
          throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
            problems: [{ at: 'jurisdiction', message: `Known: ${Object.keys(deadlines.laws).join(', ')}.` }],
          });
        const opened = openDispute({ ...given, disputeId: uuidv7(), jurisdiction }, deadline, clock.now());
        await disputes.open(opened);
        return opened;
      },
      of: (customerId) => disputes.of(customerId),
      waiting: (limit) => disputes.waiting(limit),
      async act(customerId, disputeId, event) {
        const found = await disputes.find(disputeId);
        if (found === null || found.dispute.customerId !== customerId)
          throw new ProbityError('NOT_FOUND', 'This customer has no dispute with this id.');
        if (found.dispute.state !== 'open')
          throw new ProbityError('DISPUTE_CLOSED', `This dispute is ${found.dispute.state} already.`);
        try {
          return await workflows.act(disputeId, event);
        } catch (error) {
          if (!isProbityError(error, 'WORKFLOW_NOT_FOUND')) throw error;
          // The loop has not come to it yet.
          await workflows.follow(found.dispute);
          return workflows.act(disputeId, event);
        }
      },
      rateBy(given) {
        ratesAgain = given;
      },
    },
    start: () => loop.start(),
    close: () => loop.stop(),
  };
}

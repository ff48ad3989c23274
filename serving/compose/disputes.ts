import type { Logger } from 'pino';
import { canonicalJson, instant, ProbityError, uuidv7, type Clock, type Tenant } from '../../base/index.ts';
import {
  applyDisputeEvent,
  openDispute,
  type Dispute,
  type DisputeDeadlines,
  type DisputeEvent,
} from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { CreditFiles } from '../../records/credit-file/index.ts';
import type { Disputes, RecordedDisputeEvent } from '../../records/disputes/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import { correctedEntry } from '../disputes/corrected-entry.ts';
import type { DisputeDesk, RatesAgain } from '../disputes/desk.ts';
import { DISPUTE_SOURCE } from '../events/facts.ts';
import { madeOnce } from '../http/idempotency.ts';
import { followedDesk, type FollowedWorkflows } from './followed-desk.ts';
import { lookLoop } from './look-loop.ts';

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
  readonly files: Pick<CreditFiles, 'put' | 'remove' | 'history'>;
  readonly appender: Pick<Appender, 'append'>;
  readonly pseudonyms: Pseudonyms;
  readonly workflows: FollowedWorkflows<Dispute, DisputeEvent>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lookMs?: number;
}): { readonly desk: DisputeDesk; start(): void; close(): Promise<void> } {
  const { disputes, deadlines, appender, pseudonyms, workflows, clock } = of;
  const { audit, follow, act, receiptOf } = followedDesk<Dispute, RecordedDisputeEvent>({
    name: 'dispute',
    idOf: ({ disputeId }) => disputeId,
    records: disputes,
    workflows,
    appender,
    pseudonyms,
  });
  let ratesAgain: RatesAgain | null = null;

  const settle = async (): Promise<void> => {
    if (ratesAgain === null) return;
    for (const { disputeId, customerId, correction, facts } of await disputes.unsettled(AT_ONCE)) {
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
      await disputes.settled(disputeId, await ratesAgain(customerId, disputeId, facts));
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
        const { disputeId = uuidv7() } = given;
        const opened = openDispute({ ...given, disputeId, jurisdiction }, deadline, clock.now());
        const answer = async (dispute: Dispute) => ({
          ...dispute,
          receipt: await receiptOf(disputeId, { kind: 'open' }),
        });
        const before = given.disputeId === undefined ? null : await disputes.find(disputeId);
        if (before !== null) return answer(sameAs(before.dispute, opened));
        try {
          await disputes.open(opened);
        } catch (error) {
          // The same request came twice at once.
          const standing = given.disputeId === undefined ? null : await disputes.find(disputeId);
          if (standing === null) throw error;
          return answer(sameAs(standing.dispute, opened));
        }
        return answer(opened);
      },
      of: (customerId) => disputes.of(customerId),
      waiting: (page) => disputes.waiting(page),
      async act(customerId, disputeId, event) {
        const found = await disputes.find(disputeId);
        if (found === null || found.dispute.customerId !== customerId)
          throw new ProbityError('NOT_FOUND', 'This customer has no dispute with this id.');
        if (found.dispute.state !== 'open')
          throw new ProbityError('DISPUTE_CLOSED', `This dispute is ${found.dispute.state} already.`);
        if (event.kind !== 'decide') return act(found.dispute, event);
        const { entry, ...decided } = event;
        // The file is left alone where the decision would be refused.
        applyDisputeEvent(clock.now(), found.dispute, { ...decided, entry: entry && { version: 0, removed: false } });
        const corrected =
          entry === null ? null : await correctedEntry(of.files, found.dispute, entry, event.actor, clock);
        return act(found.dispute, { ...decided, entry: corrected });
      },
      rateBy(given) {
        ratesAgain = given;
      },
    },
    start: () => loop.start(),
    close: () => loop.stop(),
  };
}

/** A dispute that stands, where it is the one that is asked for again; throws IDEMPOTENCY_CONFLICT where it is another. */
function sameAs(standing: Dispute, asked: Dispute): Dispute {
  const said = ({ customerId, about, claim, jurisdiction }: Dispute): string =>
    canonicalJson({ customerId, about, claim, jurisdiction });
  return madeOnce(standing, said(standing) === said(asked));
}

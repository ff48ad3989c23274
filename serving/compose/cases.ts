import type { Logger } from 'pino';
import { messageOf, ProbityError, type Tenant } from '../../base/index.ts';
import {
  askersOf,
  decisionTimes,
  openCase,
  parseEvidence,
  referral,
  verdictInForce,
  type AuthorityLimits,
  type CaseEvent,
  type DecisionInputs1,
  type NewCase,
  type RecordedDecision,
  type ReferralCase,
} from '../../rating/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import { createCases, createReferralSweep, type ReferredRating } from '../../records/cases/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { countRatings, type Pseudonyms } from '../../records/ratings/index.ts';
import type { CaseDesk } from '../cases/desk.ts';
import { followedDesk, type FollowedWorkflows } from './followed-desk.ts';
import { lookLoop } from './look-loop.ts';

/** The desk of a project, and the loop behind it. */
export interface RunningDesk {
  readonly desk: CaseDesk;
  /** Opens what a process that died left unopened; from then on the loop runs. */
  start(): Promise<void>;
  /** Stores what waits, and ends the loop. */
  close(): Promise<void>;
}

const AFTER_MS = 50;

/**
 * Composes the desk of referred ratings. New cases are stored in groups just after their ratings. What a crash leaves between the two is found in
 * the audit chain at the next start. A loop gives every case its workflow and every event its place in the audit chain, each exactly once, and puts a verdict in force that its own server could not.
 */
export function composeCases(of: {
  readonly tenant: Tenant;
  readonly database: Database;
  readonly appender: Appender;
  readonly pseudonyms: Pseudonyms;
  readonly authority: AuthorityLimits;
  readonly workflows: FollowedWorkflows<ReferralCase, CaseEvent>;
  readonly logger: Logger;
  readonly lookMs?: number;
}): RunningDesk {
  const { tenant, database, appender, pseudonyms, authority, workflows, logger } = of;
  const cases = createCases(database, tenant);
  const sweep = createReferralSweep(database, tenant, (evidence) => caseOfEvidence('', evidence) !== null);
  const overrides = createOverrides(database, tenant, appender);
  let pending: ReferralCase[] = [];
  let flushing: Promise<void> | null = null;

  const store = async (): Promise<void> => {
    while (pending.length > 0) {
      const group = pending;
      pending = [];
      try {
        await cases.openAll(group);
      } catch (error) {
        pending = [...group, ...pending];
        throw error;
      }
    }
  };
  /** Stores what waits; calls at once share one. */
  const flush = (): Promise<void> => {
    flushing ??= store().finally(() => (flushing = null));
    return flushing;
  };

  /** Puts what a verdict decides into the chain, where every reader of decisions finds it. */
  const putInForce = async (decided: ReferralCase): Promise<void> => {
    const verdict = verdictInForce(decided, authority);
    if (verdict !== null) await overrides.putVerdict(verdict);
  };

  const { audit, follow, act } = followedDesk<ReferralCase, CaseEvent>({
    name: 'case',
    idOf: ({ caseId }) => caseId,
    also: ({ ratingId }) => ({ ratingId }),
    follows: (after, { kind }) => (kind === 'decide' ? putInForce(after) : Promise.resolve()),
    records: cases,
    workflows,
    appender,
    pseudonyms,
  });
  const loop = lookLoop('cases', [flush, audit, follow], { logger, lookMs: of.lookMs });

  const openFound = (ratings: readonly ReferredRating[]): Promise<void> =>
    cases.openAll(
      ratings.flatMap(({ ratingId, at, evidence }) => {
        const opened = caseOfEvidence(ratingId, evidence);
        return opened === null ? [] : [openCase(opened, authority, at)];
      }),
    );
  const known = async (caseId: string) => {
    await flush();
    const found = await cases.find(caseId);
    if (found === null) throw new ProbityError('UNKNOWN_CASE', 'No case with this id is on record.');
    return found;
  };

  return {
    desk: {
      refer(opened, at) {
        if (pending.push(openCase(opened, authority, at)) > 1 || flushing !== null) return;
        setTimeout(() => void flush().catch(() => {}), AFTER_MS).unref();
      },
      page: (options) => cases.page(options),
      async find(caseId) {
        const found = await known(caseId);
        return { ...found, events: await cases.events(caseId) };
      },
      async act(caseId, event) {
        const found = await known(caseId);
        if (found.case.closedAt !== null)
          throw new ProbityError('CASE_CLOSED', `This case is ${found.case.state} already.`);
        return act(found.case, event);
      },
      ofCustomer: async (customerId) => {
        await flush();
        return (await cases.ofCustomer(customerId)).map(({ case: each }) => each);
      },
      async times(from, until) {
        const [decisions, opened] = await Promise.all([
          countRatings(database, tenant, from, until),
          cases.opened(from, until),
        ]);
        return decisionTimes(decisions, opened);
      },
    },
    async start() {
      const found = await sweep.sweep(openFound);
      if (found > 0) logger.info({ cases: found }, 'cases were opened for referred ratings that had none');
      loop.start();
    },
    async close() {
      await loop.stop();
      await flush().catch((error: unknown) =>
        logger.warn({ problem: messageOf(error) }, 'cases wait: the next start finds them in the audit chain'),
      );
    },
  };
}

/** The case that a rating's evidence opens, or null. */
function caseOfEvidence(ratingId: string, text: string): NewCase | null {
  const { inputs, answer } = parseEvidence(text);
  const { decision } = answer as unknown as {
    readonly decision?: Pick<RecordedDecision, 'outcome' | 'causes' | 'currency' | 'limit'>;
  };
  if (decision === undefined) return null;
  const asked = inputs as unknown as DecisionInputs1;
  const { customerId } = asked.request;
  return referral({
    ratingId,
    outcome: decision.outcome,
    causes: decision.causes,
    currency: decision.currency,
    amountMinor: asked.decision.request.amountMinor,
    limit: decision.limit,
    customerId: typeof customerId === 'string' ? customerId : null,
    askers: askersOf(asked.request),
  });
}

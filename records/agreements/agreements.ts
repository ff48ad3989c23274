import { sql } from 'kysely';
import { ProbityError, type Instant, type Tenant } from '../../base/index.ts';
import type { ImprovementAgreement } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';

export interface StoredAgreement {
  readonly agreement: ImprovementAgreement;
  readonly revision: number;
}

/** A state that an agreement took, by whom and when. */
export interface AgreementStep {
  readonly revision: number;
  readonly state: ImprovementAgreement['state'];
  readonly actor: string;
  readonly at: string;
}

/** The improvement agreements of one tenant. */
export interface Agreements {
  /** Puts a new agreement on record; repeated, it answers the one that is there. */
  agree(agreement: ImprovementAgreement): Promise<StoredAgreement>;
  /**
   * Stores the state after a review or a cancellation, `revision` being the one that it was worked out from. Throws CONFLICT where another
   * change came first, NOT_FOUND where there is no such agreement.
   */
  close(after: ImprovementAgreement, revision: number, actor: string): Promise<StoredAgreement>;
  find(agreementId: string): Promise<StoredAgreement | null>;
  steps(agreementId: string): Promise<readonly AgreementStep[]>;
  /** Agreements of a customer, the latest due first. */
  ofCustomer(customerId: string): Promise<readonly StoredAgreement[]>;
  /** Which of these customers have an open agreement. */
  openAmong(customerIds: readonly string[]): Promise<readonly string[]>;
  /** Agreements made within [from, until), the earliest first. */
  madeWithin(from: Instant, until: Instant, limit: number): Promise<readonly StoredAgreement[]>;
  /** Open agreements due on this ISO date or before, the earliest first. */
  dueBy(day: string, limit?: number): Promise<readonly StoredAgreement[]>;
}

export function createAgreements({ db }: Database, tenant: Tenant): Agreements {
  const rows = () => db.selectFrom('improvement_agreements').select(['body', 'revision']).where('tenant', '=', tenant);
  const stored = ({ body, revision }: { body: ImprovementAgreement; revision: number }): StoredAgreement => ({
    agreement: body,
    revision,
  });
  const find = async (agreementId: string): Promise<StoredAgreement | null> => {
    const row = await rows().where('agreement_id', '=', agreementId).executeTakeFirst();
    return row ? stored(row) : null;
  };
  return {
    find,
    async agree(agreement) {
      const { agreementId, customerId, ratingId, state, due, agreedBy, agreedAt } = agreement;
      await db.transaction().execute(async (trx) => {
        const key = { tenant, agreement_id: agreementId };
        await trx
          .insertInto('improvement_agreements')
          .values({
            ...key,
            customer_id: customerId,
            rating_id: ratingId,
            state,
            due,
            revision: 0,
            body: JSON.stringify(agreement),
          })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
        await trx
          .insertInto('improvement_agreement_states')
          .values({ ...key, revision: 0, state, actor: agreedBy, at: agreedAt })
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      });
      return stored(await rows().where('agreement_id', '=', agreementId).executeTakeFirstOrThrow());
    },
    async close(after, revision, actor) {
      const { agreementId, state, closedAt } = after;
      if (state === 'open' || closedAt === null)
        throw new ProbityError('INVALID_INPUT', 'The agreement is still open: there is nothing to store.');
      await db.transaction().execute(async (trx) => {
        const changed = await trx
          .updateTable('improvement_agreements')
          .set({ state, revision: revision + 1, body: JSON.stringify(after) })
          .where('tenant', '=', tenant)
          .where('agreement_id', '=', agreementId)
          .where('revision', '=', revision)
          .where('state', '=', 'open')
          .executeTakeFirst();
        if (changed.numUpdatedRows === 0n) {
          const known = await trx
            .selectFrom('improvement_agreements')
            .select('revision')
            .where('tenant', '=', tenant)
            .where('agreement_id', '=', agreementId)
            .executeTakeFirst();
          throw known === undefined
            ? new ProbityError('NOT_FOUND', 'There is no such improvement agreement.')
            : new ProbityError('CONFLICT', 'The agreement was changed meanwhile.');
        }
        await trx
          .insertInto('improvement_agreement_states')
          .values({ tenant, agreement_id: agreementId, revision: revision + 1, state, actor, at: closedAt })
          .execute();
      });
      return { agreement: after, revision: revision + 1 };
    },
    async steps(agreementId) {
      const found = await db
        .selectFrom('improvement_agreement_states')
        .select(['revision', 'state', 'actor', 'at'])
        .where('tenant', '=', tenant)
        .where('agreement_id', '=', agreementId)
        .orderBy('revision')
        .execute();
      return found.map((step) => ({ ...step, at: step.at.toISOString() }));
    },
    async ofCustomer(customerId) {
      const found = await rows()
        .where('customer_id', '=', customerId)
        .orderBy('due', 'desc')
        .orderBy('agreement_id')
        .execute();
      return found.map(stored);
    },
    async openAmong(customerIds) {
      if (customerIds.length === 0) return [];
      const found = await db
        .selectFrom('improvement_agreements')
        .select('customer_id')
        .distinct()
        .where('tenant', '=', tenant)
        .where('customer_id', 'in', customerIds)
        .where('state', '=', 'open')
        .execute();
      return found.map((row) => row.customer_id);
    },
    async madeWithin(from, until, limit) {
      const found = await db
        .selectFrom('improvement_agreements as a')
        .innerJoin('improvement_agreement_states as s', (join) =>
          join.onRef('s.tenant', '=', 'a.tenant').onRef('s.agreement_id', '=', 'a.agreement_id'),
        )
        .select(['a.body', 'a.revision'])
        .where('a.tenant', '=', tenant)
        .where('s.revision', '=', 0)
        .where('s.at', '>=', sql<Date>`${from}`)
        .where('s.at', '<', sql<Date>`${until}`)
        .orderBy('s.at')
        .orderBy('a.agreement_id')
        .limit(limit)
        .execute();
      return found.map(stored);
    },
    async dueBy(day, limit = 1000) {
      const found = await rows()
        .where('state', '=', 'open')
        .where('due', '<=', day)
        .orderBy('due')
        .orderBy('agreement_id')
        .limit(limit)
        .execute();
      return found.map(stored);
    },
  };
}

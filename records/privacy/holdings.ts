import { sql, type RawBuilder, type Transaction } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import { CONTRACTS } from '../../features/contracts/index.ts';
import { namedParties, PARTY_COLUMNS } from '../../features/erasure/index.ts';
import { lawfulChange, type Schema } from '../database/index.ts';

/** What an erasure needs to know in one table: whose rows, and how a customer's id becomes a pseudonym in SQL. */
export interface ErasureScope {
  readonly trx: Transaction<Schema>;
  readonly tenant: Tenant;
  /** Ids of the customers, as the tables hold them. */
  readonly ids: readonly string[];
  readonly pseudonym: (column: RawBuilder<unknown>) => RawBuilder<string>;
}

/** A table that names customers: where it does, and what an erasure does there. */
export interface Holding {
  /** SQL expressions that give the ids of customers in a row. */
  readonly names: readonly string[];
  /** Answers how many rows were removed or rewritten. Doing it again changes nothing. */
  readonly erase: (scope: ErasureScope) => Promise<number>;
}

const changed = async (statement: RawBuilder<unknown>, { trx }: ErasureScope): Promise<number> =>
  Number((await statement.execute(trx)).numAffectedRows ?? 0n);

/** Removes the rows whose column is one of the ids. */
const removeWhere =
  (table: string, column: string) =>
  (scope: ErasureScope): Promise<number> =>
    changed(
      sql`delete from ${sql.id(table)} where tenant = ${scope.tenant} and ${sql.id(column)} = any(${scope.ids})`,
      scope,
    );

/** What a person typed may name the customer. */
const SAID = '(erased)';

/** That what a verdict put in force, where a value holds one, loses its conditions, which hold people's words. */
const withoutConditions = (value: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${value} ? 'outcome'
    then jsonb_build_object('outcome', (${value} -> 'outcome') || '{"conditions": []}'::jsonb) else '{}' end`;

/** Every table of the operational database that names customers, by name. The chain is erased by pseudonym (`eraseSubject`), not here. */
export const HOLDINGS: { readonly [table: string]: Holding } = {
  // Where another customer's fact names one (a guarantor), the name goes, as in the warehouse.
  facts: {
    names: ['entity_id', ...PARTY_COLUMNS.map((name) => `row_values ->> '${name}'`)],
    erase: async (scope) => {
      let count = 0;
      for (const contract of CONTRACTS) {
        for (const column of namedParties(contract))
          count += await changed(
            sql`update facts set row_values = row_values - ${column}::text where tenant = ${scope.tenant}
              and table_name = ${contract.name} and row_values ->> ${column}::text = any(${scope.ids})
              and entity_id <> all(${scope.ids})`,
            scope,
          );
      }
      const held = PARTY_COLUMNS.map((name) => sql`row_values ->> ${sql.lit(name)} = any(${scope.ids})`);
      const gone = await changed(
        sql`delete from facts where tenant = ${scope.tenant}
          and (entity_id = any(${scope.ids}) or ${sql.join(held, sql` or `)})`,
        scope,
      );
      return count + gone;
    },
  },
  subject_keys: { names: ['subject'], erase: removeWhere('subject_keys', 'subject') },
  // Another customer's guarantee stays; whose customer id the guarantor has does not.
  credit_file_entries: {
    names: ['customer_id', "open ->> 'guarantorId'"],
    erase: async (scope) =>
      (await removeWhere('credit_file_entries', 'customer_id')(scope)) +
      (await changed(
        sql`update credit_file_entries set open = open - 'guarantorId'
          where tenant = ${scope.tenant} and open ->> 'guarantorId' = any(${scope.ids})`,
        scope,
      )),
  },
  // That somebody looked, who and when stay, as proof that looks were lawful.
  data_accesses: {
    names: ['subject'],
    erase: async (scope) => {
      await lawfulChange(scope.trx, 'erasure');
      return changed(
        sql`update data_accesses set subject = ${scope.pseudonym(sql`subject`)}, purpose = ${SAID}
          where tenant = ${scope.tenant} and subject = any(${scope.ids})`,
        scope,
      );
    },
  },
  // So does on what basis data were held.
  legal_bases: {
    names: ['subject'],
    erase: (scope) =>
      changed(
        sql`update legal_bases set subject = ${scope.pseudonym(sql`subject`)}
          where tenant = ${scope.tenant} and subject = any(${scope.ids})`,
        scope,
      ),
  },
  // A link still answers that it shows nothing, and its openings stay.
  report_links: {
    names: ['customer_id'],
    erase: (scope) =>
      changed(
        sql`update report_links set customer_id = ${scope.pseudonym(sql`customer_id`)}
          where tenant = ${scope.tenant} and customer_id = any(${scope.ids})`,
        scope,
      ),
  },
  // How long the decision took, and what it was, stay for the reports; whose case it was, and what people wrote, do not.
  referral_cases: {
    names: ['customer_id'],
    erase: async (scope) => {
      const { tenant, ids } = scope;
      await sql`update referral_case_events e set audited = true, event = e.event
          || case when e.event ? 'reason' then jsonb_build_object('reason', ${SAID}::text) else '{}' end
          || case when e.event ? 'documents' then '{"documents": []}'::jsonb else '{}' end
          || ${withoutConditions(sql`e.event`)}
        from referral_cases c where c.tenant = e.tenant and c.case_id = e.case_id
          and c.tenant = ${tenant} and c.customer_id = any(${ids})`.execute(scope.trx);
      return changed(
        sql`update referral_cases set customer_id = null, followed = true,
            state = case when closed_at is null then 'withdrawn' else state end,
            closed_at = coalesce(closed_at, clock_timestamp()),
            body = body || jsonb_build_object('customerId', null, 'documentsAwaited', '[]'::jsonb,
              'opinions', coalesce((select jsonb_agg(o || jsonb_build_object('reason', ${SAID}::text) || ${withoutConditions(sql`o`)})
                from jsonb_array_elements(body -> 'opinions') o), '[]'),
              'state', case when closed_at is null then 'withdrawn' else state end,
              'closedAt', to_char(coalesce(closed_at, clock_timestamp()) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
              || ${withoutConditions(sql`body`)}
          where tenant = ${tenant} and customer_id = any(${ids})`,
        scope,
      );
    },
  },
  improvement_agreements: {
    names: ['customer_id'],
    erase: async (scope) => {
      await sql`delete from improvement_agreement_states s using improvement_agreements a
        where a.tenant = s.tenant and a.agreement_id = s.agreement_id
          and a.tenant = ${scope.tenant} and a.customer_id = any(${scope.ids})`.execute(scope.trx);
      return removeWhere('improvement_agreements', 'customer_id')(scope);
    },
  },
  // What was warned of, how strongly and with what end stay for the reviews of triggers; of whom, and what people did and wrote, do not.
  early_warnings: {
    names: ['customer_id'],
    erase: async (scope) => {
      const { tenant, ids, pseudonym } = scope;
      await sql`delete from early_warning_events e using early_warnings w
        where w.tenant = e.tenant and w.warning_id = e.warning_id
          and w.tenant = ${tenant} and w.customer_id = any(${ids})`.execute(scope.trx);
      return changed(
        sql`update early_warnings set customer_id = ${pseudonym(sql`customer_id`)}, followed = true, state = 'closed',
            closed_at = coalesce(closed_at, clock_timestamp()),
            body = (body #- '{raisedBy,signals}' #- '{lastSeen,signals}')
              || jsonb_build_object('customerId', ${pseudonym(sql`customer_id`)}, 'measures', '[]'::jsonb, 'state', 'closed',
              'closedAt', to_char(coalesce(closed_at, clock_timestamp()) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
          where tenant = ${tenant} and customer_id = any(${ids})`,
        scope,
      );
    },
  },
  // Others who shared a warning that went by this customer are seen anew by the next look.
  signal_triggers: {
    names: ['customer_id'],
    erase: async (scope) => {
      const { tenant, ids } = scope;
      const own = await removeWhere('signal_triggers', 'customer_id')(scope);
      await sql`delete from signal_triggers where tenant = ${tenant} and body -> 'circle' ->> 'subject' = any(${ids})`.execute(
        scope.trx,
      );
      await sql`update signal_triggers set body = body #- '{circle,left}' where tenant = ${tenant} and exists (
        select from jsonb_array_elements(body -> 'circle' -> 'left') l where l ->> 'subject' = any(${ids}))`.execute(
        scope.trx,
      );
      return own;
    },
  },
  // Another customer's warning stays; that this one has to do with it does not.
  signal_members: {
    names: ['subject', 'member_id'],
    erase: async (scope) =>
      (await removeWhere('signal_members', 'subject')(scope)) +
      (await removeWhere('signal_members', 'member_id')(scope)),
  },
  // Of a review what was concluded, and when, stays.
  customer_reviews: {
    names: ['customer_id'],
    erase: async (scope) => {
      const { tenant, ids, pseudonym } = scope;
      await sql`delete from customer_review_events e using customer_reviews r
        where r.tenant = e.tenant and r.review_id = e.review_id
          and r.tenant = ${tenant} and r.customer_id = any(${ids})`.execute(scope.trx);
      return changed(
        sql`update customer_reviews set customer_id = ${pseudonym(sql`customer_id`)}, followed = true,
            state = case when closed_at is null then 'cancelled' else state end,
            filed = case when closed_at is null then 'cancelled' else state end,
            closed_at = coalesce(closed_at, clock_timestamp()),
            body = jsonb_set(jsonb_set(jsonb_set(body, '{findings,changes}', '[]'), '{findings,lapsedDocuments}', '[]') #- '{findings,decision}',
                '{findings,entries}', '[]', false)
              || jsonb_build_object('customerId', ${pseudonym(sql`customer_id`)}, 'documentsAwaited', '[]'::jsonb, 'signOffs', '[]'::jsonb,
              'state', case when closed_at is null then 'cancelled' else state end,
              'closedAt', to_char(coalesce(closed_at, clock_timestamp()) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
          where tenant = ${tenant} and customer_id = any(${ids})`,
        scope,
      );
    },
  },
  alerts: { names: ['customer_id'], erase: removeWhere('alerts', 'customer_id') },
  customer_reports: { names: ['customer_id'], erase: removeWhere('customer_reports', 'customer_id') },
  review_calendar: { names: ['customer_id'], erase: removeWhere('review_calendar', 'customer_id') },
  // That a notice went out, how and when, stays as proof; what it said, where it went and what was replied does not.
  customer_notices: {
    names: ['customer_id'],
    erase: async (scope) => {
      const { tenant, ids, pseudonym } = scope;
      await sql`update customer_notice_events e set sealed = null from customer_notices n
        where n.tenant = e.tenant and n.notice_id = e.notice_id
          and n.tenant = ${tenant} and n.customer_id = any(${ids})`.execute(scope.trx);
      return changed(
        sql`update customer_notices set customer_id = ${pseudonym(sql`customer_id`)}, next_at = null, sealed = ''
          where tenant = ${tenant} and customer_id = any(${ids})`,
        scope,
      );
    },
  },
  // That something was disputed, when, and how it ended stay for the reports; whose it was, what of, and what was said do not.
  disputes: {
    names: ['customer_id'],
    erase: async (scope) => {
      const { tenant, ids, pseudonym } = scope;
      await sql`delete from dispute_events e using disputes d
        where d.tenant = e.tenant and d.dispute_id = e.dispute_id
          and d.tenant = ${tenant} and d.customer_id = any(${ids})`.execute(scope.trx);
      return changed(
        sql`update disputes set customer_id = ${pseudonym(sql`customer_id`)}, followed = true, settled = true,
            state = case when state = 'open' then 'withdrawn' else state end,
            closed_at = coalesce(closed_at, clock_timestamp()),
            body = body || jsonb_build_object('customerId', ${pseudonym(sql`customer_id`)}, 'claim', ${SAID}::text, 'reason', ${SAID}::text,
              'about', '{"kind": "rating", "ratingId": ""}'::jsonb, 'correction', null,
              'state', case when state = 'open' then 'withdrawn' else state end,
              'closedAt', to_char(coalesce(closed_at, clock_timestamp()) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
          where tenant = ${tenant} and customer_id = any(${ids})`,
        scope,
      );
    },
  },
  // That something was on hold and since when stays.
  legal_holds: {
    names: ['customer_id'],
    erase: (scope) =>
      changed(
        sql`update legal_holds set customer_id = ${scope.pseudonym(sql`customer_id`)}, reason = ${SAID}
          where tenant = ${scope.tenant} and customer_id = any(${scope.ids})`,
        scope,
      ),
  },
  // Reports on the portfolio stay as they are, without the name.
  portfolio_report_names: { names: ['customer_id'], erase: removeWhere('portfolio_report_names', 'customer_id') },
  // Erasures of before pseudonyms stood there.
  erasures: {
    names: ['case when not hashed then subject end'],
    erase: (scope) =>
      changed(
        sql`update erasures set subject = ${scope.pseudonym(sql`subject`)}, hashed = true
          where tenant = ${scope.tenant} and not hashed and subject = any(${scope.ids})
            and not exists (select from erasures e where e.tenant = ${scope.tenant} and e.hashed
              and e.subject = ${scope.pseudonym(sql`erasures.subject`)})`,
        scope,
      ),
  },
};

import { sql, type Transaction } from 'kysely';
import { ProbityError, uuidv7, type Instant, type Json, type Tenant } from '../../base/index.ts';
import type { RuleFiles } from '../../rating/index.ts';
import type { Database, Schema } from '../database/index.ts';
import {
  proposalAfter,
  type Proposal,
  type ProposalEventKind,
  type ProposalState,
  type ProposedEffect,
  type RuleReign,
} from './proposal.ts';
import { createReigns } from './reigns.ts';
import { toProposal } from './rows.ts';

/** A rule set as `openRules` has read and tested it: only such may be drafted. */
export interface SoundRules {
  readonly hash: string;
  readonly name: string;
  readonly version: number;
  readonly files: RuleFiles;
}

export interface ApproveOptions {
  readonly reason?: string | null;
  /** In force from then on; null: from now on. Not in the past: what was in force is history. */
  readonly effectiveFrom?: Instant | null;
  /** Another simulated effect of the set that the approver was shown, such as that on a table. */
  readonly effect?: Json;
}

/** The rule sets of one tenant: proposals, and what was in force when. */
export interface RuleSets {
  /** Stores a rule set and a draft proposal of it; `proposalId`: a UUID of the caller's, of which no other proposal is made. */
  draft(rules: SoundRules, author: string, note?: string | null, proposalId?: string): Promise<Proposal>;
  /** Asks for approval, with what the set would do to decisions on record. Throws DECISION_REFUSED for the effect of another set. */
  submit(proposalId: string, actor: string, effect: ProposedEffect): Promise<Proposal>;
  /** Puts a submitted set in force, by a second person. */
  approve(proposalId: string, actor: string, options?: ApproveOptions): Promise<RuleReign>;
  reject(proposalId: string, actor: string, reason: string): Promise<Proposal>;
  /** Puts the set that was in force before the present one in force again, and cancels reigns that have not begun. */
  rollback(actor: string, reason: string, check?: (rulesHash: string) => Promise<void>): Promise<RuleReign>;
  /** In force at an instant, or null: the registry had none. */
  at(instant: Instant): Promise<RuleReign | null>;
  /** In force now, by the database's clock. */
  standing(): Promise<RuleReign | null>;
  /** All reigns, newest first, those to come included. */
  history(): Promise<readonly RuleReign[]>;
  /** Newest first; `before` a proposal's id: those older than it. */
  proposals(filter?: {
    readonly state?: ProposalState;
    readonly limit?: number;
    readonly before?: string;
  }): Promise<readonly Proposal[]>;
  /** By its id or the first characters of its id or hash. Throws NOT_REGISTERED. */
  proposal(id: string): Promise<Proposal>;
  /** The files of a set. Throws NOT_REGISTERED. */
  load(hash: string): Promise<RuleFiles>;
}

type Trx = Transaction<Schema>;

export function createRuleSets(database: Database, tenant: Tenant): RuleSets {
  const { db } = database;

  const rows = () =>
    db
      .selectFrom('rule_proposals as p')
      .innerJoin('rule_sets as s', (join) =>
        join.onRef('s.tenant', '=', 'p.tenant').onRef('s.rules_hash', '=', 'p.rules_hash'),
      )
      .selectAll('p')
      .select(['s.name', 's.version'])
      .where('p.tenant', '=', tenant);

  const withEvents = async (found: readonly Awaited<ReturnType<ReturnType<typeof rows>['execute']>>[number][]) => {
    if (found.length === 0) return [];
    const events = await db
      .selectFrom('rule_events')
      .selectAll()
      .where('tenant', '=', tenant)
      .where(
        'proposal_id',
        'in',
        found.map((row) => row.proposal_id),
      )
      .orderBy('at')
      .execute();
    return found.map((row) =>
      toProposal(
        row,
        events.filter((event) => event.proposal_id === row.proposal_id),
      ),
    );
  };

  const proposal = async (id: string): Promise<Proposal> => {
    const all = /^[0-9a-f-]{8,64}$/i.test(id)
      ? await rows()
          .where(sql<boolean>`(starts_with(p.proposal_id::text, ${id}) or starts_with(p.rules_hash, ${id}))`)
          .orderBy('p.created_at', 'desc')
          .limit(20)
          .execute()
      : [];
    const [newest] = all;
    if (newest === undefined)
      throw new ProbityError('NOT_REGISTERED', 'There is no proposal of rules with this id or hash.', {
        fix: 'Give at least 8 characters; `probity rules list` shows them.',
      });
    if (all.some((row) => row.rules_hash !== newest.rules_hash))
      throw new ProbityError('INVALID_INPUT', 'Several proposals start so.', { fix: 'Give more characters.' });
    const [found] = await withEvents([newest]);
    if (found === undefined) throw new ProbityError('NOT_REGISTERED', 'There is no proposal of rules with this id.');
    return found;
  };

  const step = async (
    trx: Trx,
    proposalId: string,
    event: {
      readonly kind: ProposalEventKind;
      readonly actor: string;
      readonly reason: string | null;
      readonly effect?: Json;
    },
  ): Promise<string> => {
    const row = await trx
      .selectFrom('rule_proposals')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('proposal_id', '=', proposalId)
      .forUpdate()
      .executeTakeFirstOrThrow(() => new ProbityError('NOT_REGISTERED', 'There is no proposal of rules with this id.'));
    const submitted = await trx
      .selectFrom('rule_events')
      .select(['actor', 'effect'])
      .where('tenant', '=', tenant)
      .where('proposal_id', '=', proposalId)
      .where('kind', '=', 'submit')
      .executeTakeFirst();
    const { state, author } = row;
    const { kind, actor, reason, effect = null } = event;
    const effects = { rulesHash: row.rules_hash, submitted: submitted?.effect ?? null, brought: effect };
    const next = proposalAfter({ state, author, submitter: submitted?.actor ?? null }, event, effects);
    await trx
      .insertInto('rule_events')
      .values({ tenant, proposal_id: proposalId, kind, actor, reason, effect: JSON.stringify(effect) })
      .execute();
    await trx
      .updateTable('rule_proposals')
      .set({ state: next })
      .where('tenant', '=', tenant)
      .where('proposal_id', '=', proposalId)
      .execute();
    return row.rules_hash;
  };

  const reigns = createReigns(database, tenant);

  return {
    proposal,

    async draft(rules, author, note = null, proposalId = uuidv7()) {
      if (author.trim() === '') throw new ProbityError('DECISION_REFUSED', 'A draft needs an author.');
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('rule_sets')
          .values({
            tenant,
            rules_hash: rules.hash,
            name: rules.name,
            version: rules.version,
            files: JSON.stringify(rules.files),
          })
          .onConflict((conflict) => conflict.columns(['tenant', 'rules_hash']).doNothing())
          .execute();
        await trx
          .insertInto('rule_proposals')
          .values({ tenant, proposal_id: proposalId, rules_hash: rules.hash, state: 'draft', author, note })
          .execute();
      });
      return proposal(proposalId);
    },

    async submit(proposalId, actor, effect) {
      const event = { kind: 'submit', actor, reason: null, effect: effect as unknown as Json } as const;
      await db.transaction().execute((trx) => step(trx, proposalId, event));
      return proposal(proposalId);
    },

    async approve(proposalId, actor, { reason = null, effectiveFrom = null, effect = null } = {}) {
      return db.transaction().execute(async (trx) => {
        const now = await reigns.nextInstant(trx);
        const from = effectiveFrom === null ? now : new Date(effectiveFrom);
        if (from < now)
          throw new ProbityError('DECISION_REFUSED', 'Rules cannot be put in force in the past.', {
            fix: 'Name an instant to come, or none: from now on.',
          });
        const taken = await reigns.isTaken(trx, from);
        if (taken) throw new ProbityError('CONFLICT', 'Other rules are to be in force from this very instant.');
        const rulesHash = await step(trx, proposalId, { kind: 'approve', actor, reason, effect });
        return reigns.seat(trx, { rulesHash, how: 'approve', proposalId, actor, reason }, from);
      });
    },

    async reject(proposalId, actor, reason) {
      await db.transaction().execute((trx) => step(trx, proposalId, { kind: 'reject', actor, reason }));
      return proposal(proposalId);
    },

    rollback: reigns.rollback,
    at: reigns.at,
    standing: reigns.standing,
    history: reigns.history,

    async proposals(filter = {}) {
      let query = rows()
        .orderBy('p.created_at', 'desc')
        .orderBy('p.proposal_id', 'desc')
        .limit(filter.limit ?? 200);
      if (filter.state) query = query.where('p.state', '=', filter.state);
      if (filter.before)
        query = query.where(
          sql<boolean>`(p.created_at, p.proposal_id) < (select created_at, proposal_id from rule_proposals
            where tenant = ${tenant} and proposal_id = ${filter.before}::uuid)`,
        );
      return withEvents(await query.execute());
    },

    async load(hash) {
      const row = await db
        .selectFrom('rule_sets')
        .select('files')
        .where('tenant', '=', tenant)
        .where('rules_hash', '=', hash)
        .executeTakeFirst();
      if (!row) throw new ProbityError('NOT_REGISTERED', 'No rule set with this hash is stored.');
      return row.files;
    },
  };
}

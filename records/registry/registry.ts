import { sql, type Transaction } from 'kysely';
import { contentHash, ProbityError, uuidv7, type Json, type Tenant } from '../../base/index.ts';
import { decide, slotKey, type CandidateState, type Decision, type Slot } from '../../models/registry/index.ts';
import type { Database, Schema } from '../database/index.ts';
import { toCandidate, toModel, type Candidate, type NewCandidate, type RegisteredModel } from './rows.ts';

/** Stores models, candidates, validations and decisions of one tenant. Every call is idempotent: the same call twice leaves one row. */
export interface Registry {
  /** Registers a model and its candidacy for a slot. The same run and slot again answers the first candidate; another model for them is a CONFLICT. */
  registerCandidate(candidate: NewCandidate): Promise<Candidate>;
  /** Adds a validation report; the newest one tells whether the gates passed. */
  recordValidation(candidateId: string, report: Json, gatesPassed: boolean): Promise<void>;
  /** Takes a decision (see models/registry `decide`). The same actor's same decision again changes nothing. */
  decide(candidateId: string, decision: Decision): Promise<Candidate>;
  /** Marks all other waiting candidates of the slot as superseded; returns their ids. */
  supersedeOthers(candidateId: string, actor: string): Promise<readonly string[]>;
  candidate(candidateId: string): Promise<Candidate>;
  /** Newest first; of one state or slot where given. */
  candidates(filter?: {
    readonly state?: CandidateState;
    readonly slot?: Slot;
    readonly limit?: number;
  }): Promise<readonly Candidate[]>;
  /** The newest validation report of a candidate, or null. */
  validation(candidateId: string): Promise<Json>;
  model(modelHash: string): Promise<RegisteredModel>;
  /** Models whose hash starts with `prefix`, for the command line. */
  modelsLike(prefix: string): Promise<readonly RegisteredModel[]>;
}

type Trx = Transaction<Schema>;

export function createRegistry(database: Database, tenant: Tenant): Registry {
  const { db } = database;

  const candidateRows = () =>
    db
      .selectFrom('candidates as c')
      .innerJoin('models as m', (join) =>
        join.onRef('m.tenant', '=', 'c.tenant').onRef('m.model_hash', '=', 'c.model_hash'),
      )
      .leftJoin('decisions as d', (join) =>
        join.onRef('d.tenant', '=', 'c.tenant').onRef('d.candidate_id', '=', 'c.candidate_id'),
      )
      .selectAll('c')
      .select(['d.actor', 'd.reason', 'd.decided_at', 'd.kind', 'm.use'])
      .where('c.tenant', '=', tenant);

  const candidate = async (candidateId: string): Promise<Candidate> => {
    const row = isUuid(candidateId)
      ? await candidateRows().where('c.candidate_id', '=', candidateId).executeTakeFirst()
      : undefined;
    if (!row) throw new ProbityError('NOT_REGISTERED', 'There is no candidate with this id.');
    return toCandidate(row);
  };

  const locked = async (trx: Trx, candidateId: string) => {
    const row = isUuid(candidateId)
      ? await trx
          .selectFrom('candidates')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('candidate_id', '=', candidateId)
          .forUpdate()
          .executeTakeFirst()
      : undefined;
    if (!row) throw new ProbityError('NOT_REGISTERED', 'There is no candidate with this id.');
    return row;
  };

  const settle = async (trx: Trx, candidateId: string, decision: Decision, state: CandidateState): Promise<void> => {
    await trx
      .insertInto('decisions')
      .values({
        tenant,
        decision_id: uuidv7(),
        candidate_id: candidateId,
        kind: decision.kind,
        actor: decision.actor,
        reason: decision.reason,
      })
      .execute();
    await trx
      .updateTable('candidates')
      .set({ state })
      .where('tenant', '=', tenant)
      .where('candidate_id', '=', candidateId)
      .execute();
  };

  return {
    candidate,

    async registerCandidate(given) {
      if (!given.golden.proven) {
        throw new ProbityError(
          'GOLDEN_NOT_PROVEN',
          'The three scoring engines were not shown to agree on this artefact.',
        );
      }
      const id = await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('models')
          .values({
            tenant,
            model_hash: given.modelHash,
            name: given.name,
            artefact_ref: given.artefactRef,
            training_set_hash: given.trainingSetHash,
            feature_views: JSON.stringify(given.featureViews),
            golden: JSON.stringify(given.golden),
            use: given.use ?? 'decisions',
          })
          .onConflict((conflict) => conflict.columns(['tenant', 'model_hash']).doNothing())
          .execute();
        await trx
          .insertInto('candidates')
          .values({
            tenant,
            candidate_id: uuidv7(),
            run_id: given.runId,
            slot: slotKey(given.slot),
            model_hash: given.modelHash,
            submitter: given.submitter,
            gates_passed: null,
          })
          .onConflict((conflict) => conflict.columns(['tenant', 'run_id', 'slot']).doNothing())
          .execute();
        const row = await trx
          .selectFrom('candidates')
          .select(['candidate_id', 'model_hash'])
          .where('tenant', '=', tenant)
          .where('run_id', '=', given.runId)
          .where('slot', '=', slotKey(given.slot))
          .executeTakeFirstOrThrow();
        if (row.model_hash !== given.modelHash) {
          throw new ProbityError('CONFLICT', 'This run has registered another model for the slot.');
        }
        return row.candidate_id;
      });
      return candidate(id);
    },

    async recordValidation(candidateId, report, gatesPassed) {
      await db.transaction().execute(async (trx) => {
        await locked(trx, candidateId);
        await trx
          .insertInto('validations')
          .values({
            tenant,
            candidate_id: candidateId,
            report_hash: contentHash(report),
            report: JSON.stringify(report),
            gates_passed: gatesPassed,
          })
          .onConflict((conflict) => conflict.columns(['tenant', 'candidate_id', 'report_hash']).doNothing())
          .execute();
        await trx
          .updateTable('candidates')
          .set({ gates_passed: gatesPassed })
          .where('tenant', '=', tenant)
          .where('candidate_id', '=', candidateId)
          .execute();
      });
    },

    async decide(candidateId, decision) {
      await db.transaction().execute(async (trx) => {
        const row = await locked(trx, candidateId);
        const taken = await trx
          .selectFrom('decisions')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('candidate_id', '=', candidateId)
          .executeTakeFirst();
        if (taken && taken.kind === decision.kind && taken.actor === decision.actor) return;
        const { use } = await trx
          .selectFrom('models')
          .select('use')
          .where('tenant', '=', tenant)
          .where('model_hash', '=', row.model_hash)
          .executeTakeFirstOrThrow();
        const { state: standing, submitter, gates_passed: gatesPassed } = row;
        const state = decide({ state: standing, submitter, gatesPassed, use }, decision);
        await settle(trx, candidateId, decision, state);
      });
      return candidate(candidateId);
    },

    async supersedeOthers(candidateId, actor) {
      return db.transaction().execute(async (trx) => {
        const standing = await locked(trx, candidateId);
        const others = await trx
          .selectFrom('candidates')
          .select('candidate_id')
          .where('tenant', '=', tenant)
          .where('slot', '=', standing.slot)
          .where('state', '=', 'waiting')
          .where('candidate_id', '!=', candidateId)
          .where('submitted_at', '<=', standing.submitted_at)
          .orderBy('candidate_id')
          .forUpdate()
          .execute();
        for (const other of others) {
          const decision = { kind: 'supersede', actor, reason: `superseded by candidate ${candidateId}` } as const;
          await settle(trx, other.candidate_id, decision, 'superseded');
        }
        return others.map((other) => other.candidate_id);
      });
    },

    async candidates(filter = {}) {
      let query = candidateRows()
        .orderBy('c.submitted_at', 'desc')
        .orderBy('c.candidate_id', 'desc')
        .limit(filter.limit ?? 200);
      if (filter.state) query = query.where('c.state', '=', filter.state);
      if (filter.slot) query = query.where('c.slot', '=', slotKey(filter.slot));
      return (await query.execute()).map(toCandidate);
    },

    async validation(candidateId) {
      if (!isUuid(candidateId)) return null;
      const row = await db
        .selectFrom('validations')
        .select('report')
        .where('tenant', '=', tenant)
        .where('candidate_id', '=', candidateId)
        .orderBy('recorded_at', 'desc')
        .executeTakeFirst();
      return row?.report ?? null;
    },

    async model(modelHash) {
      const row = await db
        .selectFrom('models')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('model_hash', '=', modelHash)
        .executeTakeFirst();
      if (!row) throw new ProbityError('NOT_REGISTERED', 'No model with this hash is registered.');
      return toModel(row);
    },

    async modelsLike(prefix) {
      if (!/^[0-9a-f]{0,64}$/.test(prefix)) return [];
      const rows = await db
        .selectFrom('models')
        .selectAll()
        .where('tenant', '=', tenant)
        .where(sql<boolean>`starts_with(model_hash, ${prefix})`)
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(toModel);
    },
  };
}

function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}

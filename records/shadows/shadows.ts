import { sql, type Selectable } from 'kysely';
import { instant, ProbityError, uuidv7, type Instant, type Tenant } from '../../base/index.ts';
import { parseSlotKey, requireShadow, slotKey, type Slot, type Trial } from '../../models/registry/index.ts';
import type { Database, ShadowsTable } from '../database/index.ts';
import type { Candidate } from '../registry/index.ts';

/** A challenger in the shadow of a slot. */
export interface Shadow {
  /** Also the key under which its share of the customers is drawn. */
  readonly shadowId: string;
  readonly slot: Slot;
  readonly candidateId: string;
  readonly modelHash: string;
  /** Share of the slot's customers whose ratings it scores. */
  readonly share: number;
  readonly actor: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly endedBy: string | null;
  /** Ratings behind this record of the audit chain are scored ... */
  readonly after: number;
  /** ... up to and with this one; null: still going on. */
  readonly until: number | null;
  /** How far the chain has been read. */
  readonly through: number;
}

/** The shadows of one tenant. */
export interface Shadows {
  /** Puts a candidate in the shadow of a slot, from the next rating on; the same again with the same share answers the one that stands. CONFLICT with another share. */
  start(candidate: Candidate, trial: Omit<Trial, 'reason'>): Promise<Shadow>;
  /** Ends a shadow: ratings recorded by now are still scored, later ones are not. One that has ended stays as it is. */
  end(shadowId: string, actor: string): Promise<Shadow>;
  /** All of them, newest first. */
  list(): Promise<readonly Shadow[]>;
  /** Those that have ratings left to read, or may get some. */
  reading(): Promise<readonly Shadow[]>;
  /** Throws NOT_REGISTERED. */
  get(shadowId: string): Promise<Shadow>;
}

export function createShadows(database: Database, tenant: Tenant): Shadows {
  const { db } = database;
  const rows = () => db.selectFrom('shadows').selectAll().where('tenant', '=', tenant);
  const head = async (): Promise<number> =>
    (await db.selectFrom('chain_heads').select('sequence').where('tenant', '=', tenant).executeTakeFirst())?.sequence ??
    0;

  const get = async (shadowId: string): Promise<Shadow> => {
    const row = await rows().where('shadow_id', '=', shadowId).executeTakeFirst();
    if (row) return toShadow(row);
    throw new ProbityError('NOT_REGISTERED', 'There is no shadow with this id.');
  };

  return {
    get,
    async start(candidate, trial) {
      requireShadow(candidate, { ...trial, reason: null });
      const at = await head();
      const slot = slotKey(trial.slot);
      await db
        .insertInto('shadows')
        .values({
          tenant,
          shadow_id: uuidv7(),
          slot,
          candidate_id: candidate.candidateId,
          model_hash: candidate.modelHash,
          share: trial.share,
          actor: trial.actor,
          after_sequence: at,
          read_through: at,
          until_sequence: null,
          ended_at: null,
          ended_by: null,
        })
        .onConflict((conflict) =>
          conflict.columns(['tenant', 'slot', 'model_hash']).where('ended_at', 'is', null).doNothing(),
        )
        .execute();
      const row = await rows()
        .where('slot', '=', slot)
        .where('model_hash', '=', candidate.modelHash)
        .where('ended_at', 'is', null)
        .executeTakeFirstOrThrow();
      if (row.share === trial.share) return toShadow(row);
      throw new ProbityError('CONFLICT', 'This model shadows the slot already, for another share of its customers.', {
        fix: 'End that first: `probity models unshadow`.',
      });
    },
    async end(shadowId, actor) {
      if (actor.trim() === '') throw new ProbityError('INVALID_INPUT', 'Nobody is named as the one who ends it.');
      await get(shadowId);
      const at = await head();
      await db
        .updateTable('shadows')
        .set({ until_sequence: at, ended_at: sql<Date>`clock_timestamp()`, ended_by: actor })
        .where('tenant', '=', tenant)
        .where('shadow_id', '=', shadowId)
        .where('ended_at', 'is', null)
        .execute();
      return get(shadowId);
    },
    async list() {
      return (await rows().orderBy('shadow_id', 'desc').execute()).map(toShadow);
    },
    async reading() {
      const found = await rows()
        .where((is) => is.or([is('until_sequence', 'is', null), is('until_sequence', '>', is.ref('read_through'))]))
        .orderBy('shadow_id')
        .execute();
      return found.map(toShadow);
    },
  };
}

function toShadow(row: Selectable<ShadowsTable>): Shadow {
  return {
    shadowId: row.shadow_id,
    slot: parseSlotKey(row.slot),
    candidateId: row.candidate_id,
    modelHash: row.model_hash,
    share: row.share,
    actor: row.actor,
    startedAt: instant(row.started_at),
    endedAt: row.ended_at ? instant(row.ended_at) : null,
    endedBy: row.ended_by,
    after: row.after_sequence,
    until: row.until_sequence,
    through: row.read_through,
  };
}

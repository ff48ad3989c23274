import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import type { Shadow } from './shadows.ts';

/**
 * Why a shadow said nothing of a rating: it looks back (its future was known already), the shadow itself decided, the evidence lacks
 * features that came in the request, the snapshot cannot execute the shadow's views, the customer is not in it, or what was computed
 * again is not what the rating was computed from.
 */
export type SkipReason =
  | 'looks-back'
  | 'decided-itself'
  | 'rules-only'
  | 'not-recorded'
  | 'views-missing'
  | 'unknown-customer'
  | 'inputs-differ';

/** What a shadow said of one recorded rating, or why it said nothing. */
export interface ShadowScore {
  /** Place of the rating in the audit chain. */
  readonly sequence: number;
  readonly ratingId: string;
  readonly asOf: Instant;
  /** The model that decided, and its PD. */
  readonly decider: { readonly hash: string; readonly pd: number };
  readonly said:
    | { readonly pd: number; readonly logOdds: number; readonly inputs: 'evidence' | 'recomputed' }
    | { readonly skipped: SkipReason };
}

/** How many ratings a shadow scored, and how many it skipped, by reason. */
export interface ShadowCounts {
  readonly scored: number;
  readonly skipped: { readonly [reason: string]: number };
}

/** What shadows said, of one tenant. */
export interface ShadowScores {
  /**
   * Stores a batch and moves the shadow's place in the chain, in one transaction. Answers false, and stores nothing, where somebody else has
   * read on meanwhile. A rating whose evidence was erased since it was read is left out.
   */
  store(
    shadow: Pick<Shadow, 'shadowId' | 'through'>,
    through: number,
    scores: readonly ShadowScore[],
  ): Promise<boolean>;
  /** In the order of the chain. */
  of(shadowId: string): Promise<readonly ShadowScore[]>;
  counts(shadowId: string): Promise<ShadowCounts>;
}

const ROWS = 1_000;

export function createShadowScores(database: Database, tenant: Tenant): ShadowScores {
  const { db } = database;
  return {
    async store({ shadowId, through: from }, through, scores) {
      return db.transaction().execute(async (trx) => {
        const place = await trx
          .selectFrom('shadows')
          .select('read_through')
          .where('tenant', '=', tenant)
          .where('shadow_id', '=', shadowId)
          .forUpdate()
          .executeTakeFirst();
        if (place?.read_through !== from) return false;
        for (let at = 0; at < scores.length; at += ROWS) {
          const some = scores.slice(at, at + ROWS);
          // Whoever erases these bodies waits for this transaction, and then erases what it stored.
          const standing = await trx
            .selectFrom('record_bodies')
            .select('sequence')
            .where('tenant', '=', tenant)
            .where(
              'sequence',
              'in',
              some.map(({ sequence }) => sequence),
            )
            .where('body', 'is not', null)
            .forShare()
            .execute();
          const there = new Set(standing.map(({ sequence }) => sequence));
          const values = some
            .filter(({ sequence }) => there.has(sequence))
            .map((score) => toRow(tenant, shadowId, score));
          if (values.length > 0) await trx.insertInto('shadow_scores').values(values).execute();
        }
        await trx
          .updateTable('shadows')
          .set({ read_through: through })
          .where('tenant', '=', tenant)
          .where('shadow_id', '=', shadowId)
          .execute();
        return true;
      });
    },
    async of(shadowId) {
      const rows = await db
        .selectFrom('shadow_scores')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('shadow_id', '=', shadowId)
        .orderBy('sequence')
        .execute();
      return rows.map(({ sequence, rating_id, as_of, decider_hash, decider_pd, pd, log_odds, inputs, skipped }) => ({
        sequence,
        ratingId: rating_id,
        asOf: instant(as_of),
        decider: { hash: decider_hash, pd: decider_pd },
        said:
          pd === null || log_odds === null || inputs === null
            ? { skipped: skipped as SkipReason }
            : { pd, logOdds: log_odds, inputs },
      }));
    },
    async counts(shadowId) {
      const rows = await db
        .selectFrom('shadow_scores')
        .select(['skipped', ({ fn }) => fn.countAll<number>().as('count')])
        .where('tenant', '=', tenant)
        .where('shadow_id', '=', shadowId)
        .groupBy('skipped')
        .orderBy('skipped')
        .execute();
      const skipped = rows.flatMap(({ skipped: why, count }) => (why === null ? [] : [[why, count] as const]));
      return { scored: rows.find((row) => row.skipped === null)?.count ?? 0, skipped: Object.fromEntries(skipped) };
    },
  };
}

function toRow(tenant: Tenant, shadowId: string, { sequence, ratingId, asOf, decider, said }: ShadowScore) {
  const scored = 'pd' in said ? said : null;
  return {
    tenant,
    shadow_id: shadowId,
    sequence,
    rating_id: ratingId,
    as_of: asOf,
    decider_hash: decider.hash,
    decider_pd: decider.pd,
    pd: scored?.pd ?? null,
    log_odds: scored?.logOdds ?? null,
    inputs: scored?.inputs ?? null,
    skipped: 'skipped' in said ? said.skipped : null,
  };
}

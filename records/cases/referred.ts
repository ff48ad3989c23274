import { sql } from 'kysely';
import { instant, type Instant, type Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import { ratingIdOf } from '../ratings/index.ts';

/** A rating that was referred, as the audit chain holds it. */
export interface ReferredRating {
  readonly ratingId: string;
  readonly at: Instant;
  /** Its evidence: canonical JSON. */
  readonly evidence: string;
}

const GROUP = 5_000;

/** Finds referred ratings that have no case, as a process leaves them that dies between the two. */
export interface ReferralSweep {
  /**
   * Hands every referred rating without a case to `open`, group by group in the order of the chain, up to its present end. What was
   * swept is remembered once `open` resolves, so that nothing is looked at twice and nothing is left out. Answers how many were found.
   */
  sweep(open: (ratings: readonly ReferredRating[]) => Promise<void>): Promise<number>;
}

/**
 * `isReferral` reads evidence: the database only leaves out what cannot be a referral (its bytes do not hold `"outcome":"refer"`), so that
 * bodies of other ratings do not travel.
 */
export function createReferralSweep(
  database: Database,
  tenant: Tenant,
  isReferral: (evidence: string) => boolean,
): ReferralSweep {
  const { db } = database;
  const mark = Buffer.from('"outcome":"refer"');
  const throughNow = async (): Promise<number> => {
    const row = await db.selectFrom('case_sweeps').select('through').where('tenant', '=', tenant).executeTakeFirst();
    return row?.through ?? 0;
  };
  const remember = async (through: number): Promise<void> => {
    await db
      .insertInto('case_sweeps')
      .values({ tenant, through })
      .onConflict((conflict) =>
        conflict
          .column('tenant')
          .doUpdateSet({ through: sql<number>`greatest(case_sweeps.through, excluded.through)` }),
      )
      .execute();
  };
  const group = async (after: number, through: number): Promise<ReferredRating[]> => {
    const { rows } = await sql<{ sequence: number; hash: Buffer; at: Date; body: Buffer }>`
      select r.sequence, r.hash, r.at, b.body
      from chain_records r join record_bodies b on b.tenant = r.tenant and b.sequence = r.sequence
      where r.tenant = ${tenant} and r.sequence > ${after} and r.sequence <= ${through} and r.kind = 'rating'
        and b.body is not null and position(${mark}::bytea in b.body) > 0
        and not exists (
          select from referral_cases c
          where c.tenant = r.tenant and c.rating_id = r.sequence || '-' || left(encode(r.hash, 'hex'), 16)
        )
      order by r.sequence`.execute(db);
    return rows
      .map(({ sequence, hash, at, body }) => ({
        ratingId: ratingIdOf({ sequence, hash: hash.toString('hex') }),
        at: instant(at),
        evidence: body.toString('utf8'),
      }))
      .filter(({ evidence }) => isReferral(evidence));
  };
  return {
    async sweep(open) {
      const head = await db
        .selectFrom('chain_heads')
        .select('sequence')
        .where('tenant', '=', tenant)
        .executeTakeFirst();
      const end = head?.sequence ?? 0;
      let found = 0;
      for (let after = await throughNow(); after < end;) {
        const through = Math.min(end, after + GROUP);
        const ratings = await group(after, through);
        if (ratings.length > 0) await open(ratings);
        await remember(through);
        found += ratings.length;
        after = through;
      }
      return found;
    },
  };
}

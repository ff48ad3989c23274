import { sql } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import type { Override } from '../../rating/index.ts';
import { ERASURE } from '../audit/index.ts';
import type { Database } from '../database/index.ts';
import { overrideOfStep, OVERRIDE_KIND } from './overrides.ts';

/** The overrides that may be in force, by customer: what a rating asks, and so kept in memory and brought up to date from the audit chain. */
export interface StandingOverrides {
  /** Overrides of a customer's ratings that stand or stood and have not expired, the newest rating first, their texts sealed where they are stored so; `fresh` looks at the chain whatever was looked at just before. */
  of(customerId: string, now: string, fresh?: boolean): Promise<readonly Override[]>;
  /** One of these with what people wrote in it as it was written: kept in memory it is sealed, so that nothing outlives its key. */
  opened(override: Override): Promise<Override>;
}

/** How long what was looked at counts, milliseconds. An override of another server is seen that much later at most. */
const KEPT_MS = 1_000;
const PAGE = 500;

/** Reads the chain's steps of overrides and its erasures in order; the chain's numbers become visible in their order, so none is missed. */
export function createStandingOverrides(
  { db, texts }: Database,
  tenant: Tenant,
  pseudonymOf: (customerId: string) => string,
): StandingOverrides {
  const known = new Map<string, Map<string, Override>>();
  let through = 0;
  let lookedAt = -Infinity;
  let looking: Promise<void> | null = null;

  const forget = (now: string): void => {
    for (const [subject, overrides] of known) {
      for (const [ratingId, { expiresAt }] of overrides) if (expiresAt <= now) overrides.delete(ratingId);
      if (overrides.size === 0) known.delete(subject);
    }
  };
  const look = async (now: string): Promise<void> => {
    for (;;) {
      const rows = await db
        .selectFrom('chain_records as r')
        .leftJoin('record_bodies as b', (join) =>
          join.onRef('b.tenant', '=', 'r.tenant').onRef('b.sequence', '=', 'r.sequence'),
        )
        .select(['r.sequence', 'r.kind', 'r.subject', 'b.body'])
        .where('r.tenant', '=', tenant)
        .where('r.sequence', '>', through)
        .where(sql<boolean>`r.kind in (${sql.lit(OVERRIDE_KIND)}, ${sql.lit(ERASURE)})`)
        .orderBy('r.sequence')
        .limit(PAGE)
        .execute();
      for (const { sequence, kind, subject: who, body } of rows) {
        through = sequence;
        const subject = who?.toString('hex') ?? null;
        if (subject === null) continue;
        if (kind === ERASURE) known.delete(subject);
        if (kind !== OVERRIDE_KIND || body === null) continue;
        const override = overrideOfStep(body.toString('utf8'));
        const overrides = known.get(subject) ?? new Map<string, Override>();
        overrides.set(override.ratingId, override);
        known.set(subject, overrides);
      }
      if (rows.length < PAGE) break;
    }
    forget(now);
    lookedAt = performance.now();
  };

  return {
    async of(customerId, now, fresh = false) {
      if (fresh || performance.now() - lookedAt >= KEPT_MS) {
        // Whoever wants it fresh must not be given a look that began before they asked.
        if (fresh) await looking?.catch(() => {});
        looking ??= look(now).finally(() => (looking = null));
        await looking;
      }
      return [...(known.get(pseudonymOf(customerId))?.values() ?? [])]
        .filter(({ stoodFrom, expiresAt }) => stoodFrom !== null && now < expiresAt)
        .sort((a, b) => sequenceOf(b) - sequenceOf(a));
    },
    opened: async (override) => (texts === undefined ? override : texts.open(override)),
  };
}

const sequenceOf = ({ ratingId }: Override): number => Number.parseInt(ratingId, 10);

import { sql } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import { overrideOfStep } from '../overrides/index.ts';
import type { Pseudonyms } from '../ratings/index.ts';
import type { Override } from '../../rating/index.ts';
import { speaksForPresent } from './change.ts';
import { ratedFacts } from './evidence.ts';
import { inForceAt, type OverrideOf } from './standing.ts';

/** The limit that a customer's newest rating grants. */
export interface GrantedLimit {
  readonly ratingId: string;
  /** ISO instant that was rated as of. */
  readonly asOf: string;
  /** In total, in major units of its currency. */
  readonly limit: number;
}

/** Limits in force by ratings. */
export interface GrantedLimits {
  /**
   * What the newest ratings of these customers that speak for the present grant at an instant, under the overrides that stand. Nothing of who was never rated, was referred or declined, or whose
   * rating's validity has ended: there no limit is granted that could be compared with.
   */
  of(customerIds: readonly string[], at: string): Promise<ReadonlyMap<string, GrantedLimit>>;
}

/** Customers of one query; ratings of each that are looked through for one that is no look back. */
const [AT_ONCE, LOOK_BACK] = [2_000, 10];

interface Row {
  readonly sequence: string | number;
  readonly hash: Buffer;
  readonly kind: string;
  readonly subject: Buffer;
  readonly at: Date;
  readonly body: Buffer | null;
}

export function createGrantedLimits(
  { db }: Pick<Database, 'db'>,
  tenant: Tenant,
  pseudonyms: () => Promise<Pseudonyms>,
  overrideOf: OverrideOf,
): GrantedLimits {
  /** The newest records of some kinds of each subject, newest first. */
  const newest = async (
    subjects: readonly Buffer[],
    kinds: readonly string[],
    most: number,
  ): Promise<readonly Row[]> => {
    const { rows } = await sql<Row>`
      select s.subject, r.sequence, r.hash, r.kind, r.at, b.body
      from unnest(${subjects.map((each) => each.toString('hex'))}::text[]) u(hex),
        lateral (select decode(u.hex, 'hex') as subject) s,
        lateral (
          select c.sequence, c.hash, c.kind, c.at from chain_records c
          where c.tenant = ${tenant} and c.subject = s.subject and c.kind = any(${kinds}::text[])
          order by c.sequence desc limit ${most}) r
        left join record_bodies b on b.tenant = ${tenant} and b.sequence = r.sequence
      order by r.sequence desc`.execute(db);
    return rows;
  };
  const overridesOf = async (subjects: readonly Buffer[]): Promise<ReadonlyMap<string, readonly Override[]>> => {
    const found = new Map<string, Override[]>();
    // Oldest first, so that the last step of an override is what stands.
    for (const { subject, body } of (await newest(subjects, ['override'], 1_000)).toReversed())
      if (body !== null) {
        const key = subject.toString('hex');
        found.set(key, [...(found.get(key) ?? []), overrideOfStep(body.toString('utf8'))]);
      }
    return found;
  };
  return {
    async of(customerIds, at) {
      const granted = new Map<string, GrantedLimit>();
      if (customerIds.length === 0) return granted;
      const named = await pseudonyms();
      for (let from = 0; from < customerIds.length; from += AT_ONCE) {
        const bySubject = new Map(customerIds.slice(from, from + AT_ONCE).map((id) => [named.of(id), id] as const));
        const rated = new Map<
          string,
          { readonly ratingId: string; readonly facts: NonNullable<ReturnType<typeof ratedFacts>> } | null
        >();
        for (const row of await newest(
          [...bySubject.keys()].map((hex) => Buffer.from(hex, 'hex')),
          ['rating', 'erasure'],
          LOOK_BACK,
        )) {
          const subject = row.subject.toString('hex');
          if (rated.has(subject)) continue;
          const facts = row.kind === 'rating' && row.body !== null ? ratedFacts(row.body.toString('utf8')) : null;
          if (facts === null) rated.set(subject, null);
          else if (speaksForPresent(facts, row.at.toISOString()))
            rated.set(subject, { ratingId: `${row.sequence}-${row.hash.toString('hex').slice(0, 16)}`, facts });
        }
        const standing = [...rated].flatMap(([subject, of]) => (of === null ? [] : [{ subject, of }]));
        const overrides = await overridesOf(standing.map(({ subject }) => Buffer.from(subject, 'hex')));
        for (const { subject, of } of standing) {
          const { validUntil, asOf } = of.facts.rating;
          const isExpired = validUntil !== null && Date.parse(validUntil) <= Date.parse(at);
          const own = new Map((overrides.get(subject) ?? []).map((each) => [each.ratingId, each]));
          const decided = inForceAt({ rated: of, isExpired, overrides: own }, at, overrideOf)?.decided ?? null;
          if (isExpired || decided === null || decided.hold.held) continue;
          const { totalMinor, minorDigits } = decided.limit;
          granted.set(bySubject.get(subject) ?? '', {
            ratingId: of.ratingId,
            asOf,
            limit: totalMinor / 10 ** minorDigits,
          });
        }
      }
      return granted;
    },
  };
}

import { sql } from 'kysely';
import { canonicalJson, instant, type Instant, type Tenant } from '../../base/index.ts';
import { RETENTION, type Appender, type RetiredBodies } from '../audit/index.ts';
import { lawfulChange, type Database } from '../database/index.ts';
import type { Pseudonyms } from '../ratings/index.ts';
import { ratingsDue, retireBodies } from './bodies.ts';
import { isHeld, RETAINED, type TableKind } from './kinds.ts';
import { RETAINED_KINDS, type RetentionRules } from './rules.ts';

/** What of one kind is older than its rule allows, and what of that stays because its customer is on legal hold. */
export interface RetentionFinding {
  /** Of the rules; for facts with their table: `facts/orders`. */
  readonly kind: string;
  readonly months: number;
  readonly before: Instant;
  readonly due: number;
  readonly held: number;
}

/** Whose records, by which rules, at which instant. */
export interface RetentionScope {
  readonly database: Database;
  readonly tenant: Tenant;
  readonly rules: RetentionRules;
  readonly now: Instant;
  readonly pseudonyms: Pseudonyms;
}

/** What the rules would remove of the operational database; changes nothing. */
export async function retentionDue(scope: RetentionScope): Promise<readonly RetentionFinding[]> {
  return (await planned(scope)).findings;
}

/**
 * Removes what the rules say is due, all kinds in one transaction, and puts on record in the audit chain how much of each went and stayed, and which
 * evidence of ratings: the chain verifies by that statement. What another process adds meanwhile is not due.
 */
export async function applyRetention(
  scope: RetentionScope & { readonly actor: string; readonly appender: Appender },
): Promise<readonly RetentionFinding[]> {
  const { database, tenant } = scope;
  // On record first: what is removed without a word would be the worse of the two.
  const { findings, bodies } = await planned(scope);
  await recordRetention(scope, findings, bodies);
  await database.db.transaction().execute(async (trx) => {
    await lawfulChange(trx, 'retention');
    for (const { kind, before } of findings) {
      if (kind === 'ratings') {
        for (const each of bodies) await retireBodies(trx, tenant, each);
        continue;
      }
      const { table, parts, old } = RETAINED[kind as TableKind];
      const due = sql`t.tenant = ${tenant} and ${old(before)} and not ${isHeld(kind as TableKind)}`;
      if (parts !== undefined)
        await sql`delete from ${sql.id(parts.table)} p using ${sql.id(table)} t
          where p.tenant = t.tenant and p.${sql.id(parts.key)} = t.${sql.id(parts.key)} and ${due}`.execute(trx);
      await sql`delete from ${sql.id(table)} t where ${due}`.execute(trx);
    }
  });
  return findings;
}

/** Puts on record what is about to be removed. */
export async function recordRetention(
  { appender, actor, now }: { readonly appender: Appender; readonly actor: string; readonly now: Instant },
  findings: readonly RetentionFinding[],
  bodies: readonly RetiredBodies[] = [],
): Promise<void> {
  const content = {
    format: 'probity.retention/1',
    actor,
    at: now,
    kinds: findings.map((each) => ({ ...each })),
    ...(bodies.length === 0
      ? {}
      : {
          bodies: bodies.map(({ kind, through, except }) => ({
            kind,
            through,
            except: { subjects: [...except.subjects], sequences: [...except.sequences] },
          })),
        }),
  };
  await appender.append({ kind: RETENTION, subject: null, body: Buffer.from(canonicalJson(content)) });
}

async function planned({ database, tenant, rules, now, pseudonyms }: RetentionScope): Promise<{
  readonly findings: readonly RetentionFinding[];
  readonly bodies: readonly RetiredBodies[];
}> {
  return database.db.transaction().execute(async (trx) => {
    const findings: RetentionFinding[] = [];
    const retired: RetiredBodies[] = [];
    for (const kind of RETAINED_KINDS) {
      const months = rules[kind];
      if (months === undefined) continue;
      const before = monthsBefore(now, months);
      if (kind === 'ratings') {
        const { bodies, due, held } = await ratingsDue(trx, tenant, before, now, pseudonyms);
        findings.push({ kind, months, before, due, held });
        if (due > 0) retired.push(bodies);
        continue;
      }
      const { table, old } = RETAINED[kind];
      const { rows } = await sql<{ due: number; held: number }>`
        select count(*) filter (where not ${isHeld(kind)}) as due, count(*) filter (where ${isHeld(kind)}) as held
        from ${sql.id(table)} t where t.tenant = ${tenant} and ${old(before)}`.execute(trx);
      findings.push({ kind, months, before, due: rows[0]?.due ?? 0, held: rows[0]?.held ?? 0 });
    }
    return { findings, bodies: retired };
  });
}

/** The same instant so many calendar months earlier, at the month's last day where it is shorter. */
export function monthsBefore(now: Instant, months: number): Instant {
  const then = new Date(now);
  const day = then.getUTCDate();
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() - months);
  const last = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(day, last));
  return instant(then);
}

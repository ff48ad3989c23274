import { sql } from 'kysely';
import { sha256, type Tenant } from '../../base/index.ts';
import type { SignalRuleFiles } from '../../rating/index.ts';
import type { Database } from '../database/index.ts';
import {
  customerOf,
  customersSharing,
  joinCircle,
  keyOf,
  knownTriggers,
  membersOfCircles,
  sharedWarning,
  type KnownTrigger,
  type SharedWarning,
  type CircleMember,
} from './circles.ts';
import { waitingWarnings } from './waiting.ts';
import { newsOf, type SeenTrigger, type SignalMember, type TriggerBody } from './trigger.ts';

/** One look at some customers: all who were looked at, and what was seen. */
export interface SignalFindings {
  readonly asOf: string;
  /** Everybody who was looked at: a trigger of theirs that was not seen is gone. */
  readonly looked: readonly string[];
  readonly seen: readonly SeenTrigger[];
  /** Others who have to do with those of `seen`; they replace what was known of these subjects. */
  readonly members: readonly SignalMember[];
}

/** How many triggers are new, changed, and gone. */
export interface SignalCounts {
  readonly raised: number;
  readonly changed: number;
  readonly ceased: number;
}

/** A revision of a trigger that the desk of warnings has not been told of. */
export interface UntoldTrigger {
  readonly customerId: string;
  readonly code: string;
  readonly standing: boolean;
  readonly revision: number;
  readonly warningId: string;
  readonly body: TriggerBody;
}

/** The signals of one tenant. Every call may be repeated without effect. */
export interface SignalRecords {
  /** Stores what a look found, all of it or nothing. The same look again changes nothing, an older one neither. */
  keep(findings: SignalFindings): Promise<SignalCounts>;
  /** Those that raise a warning (`new`), or that change one that is there. Of the newest look first: what an event showed does not wait behind a night's look at everybody. */
  untold(which: 'new' | 'known', limit: number): Promise<readonly UntoldTrigger[]>;
  told(trigger: Pick<UntoldTrigger, 'customerId' | 'code' | 'revision'>): Promise<void>;
  /** Others who have to do with a subject, in order of their ids, after a place. */
  members(subject: string, after: string, limit: number): Promise<readonly SignalMember[]>;
  /** What the triggers that share a warning show together, and for how much: of those that stand, where none does, of those that did. */
  shared(warningId: string): Promise<SharedWarning>;
  /** The other customers of a warning that is shared, with what was seen of each, in order of their ids, after a place. */
  sharing(warningId: string, subject: string, after: string, limit: number): Promise<readonly CircleMember[]>;
  /** Ids of the standing warnings of a subject and of those who have to do with it, the most urgent first. */
  related(subject: string, limit: number): Promise<readonly RelatedWarning[]>;
  rememberRules(rules: {
    readonly hash: string;
    readonly version: number;
    readonly files: SignalRuleFiles;
  }): Promise<void>;
  /** Up to which acknowledged fact customers were looked at; 0: none. */
  place(): Promise<number>;
  remember(through: number): Promise<void>;
}

/** A standing warning that has to do with another one. */
export interface RelatedWarning {
  readonly warningId: string;
  readonly customerId: string;
  readonly code: string;
  readonly level: string;
  readonly because: 'customer' | SignalMember['kind'];
}

const AT_ONCE = 1_000;

export function createSignals(database: Database, tenant: Tenant): SignalRecords {
  const { db } = database;
  return {
    async keep({ asOf, looked, seen, members }) {
      return db.transaction().execute(async (trx) => {
        const counts = { raised: 0, changed: 0, ceased: 0 };
        const circles = membersOfCircles(seen, members);
        // One at a time: a look that sees no circle follows, and locks, those on record.
        await sql`select pg_advisory_xact_lock(hashtextextended(${`signal circles ${tenant}`}, 0))`.execute(trx);
        const known = await knownTriggers(trx, tenant, looked, circles);
        const at = new Date(asOf).toISOString();
        const put = async (customerId: string, code: string, row: KnownTrigger): Promise<void> => {
          const { standing, revision, warningId: warning_id, body } = row;
          const values = {
            standing,
            as_of: row.asOf,
            revision,
            warning_id,
            told: false,
            body: JSON.stringify(body),
          };
          known.set(keyOf(customerId, code), row);
          await trx
            .insertInto('signal_triggers')
            .values({ tenant, customer_id: customerId, code, ...values })
            .onConflict((conflict) => conflict.columns(['tenant', 'customer_id', 'code']).doUpdateSet(values))
            .execute();
        };
        const subjectIn = ({ customerId, body }: SeenTrigger): string => body.circle?.subject ?? customerId;
        const raising = seen.filter(({ customerId, code }) => known.get(keyOf(customerId, code))?.standing !== true);
        const waiting = await waitingWarnings(
          trx,
          tenant,
          raising.map((each) => ({ subject: subjectIn(each), code: each.code })),
        );
        const isLooked = new Set(looked);
        const shown = new Set(seen.map(({ customerId, code }) => keyOf(customerId, code)));
        /** A trigger that stands, and that this look does not find gone. */
        const stands = (key: string, row: KnownTrigger): boolean =>
          row.standing && (shown.has(key) || row.asOf > at || !isLooked.has(customerOf(key)));
        for (const each of seen) {
          const { customerId, code, body: found } = each;
          const key = keyOf(customerId, code);
          const before = known.get(key);
          if (before !== undefined && before.asOf > at) continue;
          const revision = before === undefined ? 0 : before.revision + 1;
          const name = sha256(`${tenant} ${customerId} ${code} ${revision}`).slice(0, 16);
          const own =
            waiting.get(keyOf(subjectIn(each), code)) ?? `signal-${name}-${code.toLowerCase().replaceAll('_', '-')}`;
          const joined = joinCircle(
            { customerId, code, found, before, own, members: circles.get(key) ?? [] },
            known,
            stands,
          );
          for (const [moved, row] of joined.moved) await put(customerOf(moved), code, row);
          const { warningId, body } = joined;
          if (before?.standing === true) {
            const isSameCircle = before.warningId === warningId && before.body.circle?.subject === body.circle?.subject;
            if (isSameCircle && newsOf(before.body) === newsOf(body)) continue;
            counts.changed += 1;
          } else counts.raised += 1;
          await put(customerId, code, { standing: true, asOf: at, revision, warningId, body });
        }
        for (const [key, before] of known.entries()) {
          if (!before.standing || stands(key, before)) continue;
          counts.ceased += 1;
          const [customerId, code] = JSON.parse(key) as [string, string];
          await put(customerId, code, { ...before, asOf: at, standing: false, revision: before.revision + 1 });
        }
        const subjects = [...new Set(seen.map(({ customerId }) => customerId))];
        if (subjects.length > 0)
          await trx
            .deleteFrom('signal_members')
            .where('tenant', '=', tenant)
            .where('subject', '=', sql<string>`any(${subjects})`)
            .execute();
        for (let from = 0; from < members.length; from += AT_ONCE)
          await trx
            .insertInto('signal_members')
            .values(
              members.slice(from, from + AT_ONCE).map(({ subject, kind, memberId, exposure }) => ({
                tenant,
                subject,
                kind,
                member_id: memberId,
                exposure: exposure === null ? null : String(exposure),
              })),
            )
            .onConflict((conflict) => conflict.doNothing())
            .execute();
        return counts;
      });
    },
    async untold(which, limit) {
      const raises = sql<boolean>`standing and not exists (select from early_warnings w
        where w.tenant = signal_triggers.tenant and w.warning_id = signal_triggers.warning_id)`;
      const rows = await db
        .selectFrom('signal_triggers')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('told', '=', false)
        .where(which === 'new' ? raises : sql<boolean>`not (${raises})`)
        .orderBy('as_of', 'desc')
        .orderBy('customer_id')
        .orderBy('code')
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        customerId: row.customer_id,
        code: row.code,
        standing: row.standing,
        revision: row.revision,
        warningId: row.warning_id,
        body: row.body,
      }));
    },
    async told({ customerId, code, revision }) {
      await db
        .updateTable('signal_triggers')
        .set({ told: true })
        .where('tenant', '=', tenant)
        .where('customer_id', '=', customerId)
        .where('code', '=', code)
        .where('revision', '=', revision)
        .execute();
    },
    async members(subject, after, limit) {
      const rows = await db
        .selectFrom('signal_members')
        .select(['kind', 'member_id', 'exposure'])
        .where('tenant', '=', tenant)
        .where('subject', '=', subject)
        .where((at) => at.or([at('kind', '<>', 'group'), at('exposure', 'is not', null)]))
        .where('member_id', '>', after)
        .orderBy('member_id')
        .limit(limit)
        .execute();
      return rows.map(({ kind, member_id: memberId, exposure }) => ({
        subject,
        kind,
        memberId,
        exposure: exposure === null ? null : Number(exposure),
      }));
    },
    shared: (warningId) => sharedWarning(database, tenant, warningId),
    sharing: (warningId, subject, after, limit) =>
      customersSharing(database, tenant, { warningId, subject, after, limit }),
    async related(subject, limit) {
      const found = await sql<{
        warning_id: string;
        customer_id: string;
        code: string;
        level: string;
        because: RelatedWarning['because'];
      }>`
        select w.warning_id, w.customer_id, w.code, w.level, min(o.because) as because
        from early_warnings w join (
          select ${subject}::text as id, 'customer' as because
          union select member_id, kind from signal_members where tenant = ${tenant} and subject = ${subject} and kind <> 'industry'
          union select subject, kind from signal_members where tenant = ${tenant} and member_id = ${subject}
        ) o on o.id = w.customer_id
        where w.tenant = ${tenant} and w.closed_at is null
        group by w.warning_id, w.customer_id, w.code, w.level, w.opened_at
        order by array_position(array['critical', 'warning', 'watch'], w.level), w.opened_at, w.warning_id
        limit ${limit}`.execute(db);
      return found.rows.map((row) => ({
        warningId: row.warning_id,
        customerId: row.customer_id,
        code: row.code,
        level: row.level,
        because: row.because,
      }));
    },
    async rememberRules({ hash, version, files }) {
      await db
        .insertInto('signal_rules')
        .values({ tenant, hash, version, files: JSON.stringify(files) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async place() {
      const row = await db
        .selectFrom('signal_places')
        .select('through')
        .where('tenant', '=', tenant)
        .executeTakeFirst();
      return row?.through ?? 0;
    },
    async remember(through) {
      await db
        .insertInto('signal_places')
        .values({ tenant, through })
        .onConflict((conflict) =>
          conflict
            .column('tenant')
            .doUpdateSet({ through })
            .where(sql<boolean>`signal_places.through < excluded.through`),
        )
        .execute();
    },
  };
}

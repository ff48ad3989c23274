import { sql, type Transaction } from 'kysely';
import type { Tenant } from '../../base/index.ts';
import type { ConcernedCustomer, EvidenceFact, WarningLevel } from '../../rating/index.ts';
import type { Database, Schema } from '../database/index.ts';
import type { Circle, SeenTrigger, SignalMember, TriggerBody } from './trigger.ts';

/** A trigger on record. */
export interface KnownTrigger {
  readonly standing: boolean;
  readonly asOf: string;
  readonly revision: number;
  readonly warningId: string;
  readonly body: TriggerBody;
}

/** Triggers by customer and code, and by the warning that they are part of. */
export class KnownTriggers {
  readonly #byKey = new Map<string, KnownTrigger>();
  readonly #ofWarning = new Map<string, Set<string>>();

  get(key: string): KnownTrigger | undefined {
    return this.#byKey.get(key);
  }

  set(key: string, row: KnownTrigger): void {
    const before = this.#byKey.get(key);
    if (before !== undefined) this.#ofWarning.get(before.warningId)?.delete(key);
    this.#byKey.set(key, row);
    const keys = this.#ofWarning.get(row.warningId) ?? new Set<string>();
    this.#ofWarning.set(row.warningId, keys.add(key));
  }

  /** Keys and triggers of one warning. */
  ofWarning(warningId: string): readonly (readonly [string, KnownTrigger])[] {
    return [...(this.#ofWarning.get(warningId) ?? [])].flatMap((key) => {
      const row = this.#byKey.get(key);
      return row === undefined ? [] : [[key, row] as const];
    });
  }

  entries(): readonly (readonly [string, KnownTrigger])[] {
    return [...this.#byKey];
  }
}

export const keyOf = (customerId: string, code: string): string => JSON.stringify([customerId, code]);
export const customerOf = (key: string): string => (JSON.parse(key) as [string, string])[0];

/** What the triggers of one warning show together. */
export interface SharedWarning {
  /** Those that stand, in order of their customers. */
  readonly standing: readonly { readonly customerId: string; readonly body: TriggerBody }[];
  /** Everybody whom they concern, the subject included where one of them stands or counts it in, in order of their ids. */
  readonly customers: readonly ConcernedCustomer[];
  /** Of all of these; null: not known of anybody. */
  readonly exposure: number | null;
}

/** A customer of a warning that is shared. */
export interface CircleMember extends SignalMember {
  /** What its own signals show; null: none of it, it is only concerned. */
  readonly seen: {
    readonly level: WarningLevel;
    readonly rows: readonly string[];
    readonly values: { readonly [signal: string]: number };
    readonly facts: readonly EvidenceFact[];
  } | null;
}

/** The other customers of each trigger that is part of a circle, by the trigger's key: of a group those who are counted in. */
export function membersOfCircles(
  seen: readonly SeenTrigger[],
  members: readonly SignalMember[],
): ReadonlyMap<string, readonly string[]> {
  const bySubject = new Map<string, SignalMember[]>();
  for (const member of members) {
    const list = bySubject.get(member.subject) ?? [];
    list.push(member);
    bySubject.set(member.subject, list);
  }
  return new Map(
    seen.flatMap(({ customerId, code, body: { circle } }) =>
      circle === undefined
        ? []
        : [
            [
              keyOf(customerId, code),
              (bySubject.get(customerId) ?? [])
                .filter(({ kind, exposure }) => kind === circle.kind && (kind !== 'group' || exposure !== null))
                .map(({ memberId }) => memberId),
            ],
          ],
    ),
  );
}

/** The triggers of customers who are looked at; of their circles the same codes; and all that share a warning with one of these. Locks them. */
export async function knownTriggers(
  trx: Transaction<Schema>,
  tenant: Tenant,
  looked: readonly string[],
  circles: ReadonlyMap<string, readonly string[]>,
): Promise<KnownTriggers> {
  const known = new KnownTriggers();
  const read = async (column: 'customer_id' | 'warning_id', values: readonly string[]): Promise<void> => {
    for (let from = 0; from < values.length; from += AT_ONCE) {
      const rows = await trx
        .selectFrom('signal_triggers')
        .selectAll()
        .where('tenant', '=', tenant)
        .where(column, '=', sql<string>`any(${values.slice(from, from + AT_ONCE)})`)
        .orderBy('customer_id')
        .orderBy('code')
        .forUpdate()
        .execute();
      for (const row of rows)
        known.set(keyOf(row.customer_id, row.code), {
          standing: row.standing,
          asOf: row.as_of.toISOString(),
          revision: row.revision,
          warningId: row.warning_id,
          body: row.body,
        });
    }
  };
  const all = [...new Set([...looked, ...[...circles.values()].flat()])];
  await read('customer_id', all);
  const shared = known.entries().flatMap(([, { warningId, body }]) => (body.circle === undefined ? [] : [warningId]));
  await read('warning_id', [...new Set(shared)]);
  return known;
}

const AT_ONCE = 1_000;

/**
 * The warning that a trigger is part of, and triggers that move to it: where circles meet, all of the customer's own circle take the same warning (the first by id). A
 * trigger without a circle, or whose former companions are none of its circle now, has one of its own.
 */
export function joinCircle(
  {
    customerId,
    code,
    found,
    before,
    own,
    members,
  }: {
    readonly customerId: string;
    readonly code: string;
    readonly found: TriggerBody;
    readonly before: KnownTrigger | undefined;
    /** Id of a new warning. */
    readonly own: string;
    readonly members: readonly string[];
  },
  known: KnownTriggers,
  stands: (key: string, row: KnownTrigger) => boolean,
): {
  readonly warningId: string;
  readonly body: TriggerBody;
  readonly moved: readonly (readonly [string, KnownTrigger])[];
} {
  const { circle, ...body } = found;
  const key = keyOf(customerId, code);
  const standing = before?.standing === true ? before : null;
  const near = members.flatMap((id): (readonly [string, KnownTrigger])[] => {
    const row = known.get(keyOf(id, code));
    return row !== undefined && stands(keyOf(id, code), row) ? [[keyOf(id, code), row]] : [];
  });
  const hasCompanions = (warningId: string): boolean =>
    known.ofWarning(warningId).some(([other, row]) => other !== key && stands(other, row));
  const isStaying =
    standing !== null &&
    (near.length === 0
      ? !hasCompanions(standing.warningId)
      : near.some(([, { warningId }]) => warningId === standing.warningId));
  const subjects = new Map(near.map(([other, row]) => [row.warningId, subjectOf(other, row)]));
  if (isStaying) subjects.set(standing.warningId, subjectOf(key, standing));
  const warningId = [...subjects.keys()].toSorted()[0] ?? own;
  const subject = subjects.get(warningId) ?? circle?.subject ?? customerId;
  const kind = circle?.kind ?? standing?.body.circle?.kind;
  /** The row's trigger as part of the warning. */
  const partOf = (of: TriggerBody, other: string, row: KnownTrigger | null): TriggerBody => {
    const before = row?.body.circle?.left ?? [];
    const hasLeft = row !== null && row.warningId !== warningId;
    const left = hasLeft ? [...before, { warningId: row.warningId, subject: subjectOf(other, row) }] : before;
    if (kind === undefined || (circle === undefined && subject === customerId && left.length === 0)) return of;
    return { ...of, circle: { kind, subject, ...(left.length === 0 ? {} : { left: left.slice(-MOST_LEFT) }) } };
  };
  // Whoever shares a warning with one of the circle goes along.
  const met = new Set(near.map(([, row]) => row.warningId).filter((id) => id !== warningId));
  const moved = [...met]
    .flatMap((id) => known.ofWarning(id))
    .filter(([other, row]) => other !== key && stands(other, row))
    .map(([other, row]): readonly [string, KnownTrigger] => [
      other,
      { ...row, revision: row.revision + 1, warningId, body: partOf(row.body, other, row) },
    ]);
  return { warningId, body: partOf(body, key, standing), moved };
}

/** Warnings that a trigger was part of before, at most: those that it left are told at once. */
const MOST_LEFT = 5;

const subjectOf = (key: string, { body }: KnownTrigger): string => body.circle?.subject ?? customerOf(key);

/** Rows of the triggers of one warning: those that stand, where none does all that did. */
const partsOf = (tenant: Tenant, warningId: string) => sql`
  select customer_id, body, standing from signal_triggers t
  where tenant = ${tenant} and warning_id = ${warningId} and (standing or not exists (
    select from signal_triggers o where o.tenant = t.tenant and o.warning_id = t.warning_id and o.standing))`;

/** Everybody of these: whose triggers they are, and who is counted in with them. */
const peopleOf = (tenant: Tenant) => sql`
  select id, max(exposure) as exposure from (
    select customer_id as id, (body ->> 'exposure')::numeric as exposure from parts
    union all
    select m.member_id, m.exposure from parts join signal_members m
      on m.tenant = ${tenant} and m.subject = parts.customer_id and m.kind = parts.body -> 'circle' ->> 'kind'
      and (m.kind <> 'group' or m.exposure is not null)) each group by id`;

/** Ids of a shared warning's triggers: a warning that is opened again has the revision behind. */
const first = (warningId: string): string => warningId.split('.')[0] ?? warningId;

export async function sharedWarning({ db }: Database, tenant: Tenant, warningId: string): Promise<SharedWarning> {
  const parts = await sql<{ customer_id: string; body: TriggerBody }>`
    with parts as (${partsOf(tenant, first(warningId))})
    select customer_id, body from parts where standing order by customer_id`.execute(db);
  const people = await sql<{ id: string; exposure: string | null; held: string | null }>`
    with parts as (${partsOf(tenant, first(warningId))})
    select id, exposure, sum(exposure) over () as held from (${peopleOf(tenant)}) people order by id`.execute(db);
  const held = people.rows[0]?.held ?? null;
  return {
    standing: parts.rows.map(({ customer_id: customerId, body }) => ({ customerId, body })),
    customers: people.rows.map(({ id, exposure }) => ({
      customerId: id,
      exposure: exposure === null ? null : Number(exposure),
    })),
    exposure: held === null ? null : Number(held),
  };
}

export async function customersSharing(
  { db }: Database,
  tenant: Tenant,
  { warningId, subject, after, limit }: { warningId: string; subject: string; after: string; limit: number },
): Promise<readonly CircleMember[]> {
  const found = await sql<{ id: string; kind: Circle['kind']; exposure: string | null; body: TriggerBody | null }>`
    with parts as (${partsOf(tenant, first(warningId))})
    select people.id, (select min(body -> 'circle' ->> 'kind') from parts) as kind, people.exposure, parts.body
    from (${peopleOf(tenant)}) people left join parts on parts.customer_id = people.id
    where people.id <> ${subject} and people.id > ${after} order by people.id limit ${limit}`.execute(db);
  return found.rows.map(({ id, kind, exposure, body }) => ({
    subject,
    kind,
    memberId: id,
    exposure: exposure === null ? null : Number(exposure),
    seen:
      body === null
        ? null
        : { level: body.level, rows: body.evidence.rows, values: body.evidence.values, facts: body.evidence.facts },
  }));
}

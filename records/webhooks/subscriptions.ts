import { sql, type Selectable } from 'kysely';
import { instant, ProbityError, uuidv7, type Instant, type Tenant } from '../../base/index.ts';
import type { ChangeType } from '../changes/index.ts';
import type { Database } from '../database/index.ts';
import type { WebhooksTable } from '../database/webhook-tables.ts';
import type { MasterKeys } from '../privacy/index.ts';
import { newSecret } from './signature.ts';

/** Where changes are told, and of which types. Its secret stands nowhere in it. */
export interface Webhook {
  readonly webhookId: string;
  readonly name: string;
  readonly url: string;
  readonly types: readonly ChangeType[];
  readonly state: 'active' | 'paused';
  /** Why it is paused; null: by a person, or it is not. */
  readonly pausedBecause: string | null;
  readonly createdBy: string;
  readonly createdAt: Instant;
}

/** A webhook with the secret that signs its deliveries, told once. */
export interface IssuedWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** What a webhook is made of. */
export interface NewWebhook {
  readonly name: string;
  readonly url: string;
  readonly types: readonly ChangeType[];
  readonly createdBy: string;
  /** A UUID of the caller's, of which no other webhook is made. */
  readonly webhookId?: string | undefined;
}

/** The webhooks of one tenant. */
export interface Webhooks {
  /** Tells changes from now on. */
  create(webhook: NewWebhook): Promise<IssuedWebhook>;
  list(): Promise<readonly Webhook[]>;
  /** Throws UNKNOWN_WEBHOOK, as all that follow. */
  get(webhookId: string): Promise<Webhook>;
  change(webhookId: string, to: Partial<Pick<Webhook, 'name' | 'url' | 'types'>>): Promise<Webhook>;
  /** A new secret; the one before signs, too, until then. */
  rotate(webhookId: string, previousUntil: Instant): Promise<IssuedWebhook>;
  pause(webhookId: string, because: string | null): Promise<Webhook>;
  resume(webhookId: string): Promise<Webhook>;
  /** Takes it away with its deliveries. */
  remove(webhookId: string): Promise<void>;
  /** The secrets that sign now, the newest first. */
  secrets(webhookId: string): Promise<readonly string[]>;
}

export function createWebhooks({ db }: Database, tenant: Tenant, keys: MasterKeys): Webhooks {
  const shown = (row: Selectable<WebhooksTable>): Webhook => ({
    webhookId: row.webhook_id,
    name: row.name,
    url: row.url,
    types: row.types as ChangeType[],
    state: row.state,
    pausedBecause: row.paused_because,
    createdBy: row.created_by,
    createdAt: instant(row.created_at),
  });
  const context = (webhookId: string): string => `${tenant}/webhook/${webhookId}`;
  const wrapped = (webhookId: string, secret: string): string => keys.wrap(Buffer.from(secret), context(webhookId));
  const rowOf = async (webhookId: string): Promise<Selectable<WebhooksTable>> => {
    const row = await db
      .selectFrom('webhooks')
      .selectAll()
      .where('tenant', '=', tenant)
      .where(sql<string>`webhook_id::text`, '=', webhookId)
      .executeTakeFirst();
    if (row === undefined) throw new ProbityError('UNKNOWN_WEBHOOK', 'No webhook with this id is on record.');
    return row;
  };
  const update = async (webhookId: string, set: Partial<Selectable<WebhooksTable>>): Promise<Webhook> => {
    await rowOf(webhookId);
    const row = await db
      .updateTable('webhooks')
      .set(set)
      .where('tenant', '=', tenant)
      .where('webhook_id', '=', webhookId)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw new ProbityError('UNKNOWN_WEBHOOK', 'No webhook with this id is on record.');
    return shown(row);
  };
  return {
    async create({ name, url, types, createdBy, webhookId = uuidv7() }) {
      const secret = newSecret();
      const head = await db
        .selectFrom('chain_heads')
        .select('sequence')
        .where('tenant', '=', tenant)
        .executeTakeFirst();
      const row = await db
        .insertInto('webhooks')
        .values({
          tenant,
          webhook_id: webhookId,
          name,
          url,
          types: [...types],
          secret: wrapped(webhookId, secret),
          previous_secret: null,
          previous_until: null,
          state: 'active',
          paused_because: null,
          created_by: createdBy,
          from_sequence: (head?.sequence ?? 0) + 1,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return { webhook: shown(row), secret };
    },
    async list() {
      const rows = await db
        .selectFrom('webhooks')
        .selectAll()
        .where('tenant', '=', tenant)
        .orderBy('created_at')
        .orderBy('webhook_id')
        .execute();
      return rows.map(shown);
    },
    get: async (webhookId) => shown(await rowOf(webhookId)),
    change: (webhookId, { name, url, types }) =>
      update(webhookId, {
        ...(name === undefined ? {} : { name }),
        ...(url === undefined ? {} : { url }),
        ...(types === undefined ? {} : { types: [...types] }),
      }),
    async rotate(webhookId, previousUntil) {
      const { secret: previous } = await rowOf(webhookId);
      const secret = newSecret();
      const webhook = await update(webhookId, {
        secret: wrapped(webhookId, secret),
        previous_secret: previous,
        previous_until: new Date(previousUntil),
      });
      return { webhook, secret };
    },
    pause: (webhookId, because) =>
      update(webhookId, { state: 'paused', paused_because: because, paused_at: new Date() }),
    resume: (webhookId) => update(webhookId, { state: 'active', paused_because: null, paused_at: null }),
    async remove(webhookId) {
      await rowOf(webhookId);
      await db.deleteFrom('webhooks').where('tenant', '=', tenant).where('webhook_id', '=', webhookId).execute();
    },
    async secrets(webhookId) {
      const { secret, previous_secret: previous, previous_until: until } = await rowOf(webhookId);
      const open = (text: string): string => keys.unwrap(text, context(webhookId)).toString();
      const still = previous !== null && until !== null && until.getTime() > Date.now();
      return still ? [open(secret), open(previous)] : [open(secret)];
    },
  };
}

/** Webhooks that are paused because their receiver took nothing, and since when. */
export async function givenUpWebhooks(
  { db }: Pick<Database, 'db'>,
  tenant: Tenant,
): Promise<readonly { readonly webhookId: string; readonly name: string; readonly at: Instant }[]> {
  const rows = await db
    .selectFrom('webhooks')
    .select(['webhook_id', 'name', 'paused_at'])
    .where('tenant', '=', tenant)
    .where('state', '=', 'paused')
    .where('paused_because', 'is not', null)
    .orderBy('webhook_id')
    .execute();
  return rows.flatMap(({ webhook_id: webhookId, name, paused_at: at }) =>
    at === null ? [] : [{ webhookId, name, at: instant(at.getTime()) }],
  );
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import {
  instant,
  ProbityError,
  uuidv7,
  type Clock,
  type Instant,
  type Language,
  type Tenant,
} from '../../base/index.ts';
import type { Database } from '../database/index.ts';

/** A shared report: who may see it in which language, until when. */
export interface ReportLink {
  readonly linkId: string;
  readonly customerId: string;
  readonly audience: string;
  readonly language: Language;
  readonly expiresAt: Instant;
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly revokedAt: Instant | null;
}

export interface LinkOpening {
  readonly openedAt: Instant;
  readonly outcome: 'shown' | 'expired' | 'revoked' | 'erased';
}

/** Links by which reports are shared without an account: signed, expiring, revocable, every opening on record. */
export interface ReportLinks {
  /** Makes a link; the token is in this answer only. `linkId`: a UUID of the caller's, of which no other link is made. Throws INVALID_INPUT where it would not expire in the future, within 90 days. */
  create(
    link: Omit<ReportLink, 'linkId' | 'createdAt' | 'revokedAt'> & { readonly linkId?: string | undefined },
  ): Promise<{ readonly link: ReportLink; readonly token: string }>;
  /** A link with its token, which follows from its id; null: there is none. For who made it, and is asked again. */
  find(linkId: string): Promise<{ readonly link: ReportLink; readonly token: string } | null>;
  /**
   * Opens a token and logs the opening. Throws LINK_INVALID for a token that was not made here, LINK_CLOSED for one that expired, was revoked, or
   * whose customer was erased (`isErased`).
   */
  open(token: string, isErased: (customerId: string) => Promise<boolean>): Promise<ReportLink>;
  /** Throws NOT_FOUND. Revoking again changes nothing. */
  revoke(linkId: string, actor: string): Promise<ReportLink>;
  of(customerId: string): Promise<readonly ReportLink[]>;
  openings(linkId: string): Promise<readonly LinkOpening[]>;
}

const LONGEST_MS = 90 * 86_400_000;

/** `secret` signs tokens: HMAC-SHA256 over tenant and link, so that a token cannot be guessed or made elsewhere. */
export function createReportLinks(database: Database, tenant: Tenant, secret: Uint8Array, clock: Clock): ReportLinks {
  const { db } = database;
  const signatureOf = (linkId: string): Buffer =>
    createHmac('sha256', secret).update(`report-link/${tenant}/${linkId}`).digest();
  const rows = () => db.selectFrom('report_links').selectAll().where('tenant', '=', tenant);
  const find = async (linkId: string): Promise<ReportLink | null> => {
    const row = await rows().where('link_id', '=', linkId).executeTakeFirst();
    return row ? toLink(row) : null;
  };
  const log = (linkId: string, outcome: LinkOpening['outcome']) =>
    db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`${tenant}/${linkId}`}, 2))`.execute(trx);
      await sql`insert into report_link_openings (tenant, link_id, opening, outcome)
        select ${tenant}, ${linkId}::uuid, count(*) + 1, ${outcome} from report_link_openings
        where tenant = ${tenant} and link_id = ${linkId}::uuid`.execute(trx);
    });
  const tokenOf = (linkId: string): string => `${linkId}.${signatureOf(linkId).toString('base64url')}`;
  return {
    async find(linkId) {
      const link = await find(linkId);
      return link === null ? null : { link, token: tokenOf(linkId) };
    },
    async create(link) {
      const now = Date.parse(clock.now());
      const until = Date.parse(link.expiresAt);
      if (until <= now || until > now + LONGEST_MS)
        throw new ProbityError('INVALID_INPUT', 'The link cannot expire then.', {
          problems: [{ at: 'expiresAt', message: 'Choose an instant in the future, at most 90 days from now.' }],
        });
      const linkId = link.linkId ?? uuidv7();
      const row = await db
        .insertInto('report_links')
        .values({
          tenant,
          link_id: linkId,
          customer_id: link.customerId,
          audience: link.audience,
          language: link.language,
          expires_at: link.expiresAt,
          created_by: link.createdBy,
          revoked_at: null,
          revoked_by: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      return { link: toLink(row), token: tokenOf(linkId) };
    },
    async open(token, isErased) {
      const match = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([A-Za-z0-9_-]{43})$/.exec(token);
      const linkId = match?.[1] ?? '';
      const signature = Buffer.from(match?.[2] ?? '', 'base64url');
      const right = signatureOf(linkId);
      const link = signature.length === right.length && timingSafeEqual(signature, right) ? await find(linkId) : null;
      if (link === null) throw new ProbityError('LINK_INVALID', 'This link is not valid.');
      const outcome = link.revokedAt
        ? 'revoked'
        : link.expiresAt <= clock.now()
          ? 'expired'
          : (await isErased(link.customerId))
            ? 'erased'
            : 'shown';
      await log(linkId, outcome);
      if (outcome === 'shown') return link;
      throw new ProbityError('LINK_CLOSED', 'This link shows nothing any more.');
    },
    async revoke(linkId, actor) {
      await db
        .updateTable('report_links')
        .set({ revoked_at: sql`clock_timestamp()`, revoked_by: actor })
        .where('tenant', '=', tenant)
        .where('link_id', '=', linkId)
        .where('revoked_at', 'is', null)
        .execute();
      const link = await find(linkId);
      if (link) return link;
      throw new ProbityError('NOT_FOUND', 'There is no such link.');
    },
    async of(customerId) {
      return (
        await rows().where('customer_id', '=', customerId).orderBy('created_at').orderBy('link_id').execute()
      ).map(toLink);
    },
    async openings(linkId) {
      const found = await db
        .selectFrom('report_link_openings')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('link_id', '=', linkId)
        .orderBy('opening')
        .execute();
      return found.map(({ opened_at, outcome }) => ({ openedAt: instant(opened_at), outcome }));
    },
  };
}

function toLink(row: {
  link_id: string;
  customer_id: string;
  audience: string;
  language: string;
  expires_at: Date;
  created_by: string;
  created_at: Date;
  revoked_at: Date | null;
}): ReportLink {
  return {
    linkId: row.link_id,
    customerId: row.customer_id,
    audience: row.audience,
    language: row.language === 'zh-CN' ? 'zh-CN' : 'en',
    expiresAt: instant(row.expires_at),
    createdBy: row.created_by,
    createdAt: instant(row.created_at),
    revokedAt: row.revoked_at ? instant(row.revoked_at) : null,
  };
}

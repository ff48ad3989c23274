import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, systemClock, type Clock, type Tenant } from '../base/index.ts';
import { afterNoticeEvent } from '../rating/index.ts';
import { createNotices, type Notices } from '../records/notices/index.ts';
import { composeDossiers } from '../serving/compose/dossiers.ts';
import { smtpMailer } from '../serving/mail/smtp.ts';
import { startOutbox, type Outbox } from '../serving/mail/outbox.ts';
import { noticeMails, noticeRetryAt } from '../serving/notices/outbox.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { creditFileSchema } from '../serving/openapi/customer-paths.ts';
import { issuedNoticeSchema, issuedNoticesSchema } from '../serving/openapi/notice-paths.ts';
import { ratingAdviceSchema } from '../serving/openapi/decision.ts';
import { noNotices } from './serving/no-notices.ts';
import { now, usualWorld, type World } from './serving/world.ts';
import { startMailServer, type TestMailServer } from './support/mail-server.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

const tenant = 'acme' as Tenant;
/** Mails that the server took, and what it answers next to a receiver: a code, or nothing. */
const refusals: number[] = [];
let smtp: TestMailServer;
let database: TestDatabase;
let keys: string;
let world: World;
let notices: Notices;
let vault: Awaited<ReturnType<typeof composeDossiers>>['vault'];
let outbox: Outbox;
let server: RunningServer;
let ahead = 0;
const began = Date.now();
const clock: Clock = { now: () => instant(Date.parse(now) + Date.now() - began + ahead) };
const logs: string[] = [];

beforeAll(async () => {
  smtp = await startMailServer();
  smtp.refuse = () => refusals.shift() ?? null;
  database = await startTestDatabase();
  keys = await mkdtemp(join(tmpdir(), 'probity-notices-'));
  world = usualWorld();
  const dossiers = await composeDossiers({
    tenant,
    database: database.database,
    keys,
    clock: systemClock,
    ratingIds: async () => [],
  });
  vault = dossiers.vault;
  notices = createNotices(database.database, tenant, vault, afterNoticeEvent);
  const mailer = smtpMailer({ smtp: smtp.url, from: 'Credit desk <credit@example.com>' }, {});
  const logger = pino({ level: 'info' }, { write: (line: string) => void logs.push(line) });
  outbox = startOutbox({ source: noticeMails(notices), mailer, clock, logger, lookMs: 3_600_000 });
  const desk = { ...notices, canMail: true, creditor: noNotices.creditor, wake: () => void outbox.flush() };
  server = await startServer({ ...world.deps, dossiers, notices: desk, clock }, { port: 0 });
});
afterAll(async () => {
  await server?.close();
  await outbox?.close();
  await smtp?.close();
  await database?.stop();
  await rm(keys, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(server.url + path, {
    method,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
const wanted = {
  request: { amount: '120000', currency: 'CNY', termDays: 60 },
  facts: { kind: 'company', sanctionsHit: false, documentsMissing: [], existingExposure: '0' },
};
/** A customer with a rating to be told of, and an e-mail address on file. */
async function rated(email: string | null = 'chen@example.cn', body: object = wanted): Promise<string> {
  const customerId = `C-${world.customers.size}`;
  world.know(customerId, { days_late: 0, sector: 'retail', customer_since: '2019-04-01' });
  const { body: answer } = await ask('POST', '/v1/ratings', { customerId, ...body });
  if (email !== null) {
    const contact = { body: { channel: 'email', value: email } };
    expect((await ask('POST', `/v1/customers/${customerId}/file/contact`, contact)).status).toBe(201);
  }
  return ratingAnswerSchema.parse(answer).ratingId ?? '';
}
const issue = (ratingId: string, more: object = {}) =>
  ask('POST', `/v1/ratings/${ratingId}/notices`, { language: 'en', jurisdiction: 'US', channel: 'email', ...more });
const issued = async (ratingId: string, more: object = {}) => {
  const { status, body } = await issue(ratingId, more);
  expect([status, body]).toEqual([201, expect.anything()]);
  return issuedNoticeSchema.parse(body);
};
const read = async (ratingId: string) =>
  issuedNoticesSchema.parse((await ask('GET', `/v1/ratings/${ratingId}/notices?purpose=test`)).body).items;
const act = (ratingId: string, noticeId: string, event: object) =>
  ask('POST', `/v1/ratings/${ratingId}/notices/${noticeId}/events`, event);

describe('a notice to a customer', () => {
  it('is sent by e-mail with result, reasons, advice and rights, within the days of the law, and its reply is in the file', async () => {
    const ratingId = await rated();
    const notice = await issued(ratingId);
    expect(notice).toMatchObject({ state: 'issued', to: 'chen@example.cn', outcome: 'condition', overdue: false });
    const day = new Date(Date.parse(world.recorded.at(-1)?.receipt.at ?? '') + 30 * 86_400_000)
      .toISOString()
      .slice(0, 10);
    expect(notice.dueOn).toBe(day);
    await outbox.flush();
    const [sent] = await read(ratingId);
    expect(sent).toMatchObject({ state: 'sent', nextAttemptAt: null });
    expect(sent?.events.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['issued', 'key:test'],
      ['sent', 'mail outbox'],
    ]);
    const mail = smtp.taken.at(-1) ?? '';
    const plain = mail.replaceAll('=\r\n', '').replaceAll('\r\n', '\n');
    expect(plain).toContain('To: chen@example.cn');
    expect(plain).toContain(`Message-ID: <${notice.noticeId}@example.com>`);
    const { texts } = ratingAdviceSchema.parse((await ask('GET', `/v1/ratings/${ratingId}/advice`)).body);
    expect(texts.length).toBeGreaterThan(1);
    expect(notice.notice?.advice).toEqual(texts);
    for (const line of [...texts, `Reference: ${notice.noticeId}`]) expect(plain).toContain(line);
    expect(plain).toContain('Equal Credit Opportunity Act');

    const replied = await act(ratingId, notice.noticeId, { kind: 'replied', text: '同意增加担保' });
    expect(issuedNoticeSchema.parse(replied.body)).toMatchObject({ state: 'replied', revision: 2 });
    const file = await ask('GET', `/v1/customers/${notice.customerId}/file?purpose=test`);
    expect(creditFileSchema.parse(file.body).notices[0]?.events.at(-1)).toMatchObject({ text: '同意增加担保' });
    // What was said and where it went is sealed: no column holds it.
    const tables = ['customer_notices', 'customer_notice_events'].map((name) => sql.table(name));
    for (const table of tables) {
      const { rows } = await sql<{ text: string }>`select t::text as text from ${table} t`.execute(
        database.database.db,
      );
      for (const secret of ['chen@', '担保', 'guarantee']) expect(JSON.stringify(rows)).not.toContain(secret);
    }
  });

  it('in Chinese follows the law of China, which sets no day', async () => {
    const ratingId = await rated();
    const notice = await issued(ratingId, { language: 'zh-CN', jurisdiction: 'CN' });
    expect(notice).toMatchObject({ dueOn: null, letter: { subject: '关于您信用申请的决定' } });
    expect(notice.letter?.text).toMatch(/主要原因[\s\S]*您可以采取的措施[\s\S]*第二十四条/);
    await outbox.flush();
    expect((await read(ratingId))[0]?.state).toBe('sent');
  });

  it('is tried again where the mail server cannot take it yet, and is sent once', async () => {
    const ratingId = await rated();
    refusals.push(451, 421);
    const { noticeId } = await issued(ratingId);
    await outbox.flush();
    const [deferred] = await read(ratingId);
    expect(deferred).toMatchObject({ state: 'issued', attempts: 1, events: [{}, { kind: 'deferred', code: '451' }] });
    await outbox.flush();
    expect((await read(ratingId))[0]?.attempts).toBe(1);
    ahead += 61_000;
    await outbox.flush();
    expect((await read(ratingId))[0]).toMatchObject({ state: 'issued', attempts: 2 });
    ahead += 121_000;
    const before = smtp.taken.length;
    await Promise.all([outbox.flush(), outbox.flush()]);
    expect((await read(ratingId))[0]).toMatchObject({ state: 'sent', attempts: 2 });
    ahead += 86_400_000;
    await outbox.flush();
    expect(smtp.taken.slice(before).filter((mail) => mail.includes(noticeId))).toHaveLength(1);
  });

  it('that the mail server refuses came back, and only then goes out anew', async () => {
    const ratingId = await rated();
    refusals.push(550);
    await issued(ratingId);
    expect(problemSchema.parse((await issue(ratingId)).body).code).toBe('CONFLICT');
    await outbox.flush();
    const [bounced] = await read(ratingId);
    expect(bounced).toMatchObject({ state: 'bounced', events: [{}, { kind: 'bounced', code: '550' }] });
    const late = await act(ratingId, bounced?.noticeId ?? '', { kind: 'delivered' });
    expect(problemSchema.parse(late.body)).toMatchObject({ status: 409, code: 'NOTICE_REFUSED' });
    await issued(ratingId);
    await outbox.flush();
    expect((await read(ratingId)).map(({ state }) => state)).toEqual(['bounced', 'sent']);
    expect(logs.join()).not.toContain('chen@');
  });

  it('that one server took to send is left to it, and taken by another once that one is gone', async () => {
    const ratingId = await rated();
    const { dueOn: _, ...notice } = await issued(ratingId, { jurisdiction: 'other' });
    await outbox.flush();
    await sql`update customer_notices set state = 'issued', next_at = ${clock.now()} where notice_id = ${notice.noticeId}`.execute(
      database.database.db,
    );
    const until = instant(Date.parse(clock.now()) + 60_000);
    const [first, second] = [await notices.claim(clock.now(), until, 10), await notices.claim(clock.now(), until, 10)];
    expect([first.map(({ noticeId }) => noticeId), second]).toEqual([[notice.noticeId], []]);
    ahead += 61_000;
    expect(await notices.claim(clock.now(), instant(Date.parse(clock.now()) + 60_000), 10)).toHaveLength(1);
    expect((await act(ratingId, notice.noticeId, { kind: 'bounced' })).status).toBe(200);
  });

  it('that is posted or handed over is entered by people, and told late where its day has passed', async () => {
    const ratingId = await rated(null);
    const { body: missing } = await issue(ratingId, { channel: 'postal' });
    expect(problemSchema.parse(missing)).toMatchObject({ status: 400, problems: [{ at: 'channel' }] });
    const notice = await issued(ratingId, { channel: 'handed-over' });
    expect(notice).toMatchObject({ to: null, nextAttemptAt: null });
    const reply = await act(ratingId, notice.noticeId, { kind: 'replied', text: 'too early' });
    expect(reply.status).toBe(409);
    expect((await act(ratingId, notice.noticeId, { kind: 'replied' })).status).toBe(400);
    ahead += 31 * 86_400_000;
    expect((await read(ratingId))[0]?.overdue).toBe(true);
    const delivered = await act(ratingId, notice.noticeId, { kind: 'delivered', text: 'signed for' });
    expect(issuedNoticeSchema.parse(delivered.body)).toMatchObject({ state: 'delivered', overdue: false });
    expect((await act('1-0000', notice.noticeId, { kind: 'delivered' })).status).toBe(404);
  });

  it('is of a customer with an address that is one, and unreadable once the customer is erased', async () => {
    const nobody = await ask('POST', '/v1/ratings', { features: { days_late: 1 } });
    expect((await issue(ratingAnswerSchema.parse(nobody.body).ratingId ?? '')).status).toBe(400);
    const wrong = await issue(await rated('not an address'));
    expect(problemSchema.parse(wrong.body).problems[0]?.message).toMatch(/no e-mail address/);
    const ratingId = await rated('gone@example.cn');
    refusals.push(451);
    const { customerId } = await issued(ratingId);
    await outbox.flush();
    await vault.erase(customerId, { actor: 'test', ground: 'request' });
    ahead += 61_000;
    await outbox.flush();
    expect(smtp.taken.join()).not.toContain('gone@');
    const [erased] = await read(ratingId);
    expect(erased).toMatchObject({ state: 'bounced', to: null, notice: null, letter: null });
  });
});

it('an e-mail is tried again with doubling pauses for a day and a half, and then no more', () => {
  const from = instant('2026-06-01T00:00:00.000Z');
  const pauses: number[] = [];
  for (let attempts = 1; ; attempts++) {
    const next = noticeRetryAt(from, attempts);
    if (next === null) break;
    pauses.push((Date.parse(next) - Date.parse(from)) / 60_000);
  }
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360, 360]);
  expect(pauses.reduce((a, b) => a + b) / 60 / 24).toBeGreaterThan(1.3);
});

describe('a notice that Regulation B asks for', () => {
  it('names the creditor with its address, and the federal agency after the notice of the act, in the letter and both languages', async () => {
    const ratingId = await rated();
    const { creditor } = noNotices;
    const sentences = {
      en: [
        'Creditor: Acme Credit, 1 Main Street, Springfield.',
        'The federal agency that administers compliance with this law concerning this creditor is Federal Trade Commission, Equal Credit Opportunity, Washington, DC 20580.',
      ],
      'zh-CN': [
        '授信机构：Acme Credit，1 Main Street, Springfield。',
        '负责监督本授信机构遵守该法的联邦机构为：Federal Trade Commission, Equal Credit Opportunity，Washington, DC 20580。',
      ],
    };
    for (const language of ['en', 'zh-CN'] as const) {
      const { notice, letter } = await issued(ratingId, { language });
      const [first, act = ''] = notice?.rights ?? [];
      expect(first).toBe(sentences[language][0]);
      expect(act.endsWith(` ${sentences[language][1]}`)).toBe(true);
      expect(JSON.stringify(letter)).toContain(sentences[language][1]);
    }
    const shown = ratingAnswerSchema.parse((await ask('GET', `/v1/ratings/${ratingId}?notice=US`)).body).notice;
    expect(shown?.rights[1]).toContain(sentences.en[1]);
    const chinese = ratingAnswerSchema.parse((await ask('GET', `/v1/ratings/${ratingId}?notice=CN`)).body).notice;
    expect([chinese?.rights[0], JSON.stringify(chinese).includes('federal')]).toEqual([sentences.en[0], false]);
    expect(creditor?.agency?.name).toContain('Federal Trade Commission');
  });

  it('is refused, and nothing recorded, where probity.yaml names no creditor or no agency; other laws have theirs', async () => {
    const half = { name: 'Acme Credit', address: '1 Main Street', agency: null };
    for (const [creditor, missing] of [
      [null, '`creditor` (name, address, agency)'],
      [half, '`creditor.agency` (name, address)'],
    ] as const) {
      const other = await startServer({ ...world.deps, clock, notices: { ...noNotices, creditor } }, { port: 0 });
      const to = async (path: string, body?: object) => {
        const response = await fetch(other.url + path, {
          method: body === undefined ? 'GET' : 'POST',
          headers: body === undefined ? {} : { 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        return { status: response.status, body: await response.json() };
      };
      try {
        const ratingId = await rated(null);
        const before = world.recorded.length;
        const notice = { language: 'en', jurisdiction: 'US', channel: 'handed-over' };
        for (const answer of [
          await to(`/v1/ratings/${ratingId}/notices`, notice),
          await to('/v1/ratings?notice=US', { customerId: 'C-0' }),
          await to(`/v1/ratings/${ratingId}?notice=US`),
        ]) {
          const { status, problems } = problemSchema.parse(answer.body);
          expect([status, problems?.length, problems?.[0]?.message]).toEqual([
            400,
            1,
            expect.stringContaining(missing),
          ]);
          expect(problems?.[0]?.fix).toContain('probity.yaml');
        }
        expect(world.recorded).toHaveLength(before);
        expect((await to(`/v1/ratings/${ratingId}?notice=CN`)).status).toBe(200);
      } finally {
        await other.close();
      }
    }
  });
});

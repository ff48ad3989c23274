import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock, type Tenant } from '../base/index.ts';
import { openPseudonymKey } from '../records/checkpoints/index.ts';
import { pseudonymsUnder } from '../records/ratings/index.ts';
import { createVault, masterKeyFile, openMasterKeys } from '../records/privacy/index.ts';
import { composeDossiers } from '../serving/compose/dossiers.ts';
import type { Dossiers } from '../serving/customers/dossiers.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema } from '../serving/openapi/answers.ts';
import {
  creditFileSchema,
  creditReportSchema,
  entryHistorySchema,
  fileEntrySchema,
  newReportLinkSchema,
  reportLinksSchema,
} from '../serving/openapi/customer-paths.ts';
import { byName } from './serving/by-name.ts';
import { usualWorld, type World } from './serving/world.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

const tenant = 'acme' as Tenant;
let database: TestDatabase;
let keys: string;
let world: World;
let dossiers: Dossiers;
let server: RunningServer;

beforeAll(async () => {
  database = await startTestDatabase();
  keys = await mkdtemp(join(tmpdir(), 'probity-keys-'));
  world = usualWorld();
  dossiers = await composeDossiers({
    tenant,
    database: database.database,
    keys,
    clock: systemClock,
    ratingIds: async () => world.recorded.map(({ ratingId }) => ratingId).toReversed(),
  });
  server = await startServer({ ...world.deps, dossiers, authenticate: byName }, { port: 0 });
});
afterAll(async () => {
  await server?.close();
  await database?.stop();
  await rm(keys, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? (JSON.parse(text) as unknown) : null,
  };
}

const person = { kind: 'person', name: 'Planted Person', country: 'CN', bornOn: '1990-02-03' };

describe('the credit file', () => {
  it('keeps every version, sealed, and is read for a purpose that goes on record', async () => {
    const at = '/v1/customers/C-001/file';
    const put = await ask('PUT', `${at}/identity/identity`, { body: person });
    expect(put.status, put.text).toBe(200);
    expect(fileEntrySchema.parse(put.body)).toMatchObject({ version: 1, body: person, actor: 'key:test' });
    await ask('PUT', `${at}/identity/identity`, { ifVersion: 1, body: { ...person, name: 'Planted Other' } });
    const late = await ask('PUT', `${at}/identity/identity`, { ifVersion: 1, body: person });
    expect([late.status, problemSchema.parse(late.body).code]).toEqual([409, 'CONFLICT']);
    const note = await ask('POST', `${at}/note`, { body: { text: 'pays late in spring' } });
    const { entryId } = fileEntrySchema.parse(note.body);
    expect((await ask('DELETE', `${at}/note/${entryId}?ifVersion=1`)).status).toBe(200);
    expect((await ask('GET', at)).status).toBe(400);
    const read = creditFileSchema.parse((await ask('GET', `${at}?purpose=review`)).body);
    expect(read.entries.map(({ kind, version }) => [kind, version])).toEqual([['identity', 2]]);
    const versions = await ask('GET', `${at}/identity/identity/history?purpose=audit`);
    expect(entryHistorySchema.parse(versions.body).items).toHaveLength(2);
    expect((await dossiers.accesses.of('C-001')).map(({ actor, purpose, what }) => [actor, purpose, what])).toEqual([
      ['key:test', 'review', 'credit-file'],
      ['key:test', 'audit', 'credit-file'],
    ]);
    const stored = await sql`select * from credit_file_entries`.execute(database.database.db);
    expect(JSON.stringify(stored.rows)).not.toMatch(/Planted|spring|1990/);
    expect((await stat(masterKeyFile(keys))).mode & 0o777).toBe(0o600);
  });

  it('makes one entry of a request that is sent again under its Idempotency-Key, whatever became of the entry since', async () => {
    const at = '/v1/customers/C-009/file';
    const key = { 'idempotency-key': 'crm-note-17' };
    const text = { body: { text: 'called in May' } };
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask('POST', `${at}/note`, text, key)));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    const { entryId } = fileEntrySchema.parse(answers[0]?.body);
    expect(entryId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    await ask('PUT', `${at}/note/${entryId}`, { body: { text: 'called in June' } });
    expect((await ask('POST', `${at}/note`, text, key)).body).toMatchObject({ entryId, version: 1, ...text });
    const other = await ask('POST', `${at}/note`, { body: { text: 'another' } }, key);
    expect([other.status, problemSchema.parse(other.body).code]).toEqual([409, 'IDEMPOTENCY_CONFLICT']);
    const entries = creditFileSchema.parse((await ask('GET', `${at}?purpose=review`)).body).entries;
    expect(entries.map(({ version, body }) => [version, body])).toEqual([[2, { text: 'called in June' }]]);
    const another = await ask('POST', '/v1/customers/C-010/file/note', text, key);
    expect(fileEntrySchema.parse(another.body).entryId).not.toBe(entryId);
    expect((await ask('POST', `${at}/note`, text, { 'idempotency-key': 'a b' })).status).toBe(400);
  });

  it('is changed where If-Match names what stands, and not where something else does', async () => {
    const at = '/v1/customers/C-011/file/note';
    const made = await ask('POST', at, { body: { text: 'one' } });
    const { entryId } = fileEntrySchema.parse(made.body);
    const note = `${at}/${entryId}`;
    const read = await ask('GET', `${note}?purpose=review`);
    const tag = made.headers.get('etag') ?? '';
    expect([read.status, read.headers.get('etag'), read.text]).toEqual([200, tag, made.text]);
    const known = await ask('GET', `${note}?purpose=review`, undefined, { 'if-none-match': tag });
    expect([known.status, known.text]).toEqual([304, '']);
    const put = (text: string, match: string) => ask('PUT', note, { body: { text } }, { 'if-match': match });
    const both = await Promise.all([put('two', tag), put('deux', tag)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
    const stale = await put('three', tag);
    expect(problemSchema.parse(stale.body).code).toBe('PRECONDITION_FAILED');
    expect((await put('three', `W/${tag}`)).status).toBe(412);
    const now = (await ask('GET', `${note}?purpose=review`)).headers.get('etag') ?? '';
    expect((await ask('DELETE', note, undefined, { 'if-match': tag })).status).toBe(412);
    expect((await ask('DELETE', note, undefined, { 'if-match': `"x", ${now.replace(/"$/, '-gzip"')}` })).status).toBe(
      200,
    );
    expect((await ask('GET', `${note}?purpose=review`)).status).toBe(404);
    expect((await put('four', '*')).status).toBe(412);
    expect((await ask('POST', at, { body: { text: 'five' } }, { 'if-match': '*' })).status).toBe(400);
  });

  it('refuses what is no entry, with every problem', async () => {
    const wrong = { kind: 'company', name: 'X', country: 'China', unifiedSocialCreditCode: '9144030071526726XX' };
    const answer = await ask('PUT', '/v1/customers/C-002/file/identity/identity', { body: wrong });
    expect(answer.status).toBe(400);
    expect(problemSchema.parse(answer.body).problems.length).toBeGreaterThan(1);
    expect((await ask('POST', '/v1/customers/C-002/file/wishes', { body: {} })).status).toBe(404);
    expect((await ask('DELETE', '/v1/customers/C-002/file/note/none')).status).toBe(404);
  });
});

describe('the credit report', () => {
  it('shows an audience what it may see, with the ratings and their reasons, as data and as a page', async () => {
    await ask('POST', '/v1/ratings', { customerId: 'C-001' });
    const at = '/v1/customers/C-001/report?purpose=review';
    const internal = creditReportSchema.parse((await ask('GET', `${at}&audience=internal`)).body);
    expect(internal.parts.rating[0]).toMatchObject({ decision: 'decline', reasons: expect.any(Array) as unknown });
    expect(JSON.stringify(internal.parts.rating[0])).toContain('逾期天数');
    const partner = creditReportSchema.parse((await ask('GET', `${at}&audience=partner`)).body);
    expect(Object.keys(partner.parts.rating[0] ?? {}).toSorted()).toEqual(['at', 'decision', 'grade']);
    const page = await ask('GET', `${at}&audience=internal&format=html`);
    expect([page.status, page.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(page.text).toContain('Planted Other');
    expect((await ask('GET', `${at}&audience=everybody`)).status).toBe(400);
    expect((await ask('GET', '/v1/customers/C-001/report?audience=internal')).status).toBe(400);
  });

  it('is shared by a link that is logged, shows its audience alone, and can be revoked', async () => {
    const at = '/v1/customers/C-001/report-links';
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const made = await ask('POST', at, { audience: 'partner', language: 'en', expiresAt });
    const link = newReportLinkSchema.parse(made.body);
    const opened = await ask('GET', link.path);
    expect(opened.status, opened.text).toBe(200);
    expect(opened.headers.get('cache-control')).toBe('no-store');
    expect(opened.text).toContain('Planted Other');
    expect(opened.text).not.toContain('1990');
    expect((await ask('GET', `${link.path.slice(0, -1)}A`)).status).toBe(404);
    expect((await ask('DELETE', `/v1/customers/C-002/report-links/${link.linkId}`)).status).toBe(404);
    expect((await ask('DELETE', `${at}/${link.linkId}`)).status).toBe(200);
    expect((await ask('GET', link.path)).status).toBe(410);
    const listed = reportLinksSchema.parse((await ask('GET', at)).body).items;
    expect(listed.map(({ openings }) => openings.map(({ outcome }) => outcome))).toEqual([['shown', 'revoked']]);
    expect((await ask('POST', at, { audience: 'partner', language: 'en', expiresAt: '2020-01-01' })).status).toBe(400);
    expect((await ask('POST', at, { audience: 'constructor', language: 'en', expiresAt })).status).toBe(400);
    // The key of a colleague, with the same body, is no way to a token that goes by another's name.
    const asked = { audience: 'partner', language: 'en', expiresAt };
    const keyed = { 'idempotency-key': 'link-of-mine' };
    const mine = newReportLinkSchema.parse((await ask('POST', at, asked, keyed)).body);
    expect(newReportLinkSchema.parse((await ask('POST', at, asked, keyed)).body)).toEqual(mine);
    const theirs = await ask('POST', at, asked, { ...keyed, authorization: 'Bearer wang:credit-officer' });
    expect([theirs.status, theirs.text.includes(mine.path)]).toEqual([409, false]);
    expect(world.logLines.join('')).not.toMatch(/C-001|Planted|report-links\/[0-9a-f]{8}-.*\./);
    expect(world.logLines.join('')).not.toContain(link.path.slice('/shared/'.length));
  });

  it('of an erased customer shows that alone, and nothing new is sealed', async () => {
    await ask('PUT', '/v1/customers/gone/file/identity/identity', { body: person });
    const vault = createVault(
      database.database,
      tenant,
      await openMasterKeys(masterKeyFile(keys)),
      pseudonymsUnder(await openPseudonymKey(keys)),
    );
    await vault.erase('gone', { actor: 'key:test', ground: 'request' });
    const read = creditFileSchema.parse((await ask('GET', '/v1/customers/gone/file?purpose=check')).body);
    expect([read.erased, read.entries[0]?.body]).toEqual([true, null]);
    const again = await ask('PUT', '/v1/customers/gone/file/identity/identity', { body: person });
    expect([again.status, problemSchema.parse(again.body).code]).toEqual([410, 'SUBJECT_ERASED']);
  });
});

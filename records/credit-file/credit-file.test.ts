import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, it as property } from '@fast-check/vitest';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { createVault, openMasterKeys, type Vault } from '../privacy/index.ts';
import { pseudonymsUnder } from '../ratings/index.ts';
import {
  createCreditFiles,
  creditCodeCheck,
  isCreditCode,
  isResidentNumber,
  residentNumberCheck,
  type CreditFiles,
} from './index.ts';

const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY'.split('');

describe('check digits', () => {
  it('hold for published unified social credit codes', () => {
    // Codes that the companies publish themselves: Tencent, Huawei, Alibaba (China), Baidu.
    for (const code of ['9144030071526726XG', '914403001922038216', '91330100799655058B', '91110000802100433B'])
      expect(isCreditCode(code)).toBe(true);
  });

  it('hold for the example of GB 11643-1999', () => {
    expect(isResidentNumber('11010519491231002X')).toBe(true);
    expect(isResidentNumber('110105194912310029')).toBe(false);
    expect(isResidentNumber('110105194913310025')).toBe(false);
  });

  property.prop([
    fc.array(fc.constantFrom(...ALPHABET), { minLength: 17, maxLength: 17 }),
    fc.nat(16),
    fc.constantFrom(...ALPHABET),
  ])('of a credit code finds every single wrong character', (characters, at, other) => {
    fc.pre(characters[at] !== other);
    const check = creditCodeCheck(characters.join(''));
    expect(creditCodeCheck(characters.with(at, other).join(''))).not.toBe(check);
  });

  property.prop([fc.array(fc.nat(9), { minLength: 17, maxLength: 17 }), fc.nat(16), fc.nat(9)])(
    'of a resident number finds every single wrong digit',
    (digits, at, other) => {
      fc.pre(digits[at] !== other);
      expect(residentNumberCheck(digits.with(at, other).join(''))).not.toBe(residentNumberCheck(digits.join('')));
    },
  );
});

describe('the credit file', () => {
  const tenant = 'acme' as Tenant;
  let server: TestDatabase;
  let folder: string;
  let vault: Vault;
  let files: CreditFiles;
  const company = { kind: 'company', name: '腾讯', country: 'CN', unifiedSocialCreditCode: '9144030071526726XG' };
  const entry = { customerId: 'c-1', happenedAt: instant('2026-01-01'), actor: 'li' } as const;

  beforeAll(async () => {
    server = await startTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'probity-file-'));
    vault = createVault(
      server.database,
      tenant,
      await openMasterKeys(join(folder, 'keys.json')),
      pseudonymsUnder(Buffer.alloc(32, 7)),
    );
    files = createCreditFiles(server.database, tenant, vault);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps every version, and answers the file as it was known at any instant', async () => {
    const first = await files.put({ ...entry, kind: 'identity', body: company });
    const second = await files.put({ ...entry, kind: 'identity', body: { ...company, name: '腾讯科技' } });
    expect([first.version, second.version]).toEqual([1, 2]);
    const nameAt = async (at?: typeof first.knownFrom) =>
      (await files.of('c-1', at)).map(({ body }) => body !== null && 'name' in body && body.name);
    expect(await nameAt()).toEqual(['腾讯科技']);
    expect(await nameAt(first.knownFrom)).toEqual(['腾讯']);
    expect(await nameAt(instant(Date.parse(first.knownFrom) - 1))).toEqual([]);
    expect((await files.history('c-1', 'identity', 'identity')).map(({ knownUntil }) => knownUntil)).toEqual([
      second.knownFrom,
      null,
    ]);
  });

  it('keeps what was removed in the history, and out of the file', async () => {
    const { entryId } = await files.put({ ...entry, kind: 'note', body: { text: 'called back' } });
    await files.remove({ ...entry, kind: 'note', entryId });
    expect((await files.of('c-1')).filter(({ kind }) => kind === 'note')).toEqual([]);
    expect(await files.history('c-1', 'note', entryId)).toHaveLength(2);
    await expect(files.remove({ ...entry, kind: 'note', entryId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('lets one of two simultaneous changes of the same version win', async () => {
    const { entryId } = await files.put({ ...entry, kind: 'note', body: { text: 'v1' } });
    const change = (text: string) => files.put({ ...entry, kind: 'note', entryId, ifVersion: 1, body: { text } });
    const both = await Promise.allSettled([change('a'), change('b')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'CONFLICT' } });
  });

  it('refuses a bad entry with all of its problems and keeps nothing of it', async () => {
    const before = (await files.everything('c-1')).length;
    const body = { ...company, unifiedSocialCreditCode: '9144030071526726XX', country: 'china', nam: 'x' };
    await expect(files.put({ ...entry, kind: 'identity', body })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      problems: expect.arrayContaining([
        expect.objectContaining({ at: 'unifiedSocialCreditCode' }),
        expect.objectContaining({ at: 'country' }),
      ]),
    });
    // What turns the direction of text is refused in names and in notes: a report would show another name than is there.
    for (const [kind, bad] of [
      ['identity', { ...company, name: 'Acme\u202edtL' }],
      ['note', { text: 'paid\u2066 no' }],
      ['contact', { channel: 'email', value: 'a@b.example\r\nBcc: x@y.example' }],
    ] as const)
      await expect(files.put({ ...entry, kind, body: bad })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(await files.everything('c-1')).toHaveLength(before);
  });

  it('stores no personal data in the clear, and none that opens after an erasure', async () => {
    const person = { kind: 'person', name: '王小明', country: 'CN', residentNumber: '11010519491231002X' };
    await files.put({ ...entry, customerId: 'p-1', kind: 'identity', body: person });
    await files.put({ ...entry, customerId: 'p-1', kind: 'contact', body: { channel: 'phone', value: '13800138000' } });
    const dump = await sql<{ row: string }>`select credit_file_entries::text as row from credit_file_entries`.execute(
      server.database.db,
    );
    for (const { row } of dump.rows) expect(row).not.toMatch(/王小明|11010519491231002X|13800138000/);
    await vault.erase('p-1', { actor: 'dpo', ground: 'request' });
    const after = await files.everything('p-1');
    expect(after.map(({ body }) => body)).toEqual([null, null]);
    expect(after.map(({ open }) => open)).toEqual([{ kind: 'person', country: 'CN' }, { channel: 'phone' }]);
    await expect(
      files.put({ ...entry, customerId: 'p-1', kind: 'note', body: { text: 'again' } }),
    ).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
  });

  it('lists open reviews that are due, the longest overdue first', async () => {
    const review = { because: ['date'], assignee: 'li', state: 'open' };
    const put = (dueOn: string, more: object = {}) =>
      files.put({ ...entry, customerId: 'c-2', kind: 'review', body: { ...review, dueOn, ...more } });
    await put('2026-03-01');
    await put('2026-02-01');
    await put('2026-09-01');
    await put('2026-01-01', { state: 'signed-off', signedOffBy: 'wang', signedOffOn: '2026-01-02' });
    const due = await files.reviewsDue('2026-06-30');
    expect(due.map(({ body }) => body?.dueOn)).toEqual(['2026-02-01', '2026-03-01']);
  });
});

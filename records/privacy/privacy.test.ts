import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, it as property } from '@fast-check/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, type Json, type Tenant } from '../../base/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  createDataAccesses,
  createLegalBases,
  createVault,
  dropOldMasterKeys,
  openMasterKeys,
  rotateMasterKeys,
} from './index.ts';
import { pseudonymsUnder } from '../ratings/index.ts';
import { open, seal } from './seal.ts';

const tenant = 'acme' as Tenant;
const key = Buffer.alloc(32, 7);
const pseudonyms = pseudonymsUnder(key);

describe('a sealed value', () => {
  property.prop([fc.uint8Array(), fc.string()])('opens to the same bytes in its own place', (plain, place) => {
    expect(open(key, seal(key, plain, place), place).equals(plain)).toBe(true);
  });

  property.prop([fc.uint8Array({ maxLength: 40 }), fc.nat(), fc.integer({ min: 1, max: 255 })])(
    'does not open after any byte was changed',
    (plain, at, flip) => {
      const bytes = Buffer.from(seal(key, plain, 'here'), 'base64url');
      bytes[at % bytes.length]! ^= flip;
      expect(() => open(key, bytes.toString('base64url'), 'here')).toThrow(/does not open/);
    },
  );

  it('does not open elsewhere, by another key, or cut short', () => {
    const sealed = seal(key, Buffer.from('x'), 'here');
    expect(() => open(key, sealed, 'there')).toThrow(/does not open/);
    expect(() => open(Buffer.alloc(32, 8), sealed, 'here')).toThrow(/does not open/);
    expect(() => open(key, sealed.slice(0, 20), 'here')).toThrow(/does not open/);
    expect(() => open(key, '', 'here')).toThrow(/does not open/);
  });

  it('is never the same twice', () => {
    expect(seal(key, Buffer.from('x'), 'here')).not.toBe(seal(key, Buffer.from('x'), 'here'));
  });
});

describe('the vault', () => {
  let server: TestDatabase;
  let folder: string;
  let path: string;
  const vaultOf = async (of: Tenant = tenant) =>
    createVault(server.database, of, await openMasterKeys(path), pseudonyms);

  beforeAll(async () => {
    server = await startTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'probity-keys-'));
    path = join(folder, 'master-keys.json');
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps master keys in a file that its owner alone can read', async () => {
    await openMasterKeys(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const before = await readFile(path, 'utf8');
    await openMasterKeys(path);
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  property.prop([fc.jsonValue()], { numRuns: 20 })('gives back what it was given', async (value) => {
    const vault = await vaultOf();
    expect(await vault.open('c-1', 'f', await vault.seal('c-1', 'f', value as Json))).toEqual(
      JSON.parse(JSON.stringify(value)),
    );
  });

  it('makes one key for a subject, however many ask at once', async () => {
    const vault = await vaultOf();
    const sealed = await Promise.all(Array.from({ length: 12 }, (_, i) => vault.seal('c-many', 'f', i)));
    expect(await Promise.all(sealed.map((each) => vault.open('c-many', 'f', each)))).toEqual([...sealed.keys()]);
  });

  it('opens nothing of another tenant or subject', async () => {
    const sealed = await (await vaultOf()).seal('c-2', 'f', 'secret');
    const other = await vaultOf('other' as Tenant);
    await other.seal('c-2', 'f', 'x');
    await expect(other.open('c-2', 'f', sealed)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    await expect((await vaultOf()).open('c-1', 'f', sealed)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  });

  it('after an erasure opens nothing of the subject, seals nothing again, and leaves others alone', async () => {
    const vault = await vaultOf();
    const sealed = await vault.seal('c-3', 'f', 'gone');
    const kept = await vault.seal('c-4', 'f', 'kept');
    expect(await vault.erase('c-3', { actor: 'dpo', ground: 'request' })).toBe(true);
    expect(await vault.erase('c-3', { actor: 'dpo', ground: 'request' })).toBe(false);
    expect(await vault.open('c-3', 'f', sealed)).toBeNull();
    await expect(vault.seal('c-3', 'f', 'again')).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
    expect(await vault.open('c-4', 'f', kept)).toBe('kept');
    const left = await server.database.db.selectFrom('erasures').select('subject').execute();
    expect(left.map(({ subject }) => subject)).toEqual([pseudonyms.of('c-3')]);
  });

  it('makes no key behind an erasure that runs at the same time', async () => {
    const vault = await vaultOf();
    for (let round = 0; round < 10; round++) {
      const subject = `race-${round}`;
      await Promise.allSettled([
        vault.seal(subject, 'f', 1),
        vault.erase(subject, { actor: 'dpo', ground: 'request' }),
      ]);
      await expect(vault.seal(subject, 'f', 1)).rejects.toMatchObject({ code: 'SUBJECT_ERASED' });
    }
  });

  it('opens everything after its master key was replaced and the old one dropped', async () => {
    const sealed = await (await vaultOf()).seal('c-5', 'f', 'before');
    const rotated = createVault(server.database, tenant, await rotateMasterKeys(path), pseudonyms);
    expect(await rotated.open('c-5', 'f', sealed)).toBe('before');
    expect(await rotated.rotate()).toBeGreaterThan(0);
    expect(await rotated.rotate()).toBe(0);
    // Keys of other tenants are wrapped by their own run.
    await createVault(server.database, 'other' as Tenant, await openMasterKeys(path), pseudonyms).rotate();
    await dropOldMasterKeys(path);
    expect(await (await vaultOf()).open('c-5', 'f', sealed)).toBe('before');
  });

  it('says which master key is missing', async () => {
    const sealed = await (await vaultOf()).seal('c-6', 'f', 1);
    const elsewhere = await openMasterKeys(join(folder, 'another.json'));
    const vault = createVault(server.database, tenant, elsewhere, pseudonyms);
    await expect(vault.open('c-6', 'f', sealed)).rejects.toMatchObject({ code: 'MASTER_KEY_MISSING' });
  });

  it('allows a source from the start of its basis until its end, for that purpose alone', async () => {
    const bases = createLegalBases(server.database, tenant);
    const from = instant('2026-01-01');
    const basis = { source: 'erp', basis: 'contract', until: null, actor: 'dpo', from } as const;
    await bases.record({ ...basis, subject: null, purpose: 'credit-rating' });
    await bases.record({ ...basis, subject: 'p-1', source: 'bureau', basis: 'consent', purpose: 'credit-rating' });
    const allowed = async (at: string, subject = 'p-1', purpose = 'credit-rating') =>
      [...((await bases.allowedSources([subject], purpose, instant(at))).get(subject) ?? [])].sort();
    expect(await allowed('2025-12-31')).toEqual([]);
    expect(await allowed('2026-01-01')).toEqual(['bureau', 'erp']);
    expect(await allowed('2026-01-01', 'p-2')).toEqual(['erp']);
    expect(await allowed('2026-01-01', 'p-1', 'marketing')).toEqual([]);
    expect(await bases.withdraw('p-1', 'credit-rating', 'erp', instant('2026-06-01'), 'dpo')).toBe(0);
    expect(await bases.withdraw('p-1', 'credit-rating', null, instant('2026-06-01'), 'clerk')).toBe(1);
    expect(await allowed('2026-05-31T23:59:59Z')).toEqual(['bureau', 'erp']);
    expect(await allowed('2026-06-01')).toEqual(['erp']);
    expect((await bases.of('p-1')).at(-1)).toMatchObject({
      actor: 'dpo',
      until: '2026-06-01T00:00:00.000Z',
      withdrawn: { actor: 'clerk' },
    });
  });

  it('remembers every look at personal data, in order', async () => {
    const accesses = createDataAccesses(server.database, tenant);
    await accesses.record('p-1', { actor: 'li', purpose: 'review', what: 'credit-file' });
    await accesses.record('p-1', { actor: 'wang', purpose: 'dispute', what: 'export' });
    expect((await accesses.of('p-1')).map(({ actor, purpose }) => [actor, purpose])).toEqual([
      ['li', 'review'],
      ['wang', 'dispute'],
    ]);
  });
});

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { sha256, type Instant, type Tenant } from '../../base/index.ts';
import { bodyHash, emptyHead, genesisHash, linkRecords, recordHash, type ChainHead } from './chain.ts';
import { verifyChain, type BadRecord, type Claim, type StoredRecord } from './verify.ts';

const tenant = 'acme' as Tenant;

/** A sound chain of one record per text, every third without a subject. */
function chainOf(texts: readonly string[]): StoredRecord[] {
  const bodies = texts.map((text, i) => ({ salt: Buffer.from(`salt ${i}`), bytes: Buffer.from(text) }));
  const entries = bodies.map(({ salt, bytes }, i) => ({
    kind: i % 4 === 3 ? 'note' : 'rating',
    subject: i % 3 === 2 ? null : `subject-${i % 2}`,
    bodyHash: bodyHash(salt, bytes),
  }));
  let head = emptyHead(tenant);
  return entries.map((entry, i) => {
    const at = `2026-01-01T00:00:${String(i).padStart(2, '0')}.000Z` as Instant;
    const [record] = linkRecords(tenant, head, at, [entry]);
    if (record === undefined) throw new Error('no record');
    head = record;
    return { ...record, body: bodies[i] ?? null };
  });
}

function headOf(chain: readonly StoredRecord[]): ChainHead {
  return chain.at(-1) ?? emptyHead(tenant);
}

function firstBad(
  stored: readonly StoredRecord[],
  head: ChainHead,
  options: { readonly claims?: readonly Claim[]; readonly erasures?: ReadonlyMap<string, number> } = {},
): BadRecord | null {
  const verifier = verifyChain(tenant, options);
  for (const record of stored) {
    const bad = verifier.check(record);
    if (bad !== null) return bad;
  }
  return verifier.finish(head);
}

const texts = fc.array(fc.string({ maxLength: 20 }), { minLength: 2, maxLength: 12 });
const place = fc.nat();
const flipped = (hex: string): string => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);
const changes: { readonly [field: string]: (record: StoredRecord) => StoredRecord } = {
  tenant: (record) => ({ ...record, tenant: 'other' as Tenant }),
  previousHash: (record) => ({ ...record, previousHash: flipped(record.previousHash) }),
  hash: (record) => ({ ...record, hash: flipped(record.hash) }),
  kind: (record) => ({ ...record, kind: `${record.kind}s` }),
  subject: (record) => ({ ...record, subject: record.subject === null ? 'someone' : null }),
  bodyHash: (record) => ({ ...record, bodyHash: flipped(record.bodyHash) }),
  at: (record) => ({ ...record, at: record.at.replace('2026', '2027') as Instant }),
  salt: (record) => record.body && { ...record, body: { ...record.body, salt: Buffer.from('other') } },
  body: (record) =>
    record.body && { ...record, body: { ...record.body, bytes: Buffer.from('another text altogether') } },
  erased: (record) => ({ ...record, body: null }),
} as { readonly [field: string]: (record: StoredRecord) => StoredRecord };

describe('a chain', () => {
  test.prop([texts])('that nobody touched verifies, whole and from any record on', (all) => {
    const chain = chainOf(all);
    expect(firstBad(chain, headOf(chain))).toBeNull();
    for (const [i, start] of chain.entries()) {
      const verifier = verifyChain(tenant, { start });
      expect(chain.slice(i + 1).map((record) => verifier.check(record))).toEqual(chain.slice(i + 1).map(() => null));
      expect(verifier.finish(headOf(chain))).toBeNull();
    }
  });

  test.prop([texts, place, fc.constantFrom(...Object.keys(changes))])(
    'names the record of which any single field was changed',
    (all, at, field) => {
      const chain = chainOf(all);
      const k = at % chain.length;
      const stored = chain.map((record, i) => (i === k ? (changes[field]?.(record) ?? record) : record));
      expect(firstBad(stored, headOf(chain))?.sequence).toBe(k + 1);
    },
  );

  test.prop([texts, place])('names a record that was removed, the last one too', (all, at) => {
    const chain = chainOf(all);
    const k = at % chain.length;
    const stored = chain.filter((_, i) => i !== k);
    expect(firstBad(stored, headOf(chain))).toMatchObject({ sequence: k + 1, problem: 'record-missing' });
  });

  test.prop([texts, place])('names a record that was removed and the gap closed by renumbering', (all, at) => {
    const chain = chainOf(all);
    const k = at % (chain.length - 1);
    const stored = chain.filter((_, i) => i !== k).map((record, i) => ({ ...record, sequence: i + 1 }));
    const rehashed = stored.map((record) => ({ ...record, hash: recordHash(record) }));
    expect(firstBad(stored, headOf(stored))?.sequence).toBe(k + 1);
    expect(firstBad(rehashed, headOf(rehashed))?.sequence).toBe(k + 1);
  });

  test.prop([texts, place, place])('names the first of two records that changed places', (all, a, b) => {
    const chain = chainOf(all.map((text, i) => `${i} ${text}`));
    const [first = 0, second = 0] = [a % chain.length, b % chain.length].sort((x, y) => x - y);
    fc.pre(first !== second);
    const stored = chain.map((record, i) => {
      const from = chain[i === first ? second : i === second ? first : i] ?? record;
      return { ...from, sequence: record.sequence };
    });
    expect(firstBad(stored, headOf(chain))?.sequence).toBe(first + 1);
    const bodies = chain.map((record, i) => ({
      ...record,
      body: (chain[i === first ? second : i === second ? first : i] ?? record).body,
    }));
    expect(firstBad(bodies, headOf(chain))).toMatchObject({ sequence: first + 1, problem: 'body-altered' });
  });

  test.prop([texts, place])('names a record that was put in', (all, at) => {
    const chain = chainOf(all);
    const k = at % chain.length;
    const before = chain[k - 1] ?? emptyHead(tenant);
    const [forged] = linkRecords(tenant, before, before.at, [{ kind: 'rating', subject: null, bodyHash: sha256('x') }]);
    const stored = [...chain.slice(0, k), { ...forged, body: null } as StoredRecord, ...chain.slice(k)];
    expect(firstBad(stored, headOf(chain))?.sequence).toBe(k + 1);
  });

  test.prop([texts, place])(
    'rewritten whole from a record on verifies by itself, and is found by any checkpoint from there on, or a receipt',
    (all, at) => {
      const chain = chainOf(all);
      const k = at % chain.length;
      const rewritten = chainOf(all.map((text, i) => (i >= k ? `${text} forged` : text)));
      expect(firstBad(rewritten, headOf(rewritten))).toBeNull();
      for (const { sequence, hash } of chain) {
        const claims = [{ sequence, hash, source: 'the checkpoint' }];
        const bad = firstBad(rewritten, headOf(rewritten), { claims });
        if (sequence <= k) expect(bad).toBeNull();
        else expect(bad).toMatchObject({ sequence, problem: 'claim-contradicted' });
      }
    },
  );

  test.prop([texts, place])('cut short, its head mended, is found by a checkpoint of what is gone', (all, at) => {
    const chain = chainOf(all);
    const k = 1 + (at % chain.length);
    const stored = chain.slice(0, chain.length - k);
    expect(firstBad(stored, headOf(stored))).toBeNull();
    const { sequence, hash } = headOf(chain);
    const claims = [{ sequence, hash, source: 'the checkpoint' }];
    const expected = { sequence: chain.length - k + 1, problem: 'record-missing' };
    expect(firstBad(stored, headOf(stored), { claims })).toMatchObject(expected);
  });

  it('stays whole when a subject is erased, and only then may bodies be gone', () => {
    const chain = chainOf(['a', 'b', 'c', 'd', 'e']);
    const stored = chain.map((record) => (record.subject === 'subject-0' ? { ...record, body: null } : record));
    expect(firstBad(stored, headOf(chain))?.problem).toBe('body-missing');
    expect(firstBad(stored, headOf(chain), { erasures: new Map([['subject-0', 6]]) })).toBeNull();
    // A record after the erasure was not erased by it.
    expect(firstBad(stored, headOf(chain), { erasures: new Map([['subject-0', 2]]) })?.sequence).toBe(5);
    expect(firstBad(stored, headOf(chain), { erasures: new Map([['subject-1', 6]]) })?.sequence).toBe(1);
  });

  it('hashes as documented: SHA-256 of the canonical JSON, checked against sha256sum', () => {
    // printf 'probity.chain/1 acme' | sha256sum
    expect(genesisHash(tenant)).toBe('304a7153de07756a3eb34df65de7da99272d9d9a0686919231553b718ce536f0');
    // printf '{"at":"2026-01-01T00:00:00.000Z","bodyHash":"aa","format":"probity.chain/1","kind":"rating","previousHash":"bb",...' | sha256sum
    const content = {
      tenant,
      sequence: 7,
      previousHash: 'bb',
      kind: 'rating',
      subject: null,
      bodyHash: 'aa',
      at: '2026-01-01T00:00:00.000Z' as Instant,
    };
    expect(recordHash(content)).toBe('bb0945af657db2fcc4b74ff6341c6b8d8be8c3274a1d9ef2d9ddec9361fd9a43');
    // printf 'saltbody' | sha256sum
    expect(bodyHash(Buffer.from('salt'), Buffer.from('body'))).toBe(
      '9c94f8772f5f5ad1793fe4c2a9ee85723d15eb37f9603448130c0a95fda4ba04',
    );
  });
});

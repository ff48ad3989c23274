import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTRACTS } from '../../features/contracts/index.ts';
import { CREDIT_DECISION, loadBasisPolicy, parseBasisPolicy } from './basis-policy.ts';

const tables = CONTRACTS.map(({ name }) => name);
const basis = { source: 'payments', purpose: CREDIT_DECISION, basis: 'contract' };

describe('the legal bases for everyone', () => {
  it('are a contract for every source where a project says nothing', () => {
    const policy = loadBasisPolicy(null);
    expect(policy.coversAll(CREDIT_DECISION, '2020-01-01T00:00:00.000Z')).toBe(true);
    expect(policy.lacking(tables, CREDIT_DECISION, '2020-01-01T00:00:00.000Z')).toEqual([]);
    expect(policy.coversAll('marketing', '2020-01-01T00:00:00.000Z')).toBe(false);
  });

  it('hold from their start until before their end, for their source and purpose alone', () => {
    const policy = parseBasisPolicy({ bases: [{ ...basis, from: '2026-01-01', until: '2026-02-01T12:00:00Z' }] });
    const lacking = (at: string, purpose = CREDIT_DECISION) => policy.lacking(['payments', 'orders'], purpose, at);
    expect(lacking('2025-12-31T23:59:59.999Z')).toEqual(['orders', 'payments']);
    expect(lacking('2026-01-01T00:00:00.000Z')).toEqual(['orders']);
    expect(lacking('2026-02-01T11:59:59.999Z')).toEqual(['orders']);
    expect(lacking('2026-02-01T12:00:00.000Z')).toEqual(['orders', 'payments']);
    expect(lacking('2026-01-15T00:00:00.000Z', 'marketing')).toEqual(['orders', 'payments']);
  });

  it('allow nothing by a consent, which each customer has to give', () => {
    const policy = parseBasisPolicy({ bases: [{ ...basis, source: '*', basis: 'consent' }] });
    expect(policy.coversAll(CREDIT_DECISION, '2026-01-01T00:00:00.000Z')).toBe(false);
    expect(policy.lacking(['orders'], CREDIT_DECISION, '2026-01-01T00:00:00.000Z')).toEqual(['orders']);
  });

  it('are refused with every problem of the file at once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'probity-bases-'));
    try {
      const bad = [
        { ...basis, source: 'gossip' },
        { ...basis, basis: 'because', from: '2026-02-01', until: '2026-01-01' },
        { ...basis, from: 'yesterday' },
      ];
      await writeFile(join(folder, 'legal-bases.json'), JSON.stringify({ bases: bad }));
      expect(() => loadBasisPolicy(folder)).toThrow(
        expect.objectContaining({
          code: 'INVALID_SPEC',
          problems: ['bases[0].source', 'bases[1].basis', 'bases[1].until', 'bases[2].from'].map((at) =>
            expect.objectContaining({ at }),
          ),
        }),
      );
      await writeFile(join(folder, 'legal-bases.json'), '{');
      expect(() => loadBasisPolicy(folder)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

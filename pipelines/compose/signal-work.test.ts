import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { instant } from '../../base/index.ts';
import { CONTRACTS } from '../../features/contracts/index.ts';
import type { SnapshotManifest } from '../../features/snapshots/index.ts';
import { loadRuleFiles, readRegimesFile } from '../../rating/index.ts';
import type { Fact } from '../../records/facts/index.ts';
import { parseBasisPolicy, PORTFOLIO_MONITORING, type BasisPeriod } from '../../records/privacy/index.ts';
import type { SignalFindings } from '../../records/signals/index.ts';
import { writeScoreRuns } from '../../test/support/score-runs.ts';
import { bookRow, publishSignalBook, signalBook } from '../../test/support/signal-book.ts';
import { signalWork, type SignalParts } from './signal-work.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const CUSTOMERS = 60;
const IDS = Array.from({ length: CUSTOMERS }, (_, i) => `c-${i}`);
let folder: string;
let manifest: SnapshotManifest;
let runs: Awaited<ReturnType<typeof writeScoreRuns>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-signal-work-'));
  const month = (period: string, published: string, value: number) =>
    bookRow('market_series', '', published, {
      indicator: 'insolvency_rate',
      industry: 'services',
      region: '*',
      period,
      value,
    });
  manifest = await publishSignalBook(folder, [
    ...signalBook(CUSTOMERS),
    month('2024-05-01', '2024-06-10', 2),
    month('2025-05-01', '2025-06-10', 2.6),
    bookRow('credit_lines', 'c-7', '2025-05-01', {
      credit_line_id: 'large',
      kind: 'trade',
      limit_amount: 5000,
      balance: 2000,
    }),
  ]);
  const pds = (of: (i: number) => number) => Object.fromEntries(IDS.map((id, i) => [id, of(i)]));
  runs = await writeScoreRuns(join(folder, 'scores'), [
    { name: 'march', modelHash: 'm', asOf: '2025-03-20', pds: pds(() => 0.02) },
    { name: 'may', modelHash: 'another', asOf: '2025-05-20', pds: pds(() => 0.9) },
    { name: 'june', modelHash: 'm', asOf: '2025-06-20', pds: pds((i) => (i < 12 ? 0.02 : 0.03)) },
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const every = CONTRACTS.map(({ name }) => name);
const basisOf = (sources: readonly string[], periods: readonly BasisPeriod[] = []): SignalParts['bases'] => ({
  policy: parseBasisPolicy({
    bases: sources.map((source) => ({ source, purpose: PORTFOLIO_MONITORING, basis: 'contract' })),
  }),
  bases: { periods: async () => periods },
});

/** The work over the snapshot, with facts acknowledged since, and what it kept. */
function working({
  added = [],
  bases = basisOf(every),
}: { added?: readonly Fact[]; bases?: SignalParts['bases'] } = {}) {
  const kept: SignalFindings[] = [];
  const places: number[] = [];
  const snapshot = { snapshotId: manifest.hash, ref: manifest.hash };
  const work = signalWork({
    rulesDir: null,
    scores: join(folder, 'scores'),
    slot: { portfolio: 'main', segment: null, horizonMonths: 12 },
    facts: {
      since: async (from: number) => added.filter(({ sequence }) => sequence > from),
      of: async (ids: readonly string[], after: number) =>
        added.filter(({ sequence, values }) => sequence > after && ids.includes(String(values['party_id']))),
    } as unknown as SignalParts['facts'],
    snapshots: {
      newest: async () => snapshot,
      get: async () => snapshot,
      ...runs,
    } as unknown as SignalParts['snapshots'],
    storage: { materialise: async () => join(folder, manifest.hash) } as unknown as SignalParts['storage'],
    signals: {
      keep: async (findings: SignalFindings) => {
        kept.push(findings);
        return { raised: findings.seen.length, changed: 0, ceased: 0 };
      },
      place: async () => 0,
      remember: async (place: number) => void places.push(place),
      rememberRules: async () => undefined,
    } as unknown as SignalParts['signals'],
    bases,
    granted: { of: async () => new Map() },
    regimes: async () => readRegimesFile(loadRuleFiles(null)),
  });
  const context = { progress: () => undefined, signal: new AbortController().signal };
  const asked = { look: 'look-1', snapshotId: manifest.hash, at: '2025-07-01T04:30:00.000Z' };
  return {
    kept,
    places,
    everybody: () => work.look({ ...asked, partition: 0, partitions: 1 }, context),
    industries: () => work.lookAtIndustries(asked, context),
    touched: () => work.lookAtTouched({ at: '2025-07-02T03:00:00.000Z' }, context),
  };
}
const codesOf = (findings: SignalFindings | undefined, code: string): readonly string[] =>
  (findings?.seen ?? []).flatMap((one) => (one.code === code ? [one.customerId] : []));

describe('a look at industries', () => {
  it('gives one warning for all its customers: members, exposure, evidence of both signals, the change of policy', async () => {
    const { industries, kept } = working();
    expect(await industries()).toMatchObject({ customers: 0, raised: 1 });
    const [{ looked, seen, members }] = kept as [SignalFindings];
    expect(looked).toEqual(['industry:services', 'industry:trade']);
    expect(seen).toHaveLength(1);
    // 48 customers of 100 each; expected defaults 48 x 0.02 then, 48 x 0.03 now; another model's 0.9 in May is not compared with.
    expect(seen[0]).toMatchObject({
      customerId: 'industry:services',
      code: 'INDUSTRY_WORSENING',
      body: {
        level: 'critical',
        exposure: 4800,
        evidence: {
          rows: ['industry risk', 'industry insolvencies', 'industry both'],
          values: { industry_customers: 48, industry_pd_rise_90d: 1.5, insolvency_rise_365d: 1.3 },
          others: { customers: 48, exposure: 4800 },
          proposal: {
            file: 'regimes.json',
            path: 'industry',
            value: { feature: 'industry', periods: [{ from: '2025-07-01', of: { services: 'stressed' } }] },
          },
        },
      },
    });
    const series = { topic: 'insolvency_rise_365d', table: 'market_series', key: 'insolvency_rate services *' };
    const expected = { topic: 'industry_pd_rise_90d', table: 'scores', key: 'expected defaults' };
    expect(seen[0]?.body.evidence.facts).toEqual([
      { ...expected, on: '2025-06-20', amount: 1.44 },
      { ...expected, on: '2025-03-20', amount: 0.96 },
      { ...series, on: '2025-05-01', amount: 2.6 },
      { ...series, on: '2024-05-01', amount: 2 },
    ]);
    expect(members).toHaveLength(48);
    expect(members).toContainEqual({ subject: 'industry:services', kind: 'industry', memberId: 'c-59', exposure: 100 });
  });
});

describe('a look at everybody', () => {
  it('names the members of a concentration and of shared details with their exposures, and by whom their one warning goes', async () => {
    const { everybody, kept } = working();
    expect(await everybody()).toMatchObject({ customers: CUSTOMERS });
    const [findings] = kept as [SignalFindings];
    expect(findings.looked).toEqual(IDS.toSorted());
    // 60 x 100, the three bills of c-5, and 2000 more of c-7.
    const whole = 60 * 100 + 150 + 2000;
    const group = findings.seen.find(({ customerId, code }) => customerId === 'c-6' && code === 'CONCENTRATION');
    expect(group?.body).toMatchObject({
      level: 'critical',
      exposure: 100,
      evidence: { values: { concentration_share: 2200 / whole }, others: { customers: 1, exposure: 2100 } },
    });
    const own = { topic: 'concentration_share', table: 'exposures', on: '2025-07-01' };
    expect(group?.body.evidence.facts).toEqual([
      { ...own, key: '*', amount: whole },
      { ...own, key: 'c-6', amount: 100 },
    ]);
    expect(findings.members).toContainEqual({ subject: 'c-6', kind: 'group', memberId: 'c-7', exposure: 2100 });
    expect(findings.members).toContainEqual({ subject: 'c-1', kind: 'identity', memberId: 'c-2', exposure: 100 });
    expect(codesOf(findings, 'IDENTITY_SHARED')).toEqual(['c-1', 'c-2']);
    const shared = findings.seen.find(({ customerId, code }) => customerId === 'c-1' && code === 'IDENTITY_SHARED');
    expect(shared?.body.evidence.facts.map(({ topic, key }) => `${topic} ${key}`)).toEqual([
      'identity_shared_kinds c-1-address',
      'identity_shared_kinds c-1-phone',
    ]);
    const circleOf = (id: string, of: string) =>
      findings.seen.find(({ customerId, code }) => customerId === id && code === of)?.body.circle;
    expect(['c-6', 'c-7'].map((id) => circleOf(id, 'CONCENTRATION'))).toEqual([
      { kind: 'group', subject: 'c-7' },
      { kind: 'group', subject: 'c-7' },
    ]);
    expect(['c-1', 'c-2'].map((id) => circleOf(id, 'IDENTITY_SHARED'))).toEqual([
      { kind: 'identity', subject: 'c-1' },
      { kind: 'identity', subject: 'c-2' },
    ]);
    // Nobody's score fell: May's was another model's.
    expect([...codesOf(findings, 'SCORE_DROP'), ...codesOf(findings, 'GRADE_MIGRATION')]).toEqual([]);
  });

  it('says nothing from data without a legal basis, of those only who give none', async () => {
    const from = instant('2020-01-01');
    const consents = [{ subject: 'c-2', source: 'contacts', from, until: null }];
    const without = every.filter((name) => name !== 'contacts');
    const { everybody, kept } = working({ bases: basisOf(without, consents) });
    await everybody();
    expect(codesOf(kept[0], 'IDENTITY_SHARED')).toEqual(['c-2']);
    expect(codesOf(kept[0], 'CONCENTRATION')).toContain('c-6');
  });
});

describe('a look at touched customers', () => {
  const fact = (sequence: number, table: string, values: Fact['values']): Fact => ({
    table,
    values,
    happenedAt: instant('2025-07-02'),
    knownFrom: instant('2025-07-02T01:00:00Z'),
    sequence,
    source: 'test',
    idempotencyKey: null,
  });
  const drawn = (sequence: number, balance: number) =>
    fact(sequence, 'credit_lines', {
      credit_line_id: 'l-8',
      party_id: 'c-8',
      kind: 'trade',
      limit_amount: 1000,
      balance,
    });

  it('sees the snapshot and the facts since, of the customers of these facts alone, and remembers how far it came', async () => {
    const { touched, kept, places } = working({ added: [drawn(5, 5000), drawn(6, 1250)] });
    expect(await touched()).toMatchObject({ customers: 1, more: false });
    expect(kept.map(({ looked }) => looked)).toEqual([['c-8']]);
    expect(codesOf(kept[0], 'LIMIT_BREACH')).toEqual(['c-8']);
    expect(kept[0]?.seen.find(({ code }) => code === 'LIMIT_BREACH')?.body.evidence).toMatchObject({
      asOf: '2025-07-02T03:00:00.000Z',
      values: { limit_excess: 250 },
    });
    expect(places).toEqual([6]);
    const none = working();
    expect(await none.touched()).toMatchObject({ customers: 0, more: false });
    expect([none.kept, none.places]).toEqual([[], []]);
  });

  it('looks at those, too, who share what is new to one, and at both ends of a relation', async () => {
    const detail = (sequence: number, kind: string) =>
      fact(sequence, 'contacts', { contact_id: `new-${kind}`, party_id: 'c-9', kind, digest: `c-10-${kind}` });
    const kin = fact(8, 'party_relations', { party_id: 'c-11', related_party_id: 'c-12', relation: 'household' });
    const { touched, kept, places } = working({ added: [detail(6, 'phone'), detail(7, 'address'), kin] });
    expect(await touched()).toMatchObject({ customers: 4 });
    expect(kept.map(({ looked }) => looked)).toEqual([['c-11', 'c-12', 'c-9'], ['c-10']]);
    expect(kept.map((findings) => codesOf(findings, 'IDENTITY_SHARED'))).toEqual([['c-9'], ['c-10']]);
    expect(places).toEqual([8]);
  });
});

import { describe, expect, it } from 'vitest';
import type { SharedWarning, TriggerBody } from '../../records/signals/index.ts';
import { sharedSighting } from './shared-sighting.ts';

const body = (exposure: number | null): TriggerBody => ({
  look: 'look',
  at: '2026-02-01T00:00:00.000Z',
  level: 'critical',
  segment: null,
  exposure,
  pd: 0.1,
  grade: 'B1',
  evidence: {
    asOf: '2026-02-01T00:00:00.000Z',
    snapshotId: 's',
    rules: 'r',
    rows: ['identity two'],
    values: {},
    facts: [],
    others: null,
    proposal: null,
  },
});
const circle = { kind: 'identity', subject: 'a' } as const;
const of = (standing: readonly string[], exposures: Readonly<Record<string, number | null>>): SharedWarning => {
  const customers = Object.entries(exposures).map(([customerId, exposure]) => ({ customerId, exposure }));
  const known = customers.flatMap(({ exposure }) => exposure ?? []);
  return {
    standing: standing.map((customerId) => ({ customerId, body: body(exposures[customerId] ?? null) })),
    customers,
    exposure: known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0),
  };
};
const othersOf = (shared: SharedWarning) => sharedSighting(body(1), circle, shared).signals?.others;

describe('what customers who share a warning show together', () => {
  it('counts as the others’ what the others owe, whether the subject’s own trigger stands or not', () => {
    const exposures = { a: 100, b: 20, c: 3 };
    expect(othersOf(of(['a', 'b', 'c'], exposures))).toEqual({ customers: 2, exposure: 23 });
    expect(othersOf(of(['b', 'c'], exposures))).toEqual({ customers: 2, exposure: 23 });
    expect(sharedSighting(body(1), circle, of(['b', 'c'], exposures)).exposure).toBe(123);
  });

  it('knows no exposure of others where only the subject’s is known, and leaves no binary rest behind', () => {
    expect(othersOf(of(['a'], { a: 100, b: null }))).toEqual({ customers: 1, exposure: null });
    expect(othersOf(of(['b'], { a: 1, b: 0.1, c: 0.2 }))).toEqual({ customers: 2, exposure: 0.3 });
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { dataPaths, instant, sha256 } from '../../base/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { createCases } from '../../records/cases/index.ts';
import { applyCaseEvent, defaultAuthority, openCase } from '../../rating/index.ts';
import { countRatings, createRatings, ownKey } from '../../records/ratings/index.ts';
import { composeServing } from '../../serving/compose/index.ts';
import { effectOnRecord } from '../../serving/compose/proposed-effect.ts';
import { startServer } from '../../serving/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { insertRaw } from '../../test/support/raw-fixture.ts';
import { ratedProject, type RatedProject } from '../../test/support/rated-project.ts';
import { editedRules } from '../../test/support/rules.ts';
import { simulateCommand, type Simulation } from './simulate.ts';

let server: TestDatabase;
let rated: RatedProject;
const ratings: { readonly id: string; readonly outcome: string }[] = [];

/** Forty ratings, asked for as an application does, by features. */
beforeAll(async () => {
  server = await startTestDatabase();
  rated = await ratedProject(server.database, server.url);
  const composed = await composeServing(rated.project, server.url, pino({ level: 'silent' }));
  const api = await startServer(composed.deps, { port: 0 });
  for (let i = 0; i < 40; i++) {
    const response = await fetch(`${api.url}/v1/ratings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: rated.authorization },
      body: JSON.stringify({
        features: { days_late: (i * 7) % 60, sector: i % 2 === 0 ? 'mining' : 'retail', customer_since: '2025-01-01' },
        request: { amount: String(1000 + 100 * i), termDays: 30 },
        facts: { sanctionsHit: false, age: 40, documentsMissing: [], guaranteeOffered: true },
      }),
    });
    const answer = (await response.json()) as { ratingId: string; decision: { outcome: string } };
    ratings.push({ id: answer.ratingId, outcome: answer.decision.outcome });
  }
  // The system rates one of them again, as for a review.
  const { tenant } = rated.project;
  const records = createRatings(server.database, tenant, createAppender(server.database, tenant), {
    subjectOf: async () => null,
  } as never);
  const { evidence } = await records.find(ratings[0]?.id ?? '');
  await records.record({
    customerId: null,
    evidence: (evidence ?? '').replace(/"askedBy":"[^"]*"/, '"askedBy":"system:reviews"'),
    once: { key: ownKey('review r-1'), fingerprint: sha256('r-1') },
  });
  await api.close();
  await composed.close();
});
afterAll(async () => {
  await rated?.remove();
  await server?.stop();
});

async function run(...words: string[]): Promise<{ readonly out: string; readonly code: number | string | undefined }> {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0),
  );
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const all = ['--from', '2020-01-01', '--to', '2100-01-01', '--draws', '100', ...words];
    await simulateCommand().parseAsync([...all, '--project', rated.project.root], { from: 'user' });
    return { out: written.join(''), code: process.exitCode };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
const simulated = async (...words: string[]): Promise<Simulation> => {
  const { out, code } = await run(...words, '--json');
  expect([code, out]).toEqual([0, out]);
  return JSON.parse(out) as Simulation;
};

describe('probity simulate', () => {
  it('takes recorded decisions again: the same rules change nothing, a stricter cutoff declines', async () => {
    const folder = join(rated.project.root, 'same');
    await mkdir(folder);
    await writeFile(join(folder, 'decision.json'), JSON.stringify(editedRules({})['decision.json']));
    const same = await simulated('--rules', folder);
    expect(same).toMatchObject({
      decisions: 40,
      effect: { shifts: [] },
      profitMinor: { byPdBefore: { difference: { value: 0 } } },
    });
    expect(same.leftOut).toEqual({
      erased: 0,
      rerated: 1,
      withoutDecision: 0,
      featuresLacking: { count: 0, features: [] },
      refused: 0,
    });
    const count = await countRatings(
      server.database,
      rated.project.tenant,
      instant('2020-01-01'),
      instant('2100-01-01'),
    );
    expect(count).toEqual({ asked: 40, rerated: 1 });
    const effect = await effectOnRecord(server.database, rated.project, {
      hash: '0'.repeat(64),
      files: editedRules({}),
    });
    expect(effect).toMatchObject({ leftOut: { rerated: 1 }, effect: { decisions: 40 } });
    const counts = ratings.filter(({ outcome }) => outcome === 'approve' || outcome === 'condition').length;
    expect(same.approvalRate.before.value).toBeCloseTo(counts / 40, 12);
    const strict = await simulated('--cutoff', '0.0001:0.0002');
    expect(strict.effect.after.outcomes.decline).toBe(40);
    expect(strict.expectedLossMinor.after.value).toBe(0);
    expect(strict.expectedLossMinor.before.value).toBeGreaterThan(0);
  });

  it('by another model of the registry, and a period without decisions, says so in words', async () => {
    const { out, code } = await run('--model', rated.modelHash.slice(0, 12), '--cutoff', '0.05');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^40 decisions on 40 customers from 2020-01-01T00:00:00.000Z .* by the model [0-9a-f]{12}, approving below a PD of 0.05/,
    );
    expect(out).toContain('Outcomes were not looked at: No rating of the period names a customer.');
    expect(out).toMatch(/\d+ newly referred: a person would decide/);
    const none = await run('--cutoff', '0.05', '--to', '2020-01-02');
    expect(none.out).toMatch(/^0 decisions on 0 customers/);
  });

  it('counts credit that a person gave to a referred customer as given', async () => {
    const referred = ratings.filter(({ outcome }) => outcome === 'refer');
    expect(referred.length).toBeGreaterThan(1);
    const before = await simulated('--cutoff', '1');
    const [{ id } = { id: '' }] = referred;
    const at = instant(Date.now());
    const authority = defaultAuthority();
    const opened = openCase(
      { caseId: 'k-1', ratingId: id, customerId: null, exposure: 1000, causes: [], requestedBy: 'shop' },
      authority,
      at,
    );
    const event = {
      kind: 'decide',
      actor: 'li',
      roles: ['credit-officer'],
      verdict: 'approve',
      reason: 'seen',
    } as const;
    const cases = createCases(server.database, rated.project.tenant);
    // The server may have opened it already.
    const { case: waiting } = await cases.open(opened);
    await cases.save(applyCaseEvent(at, waiting, event, authority), 1, event, at);
    const after = await simulated('--cutoff', '1');
    expect(after.unknown.neverLent).toBe(before.unknown.neverLent - 1);
    expect(after.unknown.notYetKnown).toBe(before.unknown.notYetKnown + 1);
  });

  it('refuses to be called without anything otherwise, an empty period, and what is no number', async () => {
    for (const words of [[], ['--cutoff', '0.1', '--to', '2019-01-01'], ['--cutoff', '0.1', '--draws', 'many']]) {
      const { code, out } = await run(...words);
      expect([code, out]).toEqual([2, expect.stringContaining('USAGE')]);
    }
    expect((await run('--cutoff', '2')).code).toBe(1);
  });
});

describe('outcomes', () => {
  it('are those of the warehouse at its end, by the project’s own definition', async () => {
    const { outcomesOf } = await import('../../pipelines/compose/known-outcomes.ts');
    const { project } = rated;
    await expect(outcomesOf(project, [])).rejects.toMatchObject({ code: 'WAREHOUSE_MISSING' });
    const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
    const outcome = (party: string, at: string, days: number) => ({
      table: 'outcomes',
      values: { party_id: party, happened_at: at, subject_id: `${party} ${at}`, kind: 'dpd', days_past_due: days },
    });
    await insertRaw(warehouse.connection, [
      outcome('bad', '2024-06-01', 120),
      outcome('good', '2024-06-01', 0),
      outcome('good', '2025-06-01', 0),
    ]);
    warehouse.close();
    const [early, late] = [instant('2024-01-01'), instant('2025-03-01')];
    const ask = ['bad', 'good'].flatMap((customerId) => [early, late].map((asOf) => ({ customerId, asOf })));
    const { cutoff, badOf } = await outcomesOf(project, ask);
    expect(cutoff).toBe('2025-06-02T00:00:00.000Z');
    // A year from March 2025 on has not passed by then.
    expect(ask.map(badOf)).toEqual([true, null, false, null]);
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rulesCommand } from '../cli/commands/rules.ts';
import type { PairedEffect } from '../rating/index.ts';
import { createKeys } from '../records/keys/index.ts';
import type { ProposedEffect } from '../records/rules/index.ts';
import { composeServing } from '../serving/compose/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { ruleProposalSchema } from '../serving/openapi/rule-paths.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { ratedProject, type RatedProject } from './support/rated-project.ts';
import { editedRules } from './support/rules.ts';

let server: TestDatabase;
let rated: RatedProject;
let api: RunningServer;
let close: () => Promise<void>;
const keys: Record<string, string> = {};

beforeAll(async () => {
  server = await startTestDatabase();
  rated = await ratedProject(server.database, server.url);
  for (const name of ['ann', 'bob']) {
    const asked = { name, roles: ['admin', 'applicant-system'] as const, operations: null, days: 1, actor: 'test' };
    keys[name] = (await createKeys(server.database, rated.project.tenant).create(asked)).written;
  }
  const composed = await composeServing(rated.project, server.url, pino({ level: 'silent' }));
  close = composed.close;
  api = await startServer(composed.deps, { port: 0 });
});
afterAll(async () => {
  await api?.close();
  await close?.();
  await rated?.remove();
  await server?.stop();
});

async function ask(method: string, path: string, body?: object, as = 'ann') {
  const response = await fetch(api.url + path, {
    method,
    headers: {
      authorization: `Bearer ${keys[as]}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
const clean = { sanctionsHit: false, age: 40, documentsMissing: [], kind: 'company', existingExposure: '0' };
const rate = async (daysLate: number) => {
  const features = { days_late: daysLate, sector: 'retail', customer_since: '1990-01-01' };
  const answer = await ask('POST', '/v1/ratings', { features, facts: clean, request: { amount: '100', termDays: 30 } });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return (answer.body['decision'] as { outcome: string }).outcome;
};
const stricter = { 'decision.json': { version: 2, 'cutoffs.approveBelow': 0.0001 } };
const files = { 'decision.json': editedRules(stricter)['decision.json'] };
const effectOf = (submitted: unknown) => {
  const { events, rulesHash } = ruleProposalSchema.parse(submitted);
  const effect = events[0]?.effect as ProposedEffect;
  return { ...effect, rulesHash, ownHash: effect.rulesHash, paired: effect.effect as unknown as PairedEffect };
};
const draft = async (over: object = files) =>
  ruleProposalSchema.parse((await ask('POST', '/v1/rules/proposals', { files: over })).body);

describe('a proposed change of rules', () => {
  it('shows what it would have decided otherwise on record, before it is approved, and is named by its hash', async () => {
    const first = await draft();
    const none = effectOf((await ask('POST', `/v1/rules/proposals/${first.proposalId}/submit`)).body);
    expect([none.from, none.paired.decisions, none.ownHash]).toEqual([null, 0, none.rulesHash]);

    const outcomes = [await rate(0), await rate(0), await rate(45)];
    const approved = outcomes.filter((each) => each === 'approve' || each === 'condition').length;
    expect(approved).toBeGreaterThanOrEqual(2);
    const { proposalId } = await draft();
    const submitted = await ask('POST', `/v1/rules/proposals/${proposalId}/submit`);
    const { paired, ownHash, rulesHash, leftOut } = effectOf(submitted.body);
    expect([ownHash, paired.decisions]).toEqual([rulesHash, 3]);
    const granted = (side: PairedEffect['before']) => side.outcomes.approve + side.outcomes.condition;
    expect([granted(paired.before), granted(paired.after)]).toEqual([approved, 0]);
    expect(paired.shifts.reduce((sum, { count }) => sum + count, 0)).toBe(approved);
    expect(Object.values(leftOut).filter((count) => count !== 0)).toEqual([]);
    // Who decides reads the same.
    const { files: _, ...read } = (await ask('GET', `/v1/rules/proposals/${proposalId}`, undefined, 'bob')).body;
    expect(effectOf(read).paired).toEqual(paired);
    expect((await ask('POST', `/v1/rules/proposals/${proposalId}/approve`, {}, 'bob')).status).toBe(200);
  });

  it('is approved by nobody where its effect is gone or of another set, by the API or the command line', async () => {
    const next = { 'decision.json': editedRules({ 'decision.json': { version: 3 } })['decision.json'] };
    const { proposalId } = await draft(next);
    expect((await ask('POST', `/v1/rules/proposals/${proposalId}/submit`)).status).toBe(200);
    for (const other of [null, { rulesHash: 'e'.repeat(64) }]) {
      await sql`update rule_events set effect = ${JSON.stringify(other)}::jsonb where proposal_id = ${proposalId} and kind = 'submit'`.execute(
        server.database.db,
      );
      const refused = await ask('POST', `/v1/rules/proposals/${proposalId}/approve`, {}, 'bob');
      expect([refused.status, refused.body['problems']]).toMatchObject([409, [{ at: 'effect' }]]);
      vi.stubEnv('PROBITY_KEY', keys['bob'] ?? '');
      const told = await run('approve', proposalId).finally(() => vi.unstubAllEnvs());
      expect([told.code, told.out]).toEqual([1, expect.stringContaining('propose the set anew')]);
    }
  });

  it('is simulated by the command line on recorded decisions, whatever features the project’s model reads, and shown to who approves', async () => {
    const folder = join(rated.project.root, 'proposed');
    await mkdir(folder);
    await writeFile(join(folder, 'decision.json'), JSON.stringify(files['decision.json']));
    const simulated = await run('simulate-effect', folder);
    expect(simulated.out).toMatch(/Effect on 3 decisions recorded since .*; 0 were left out\.[^]*Decided otherwise: /);
    const submitted = await run('submit', folder, '--json');
    const { proposalId } = JSON.parse(submitted.out) as { proposalId: string };
    const shown = await run('show', proposalId);
    expect(shown.out).toMatch(/state +submitted[^]*Effect on 3 decisions[^]*Decided otherwise: /);
    expect(await run('simulate-effect', folder, '--input', 'x.csv')).toMatchObject({ code: 2 });
    expect(await run('simulate-effect', folder, '--amount', 'x')).toMatchObject({ code: 2 });
  });
});

async function run(...words: string[]): Promise<{ readonly out: string; readonly code: number | string | undefined }> {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0),
  );
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await rulesCommand().parseAsync([...words, '--project', rated.project.root], { from: 'user' });
    return { out: written.join(''), code: process.exitCode };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

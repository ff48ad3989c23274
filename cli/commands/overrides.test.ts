import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { createKeys } from '../../records/keys/index.ts';
import { composeServing } from '../../serving/compose/index.ts';
import { startServer } from '../../serving/index.ts';
import { ratingAnswerSchema } from '../../serving/openapi/answers.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { ratedProject, type RatedProject } from '../../test/support/rated-project.ts';
import { overridesCommand } from './overrides.ts';

let server: TestDatabase;
let rated: RatedProject;
let ratingId: string | null;

beforeAll(async () => {
  server = await startTestDatabase();
  rated = await ratedProject(server.database, server.url);
  const { written } = await createKeys(server.database, rated.project.tenant).create({
    name: 'li',
    roles: ['credit-officer'],
    operations: null,
    days: 1,
    actor: 'ada',
  });
  const composed = await composeServing(rated.project, server.url, pino({ level: 'silent' }));
  const api = await startServer(composed.deps, { port: 0 });
  const ask = async (method: string, path: string, body?: object, authorization = `Bearer ${written}`) => {
    const response = await fetch(api.url + path, {
      method,
      headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const features = { days_late: 50, sector: 'mining', customer_since: '2025-01-01' };
  const declined = await ask(
    'POST',
    '/v1/ratings',
    { features, request: { amount: '12000', termDays: 30 } },
    rated.authorization,
  );
  const answer = ratingAnswerSchema.parse(declined.body);
  expect(answer.decision.outcome).toBe('decline');
  ratingId = answer.ratingId;
  const at = `/v1/ratings/${ratingId}/overrides`;
  const made = await ask('POST', at, {
    to: 'approve',
    amount: '9000',
    reasonCode: 'PAYMENT_ARRANGED',
    expiresAt: new Date(Date.now() + 10 * 86_400_000).toISOString(),
  });
  expect([made.status, made.body]).toMatchObject([201, { inForce: true }]);
  expect(ratingAnswerSchema.parse((await ask('GET', `/v1/ratings/${ratingId}`)).body).decision).toMatchObject({
    outcome: 'approve',
    ofModelAndRules: 'decline',
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
    await overridesCommand().parseAsync([...words, '--project', rated.project.root], { from: 'user' });
    return { out: written.join(''), code: process.exitCode };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

describe('probity overrides', () => {
  it('lists what the API took, and reports what became of it', async () => {
    const listed = await run('list', '--state', 'stands', '--json');
    expect(JSON.parse(listed.out)).toMatchObject({ items: [{ ratingId, inForce: true, override: { to: 'approve' } }] });
    expect((await run('list')).out).toMatch(/decline → approve .*PAYMENT_ARRANGED +in force/);
    expect((await run('list', '--state', 'refused')).out).toBe('No decision is overridden.\n');
    const period = ['--from', '2020-01-01', '--to', '2100-01-01'];
    const report = await run('report', ...period, '--json');
    expect(JSON.parse(report.out)).toMatchObject({
      decisions: 1,
      overridden: 1,
      outcomes: { why: 'No rating of the period names a customer.' },
      lent: { count: 1, verdict: 'too-few' },
    });
    const text = await run('report', ...period);
    expect([text.code, text.out]).toEqual([0, expect.stringMatching(/1 overridden.*PAYMENT_ARRANGED +1 +0.*too few/s)]);
  });

  it('refuses to be called with a state or a period that is none', async () => {
    for (const words of [
      ['list', '--state', 'open'],
      ['list', '--limit', 'x'],
      ['report', '--from', '2026-01-01', '--to', '2026-01-01'],
    ])
      expect(await run(...words)).toMatchObject({ code: 2 });
  });
});

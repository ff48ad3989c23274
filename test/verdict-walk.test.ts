import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../base/index.ts';
import { refreshFeatures } from '../pipelines/index.ts';
import { audit, auditPlaces } from '../records/assurance/index.ts';
import { createKeys } from '../records/keys/index.ts';
import { replayRecorded } from '../serving/compose/replay.ts';
import { caseStepSchema } from '../serving/openapi/case-paths.ts';
import { ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { customerExportSchema } from '../serving/openapi/privacy-paths.ts';
import { until } from './pipelines-environment.ts';
import { runningProject, type RunningProject } from './support/running-project.ts';

let running: RunningProject;
const keys = new Map<Role, string>();

beforeAll(async () => {
  running = await runningProject();
  for (const role of ['applicant-system', 'credit-officer', 'auditor'] as const) {
    const { database, project } = running;
    const { written } = await createKeys(database, project.tenant).create({
      name: role,
      roles: [role],
      days: 1,
      actor: 'test',
    });
    keys.set(role, written);
  }
  await running.writeSource('');
  const invoice = { party_id: 'C-003', invoice_id: 'I-1', issued_on: '2026-01-05', due_on: '2026-02-05', amount: '10' };
  const event = { table: 'invoices', values: invoice, happenedAt: '2026-01-05T00:00:00Z', idempotencyKey: 'walk' };
  expect((await running.ask('POST', '/v1/events', { events: [event] })).status).toBe(201);
  await refreshFeatures(running.pipelines.client, running.scope);
  await until(async () => ((await running.ask('GET', '/readyz')).body?.['customers'] === true ? true : null));
}, 120_000);
afterAll(() => running?.close());

const ask = async (as: Role, method: string, path: string, body?: unknown, language = 'en') => {
  const answer = await running.ask(method, path, body, {
    authorization: `Bearer ${keys.get(as) ?? ''}`,
    'accept-language': language,
  });
  expect(answer.status, answer.text).toBe(200);
  return answer;
};
const read = async (ratingId: string, query = '', language = 'en') =>
  ratingAnswerSchema.parse(
    (await ask('credit-officer', 'GET', `/v1/ratings/${ratingId}${query}`, undefined, language)).body,
  );
const decided = async (ratingId: string, body: object) =>
  caseStepSchema.parse(
    (await ask('credit-officer', 'POST', `/v1/cases/${ratingId}/events`, { kind: 'decide', ...body })).body,
  );
/** What the feed tells of a rating, each by its type and what is so now. */
const told = async (ratingId: string) => {
  const { body } = await ask('auditor', 'GET', '/v1/changes?limit=200&types=limit,terms,hold');
  const { items } = body as { items: { type: string; ratingId: string; after: object }[] };
  return items.filter((one) => one.ratingId === ratingId).map(({ type, after }) => [type, after]);
};
/** A rating of a customer of whom too little is known: a person decides. */
const referred = async (customerId: string): Promise<string> => {
  const request = { amount: '1000', currency: 'CNY' };
  const rated = await ask('applicant-system', 'POST', '/v1/ratings', { customerId, request });
  const { decision, ratingId } = ratingAnswerSchema.parse(rated.body);
  expect(decision).toMatchObject({ outcome: 'refer', limit: { granted: null } });
  return String(ratingId);
};

describe('a referral', () => {
  it('approved by an officer ends the hold and grants the limit: in the feed, the answer, the credit report and the export', async () => {
    const ratingId = await referred('C-001');
    expect((await told(ratingId)).at(-1)).toEqual(['hold', expect.objectContaining({ held: true, outcome: 'refer' })]);
    const terms = { days: 14, prepayment: 0.5, guaranteeNeeded: false };
    const verdict = { verdict: 'approve', amount: '800', terms, reason: 'Seen.', reasonCodes: ['REVIEWED'] };
    expect(await decided(ratingId, verdict)).toMatchObject({ state: 'decided', outcome: { amount: '800.00' } });
    const override = { ratingId, caseId: ratingId, expiresAt: expect.any(String) as unknown };
    expect((await told(ratingId)).slice(-3)).toEqual([
      ['limit', { totalMinor: 80_000, availableMinor: 80_000, currency: 'CNY', minorDigits: 2, override }],
      ['terms', { ...terms, override }],
      ['hold', { held: false, outcome: 'approve', causes: ['REVIEWED'], override }],
    ]);
    const { decision, override: seen } = await read(ratingId);
    expect(decision).toMatchObject({
      outcome: 'approve',
      ofModelAndRules: 'refer',
      limit: { granted: '800.00' },
      terms,
    });
    expect(seen).toMatchObject({ inForce: true, verdict: { decidedBy: [expect.stringContaining('key:')] } });
    const report = await ask('credit-officer', 'GET', '/v1/customers/C-001/report?purpose=review&audience=internal');
    expect(report.text).toContain('"decision":"approve"');
    expect(report.text).toContain('800.00 CNY');
    const { project, database } = running;
    expect(await replayRecorded(database, project, ratingId)).toMatchObject({ outcome: 'same' });
  }, 60_000);

  it('declined by an officer is told with the person’s reasons, and the chain holds it all', async () => {
    const ratingId = await referred('C-002');
    await decided(ratingId, { verdict: 'decline', reason: 'Two suppliers called.', reasonCodes: ['TRADE_REFERENCE'] });
    const en = (await read(ratingId, '?notice=other')).notice;
    expect(en).toMatchObject({
      outcome: 'decline',
      reasons: ['Trade references that were obtained report late payment.'],
    });
    expect(en?.opening).toContain('The principal reasons for this decision are');
    const zh = (await read(ratingId, '?notice=CN', 'zh-CN')).notice;
    expect(zh?.reasons).toEqual(['已取得的商业信用调查显示存在延迟付款。']);
    expect((await told(ratingId)).at(-1)).toEqual([
      'hold',
      expect.objectContaining({ held: true, outcome: 'decline', causes: ['TRADE_REFERENCE'] }),
    ]);
    const options = { from: 1, receipts: [], anchorFiles: [], publicKeyFiles: [], authorityFiles: [] };
    expect(await audit(running.database, auditPlaces(running.project), options)).toMatchObject({ ok: true });
    const exported = await running.ask('GET', '/v1/customers/C-002/export?purpose=right-of-access');
    const { overrides } = customerExportSchema.parse(exported.body);
    expect(JSON.stringify(overrides)).toContain('"code":"TRADE_REFERENCE"');
  }, 60_000);
});

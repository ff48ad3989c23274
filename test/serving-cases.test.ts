import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../serving/index.ts';
import {
  caseSchema,
  caseStepSchema,
  caseWithEventsSchema,
  decisionTimesSchema,
} from '../serving/openapi/case-paths.ts';
import { problemSchema } from '../serving/openapi/answers.ts';
import { byName } from './serving/by-name.ts';
import { usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;

beforeEach(async () => {
  world = usualWorld();
  world.know('doubtful', { days_late: 45, sector: 'retail', customer_since: '2012-01-01' });
  server = await startServer({ ...world.deps, authenticate: byName }, { port: 0 });
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, as?: string) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** A rating between the two cutoffs: a person decides. */
async function referred(more: object = {}): Promise<string> {
  const request = { amount: '1000', currency: 'CNY' };
  const { status, body } = await ask(
    'POST',
    '/v1/ratings',
    { customerId: 'doubtful', request, ...more },
    'shop:applicant-system',
  );
  expect(status, JSON.stringify(body)).toBe(200);
  const { decision, ratingId } = body as { decision: { outcome: string }; ratingId: string };
  expect(decision.outcome).toBe('refer');
  return ratingId;
}

describe('the cases of referred ratings', () => {
  it('are opened by recorded referrals alone, with the id of the rating and who asked for it', async () => {
    const ratingId = await referred();
    await referred({ dryRun: true });
    const { body } = await ask('GET', '/v1/cases?queue=officer', undefined, 'li:credit-officer');
    const { items, nextCursor } = body as { items: unknown[]; nextCursor: null };
    expect([items.length, nextCursor]).toEqual([1, null]);
    expect(caseSchema.parse(items[0])).toMatchObject({
      caseId: ratingId,
      ratingId,
      customerId: 'doubtful',
      exposure: 1000,
      requestedBy: 'key:shop',
      queue: 'officer',
      state: 'open',
    });
    expect(((await ask('GET', '/v1/cases?queue=manager')).body as { items: unknown[] }).items).toEqual([]);
  });

  it('are acted on as who asks, with the roles of who asks, and end with a reason', async () => {
    const at = `/v1/cases/${await referred()}`;
    const act = (body: object, as: string) => ask('POST', `${at}/events`, body, as);
    expect((await act({ kind: 'claim' }, 'li:viewer')).status).toBe(403);
    expect((await act({ kind: 'claim' }, 'li:credit-officer')).status).toBe(200);
    const asked = await act({ kind: 'ask-documents', documents: ['licence'] }, 'li:credit-officer');
    expect(caseStepSchema.parse(asked.body)).toMatchObject({ state: 'documents', documentsAwaited: ['licence'] });
    const decline = { kind: 'decide', verdict: 'decline', reason: 'x', reasonCodes: ['TRADE_REFERENCE'] };
    const own = await act(decline, 'shop:credit-officer');
    expect([own.status, problemSchema.parse(own.body).code]).toEqual([409, 'CASE_REFUSED']);
    const unreasoned = await act({ kind: 'decide', verdict: 'decline' }, 'li:credit-officer');
    expect(problemSchema.parse(unreasoned.body)).toMatchObject({ status: 400, problems: [{ at: 'reason' }] });
    expect((await act({ kind: 'claim', actor: 'boss' }, 'li:credit-officer')).status).toBe(400);
    expect((await act({ kind: 'documents-arrived', documents: ['licence'] }, 'shop:applicant-system')).status).toBe(
      200,
    );
    const approve = { kind: 'decide', verdict: 'approve', reason: 'licence seen' };
    const without = await act(approve, 'li:credit-officer');
    expect(problemSchema.parse(without.body)).toMatchObject({
      status: 409,
      code: 'CASE_REFUSED',
      problems: [{ at: 'amount' }, { at: 'reasonCodes' }],
    });
    const decided = await act({ ...approve, amount: '800', reasonCodes: ['REVIEWED'] }, 'li:credit-officer');
    expect(caseStepSchema.parse(decided.body)).toMatchObject({
      state: 'decided',
      verdict: 'approve',
      outcome: { amount: '800.00', limit: '800.00', currency: 'CNY', together: 800 },
    });
    const late = await act({ kind: 'claim' }, 'li:credit-officer');
    expect([late.status, problemSchema.parse(late.body).code]).toEqual([409, 'CASE_CLOSED']);
    const read = caseWithEventsSchema.parse((await ask('GET', at)).body);
    expect(read.events.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['claim', 'key:li'],
      ['ask-documents', 'key:li'],
      ['documents-arrived', 'key:shop'],
      ['decide', 'key:li'],
    ]);
    const times = await ask('GET', '/v1/reports/decision-times?from=2026-06-01&to=2026-07-01');
    expect(decisionTimesSchema.parse(times.body)).toMatchObject({ decisions: 1, automatic: 0, decidedCases: 1 });
  });

  it('are listed page by page, and one that does not exist is 404', async () => {
    const ids = [await referred(), await referred(), await referred()];
    const first = (await ask('GET', '/v1/cases?limit=2')).body as { items: { caseId: string }[]; nextCursor: string };
    const second = (await ask('GET', `/v1/cases?limit=2&cursor=${first.nextCursor}`)).body as typeof first;
    expect([...first.items, ...second.items].map(({ caseId }) => caseId)).toEqual(ids.toSorted());
    expect((await ask('GET', '/v1/cases/1-0000')).status).toBe(404);
    expect((await ask('GET', '/v1/reports/decision-times?from=2026-06-01&to=2026-06-01')).status).toBe(400);
    expect((await ask('GET', '/v1/cases?state=lost')).status).toBe(400);
  });
});

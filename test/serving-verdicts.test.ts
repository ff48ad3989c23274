import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../serving/index.ts';
import { overrideStepSchema } from '../serving/openapi/override-paths.ts';
import { problemSchema, ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { byName } from './serving/by-name.ts';
import { usualWorld } from './serving/world.ts';

let server: RunningServer;

beforeEach(async () => {
  const world = usualWorld();
  world.know('doubtful', { days_late: 45, sector: 'retail', customer_since: '2012-01-01' });
  server = await startServer({ ...world.deps, authenticate: byName }, { port: 0 });
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, as?: string, language = 'en') {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      'accept-language': language,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(as === undefined ? {} : { authorization: `Bearer ${as}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
/** A rating between the two cutoffs: a person decides. */
async function referred(amount = '1000') {
  const body = { customerId: 'doubtful', request: { amount, currency: 'CNY' } };
  const answer = ratingAnswerSchema.parse((await ask('POST', '/v1/ratings', body, 'shop:applicant-system')).body);
  return { ...answer, ratingId: String(answer.ratingId) };
}
const read = async (ratingId: string, query = '', language = 'en') =>
  ratingAnswerSchema.parse((await ask('GET', `/v1/ratings/${ratingId}${query}`, undefined, undefined, language)).body);
const decide = (ratingId: string, body: object, as = 'li:credit-officer') =>
  ask('POST', `/v1/cases/${ratingId}/events`, { kind: 'decide', reason: 'as the file says', ...body }, as);

describe('the verdict of a case', () => {
  it('is the decision in the answer of the rating: granted, terms, conditions, who, when and why; the evidence stays as it is', async () => {
    const before = await referred();
    expect(before.decision).toMatchObject({ outcome: 'refer', limit: { granted: null } });
    const terms = { days: 14, prepayment: 0.25, guaranteeNeeded: true };
    const conditions = [{ code: 'OVERDUE_PAID_FIRST', note: 'Invoice 4471.' }];
    const verdict = {
      verdict: 'condition',
      amount: '800',
      terms,
      conditions,
      reasonCodes: ['REVIEWED', 'NEWER_INFORMATION'],
    };
    expect((await decide(before.ratingId, verdict)).status).toBe(200);
    const after = await read(before.ratingId);
    expect(after.decision).toMatchObject({
      outcome: 'condition',
      ofModelAndRules: 'refer',
      limit: { total: '800.00', available: '800.00', granted: '800.00' },
      terms,
      conditions: ['What is overdue is paid first. Invoice 4471.'],
      reasons: [
        { kind: 'override', about: 'REVIEWED' },
        { kind: 'override', about: 'NEWER_INFORMATION' },
      ],
      boundary: {
        kind: 'override',
        text: 'A person decided, to whom model and rules had handed the request.',
      },
    });
    expect(after.override).toMatchObject({
      ratingId: before.ratingId,
      carried: false,
      inForce: true,
      from: 'refer',
      to: 'condition',
      amount: '800.00',
      proposedBy: 'key:li',
      verdict: { caseId: before.ratingId, decidedBy: ['key:li'], terms },
    });
    expect(after.override?.stoodFrom).not.toBeNull();
    expect([after.receipt, after.pd, after.logOdds]).toEqual([before.receipt, before.pd, before.logOdds]);
    // A later rating that is referred for the same cause keeps it, as far as its limit goes.
    const again = await referred('700');
    expect(again.decision).toMatchObject({ outcome: 'condition', limit: { granted: '700.00' } });
    expect((await referred('900')).override).toMatchObject({ inForce: false, notCarried: 'more-exposure' });
  });

  it('that declines is told to the customer with the person’s reasons, in both languages, as Regulation B and art. 24 ask', async () => {
    const { ratingId } = await referred();
    const waiting = (await read(ratingId, '?notice=other')).notice;
    expect(waiting?.opening).toContain('handed to a person');
    await decide(ratingId, { verdict: 'decline', reasonCodes: ['NOT_CONFIRMED', 'TRADE_REFERENCE'] });
    const en = (await read(ratingId, '?notice=US')).notice;
    expect(en).toMatchObject({
      outcome: 'decline',
      opening: 'We have decided on your request for credit: Decline. The principal reasons for this decision are:',
      reasons: [
        'Details of the application could not be confirmed.',
        'Trade references that were obtained report late payment.',
      ],
    });
    expect(en?.rights.join(' ')).toContain('Equal Credit Opportunity Act');
    const zh = (await read(ratingId, '?notice=CN', 'zh-CN')).notice;
    expect(zh?.reasons).toEqual(['申请信息未能得到核实。', '已取得的商业信用调查显示存在延迟付款。']);
    expect(zh?.opening).toContain('作出该决定的主要原因如下');
    expect(zh?.rights.join('')).toContain('本决定由工作人员作出');
    expect(zh?.rights.join('')).not.toContain('通过自动化决策方式作出。');
    expect(JSON.stringify([en, zh])).not.toMatch(/as the file says|key:li|handed to a person/);
  });

  it('that declines for the reasons of the rating tells those, and none of what a person wrote', async () => {
    const { ratingId, decision } = await referred();
    const rated = decision.reasons.map(({ text }) => text);
    expect(rated.length).toBeGreaterThan(0);
    await decide(ratingId, { verdict: 'decline', reasonCodes: ['AS_RATED'] });
    const { notice, decision: made } = await read(ratingId, '?notice=other');
    expect([made.outcome, notice?.outcome]).toEqual(['decline', 'decline']);
    expect(notice?.reasons).toEqual(rated);
    const both = await referred();
    await decide(both.ratingId, { verdict: 'decline', reasonCodes: ['AS_RATED', 'CONCENTRATION'] });
    const told = (await read(both.ratingId, '?notice=other')).notice?.reasons;
    expect(told?.[0]).toBe('Exposure to this customer or its group would be too large.');
    expect(told?.slice(1)).toEqual(rated.slice(0, 3));
  });

  it('that approves tells what applies, in both languages', async () => {
    const { ratingId } = await referred();
    await decide(ratingId, {
      verdict: 'approve',
      amount: '1000',
      reasonCodes: ['REVIEWED'],
      terms: { days: 30, prepayment: 0.125, guaranteeNeeded: false },
    });
    const until = (await read(ratingId)).override?.expiresAt.slice(0, 10);
    expect((await read(ratingId, '?notice=other')).notice?.conditions).toEqual([
      `Up to 1000.00 CNY may be drawn, until ${until}.`,
      'Payment is due within 30 days; 12.5 % is paid in advance.',
    ]);
    expect((await read(ratingId, '?notice=CN', 'zh-CN')).notice?.conditions).toEqual([
      `可使用额度不超过1000.00 CNY，有效期至${until}。`,
      '账期为30天；预付款比例为12.5%。',
    ]);
  });

  it('is judged over all that the customer waits for, and can be revoked like an override', async () => {
    await referred('49500');
    const { ratingId } = await referred('600');
    const approve = { verdict: 'approve', amount: '600', reasonCodes: ['REVIEWED'] };
    const low = await decide(ratingId, approve);
    expect(problemSchema.parse(low.body)).toMatchObject({ code: 'CASE_REFUSED', problems: [{ at: 'roles' }] });
    expect((await decide(ratingId, approve, 'wang:credit-manager')).status).toBe(200);
    expect((await read(ratingId)).decision.outcome).toBe('approve');
    const revoke = { kind: 'revoke', reason: 'The file was another customer’s.' };
    const revoked = await ask('POST', `/v1/ratings/${ratingId}/overrides/events`, revoke, 'zhao:credit-manager');
    expect(overrideStepSchema.parse(revoked.body)).toMatchObject({
      inForce: false,
      override: { verdict: { caseId: ratingId, limit: '600.00' } },
    });
    expect((await read(ratingId)).decision.outcome).toBe('refer');
  });
});

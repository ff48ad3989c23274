import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../base/index.ts';
import type { Artefact } from '../models/artefact/index.ts';
import { parseEvidence, replay } from '../rating/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { smallArtefact, usualWorld, type World } from './serving/world.ts';

const lateSlot = { portfolio: 'main', segment: null, horizonMonths: 6, lateDays: 30 };

/** A model of late payment that reads one feature of the champion's and one of its own. */
function lateArtefact(shift = 0): Artefact {
  const small = smallArtefact();
  const [days] = small.model.terms;
  if (days === undefined) throw new Error('no term');
  return {
    ...small,
    name: 'late',
    target: { kind: 'late-payment', definition: 'an invoice more than 30 days late', horizonMonths: 6 },
    model: {
      intercept: -1 + shift,
      terms: [days, { ...days, name: 'invoices_open', label: { en: 'Invoices open', 'zh-CN': '未结发票数' } }],
      pairs: [],
    },
  };
}

let world: World;
let server: RunningServer;
beforeEach(async () => {
  world = usualWorld();
  world.know('payer', { days_late: 45, sector: 'retail', customer_since: '1990-01-01', invoices_open: 40 });
  server = await startServer(world.deps, { port: 0 });
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, language = 'en') {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'accept-language': language, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  return ratingAnswerSchema.parse(await response.json());
}
const rate = (body: object, query = '', language = 'en') => ask('POST', `/v1/ratings${query}`, body, language);
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

describe('the risk of paying late', () => {
  it('stands beside the PD once such a model is live, moves neither PD nor decision unless rules read it, and is not spoken of before', async () => {
    const before = await rate({ customerId: 'payer' });
    expect(before).not.toHaveProperty('latePayment');
    expect(before.decision.latePayment).toBeNull();
    const hash = world.promote(lateArtefact(), { slot: lateSlot });
    await server.refresh();
    const after = await rate({ customerId: 'payer' });
    const { latePayment, decision, ratingId: _, receipt: __, ...rest } = after;
    const { ratingId: ___, receipt: ____, decision: decided, ...was } = before;
    expect(rest).toEqual(was);
    // The package's early warnings read it; outcome, score, limit and terms do not.
    const { warnings, ...made } = decision;
    expect({ ...made, latePayment: null, warnings: decided.warnings }).toEqual(decided);
    expect(warnings.filter(({ code }) => !decided.warnings.some((one) => one.code === code))).toEqual([
      { code: 'LATE_PAYMENT_LIKELY', severity: 'warning', text: 'Late payment is likely.' },
    ]);
    // Both features in their last bin: 1.7 each.
    expect(latePayment?.probability).toBeCloseTo(logistic(-1 + 1.7 + 1.7), 12);
    expect(latePayment).toMatchObject({
      lateDays: 30,
      horizonMonths: 6,
      model: { name: 'late', hash, championOf: 'today', slot: 'main/*/6m/late-30d' },
    });
    expect(latePayment?.reasons.map(({ features }) => features)).toEqual([['days_late'], ['invoices_open']]);
    expect(decision.latePayment).toEqual({ probability: latePayment?.probability, horizonMonths: 6 });
    const chinese = await rate({ customerId: 'payer' }, '', 'zh-CN');
    expect(chinese.latePayment?.reasons[1]?.text).toContain('未结发票数');
  });

  it('is evidence: recalled the same, recomputed to the same bytes, and failing where anything of it is altered', async () => {
    world.promote(lateArtefact(), { slot: lateSlot });
    await server.refresh();
    const given = await rate({ features: { days_late: 45, sector: 'retail', invoices_open: 2 } });
    expect(given.latePayment?.probability).toBeCloseTo(logistic(-1 + 1.7 + 0.3), 12);
    expect(await ask('GET', `/v1/ratings/${given.ratingId}`)).toEqual(given);
    const evidence = parseEvidence(world.recorded[0]?.evidence ?? '');
    expect(evidence.engine).toBe('probity.decision/4');
    const load = (role: string, hash: string) => world.deps.records.part(role, hash);
    expect((await replay(evidence, load)).bytes).toBe(canonicalJson(evidence.answer));
    const inputs = evidence.inputs as { late: { values: object } };
    const altered = {
      values: { ...evidence, inputs: { ...inputs, late: { ...inputs.late, values: { days_late: 0 } } } },
      late: { ...evidence, inputs: { ...inputs, late: null } },
      claim: {
        ...evidence,
        inputs: {
          ...inputs,
          decision: {
            ...(inputs as never as { decision: object }).decision,
            latePayment: { probability: 0, horizonMonths: 6, model: { name: 'late', hash: evidence.parts['late'] } },
          },
        },
      },
      model: { ...evidence, parts: { ...evidence.parts, late: evidence.parts['model'] ?? '' } },
      answer: { ...evidence, answer: { ...(evidence.answer as object), latePayment: null } },
    };
    for (const [what, one] of Object.entries(altered))
      await expect(replay(one as never, load), what).rejects.toMatchObject({
        code: expect.stringMatching(/EVIDENCE_ALTERED|TARGET_MISMATCH/),
      });
  });

  it('is that of the instant where the champion of then is asked for', async () => {
    world.promote(lateArtefact(), { slot: lateSlot, from: '2026-04-01' });
    world.promote(lateArtefact(-1), { slot: lateSlot, from: '2026-05-15' });
    const day = { customerId: 'payer', asOf: '2026-05-01' };
    await server.refresh();
    const [then, today] = [await rate({ ...day, model: 'then' }), await rate(day)];
    expect(then.latePayment?.probability).toBeCloseTo(logistic(-1 + 3.4), 12);
    expect(today.latePayment?.probability).toBeCloseTo(logistic(-2 + 3.4), 12);
    const earlier = await rate({ ...day, asOf: '2026-03-01', model: 'then' });
    expect(earlier).not.toHaveProperty('latePayment');
    expect([then.pd, earlier.pd]).toEqual([today.pd, today.pd]);
  });

  it('is in a batch, one row without the features of its model as well', async () => {
    world.promote(lateArtefact(), { slot: lateSlot });
    await server.refresh();
    const response = await fetch(`${server.url}/v1/ratings:batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${JSON.stringify({ customerId: 'payer' })}\n${JSON.stringify({ customerId: 'good' })}\n`,
    });
    const rows = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as never);
    expect(rows).toMatchObject([
      { latePayment: { probability: expect.closeTo(logistic(2.4), 12) } },
      { latePayment: { probability: expect.closeTo(logistic(-1 - 0.4 + 0.1), 12) } },
    ]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../base/index.ts';
import type { Artefact } from '../models/artefact/index.ts';
import { parseEvidence, replay } from '../rating/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { smallArtefact, usualWorld, type World } from './serving/world.ts';

const termSlot = { portfolio: 'main', segment: null, horizonMonths: 36, stepMonths: 6 };
const lateSlot = { portfolio: 'main', segment: null, horizonMonths: 6, lateDays: 30 };

/** Log-odds of default within each step of six months, by age. */
const BY_AGE = [-2, -1.5, -2.5, -3];

/** A hazard model that reads one feature of the champion's, one of its own, and the age; it saw 24 months. */
function hazardArtefact(shift = 0): Artefact {
  const small = smallArtefact();
  const [days] = small.model.terms;
  if (days === undefined) throw new Error('no term');
  return {
    ...small,
    name: 'hazard',
    target: {
      kind: 'hazard',
      definition: 'at least 90 days past due',
      horizonMonths: null,
      ages: { term: 'months_on_book', periodMonths: 6, longestMonths: 24 },
    },
    model: {
      intercept: shift,
      terms: [
        days,
        { ...days, name: 'invoices_open', label: null },
        {
          ...days,
          name: 'months_on_book',
          encoding: { kind: 'number', codes: [], edges: [9, 15, 21] },
          shape: [0, ...BY_AGE],
          support: [0, 40, 30, 20, 10],
          monotone: null,
          range: [6, 24],
          label: { en: 'Months on book', 'zh-CN': '账龄(月)' },
        },
      ],
      pairs: [],
    },
  };
}

function lateArtefact(): Artefact {
  const small = smallArtefact();
  const target = { kind: 'late-payment', definition: 'late', horizonMonths: 6 } as const;
  return { ...small, name: 'late', target, model: { ...small.model, pairs: [] } };
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

/** 1 - prod(1 - hazard), from its definition. */
function expected(score: number): number[] {
  const hazards = BY_AGE.map((age) => 1 / (1 + Math.exp(-(score + age))));
  return hazards.map((_, last) => 1 - hazards.slice(0, last + 1).reduce((alive, hazard) => alive * (1 - hazard), 1));
}

describe('without a hazard model', () => {
  it('a PD is that of the horizon that the model has, and "not available" for every other', async () => {
    const { pd, termStructure } = await rate({ customerId: 'payer' }, '?horizons=24,12,12');
    expect(termStructure).toEqual([
      { horizonMonths: 12, available: true, pd, source: 'champion', championPd: pd, text: null },
      {
        horizonMonths: 24,
        available: false,
        pd: null,
        source: null,
        championPd: null,
        text: 'Not available: the model predicts over another horizon, and nothing is extrapolated.',
      },
    ]);
    expect(await rate({ customerId: 'payer' })).not.toHaveProperty('termStructure');
    const refused = await fetch(`${server.url}/v1/ratings?horizons=0`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"customerId":"payer"}',
    });
    expect(refused.status).toBe(400);
  });
});

describe('a term structure', () => {
  it('is answered at every step that was seen once a hazard model is live, beside the champion’s own PD, and moves nothing else', async () => {
    const before = await rate({ customerId: 'payer' });
    const hash = world.promote(hazardArtefact(), { slot: termSlot });
    await server.refresh();
    const after = await rate({ customerId: 'payer' });
    const { termStructure = [], termStructureModel, ratingId: _, receipt: __, ...rest } = after;
    const { ratingId: ___, receipt: ____, ...was } = before;
    expect(rest).toEqual(was);
    // Both features in their last bin: 1.7 each.
    const pds = expected(3.4);
    expect(termStructure.map(({ horizonMonths }) => horizonMonths)).toEqual([6, 12, 18, 24]);
    for (const [i, { pd, available, source, text, championPd, horizonMonths }] of termStructure.entries()) {
      expect(pd).toBeCloseTo(pds[i] ?? 0, 12);
      expect([available, source, text]).toEqual([true, 'term-structure', null]);
      expect(championPd).toBe(horizonMonths === 12 ? before.pd : null);
    }
    expect(termStructureModel).toMatchObject({
      name: 'hazard',
      hash,
      slot: 'main/*/36m/term-6m',
      championOf: 'today',
      stepMonths: 6,
      longestMonths: 24,
    });
    const chinese = await rate({ customerId: 'payer' }, '?horizons=60', 'zh-CN');
    expect(chinese.termStructure?.[0]?.text).toContain('不作外推');
    expect(chinese.termStructureModel?.text).toContain('冠军模型');
  });

  it('answers "not available", with the reason, beyond the ages that were seen and between two steps', async () => {
    world.promote(hazardArtefact(), { slot: termSlot });
    await server.refresh();
    const { termStructure } = await rate({ customerId: 'payer' }, '?horizons=12,13,24,30');
    expect(termStructure?.map(({ horizonMonths, available, text }) => [horizonMonths, available, text])).toEqual([
      [12, true, null],
      [13, false, 'Not available: ages were observed in steps of 6 months, and nothing is interpolated.'],
      [24, true, null],
      [30, false, 'Not available: no age beyond 24 months was observed, and nothing is extrapolated.'],
    ]);
  });

  it('takes features alone; the age is none of them', async () => {
    world.promote(hazardArtefact(), { slot: termSlot });
    await server.refresh();
    const { termStructure } = await rate({ features: { days_late: 45, invoices_open: 2 } });
    expect(termStructure?.map(({ pd }) => pd)).toEqual(expected(2).map((pd) => expect.closeTo(pd, 12)));
    const refused = await fetch(`${server.url}/v1/ratings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"features":{"days_late":45,"months_on_book":12}}',
    });
    expect(refused.status).toBe(400);
  });

  it.each([
    ['alone', false],
    ['beside a model of late payment', true],
  ])(
    'is evidence, %s: recalled the same, recomputed to the same bytes, and failing where anything of it is altered',
    async (_, withLate) => {
      world.promote(hazardArtefact(), { slot: termSlot });
      if (withLate) world.promote(lateArtefact(), { slot: lateSlot });
      await server.refresh();
      const given = await rate({ features: { days_late: 45, sector: 'retail', invoices_open: 2 } });
      expect('latePayment' in given).toBe(withLate);
      expect(await ask('GET', `/v1/ratings/${given.ratingId}`)).toEqual(given);
      const narrowed = await ask('GET', `/v1/ratings/${given.ratingId}?horizons=18`);
      expect(narrowed.termStructure).toEqual(given.termStructure?.slice(2, 3));
      const evidence = parseEvidence(world.recorded[0]?.evidence ?? '');
      expect(evidence.engine).toBe('probity.decision/4');
      const load = (role: string, hash: string) => world.deps.records.part(role, hash);
      expect((await replay(evidence, load)).bytes).toBe(canonicalJson(evidence.answer));
      const inputs = evidence.inputs as { term: { values: object } };
      expect(inputs.term.values).toEqual({ days_late: 45, invoices_open: 2 });
      const answer = evidence.answer as { termStructure: { points: { months: number; pd: number }[] } };
      const [first, ...others] = answer.termStructure.points;
      const points = [{ months: 6, pd: (first?.pd ?? 0) / 2 }, ...others];
      const { late: __, ...withoutLate } = evidence.parts;
      const altered = {
        values: { ...evidence, inputs: { ...inputs, term: { ...inputs.term, values: { days_late: 0 } } } },
        term: { ...evidence, inputs: { ...inputs, term: null } },
        model: { ...evidence, parts: { ...evidence.parts, term: evidence.parts['model'] ?? '' } },
        answer: { ...evidence, answer: { ...answer, termStructure: { ...answer.termStructure, points } } },
        late: withLate
          ? { ...evidence, parts: withoutLate }
          : { ...evidence, parts: { ...evidence.parts, late: evidence.parts['term'] ?? '' } },
      };
      for (const [what, one] of Object.entries(altered))
        await expect(replay(one as never, load), what).rejects.toMatchObject({
          code: expect.stringMatching(/EVIDENCE_ALTERED|TARGET_MISMATCH/),
        });
    },
  );

  it('is that of the instant where the champion of then is asked for', async () => {
    world.promote(hazardArtefact(), { slot: termSlot, from: '2026-04-01' });
    world.promote(hazardArtefact(-1), { slot: termSlot, from: '2026-05-15' });
    const day = { customerId: 'payer', asOf: '2026-05-01' };
    await server.refresh();
    const [then, today] = [await rate({ ...day, model: 'then' }), await rate(day)];
    expect(then.termStructure?.[0]?.pd).toBeCloseTo(expected(3.4)[0] ?? 0, 12);
    expect(today.termStructure?.[0]?.pd).toBeCloseTo(expected(2.4)[0] ?? 0, 12);
    const earlier = await rate({ ...day, asOf: '2026-03-01', model: 'then' });
    expect(earlier).not.toHaveProperty('termStructure');
  });

  it('is refused where the model in its slot has one horizon only', async () => {
    world.promote({ ...smallArtefact(), name: 'wrong' }, { slot: termSlot });
    await server.refresh();
    const response = await fetch(`${server.url}/v1/ratings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"customerId":"payer"}',
    });
    expect(((await response.json()) as { code: string }).code).toBe('TARGET_MISMATCH');
  });
});

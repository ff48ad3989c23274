import { afterEach, beforeEach, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../serving/index.ts';
import { ratingAnswerSchema } from '../serving/openapi/answers.ts';
import { now, slot, smallArtefact, usualWorld, type World } from './serving/world.ts';

/** From when the customer `farmer` consents to the use of `parties`, of which segments are made. */
const CONSENTED = '2026-03-01T00:00:00.000Z';

let world: World;
let server: RunningServer;

beforeEach(async () => {
  world = usualWorld();
  const { deps } = world;
  const loss = { lgd: 0.6, lgdGuaranteed: 0.3, exposureAtDefault: 1 };
  const file = world.rules['loss.json'] as { readonly segments: object };
  world.rules = { ...world.rules, 'loss.json': { ...file, segments: { farm: loss } } };
  const bases = {
    ...deps.privacy.bases,
    policy: { ...deps.privacy.bases.policy, coversAll: () => false },
    lacking: async (ids: readonly string[], tables: Iterable<string>, at: string) => {
      const open = [...tables].filter((table) => table === 'parties' && at < CONSENTED);
      return new Map(ids.map((id) => [id, id === 'farmer' ? open : []] as const));
    },
  };
  world.promote(smallArtefact(0.5), { slot: { ...slot, segment: 'farm' } });
  for (const name of ['farmer', 'neighbour']) world.know(name, { days_late: 0 }, { segment: 'farm' });
  server = await startServer({ ...deps, privacy: { ...deps.privacy, bases } }, { port: 0 });
});
afterEach(() => server.close());

const rate = async (customerId: string, asOf: string, language = 'en') => {
  const response = await fetch(`${server.url}/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': language },
    body: JSON.stringify({ customerId, asOf }),
  });
  const answer = ratingAnswerSchema.parse(await response.json());
  const { inputs } = JSON.parse(world.recorded.at(-1)?.evidence ?? '{}') as {
    inputs: { decision: { facts: { segment: string | null } }; withheld?: unknown };
  };
  return { answer, inputs };
};

it('a segment made from a table without a basis as of then chooses no model, no rules and no loss, and is named', async () => {
  const before = await rate('farmer', '2026-02-28T23:59:59Z');
  expect(before.answer.model.slot).toBe('main/*/12m');
  expect(before.inputs.decision.facts.segment).toBeNull();
  expect(before.answer.decision.priceFloor).toMatchObject({ segment: 'otherwise', lgd: 0.45 });
  expect(before.inputs.withheld).toEqual([{ feature: 'segment', source: 'parties' }]);
  expect(before.answer.withheld).toEqual([{ feature: 'segment', source: 'parties' }]);
  expect(before.answer.flags.find(({ code }) => code === 'WITHHELD')).toMatchObject({
    text: 'Not used, as there is no legal basis for customer details: Segment.',
    features: [{ name: 'segment', value: null }],
  });
  const chinese = (await rate('farmer', '2026-02-28', 'zh')).answer.flags.find(({ code }) => code === 'WITHHELD');
  expect(chinese?.text).toBe('因缺少处理客户基本信息的合法性基础，以下特征未予使用：客户分类。');
  // A recorded rating is told from its evidence.
  const read = await fetch(`${server.url}/v1/ratings/${before.answer.ratingId}`);
  expect(ratingAnswerSchema.parse(await read.json())).toMatchObject({
    withheld: before.answer.withheld,
    pd: before.answer.pd,
  });

  for (const [customerId, asOf] of [
    ['farmer', now],
    ['neighbour', '2026-02-28'],
  ] as const) {
    const { answer, inputs } = await rate(customerId, asOf);
    expect(answer.model.slot).toBe('main/farm/12m');
    expect(answer.decision.priceFloor).toMatchObject({ segment: 'farm', lgd: 0.6 });
    expect([inputs.decision.facts.segment, inputs.withheld, answer.withheld]).toEqual(['farm', undefined, []]);
  }
});

import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ratedFacts } from '../records/changes/index.ts';
import type { RatesAgain } from '../serving/disputes/desk.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { askedAgain, type Rerate } from '../serving/ratings/rated-again.ts';
import { usualWorld, type World } from './serving/world.ts';

let server: RunningServer;
let rateAgain: RatesAgain;
let rerate: Rerate;
let world: World;
let disputes = 0;

beforeAll(async () => {
  world = usualWorld();
  world.know('doubtful', { days_late: 45, sector: 'retail', customer_since: '2012-01-01' });
  const { deps } = world;
  server = await startServer(
    {
      ...deps,
      disputes: { ...deps.disputes, rateBy: (given: RatesAgain) => void (rateAgain = given) },
      reviews: { ...deps.reviews, begin: (given) => void (rerate = given) },
    },
    { port: 0 },
  );
});
afterAll(() => server.close());
beforeEach(() => void world.recorded.splice(0));

async function rate(body: object): Promise<string> {
  const response = await fetch(`${server.url}/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return ((await response.json()) as { ratingId: string }).ratingId;
}
interface Evidence {
  readonly inputs: {
    readonly request: { readonly askedBy: string };
    readonly decision: { readonly facts: object; readonly request: object };
  };
  readonly answer: { readonly decision: { readonly outcome: string; readonly causes: readonly { code: string }[] } };
}
const evidence = (ratingId: string | null): Evidence =>
  JSON.parse(world.recorded.find((one) => one.ratingId === ratingId)?.evidence ?? 'null') as Evidence;
const upheld = async (customerId: string) => evidence(await rateAgain(customerId, `d-${++disputes}`));
const ratings = () => ({
  find: world.deps.records.find,
  newestOf: (customerId: string, limit: number) => world.deps.dossiers.ratingIds(customerId, limit),
});

const screened = { kind: 'person', age: 40, sanctionsHit: false, documentsMissing: [], overdueAmount: '0' } as const;
const request = { amount: '1000', termDays: 30 };

describe('a rating that the server asks for itself', () => {
  it('declines who is on a sanctions list, or under age, after an upheld dispute as before it: nothing is released and no limit granted', async () => {
    for (const [customerId, facts, cause] of [
      ['good', { ...screened, sanctionsHit: true }, 'SANCTIONS_HIT'],
      ['C-002', { ...screened, age: 17 }, 'MINOR'],
    ] as const) {
      // The score alone would approve.
      const without = evidence(await rate({ customerId, request, facts: screened }));
      expect(without.answer.decision.outcome).not.toBe('decline');
      const before = await rate({ customerId, request, facts });
      expect(evidence(before).answer.decision.outcome).toBe('decline');
      const after = await upheld(customerId);
      expect(after.answer.decision.outcome).toBe('decline');
      expect(after.answer.decision.causes.map(({ code }) => code)).toContain(cause);
      expect(after.inputs.request.askedBy).toBe('system:disputes');
      const told = ratedFacts(world.recorded.at(-1)?.evidence ?? '')?.decided;
      expect(told).toMatchObject({ hold: { held: true }, limit: { totalMinor: 0, availableMinor: 0 } });
    }
  });

  it('decides on what was asked and known, whatever that was', async () => {
    const amount = fc.integer({ min: 0, max: 90_000 }).map(String);
    const rows = fc.record(
      {
        request: fc.record({ amount, termDays: fc.integer({ min: 0, max: 90 }) }, { requiredKeys: [] }),
        facts: fc.record(
          {
            kind: fc.constantFrom('person', 'company'),
            age: fc.integer({ min: 0, max: 90 }),
            sanctionsHit: fc.boolean(),
            documentsMissing: fc.subarray(['passport', 'accounts']),
            existingExposure: amount,
            overdueAmount: amount,
            guaranteeOffered: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(rows, async (row) => {
        world.recorded.splice(0);
        const { inputs, answer } = evidence(await rate({ customerId: 'good', ...row }));
        const after = await upheld('good');
        expect(after.inputs.decision).toEqual(inputs.decision);
        expect(after.answer.decision).toEqual(answer.decision);
      }),
      { numRuns: 40 },
    );
  });

  it('does not forget a fact that a later request was silent about, and takes the amount and the guarantee of the newest', async () => {
    await rate({ customerId: 'good', facts: { sanctionsHit: false, existingExposure: '700', guaranteeOffered: true } });
    await rate({ customerId: 'good', facts: { sanctionsHit: true }, request });
    await rate({ customerId: 'good', request: { amount: '9' }, facts: { age: 50 } });
    // A look back says nothing of the present.
    await rate({ customerId: 'good', asOf: '2026-03-01T00:00:00Z', facts: { sanctionsHit: false } });
    expect(await askedAgain(ratings(), 'good')).toEqual({
      request: {
        customerId: 'good',
        request: { amount: '9' },
        facts: { age: 50, sanctionsHit: true, existingExposure: '700' },
      },
      askers: [expect.any(String)],
    });
  });

  it('repairs what ratings after disputes once dropped, and asks nothing of who was never rated', async () => {
    await rate({ customerId: 'good', request, facts: { sanctionsHit: true } });
    await rerate({ customerId: 'good' }, 'probity', 'as once', []);
    expect((await upheld('good')).answer.decision.outcome).toBe('decline');
    expect(await rateAgain('late', 'd-never')).toBeNull();
    expect(await askedAgain(ratings(), 'late')).toBeNull();
  });

  it('says what an upheld dispute put right of the facts, and it stays right', async () => {
    await rate({ customerId: 'good', request, facts: { ...screened, sanctionsHit: true } });
    const right = evidence(await rateAgain('good', 'd-right', { sanctionsHit: false }));
    expect(right.answer.decision.outcome).not.toBe('decline');
    expect((await upheld('good')).inputs.decision).toEqual(right.inputs.decision);
  });

  it('is not decided, nor overridden, by who had asked for the one before, nor by who had it made', async () => {
    const post = async (path: string, body: object): Promise<unknown> =>
      (
        await fetch(server.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      ).json();
    const decide = { kind: 'decide', verdict: 'approve', amount: '900', reasonCodes: ['REVIEWED'], reason: 'seen' };
    await rate({ customerId: 'doubtful', request });
    const [own] = (await askedAgain(ratings(), 'doubtful'))!.askers;
    for (const again of [await rateAgain('doubtful', 'd-own'), await rateAgain('doubtful', 'd-own-again')]) {
      expect(evidence(again).inputs.request).toMatchObject({ askedBy: 'system:disputes', onBehalfOf: [own] });
      expect((await world.deps.cases.find(again!)).case).toMatchObject({
        requestedBy: 'system:disputes',
        onBehalfOf: [own],
      });
      expect(await post(`/v1/cases/${again}/events`, decide)).toMatchObject({
        code: 'CASE_REFUSED',
        problems: expect.arrayContaining([expect.objectContaining({ at: 'actor' })]) as unknown,
      });
    }
    await rate({ customerId: 'good', request });
    const override = {
      to: 'decline',
      reasonCode: 'NEGATIVE_INFORMATION',
      note: 'seen',
      expiresAt: '2026-06-10T00:00:00Z',
    };
    expect(await post(`/v1/ratings/${await rateAgain('good', 'd-over')}/overrides`, override)).toMatchObject({
      code: 'OVERRIDE_REFUSED',
      problems: expect.arrayContaining([expect.objectContaining({ at: 'actor' })]) as unknown,
    });
    // Made on behalf of others alone, it is for this person to decide.
    const others = await rerate({ customerId: 'doubtful', request }, 'system:reviews', 'of-others', ['key:wang']);
    expect(JSON.stringify(await post(`/v1/cases/${others}/events`, decide))).not.toContain('Who asked for the rating');
  });

  it('finds who asked behind ratings of the system that name nobody, as they were recorded before', async () => {
    await rate({ customerId: 'doubtful', request });
    const before = (await askedAgain(ratings(), 'doubtful'))!.askers;
    await rerate({ customerId: 'doubtful', request }, 'system:reviews', 'of-before', []);
    expect(before).toHaveLength(1);
    expect((await askedAgain(ratings(), 'doubtful'))!.askers).toEqual(before);
  });

  it('is made once, and asked as it was first, also where the customer is rated meanwhile', async () => {
    await rate({ customerId: 'good', request });
    const made = await rateAgain('good', 'd-once');
    await rate({ customerId: 'good', request: { amount: '5' } });
    expect(await rateAgain('good', 'd-once')).toBe(made);
  });
});

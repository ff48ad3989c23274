import { beforeAll, describe, expect, it } from 'vitest';
import { asOf } from '../../base/index.ts';
import { loadRuleFiles, openRules, defaultStandards, type LiveRules, type RateableModel } from '../../rating/index.ts';
import type { FeatureReader, ViewHashes } from '../dependencies.ts';
import type { Beside } from './assignment.ts';
import { AMOUNT_FEATURES } from './known-amounts.ts';
import { lookUp, viewsTogether, withheldOf, withoutFeatures } from './feature-values.ts';

const model = (featureViews: ViewHashes, ...features: string[]) =>
  ({
    artefact: { provenance: { featureViews }, model: { terms: features.map((name) => ({ name })) } },
  }) as unknown as RateableModel;
const beside = (of: RateableModel) => ({ champion: { model: of } }) as unknown as Beside;
const at = asOf('2026-06-01');

/** A reader that notes what it is asked for, and answers one feature by each view. */
function reader() {
  const asked: ViewHashes[] = [];
  const names: (readonly string[])[] = [];
  const found = {
    async featuresOf(_: readonly string[], __: string, wanted: ViewHashes, more: readonly string[]) {
      asked.push(wanted);
      names.push(more);
      const values = Object.fromEntries(Object.entries(wanted).map(([view, hash]) => [view, `${view}@${hash}`]));
      const tables = Object.fromEntries(Object.keys(wanted).map((view) => [view, [`${view}s`]]));
      return { customers: new Map([['c', values]]), staleSources: [], incompleteSources: [], tables, factsThrough: 1 };
    },
  } as unknown as FeatureReader;
  return { asked, names, found };
}

/** Rules that ask for these features. */
const rulesFor = (...features: string[]): Promise<LiveRules> =>
  openRules(
    {
      ...files,
      'fields.json': { features: Object.fromEntries(features.map((name) => [name, { type: 'number' }])) },
    },
    defaultStandards().masterScale,
  );
const files = loadRuleFiles(null);
let rules: LiveRules;
beforeAll(async () => {
  rules = await rulesFor();
});

describe('features for the models of one rating', () => {
  it('are looked up once where the models agree on the versions of their views, and apart where they do not', async () => {
    const own = model({ a: '1', b: '1' }, 'a', 'b');
    const { asked, found } = reader();
    const agreed = await lookUp(found, ['c'], at, {
      model: own,
      rules,
      late: beside(model({ b: '1' }, 'b')),
      term: beside(model({ a: '1', d: '1' }, 'd')),
    });
    expect(asked).toEqual([{ a: '1', b: '1', d: '1' }]);
    expect(agreed.own).toBe(agreed.late);
    expect(agreed.own).toBe(agreed.term);
    const again = reader();
    const apart = await lookUp(again.found, ['c'], at, {
      model: own,
      rules,
      late: null,
      term: beside(model({ a: '2' }, 'a')),
    });
    expect(again.asked).toEqual([{ a: '1', b: '1' }, { a: '2' }]);
    expect(apart.own.customers.get('c')).toMatchObject({ a: 'a@1' });
    expect(apart.term.customers.get('c')).toEqual({ a: 'a@2' });
  });

  it('that came with the segments are not looked up again; versions that did not come are', async () => {
    const own = model({ a: '1' }, 'a');
    const other = model({ a: '2', b: '1' }, 'a', 'b');
    const views = viewsTogether([own, other, model({ d: '1' }, 'd')]);
    expect(views).toEqual({ a: '1', b: '1', d: '1' });
    const first = reader();
    const before = { views, asked: AMOUNT_FEATURES, answer: await first.found.featuresOf(['c'], at, views, []) };
    const again = reader();
    const found = await lookUp(
      again.found,
      ['c'],
      at,
      { model: own, rules, late: beside(model({ d: '1' }, 'd')), term: beside(other) },
      before,
    );
    expect([found.own, found.late]).toEqual([before.answer, before.answer]);
    expect(again.asked).toEqual([{ a: '2', b: '1' }]);
    expect(found.term.customers.get('c')).toEqual({ a: 'a@2', b: 'b@1' });
    // What a look did not hold is not taken to be in it.
    const lacking = reader();
    await lookUp(
      lacking.found,
      ['c'],
      at,
      { model: model({ a: '1', e: '1' }, 'e'), rules, late: null, term: null },
      before,
    );
    expect(lacking.asked).toEqual([{ a: '1', e: '1' }]);
  });

  it('are those that the rules ask for, too, with those of the model that rates', async () => {
    const own = model({ a: '1' }, 'a');
    const asking = { model: own, rules: await rulesFor('x', 'y'), late: beside(model({ a: '1' }, 'a')), term: null };
    const { asked, names, found } = reader();
    await lookUp(found, ['c'], at, asking);
    expect([asked, names]).toEqual([[{ a: '1' }], [['x', 'y', ...AMOUNT_FEATURES]]]);
    const views = { a: '1' };
    for (const [held, looks] of [
      [['x', ...AMOUNT_FEATURES], [['x', 'y', ...AMOUNT_FEATURES]]],
      [['y', ...AMOUNT_FEATURES, 'z', 'x'], []],
    ] as const) {
      const again = reader();
      await lookUp(again.found, ['c'], at, asking, {
        views,
        asked: held,
        answer: await found.featuresOf([], at, views, held),
      });
      expect(again.names).toEqual(looks);
    }
  });

  it('without a legal basis are withheld from each of the models', async () => {
    const models = {
      model: model({ a: '1' }, 'a'),
      rules,
      late: null,
      term: beside(model({ a: '1', d: '1' }, 'a', 'd', 'months_on_book')),
    };
    const found = await lookUp(reader().found, ['c'], at, models);
    const withheld = withheldOf({ ...models, rulesOnly: null }, ['ds'], found);
    expect(withheld).toEqual([{ feature: 'd', source: 'ds' }]);
    const values = { a: 1, d: 2 };
    expect(withoutFeatures({ own: values, late: {}, term: values }, withheld)).toEqual({
      own: { a: 1 },
      late: {},
      term: { a: 1 },
    });
  });
});

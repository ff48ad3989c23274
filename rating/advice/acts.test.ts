import { readFile } from 'node:fs/promises';
import { expect, describe, it } from 'vitest';
import { contentHash } from '../../base/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { number, plain, ready, TERMS, type Customer } from '../../test/support/advice-customers.ts';
import { decide } from '../decision/index.ts';
import { rateableModel } from '../model.ts';
import { doableAct } from './doable.ts';
import { adviceTexts, advise, loadActs, parseActs, type Act, type ActsFile } from './index.ts';

/** A model to which every feature tells: the more of it, the worse. */
const modelOf = (named: { readonly [name: string]: readonly number[] }) => {
  const label = { en: 'Part-paid share', 'zh-CN': '部分付款比例' };
  const terms = Object.entries(named).map(([name, edges]) => ({
    ...number(
      name,
      edges,
      [0, 0, ...edges].map((_, i) => Math.max(0, i - 1) * 0.5),
    ),
    label: name === 'part_paid_share_365d' ? label : null,
  }));
  const artefact = artefactOf({ intercept: -4.25, terms, pairs: [] });
  return rateableModel(compile(artefact), artefactHash(artefact));
};
const usual = (acts: ActsFile): Customer => ({
  model: modelOf(TERMS),
  rules: plain,
  acts,
  overdue: 2600,
  drawn: 4800,
  outside: null,
  amount: 88_000,
  open: 9000,
  utilisation: 0.96,
  termDays: 60,
  existing: 4800,
  documents: 0,
  turnover: null,
});
const adviceOf = async (customer: Customer) => {
  const { advisor, input } = ready(customer);
  return advise(advisor, input, await decide(input, advisor.parts));
};

describe('acts', () => {
  it('of old evidence keep their hash, and advise what they did', async () => {
    // The package's acts in version 1, as ratings of that time have them in their evidence; hash and advice as the code of then gave them.
    const file = new URL('../../test/support/acts-1.json', import.meta.url);
    const acts = parseActs(JSON.parse(await readFile(file, 'utf8')));
    expect(contentHash(acts)).toBe('97e041ddf78009d4ed911e36a0991ad00cd17782b7e0917d4997f238d0ac304c');
    const given: string[] = [];
    for (const overdue of [0, 1300, 2600])
      for (const drawn of [0, 2200, 4800])
        for (const outside of [null, 2000]) {
          const customer = { ...usual(acts), overdue, drawn, outside, utilisation: drawn / 5000, existing: drawn };
          const { found, why } = await adviceOf(customer);
          const done = found?.acts.map(({ act, size, changes }) => `${act.id} ${size} (${changes.length})`);
          given.push(`${overdue} ${drawn} ${outside}: ${done?.join(', ') ?? why?.kind}, ${found?.cost ?? 0}`);
        }
    expect(given).toEqual([
      '0 0 null: offer-guarantee null (1), 1000',
      '0 0 2000: offer-guarantee null (1), 1000',
      '0 2200 null: repay-drawn 1800 (3), 36',
      '0 2200 2000: repay-drawn 1800 (5), 36',
      '0 4800 null: repay-drawn 2400 (3), 48',
      '0 4800 2000: repay-drawn 2400 (5), 48',
      '1300 0 null: pay-overdue 1000 (5), 10',
      '1300 0 2000: pay-overdue 1000 (5), 10',
      '1300 2200 null: pay-overdue 1300 (5), 13',
      '1300 2200 2000: pay-overdue 1300 (5), 13',
      '1300 4800 null: pay-overdue 1300 (5), repay-drawn 2400 (3), 61',
      '1300 4800 2000: pay-overdue 1300 (5), repay-drawn 2400 (5), 61',
      '2600 0 null: pay-overdue 2300 (5), 23',
      '2600 0 2000: pay-overdue 2300 (5), 23',
      '2600 2200 null: pay-overdue 2600 (5), 26',
      '2600 2200 2000: pay-overdue 2600 (5), 26',
      '2600 4800 null: pay-overdue 2600 (5), repay-drawn 2400 (3), 74',
      '2600 4800 2000: pay-overdue 2600 (5), repay-drawn 2400 (5), 74',
    ]);
  });

  const [pay, repay] = loadActs(null).acts as [Act, Act];
  const differing = (by: string): unknown => ({
    ...repay,
    effects: [...repay.effects.slice(0, 5), { field: 'features.utilisation_change_90d', follows: 'shift', by }],
  });
  const parsed = (acts: readonly unknown[]): ActsFile => parseActs({ name: 'x', version: 1, atMost: 3, acts });

  it('move a difference by as much as what it is the difference of, through further differences, and leave it missing with that', () => {
    const chain = {
      ...repay,
      effects: [
        { field: 'features.z', follows: 'shift', by: 'features.y' },
        { field: 'features.y', follows: 'shift', by: 'features.share' },
        { field: 'features.share', follows: 'ratio', to: ['features.credit_drawn'] },
        { field: 'features.credit_drawn', follows: 'size' },
      ],
      unfollowed: [],
      unfollowedInPart: [],
    };
    const [act] = parsed([chain]).acts as [Act];
    const facts = new Map(
      Object.entries({ credit_drawn: 400, share: 0.5, y: 0.2, z: -1 }).map(([k, v]) => [`features.${k}`, v]),
    );
    const doable = doableAct(act, facts, 2);
    const at = (k: number) => ['share', 'y', 'z'].map((name) => doable?.valueAt(`features.${name}`, k));
    expect([at(2), at(4)]).toEqual([
      [1, 0.7, -0.5],
      [null, null, null],
    ]);
    // A difference that is not known stays so, and what follows it stays as it is.
    facts.delete('features.y');
    expect(doableAct(act, facts, 2)?.writes).toEqual(['features.credit_drawn', 'features.share']);
  });

  it('leave as it is, and name, what the fields do not tell of a customer', () => {
    const facts = (limits: number | null) =>
      new Map<string, number | null>([
        ['features.credit_drawn', 400],
        ['features.utilisation', 0.5],
        ['features.utilisation_change_90d', 0.1],
        ['features.credit_limit', limits],
      ]);
    const shares = ['features.utilisation', 'features.utilisation_change_90d'];
    for (const [limits, isTold] of [
      [800, true],
      // What the limits are is not known: nothing speaks against it.
      [null, true],
      // 100 are drawn where there is no limit.
      [600, false],
    ] as const) {
      const doable = doableAct(repay, facts(limits), 2);
      expect(shares.map((field) => doable?.writes.includes(field))).toEqual([isTold, isTold]);
      expect(shares.map((field) => doable?.unfollowed(4).includes(field))).toEqual([!isTold, !isTold]);
    }
  });

  it('are refused where a difference follows nothing, itself, or a value that is set; or what is followed is named as left as it is', () => {
    expect(() => parsed([differing('features.utilisation')])).not.toThrow();
    const circle = (field: string, by: string) => ({ field, follows: 'shift', by });
    for (const wrong of [
      differing('features.unknown'),
      differing('features.utilisation_change_90d'),
      {
        ...repay,
        effects: [...repay.effects.slice(0, 5), circle('features.a', 'features.b'), circle('features.b', 'features.a')],
      },
      { ...pay, effects: [...pay.effects, circle('features.a', 'features.dpd_current')] },
      { ...pay, unfollowed: ['features.overdue_share'] },
      { ...pay, unfollowed: ['features.dpd_current'], unfollowedInPart: [] },
      { ...pay, unfollowed: ['customer.overdueAmount'] },
      { ...pay, unfollowed: ['features.a', 'features.a'] },
    ])
      expect(() => parsed([wrong]), JSON.stringify(wrong)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
  });

  it('are joined though both change what nothing reads, and are not where it is read', async () => {
    const acts = loadActs(null);
    const { found } = await adviceOf(usual(acts));
    expect(found?.acts.map(({ act }) => act.id)).toEqual(['pay-overdue', 'repay-drawn']);
    // What each would make of it alone is told of neither.
    const changed = found?.acts.flatMap(({ changes }) => changes.map(({ field }) => field)) ?? [];
    expect(changed).toContain('features.utilisation_change_90d');
    expect(changed).not.toContain('features.collateral_coverage');
    expect(new Set(changed).size).toBe(changed.length);
    const reading = await adviceOf({ ...usual(acts), model: modelOf({ ...TERMS, collateral_coverage: [50, 60] }) });
    expect(reading.found?.acts.map(({ act }) => act.id)).not.toEqual(['pay-overdue', 'repay-drawn']);
  });

  it('say in their advice what the model reads, they move, and the advice leaves as it is', async () => {
    const acts = loadActs(null);
    const plainAdvice = await adviceOf({ ...usual(acts), drawn: 0 });
    expect(plainAdvice.found?.acts.map(({ act, isAll }) => [act.id, isAll])).toEqual([['pay-overdue', true]]);
    expect(plainAdvice.found?.unfollowed).toEqual([]);
    const model = modelOf({ ...TERMS, part_paid_share_365d: [0.5] });
    const advice = await adviceOf({ ...usual(acts), drawn: 0, model });
    expect(advice.found?.unfollowed.map(({ field }) => field)).toEqual(['features.part_paid_share_365d']);
    expect(adviceTexts(advice, plain.set, 'en').at(-1)).toBe(
      'Left as they are, though this moves them in ways that cannot be told beforehand: Part-paid share.',
    );
    expect(adviceTexts(advice, plain.set, 'zh-CN').at(-1)).toBe(
      '以下指标会随之变动，但无法事先推算，故按现值计：部分付款比例。',
    );
    // A part leaves the oldest debt, and its age, where they are.
    const partly = await adviceOf({ ...usual(acts), overdue: 1300, drawn: 0, utilisation: 0 });
    expect(partly.found?.acts.map(({ act, isAll }) => [act.id, isAll])).toEqual([['pay-overdue', false]]);
    expect(partly.found?.unfollowed.map(({ label }) => label.en)).toEqual(['dpd current']);
  });
});

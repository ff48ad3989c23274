import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, it } from 'vitest';
import { isProbityError, type Json } from '../../base/index.ts';
import { loadSignals } from '../../features/signals/index.ts';
import { loadWarningHandling, WARNING_LEVELS } from '../warnings/index.ts';
import { loadSignalRuleFiles, openSignalRules, triggersOf, type SignalRules } from './index.ts';

let known: ReadonlySet<string>;
let rules: SignalRules;
beforeAll(async () => {
  const views = await loadSignals();
  known = new Set([...views.customers, ...views.industries].flatMap((view) => view.features.map(({ name }) => name)));
  rules = await openSignalRules(loadSignalRuleFiles(null), known);
});

interface Files {
  readonly tables: {
    readonly nodes: readonly { readonly name: string; readonly content: { rules: Record<string, string>[] } }[];
  };
  readonly about: { signals: Record<string, Json> };
}

const problemsOf = async (change: (files: Files) => void): Promise<string> => {
  const files = structuredClone(loadSignalRuleFiles(null)) as unknown as Files & { tables: Json; about: Json };
  change(files);
  const error: unknown = await openSignalRules(files, known).catch((thrown: unknown) => thrown);
  if (!isProbityError(error, 'INVALID_RULES')) throw error;
  return error.problems.map(({ message }) => message).join('\n');
};

describe('tables over signals', () => {
  it('have texts in both languages, and countermeasures, for every code; honesty is told apart from ability to pay', () => {
    const { measures, responses } = loadWarningHandling(null);
    for (const [code, text] of rules.texts) {
      expect(text.en, code).not.toBe('');
      expect(text['zh-CN'], code).toMatch(/[一-鿿]/);
      const fitting = responses.find(({ warning }) => warning === code || warning === null);
      expect(measures.map((each) => each.code)).toEqual(expect.arrayContaining([...(fitting?.measures ?? ['none'])]));
    }
    expect([...rules.integrity].toSorted()).toEqual([
      'BUST_OUT',
      'CONTRADICTORY_DECLARATIONS',
      'FIRST_PAYMENT_DEFAULT',
      'IDENTITY_SHARED',
      'REFUND_LOOP',
    ]);
  });

  it('are refused with every problem: unknown signals, cells of another language, codes without texts, examples that fail', async () => {
    expect(await problemsOf(({ about }) => (about.signals['mood'] = { type: 'number' }))).toContain('no signal "mood"');
    const table = (files: Files, name: string) => files.tables.nodes.find((node) => node.name === name)!.content;
    const both = await problemsOf((files) => {
      table(files, 'limit').rules[0]!['i1'] = 'drawn above';
      table(files, 'documents').rules[0]!['o1'] = '"NEVER_HEARD"';
    });
    expect(both).toMatch(/not of the language[^]*NEVER_HEARD has no texts/);
    expect(await problemsOf((files) => (table(files, 'bust_out').rules[0]!['i1'] = '>= 20'))).toContain(
      'bust_out answers []',
    );
  });

  it('have for every row an example that it accepts, and for each of its bounds one just outside', async () => {
    for (const { name, content } of (loadSignalRuleFiles(null) as unknown as Files).tables.nodes.filter(
      (node) => 'content' in node,
    )) {
      const unproven = await problemsOf(({ about }) => {
        for (const example of (about as unknown as { examples: { expect: Record<string, Json> }[] }).examples)
          delete example.expect[name];
      });
      expect(unproven.split('No example is one of it.'), name).toHaveLength(content.rules.length + 1);
    }
    const without = (name: string) =>
      problemsOf(({ about }) => {
        const held = about as unknown as { examples: { name: string }[] };
        held.examples = held.examples.filter((example) => example.name !== name);
      });
    expect(await without('invoiced_surge_90d 2, earlier_paid_share 0.9, recent_paid_share 0.3')).toBe(
      'No example has signals.recent_paid_share just outside 0.3, and all else as the row asks.',
    );
    expect(await without('score_drop_own 2.9, score_drop 20')).toContain('signals.score_drop_own just outside 3');
    expect(await without('limit_excess 0')).toContain('signals.limit_excess just outside 0');
    // A bound moved by a hair is caught by the examples at it.
    const moved = await problemsOf(({ tables }) => {
      tables.nodes.find(({ name }) => name === 'guarantor')!.content.rules[1]!['i1'] = '> 4';
    });
    expect(moved).toMatch(/guarantor answers \[\], not/);
  });

  it('give one trigger a code, at the worst level of its rows, with the signals that these ask for', async () => {
    const found = await triggersOf({ identity_shared_kinds: 2, identity_shared_customers: 4, exposure_now: 9 }, rules);
    expect(found).toEqual([
      {
        code: 'IDENTITY_SHARED',
        level: 'critical',
        signals: { identity_shared_kinds: 2, identity_shared_customers: 4 },
        rows: ['identity two-kinds', 'identity ring'],
      },
    ]);
  });

  it('of a customer in default speak of honesty alone', async () => {
    const signals = { limit_excess: 100, late_turn_days: 80, first_payment_dpd: 95 };
    const codes = async (more: object) => (await triggersOf({ ...signals, ...more }, rules)).map(({ code }) => code);
    const all = ['PAYMENT_TURNS_LATE', 'LIMIT_BREACH', 'FIRST_PAYMENT_DEFAULT'];
    expect(await codes({})).toEqual(all);
    expect(await codes({ dpd_oldest_open: 89 })).toEqual(all);
    expect(await codes({ dpd_oldest_open: 90 })).toEqual(['FIRST_PAYMENT_DEFAULT']);
    expect(
      await problemsOf(({ about }) => ((about as { leftOut?: object }).leftOut = { signal: 'mood', from: 1 })),
    ).toContain('no signal "mood"');
  });

  test.prop([
    fc.dictionary(
      fc.constantFrom('score_drop', 'score_drop_own', 'late_turn_days', 'limit_excess', 'order_silence'),
      fc.double({ min: -100, max: 100, noNaN: true }),
    ),
  ])('say nothing of what is not known, and nothing milder of what is worse', async (signals) => {
    expect(await triggersOf({}, rules)).toEqual([]);
    const before = await triggersOf(signals, rules);
    const worse = await triggersOf(
      Object.fromEntries(Object.entries(signals).map(([name, value]) => [name, value + 5])),
      rules,
    );
    for (const { code, level } of before) {
      const after = worse.find((each) => each.code === code);
      expect(WARNING_LEVELS.indexOf(after!.level)).toBeGreaterThanOrEqual(WARNING_LEVELS.indexOf(level));
    }
  });
});

import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { isProbityError } from '../../base/index.ts';
import { OPEN_POLICY, protectedList } from '../../models/protected/index.ts';
import { cell, editedRules, scoredBy, type RuleEdits } from '../../test/support/rules.ts';
import { defaultStandards } from '../standards.ts';
import { lawBeside, openRecordedRules, openRules, protectedReads, type LawOfRules } from './index.ts';

const scale = defaultStandards().masterScale;
const { attributes } = protectedList();
const example = (facts: { readonly [field: string]: number }) => ({ examples: [{ name: 'none', facts, expect: {} }] });

/** What each place of a rule set that reads a feature is called, and the edits that make it read one. */
const PLACES: { readonly [place: string]: (feature: string) => RuleEdits } = {
  'score.json guarantee, column': scoredBy,
  'policy.json policy, column': (feature) => ({
    'policy.json': { 'nodes.1.content.inputs.3.field': `features.${feature}` },
    'policy.about.json': example({}),
  }),
  'warnings.json warnings, column': (feature) => ({
    'warnings.json': { 'nodes.1.content.inputs.2.field': `features.${feature}` },
    'warnings.about.json': example({}),
  }),
  'terms.json terms, column': (feature) => ({
    'terms.json': { 'nodes.1.content.inputs.0.field': `features.${feature}`, [cell(4, 'i1')]: 'null, >= 0.15' },
    'terms.about.json': example({}),
  }),
  'limits.json limits, column': (feature) => ({
    'limits.json': { 'nodes.1.content.inputs.0.field': `features.${feature}`, [cell(4, 'i1')]: 'null, >= 0.3' },
    'limits.about.json': example({}),
  }),
  'limits.json limits row good, base': (feature) => ({
    'limits.json': { [cell(1, 'o2')]: `"features.${feature}"`, [cell(1, 'o3')]: '0.2' },
  }),
  'regimes.json industry.feature': (feature) => ({ 'regimes.json': { 'industry.feature': feature } }),
  'fields.json,': () => ({}),
};

function reading(place: string, feature: string) {
  const edits = PLACES[place]?.(feature) ?? {};
  return editedRules({ ...edits, 'fields.json': { [`features.${feature}`]: { type: 'number', min: 0 } } });
}

async function refusal(files: ReturnType<typeof editedRules>, law?: LawOfRules) {
  try {
    await openRules(files, scale, law);
  } catch (error) {
    if (isProbityError(error, 'PROTECTED_ATTRIBUTE')) return error.problems;
    throw error;
  }
  return [];
}

/** Names that a feature of a table may have, with the attribute that each tells. */
const NAMES = Object.entries(attributes).flatMap(([attribute, { names }]) =>
  names.map((name) => ({ attribute, name: name.replaceAll(' ', '_') })),
);

const byAge = (first: string, second: string): RuleEdits => ({
  'score.json': {
    'nodes.1.content.inputs.0.field': 'customer.age',
    [cell(0, 'i1')]: first,
    [cell(1, 'i1')]: second,
    [cell(2, 'i1')]: 'null',
  },
  'score.about.json': example({}),
});
const minors = (cellText: string): RuleEdits => ({
  'policy.json': { [cell(2, 'i2')]: cellText },
  'policy.about.json': example({}),
});

describe('rules that decide', () => {
  test.prop([fc.constantFrom(...Object.keys(PLACES)), fc.constantFrom(...NAMES)], { numRuns: 150 })(
    'are refused wherever they read a protected attribute, table, column and attribute named',
    async (place, { attribute, name }) => {
      const found = await refusal(reading(place, name));
      const own = found.find(({ at }) => at.startsWith(place));
      expect(own?.at).toContain(place.startsWith('regimes') ? 'industry.feature' : `features.${name}`);
      expect(own?.message).toContain(attributes[attribute]?.label.en.toLowerCase());
    },
  );

  it('are told every place at once', async () => {
    const files = reading('score.json guarantee, column', 'gender');
    const both = editedRules(PLACES['limits.json limits row good, base']?.('gender') ?? {}, files);
    expect((await refusal(both)).map(({ at }) => at)).toEqual([
      'score.json guarantee, column features.gender',
      'limits.json limits row good, base features.gender',
    ]);
  });

  test.prop([fc.constantFrom(...Object.keys(PLACES))])('may read what is not protected: %s', async (place) => {
    expect(await refusal(reading(place, 'account_age_days'))).toEqual([]);
  });

  it('may ask in policy who is of full age, as the law demands, and part nobody above it', async () => {
    expect(await refusal(editedRules({}))).toEqual([]);
    for (const cellText of ['< 18', '>= 18', '[18..21)', 'null', 'null, < 18'])
      expect([cellText, await refusal(editedRules(minors(cellText)))]).toEqual([cellText, []]);
    // The scale of a feature is not known: a code of a band may part anywhere.
    expect(await refusal(reading('policy.json policy, column', 'age_band'))).toHaveLength(1);
    for (const cellText of ['> 62', '< 25', '[18..65]'])
      expect((await refusal(editedRules(minors(cellText))))[0]).toMatchObject({
        at: 'policy.json policy, column customer.age',
        fix: expect.stringContaining('1002.2(z)') as string,
      });
  });

  it('may not score by age, not even by full age', async () => {
    for (const cells of [
      ['< 18', '>= 18'],
      ['>= 30', '< 30'],
    ] as const)
      expect((await refusal(editedRules(byAge(cells[0], cells[1]))))[0]?.at).toBe(
        'score.json guarantee, column customer.age',
      );
  });

  it('follow the laws that the project names, and its stated reasons; no reason of a model stands for them', async () => {
    const rules = editedRules(byAge('>= 30', '< 30'));
    const law = (more: Partial<LawOfRules>): LawOfRules => ({ ...OPEN_POLICY, ...more });
    expect(await refusal(rules, law({ jurisdictions: ['CN'] }))).toEqual([]);
    expect(await refusal(reading('score.json guarantee, column', 'sex'), law({ jurisdictions: ['CN'] }))).toHaveLength(
      1,
    );
    const permitted = (column: string) => law({ permitted: [{ column, reason: 'checked by counsel' }] });
    expect(await refusal(rules, permitted('age'))).toHaveLength(1);
    expect(await refusal(rules, permitted('customer.age'))).toEqual([]);
    expect(await refusal(reading('score.json guarantee, column', 'church'), permitted('church'))).toEqual([]);
    const declared = law({ columns: ['x7'], permitted: [{ column: 'x7', reason: 'why not' }] });
    expect(await refusal(reading('score.json guarantee, column', 'x7'), declared)).toHaveLength(1);
    expect(await refusal(reading('score.json guarantee, column', 'x7'))).toEqual([]);
  });

  it('may not read beside a model what it is kept from seeing; who is of full age stays to be asked', async () => {
    const beside = lawBeside({ protected: ['x7', 'age'] });
    const { set } = await openRules(reading('score.json guarantee, column', 'x7'), scale);
    expect(protectedReads(set, beside).map(({ at }) => at)).toEqual(['score.json guarantee, column features.x7']);
    const { set: ours } = await openRules(editedRules({}), scale);
    expect(protectedReads(ours, beside)).toEqual([]);
    const { set: aged } = await openRecordedRules(editedRules(byAge('>= 30', '< 30')), scale);
    expect(protectedReads(aged, beside)).toHaveLength(1);
  });

  it('that decided before the law was held against them are opened for replays as they were', async () => {
    const files = reading('score.json guarantee, column', 'gender');
    expect((await openRecordedRules(files, scale)).set.score[0]?.table.fields[0]?.name).toBe('features.gender');
  });
});

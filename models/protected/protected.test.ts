import { describe, expect, it } from 'vitest';
import { isProbityError } from '../../base/index.ts';
import { asGroups, matchProtected, numbersOf, OPEN_POLICY, protectedList, protectedUse } from './index.ts';

const { attributes, jurisdictions } = protectedList();
const all = Object.keys(jurisdictions);
const attributesOf = (name: string, laws = all): string[] => matchProtected(name, laws).map((each) => each.attribute);

describe('the list of protected attributes', () => {
  it('names a source for every jurisdiction, and lists only attributes that it defines', () => {
    for (const { sources, attributes: listed, exceptions } of Object.values(jurisdictions)) {
      expect(sources.length).toBeGreaterThan(0);
      for (const attribute of [...listed, ...Object.keys(exceptions)]) expect(attributes).toHaveProperty(attribute);
      for (const attribute of Object.keys(exceptions)) expect(listed).toContain(attribute);
    }
    const listed = new Set(Object.values(jurisdictions).flatMap((law) => law.attributes));
    expect([...listed].sort()).toEqual(Object.keys(attributes).sort());
  });

  it('holds the prohibited bases of the Equal Credit Opportunity Act, 15 U.S.C. 1691(a)', () => {
    expect([...jurisdictions['US']!.attributes].sort()).toEqual(
      ['age', 'marital-status', 'national-origin', 'public-assistance', 'race', 'religion', 'sex'].sort(),
    );
  });

  it.each([
    ['SEX', ['sex']],
    ['sex', ['sex']],
    ['applicant_gender', ['sex']],
    ['is_male', ['sex']],
    ['MARRIAGE', ['marital-status']],
    ['MaritalStatus', ['marital-status']],
    ['personal_status', ['sex', 'marital-status']],
    ['foreign_worker', ['national-origin']],
    ['age', ['age']],
    ['AGE', ['age']],
    ['age_years', ['age']],
    ['customer-age', ['age']],
    ['dateOfBirth', ['age']],
    ['born_on', ['age']],
    ['ethnicity', ['race']],
    ['religion', ['religion']],
    ['性别', ['sex']],
    ['客户年龄', ['age']],
    ['婚姻状况', ['marital-status']],
    ['民族', ['race']],
  ])('finds what the column %s holds', (name, expected) => {
    expect(attributesOf(name).sort()).toEqual([...expected].sort());
  });

  it.each([
    'account_age_days',
    'age_of_oldest_account',
    'average_balance',
    'coverage',
    'mileage',
    'company_years',
    'tenure_days',
    'class',
    'message_count',
    'racecourse_spend',
    'essex_branch',
    'title',
    'color',
    'home_ownership',
    'dependents',
    'x7',
  ])('does not take the column %s for one', (name) => {
    expect(attributesOf(name)).toEqual([]);
  });

  it('looks at the law that is asked for: age is no listed basis in the Chinese list, sex is in every one', () => {
    expect(attributesOf('age', ['CN'])).toEqual([]);
    for (const law of all) expect(attributesOf('sex', [law])).toEqual(['sex']);
  });
});

describe('what a model may be used for', () => {
  it('is benchmark-only with a protected feature, by name, and open without', () => {
    expect(protectedUse(['income', 'tenure'], OPEN_POLICY)).toEqual({ use: null, warnings: [] });
    const { use, warnings } = protectedUse(['income', 'sex'], OPEN_POLICY);
    expect(use).toBe('benchmark-only');
    expect(warnings.map(({ code, feature }) => [code, feature])).toEqual([['PROTECTED_FEATURE', 'sex']]);
  });

  it('is refused under a stated jurisdiction, every feature at once, with what the law allows', () => {
    try {
      protectedUse(['sex', 'income', 'age'], { ...OPEN_POLICY, jurisdictions: ['US'] });
      expect.unreachable();
    } catch (error) {
      if (!isProbityError(error, 'PROTECTED_ATTRIBUTE')) throw error;
      expect(error.problems.map(({ at }) => at)).toEqual(['sex', 'age']);
      expect(error.problems[1]?.fix).toContain('1002.6(b)(2)(ii)');
    }
  });

  it('passes with benchmark-only said, and with a reason for each column; a declared column has no way round', () => {
    const policy = { ...OPEN_POLICY, jurisdictions: ['US'] };
    expect(protectedUse(['sex'], { ...policy, benchmarkOnly: true }).use).toBe('benchmark-only');
    expect(protectedUse(['income'], { ...policy, benchmarkOnly: true }).use).toBe('benchmark-only');
    const permitted = [{ column: 'age', reason: '12 CFR 1002.6(b)(2)(ii), checked by counsel' }];
    const used = protectedUse(['age'], { ...policy, permitted });
    expect(used.use).toBeNull();
    expect(used.warnings[0]).toMatchObject({ code: 'PROTECTED_PERMITTED', feature: 'age' });
    expect(used.warnings[0]?.message).toContain('checked by counsel');
    const declared = { ...policy, columns: ['x7'], permitted: [{ column: 'x7', reason: 'I wish' }] };
    expect(() => protectedUse(['x7'], declared)).toThrow(/protected attributes/);
  });

  it('refuses a jurisdiction without a list', () => {
    expect(() => protectedUse(['income'], { ...OPEN_POLICY, jurisdictions: ['MARS'] })).toThrow(/jurisdiction/);
  });
});

describe('groups of an attribute', () => {
  const column = (name: string, values: readonly (number | string)[]) => {
    const levels = [...new Set(values.map(String))].sort();
    return {
      kind: 'category',
      name,
      levels,
      codes: Int32Array.from(values, (value) => levels.indexOf(String(value))),
    } as const;
  };

  it('are fixed bands of an age, quarters of another number, and the levels themselves of anything else', () => {
    const ages = column('age', [19, 24, 25, 30, 39, 40, 50, 61, 62, 90]);
    const bands = asGroups(ages);
    expect([...bands.codes].map((code) => bands.levels[code])).toEqual([
      '< 25',
      '< 25',
      '25–39',
      '25–39',
      '25–39',
      '40–61',
      '40–61',
      '40–61',
      '≥ 62',
      '≥ 62',
    ]);
    expect(numbersOf(ages)?.[0]).toBe(19);
    const quarters = asGroups(column('dependency', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
    expect([...quarters.codes]).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
    const sex = column('sex', ['f', 'm', 'f']);
    expect(asGroups(sex)).toBe(sex);
  });
});

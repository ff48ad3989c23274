import { beforeAll, expect, it } from 'vitest';
import { defaultStandards, loadRuleFiles, openRules, type LiveRules, type RateableModel } from '../../rating/index.ts';
import { checkedFeatures } from './features.ts';

const terms = [
  { name: 'income', type: 'number' },
  { name: 'region', type: 'category' },
];
const model = { artefact: { target: {}, model: { terms } } } as unknown as RateableModel;
let rules: LiveRules;
beforeAll(async () => {
  const features = { turnover: { type: 'number' }, branch: { type: 'category' }, strike: { type: 'number', max: 1 } };
  rules = await openRules({ ...loadRuleFiles(null), 'fields.json': { features } }, defaultStandards().masterScale);
});

it('features that only the rules ask for may be sent, by the types that the rules declare; without rules they are unknown', () => {
  const given = { income: 5, turnover: 12.5, branch: 3, strike: true };
  expect({ ...checkedFeatures(model, given, [], rules) }).toEqual({
    income: 5,
    turnover: 12.5,
    branch: '3',
    strike: 1,
  });
  expect(() => checkedFeatures(model, given, [])).toThrow('The features are not valid.');
});

it('every feature that is not valid is named at once, the unknown with the nearest of what model and rules read', () => {
  let problems: unknown;
  try {
    checkedFeatures(model, { turnovr: 1, turnover: 'much', income: Infinity, region: 'n' }, [], rules);
  } catch (error) {
    problems = (error as { problems: unknown }).problems;
  }
  expect(problems).toEqual([
    { at: 'features.turnovr', message: 'Neither model nor rules read such a feature.', fix: 'Did you mean turnover?' },
    expect.objectContaining({ at: 'features.turnover' }),
    expect.objectContaining({ at: 'features.income' }),
  ]);
});

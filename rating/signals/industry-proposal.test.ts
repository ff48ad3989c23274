import { describe, expect, it } from 'vitest';
import type { Json } from '../../base/index.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { artefactHash } from '../../models/artefact/index.ts';
import { compile } from '../../models/scoring/index.ts';
import { editedRules } from '../../test/support/rules.ts';
import { decide, NO_FACTS, NO_REQUEST } from '../decision/index.ts';
import { rateableModel } from '../model.ts';
import { rate } from '../rate.ts';
import { loadRuleFiles, openRules, readRegimesFile, type RegimesFile, type RuleFiles } from '../rules/index.ts';
import { defaultStandards } from '../standards.ts';
import { worseRegime } from './index.ts';

const standards = defaultStandards();
const shipped = loadRuleFiles(null);
const artefact = artefactOf({ intercept: -4, terms: [], pairs: [] });
const model = rateableModel(compile(artefact), artefactHash(artefact));

const proposed = (regimes: RegimesFile, industry: string, day: string) => worseRegime(regimes, industry, day)!;
const applied = (files: RuleFiles, { path, value }: ReturnType<typeof proposed>): RuleFiles =>
  editedRules({ 'regimes.json': { [path]: value } }, files);

async function decided(files: RuleFiles, industry: string, asOf: string) {
  const values = { industry };
  const rating = rate(model, standards, { values, horizonMonths: 12, staleSources: [], incompleteSources: [] });
  const facts = { ...NO_FACTS, sanctionsHit: false, age: 40, documentsMissing: [] };
  const given = { rating, values, asOf, request: NO_REQUEST, facts, latePayment: null };
  return decide(given, { standards, rules: await openRules(files, standards.masterScale) });
}

describe('the change of policy that a worsening industry proposes', () => {
  it('has an effect as it stands: from that day on its customers are decided otherwise, nobody else', async () => {
    const change = proposed(readRegimesFile(shipped), 'services', '2026-05-04');
    const files = applied(shipped, change);
    const before = await decided(shipped, 'services', '2026-06-01T00:00:00.000Z');
    const after = await decided(files, 'services', '2026-06-01T00:00:00.000Z');
    expect(before.evidence.regimes.industry).toBe('normal');
    expect(after.evidence.regimes.industry).toBe('stressed');
    expect(after.pd).toBeGreaterThan(before.pd);
    const { evidence: was, ...standing } = await decided(files, 'trade', '2026-06-01T00:00:00.000Z');
    const { evidence: is, ...shippedTrade } = await decided(shipped, 'trade', '2026-06-01T00:00:00.000Z');
    expect(standing.pd).toBe(shippedTrade.pd);
    expect([was.regimes.industry, is.regimes.industry]).toEqual(['normal', 'normal']);
    const earlier = await decided(files, 'services', '2026-05-03T23:59:59.000Z');
    expect(earlier.pd).toBe(before.pd);
  });

  it('keeps what other industries’ regimes are, and what is planned', () => {
    const first = applied(shipped, proposed(readRegimesFile(shipped), 'services', '2026-05-04'));
    const second = applied(first, proposed(readRegimesFile(first), 'trade', '2026-06-01'));
    expect(readRegimesFile(second).industry).toEqual({
      values: ['normal', 'stressed'],
      otherwise: 'normal',
      feature: 'industry',
      periods: [
        { from: '2026-05-04', of: { services: 'stressed' } },
        { from: '2026-06-01', of: { services: 'stressed', trade: 'stressed' } },
      ],
    });
    const between = proposed(readRegimesFile(second), 'mining', '2026-05-20').value;
    expect(between['periods']).toMatchObject([
      { from: '2026-05-04' },
      { from: '2026-05-20', of: { services: 'stressed', mining: 'stressed' } },
      { from: '2026-06-01' },
    ]);
    expect(proposed(readRegimesFile(second), 'mining', '2026-06-01').value['periods']).toHaveLength(2);
  });

  it('speaks the project’s words: the next worse of its regimes, by its feature; nothing where it is the worst', () => {
    const industry: Json = {
      values: ['calm', 'watched', 'shut'],
      otherwise: 'calm',
      feature: 'sector',
      periods: [{ from: '2026-01-01', of: { services: 'watched', trade: 'shut' } }],
    };
    const regimes = readRegimesFile(editedRules({ 'regimes.json': { industry } }, shipped));
    expect(proposed(regimes, 'services', '2026-05-04').value).toMatchObject({
      feature: 'sector',
      periods: [{ from: '2026-01-01' }, { from: '2026-05-04', of: { services: 'shut', trade: 'shut' } }],
    });
    expect(proposed(regimes, 'mining', '2026-05-04').value).toMatchObject({
      periods: [{}, { of: { mining: 'watched' } }],
    });
    expect(worseRegime(regimes, 'trade', '2026-05-04')).toBeNull();
  });
});

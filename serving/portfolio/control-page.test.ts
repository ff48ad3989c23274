import { expect, it } from 'vitest';
import { LANGUAGES } from '../../base/index.ts';
import { controlPolicySchema, controlReport, loadControlPolicy } from '../../rating/index.ts';
import { controlReportSchema } from '../openapi/control-paths.ts';
import { controlPage } from './control-page.ts';

const policy = controlPolicySchema.parse({
  ...loadControlPolicy(null),
  teams: [{ code: 'north', label: { en: '<North>', 'zh-CN': '北区' }, members: ['li'] }],
});
const at = '2026-05-01T00:00:00.000Z';
const report = {
  reportId: 'f'.repeat(64),
  ...controlReport(
    {
      from: '2026-01-01T00:00:00.000Z',
      until: '2026-04-01T00:00:00.000Z',
      asOf: at,
      reviews: [],
      warnings: [],
      overrides: [
        {
          by: 'li',
          customer: 'c',
          from: 'decline',
          to: 'approve',
          reasonCode: 'X',
          pd: 0.1,
          amount: 1,
          lgd: 0.45,
          ead: 1,
          bad: true,
        },
      ],
      own: [{ customer: 'o', bad: false }],
      outcomes: { knownUntil: null, why: 'There is no <warehouse>.' },
    },
    policy,
  ),
};

it('the page of a control report is one without scripts or network, its data escaped, in every language; the report is as the document describes it', () => {
  for (const language of LANGUAGES) {
    const page = controlPage(report, policy, language);
    expect(page).not.toMatch(/<script|https?:|<North>|<warehouse>/);
    expect(page).toContain(`lang="${language}"`);
  }
  expect(controlPage(report, policy, 'zh-CN')).toContain('样本不足');
  expect(controlReportSchema.parse(JSON.parse(JSON.stringify(report)))).toBeTruthy();
});

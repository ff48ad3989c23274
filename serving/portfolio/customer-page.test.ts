import { expect, it } from 'vitest';
import { LANGUAGES } from '../../base/index.ts';
import {
  customerReport,
  defaultStandards,
  loadRuleFiles,
  loadWarningHandling,
  raiseWarning,
  readLossFile,
  type RatedPoint,
} from '../../rating/index.ts';
import { customerReportSchema } from '../openapi/customer-report-paths.ts';
import { customerReportPage } from './customer-page.ts';

const handling = loadWarningHandling(null);
const standards = { masterScale: defaultStandards().masterScale, loss: readLossFile(loadRuleFiles(null)) };
const at = '2026-05-01T08:00:00.000Z';
const point = (grade: string, pd: number): RatedPoint => ({
  ratingId: `1-${grade}`,
  at,
  pd,
  score: 600,
  grade,
  outcome: 'approve',
  limit: 100_000,
  currency: 'CNY',
  validUntil: at,
  segment: null,
  exposures: [
    { name: 'credit_drawn', amount: 1000 },
    { name: 'receivables_open', amount: 3000 },
  ],
});
const sighting = { ratingId: '1-aa', level: 'critical', exposure: 4000, pd: 0.1, grade: 'C1', at } as const;
const request = { warningId: 'w', customerId: '<c>', segment: null, code: 'PD_HIGH', sighting };
const facts = { customerId: '<c>', asOf: at, warnings: [raiseWarning(request, handling, at)] };
const earlier = {
  reportId: 'e'.repeat(64),
  ...customerReport({ ...facts, warnings: [], ratings: [point('B1', 0.02)], earlier: null }, standards),
};
const report = {
  reportId: 'f'.repeat(64),
  ...customerReport(
    {
      ...facts,
      ratings: [point('C2', 0.2), point('B2', 0.04), point('C1', 0.1)],
      earlier: { reportId: earlier.reportId, report: earlier },
    },
    standards,
  ),
};

it('a report on a customer: figures by hand', () => {
  // LGD 0.45 and exposure at default 1 of the package's loss file.
  expect(report).toMatchObject({ exposure: 4000, migration: { worse: 1, better: 1 } });
  expect(report.expectedLoss).toBeCloseTo(0.2 * 0.45 * 4000, 9);
  expect(report.riskIndex).toBeCloseTo(900, 9);
  expect(report.topExposures[0]).toEqual({ name: 'receivables_open', amount: 3000 });
  expect(report.change).toMatchObject({ gradeBefore: 'B1', openWarnings: 1 });
  expect(report.change!.riskIndex).toBeCloseTo(900 - 90, 9);
});

it('its page is one without scripts or network, its data escaped, in every language; and it is as the document describes it', () => {
  for (const language of LANGUAGES) {
    const page = customerReportPage(report, handling, language);
    expect(page).not.toMatch(/<script|https?:|<c>/);
    expect(page).toContain('B1 → C2');
  }
  expect(customerReportPage(report, handling, 'zh-CN')).toContain('停止赊销发货 (执行中)');
  const meanings = { PD_HIGH: { en: 'High <PD>', 'zh-CN': '违约概率偏高' } };
  const page = customerReportPage(report, handling, 'zh-CN', meanings);
  expect(page).toContain('违约概率偏高<br><code>PD_HIGH</code>');
  expect(page).not.toMatch(/>PD<|rating |report /);
  expect(customerReportPage(report, handling, 'en', meanings)).toContain('High &#60;PD&#62;');
  expect(customerReportSchema.parse(JSON.parse(JSON.stringify(report)))).toBeTruthy();
});

it('a report says of a warning how many customers share it, and names none of the others', () => {
  const evidence = { asOf: at, snapshotId: 's', rules: 'r', rows: [], values: {}, facts: [], proposal: null };
  const signals = { ...evidence, others: { customers: 2, exposure: 900 }, circle: 'identity' } as const;
  const shared = raiseWarning(
    { ...request, customerId: 'another', code: 'IDENTITY_SHARED', sighting: { ...sighting, signals } },
    handling,
    at,
  );
  const warned = customerReport(
    { ...facts, warnings: [shared], ratings: [point('C2', 0.2)], earlier: null },
    standards,
  );
  expect(warned.openWarnings).toMatchObject([{ code: 'IDENTITY_SHARED', sharedBy: 3 }]);
  expect(JSON.stringify(warned)).not.toContain('another');
  const page = customerReportPage({ reportId: 'd'.repeat(64), ...warned }, handling, 'zh-CN', {});
  expect(page).toContain('多户共有预警，客户数： 3');
  expect(customerReportSchema.parse(JSON.parse(JSON.stringify({ reportId: 'd'.repeat(64), ...warned })))).toBeTruthy();
});

it('a report on a customer whose rating has expired shows so in place of the limit; one whose rating stands shows the limit', () => {
  const standing = { ...point('B1', 0.02), validUntil: '2026-05-01T08:00:00.001Z' };
  const valid = {
    reportId: 'a'.repeat(64),
    ...customerReport({ ...facts, ratings: [standing], earlier: null }, standards),
  };
  expect([report.rating.expired, 'expired' in valid.rating]).toEqual([true, false]);
  expect(customerReportSchema.parse(report).rating.limit).toBe(100_000);
  expect(customerReportPage(report, handling, 'en')).toContain('Limit expired ·');
  expect(customerReportPage(report, handling, 'zh-CN')).toContain('已过期');
  expect(customerReportPage(valid, handling, 'en')).toContain('Limit 100,000 CNY ·');
});

import { describe, expect, it } from 'vitest';
import { instant, LANGUAGES } from '../../base/index.ts';
import {
  defaultStandards,
  loadPortfolioAssumptions,
  loadRuleFiles,
  loadWarningHandling,
  raiseWarning,
  portfolioReport,
  readLossFile,
} from '../../rating/index.ts';
import type { StoredReport } from '../../records/reports/index.ts';
import { portfolioReportSchema } from '../openapi/portfolio-paths.ts';
import { portfolioPage } from './page.ts';

const assumptions = loadPortfolioAssumptions(null);
const at = '2026-05-01T00:00:00.000Z';
const sighting = { ratingId: '1-aa', level: 'critical', exposure: 7, pd: 0.1, grade: 'C1', at } as const;
const warning = raiseWarning(
  { warningId: 'w', customerId: 'c-2', segment: null, code: '<b>PD_HIGH', sighting },
  loadWarningHandling(null),
  at,
);
const earlier = portfolioReport(
  {
    customers: ['c-2'],
    segments: [null],
    vintages: Int32Array.of(0),
    pd: Float64Array.of(0.3),
    previousPd: Float64Array.of(0.3),
    exposure: Float64Array.of(500),
    sales: Float64Array.of(1),
  },
  { asOf: '2026-04-01T00:00:00.000Z', snapshotId: 's', modelHash: 'm', scores: 'g', before: null },
  { masterScale: defaultStandards().masterScale, loss: readLossFile(loadRuleFiles(null)), assumptions },
);
const report: StoredReport = {
  reportId: 'f'.repeat(64),
  madeAt: instant('2026-05-02T00:00:00Z'),
  ...portfolioReport(
    {
      customers: ['<script>alert(1)</script>', 'c-2'],
      segments: ['<i>retail</i>', null],
      vintages: Int32Array.of(2020, 0),
      pd: Float64Array.of(0.01, 0.2),
      previousPd: Float64Array.of(0.3, 0.001),
      exposure: Float64Array.of(100, 300),
      sales: Float64Array.of(5000, Number.NaN),
    },
    {
      asOf: '2026-05-01T00:00:00.000Z',
      snapshotId: 's',
      modelHash: 'm',
      models: [
        { slot: 'main/*/12m', modelHash: 'm', customers: 1 },
        { slot: 'main/<b>farm</b>/12m', modelHash: 'f', customers: 1 },
      ],
      unscored: 4,
      scores: 'h',
      before: { asOf: '2026-04-01T00:00:00.000Z', scores: 'g', left: 2 },
    },
    { masterScale: defaultStandards().masterScale, loss: readLossFile(loadRuleFiles(null)), assumptions },
    {
      warnings: { at: '2026-05-02T00:00:00.000Z', standing: [warning] },
      earlier: { ...earlier, reportId: 'e'.repeat(64), asOf: '2026-04-01T00:00:00.000Z' },
    },
  ),
};

describe('the page of a portfolio report', () => {
  it('is one page without scripts or network, its data escaped, in every language', () => {
    for (const language of LANGUAGES) {
      const page = portfolioPage(report, assumptions, language);
      expect(page).toContain(`lang="${language}"`);
      expect(page).not.toMatch(/<script|https?:|<i>retail/);
      expect(page).toContain('&#60;script&#62;');
    }
    expect(portfolioPage(report, assumptions, 'zh-CN')).toContain('评级迁徙');
    expect(portfolioPage(report, assumptions, 'zh-CN')).toContain('百年一遇');
    expect(portfolioPage(report, assumptions, 'zh-CN')).toContain('与上期报告比较');
    expect(portfolioPage(report, assumptions, 'en')).toContain('−100');
    expect(portfolioPage(report, assumptions, 'en')).not.toContain('<b>PD_HIGH');
    expect(portfolioPage(report, assumptions, 'en')).toMatch(
      /main\/&#60;b&#62;farm[\s\S]*4 customers are not in the book/,
    );
  });

  it('shows who was erased as erased', () => {
    const erased = { ...report, topLosses: report.topLosses.map((each) => ({ ...each, customerId: null })) };
    expect(portfolioPage(erased, assumptions, 'en')).toContain('<i>erased</i>');
  });

  it('is of a report as the document describes it', () => {
    expect(portfolioReportSchema.parse(JSON.parse(JSON.stringify(report)))).toBeTruthy();
  });
});

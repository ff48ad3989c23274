import { describe, expect, it } from 'vitest';
import { instant, LANGUAGES } from '../../base/index.ts';
import { maturedFigures } from '../../models/monitoring/index.ts';
import type { StoredAction, StoredMonitoringReport } from '../../records/reports/index.ts';
import { followedRows as rows, monitoringReport as report } from '../../test/serving/monitoring-report.ts';
import { monitoringReportSchema } from '../openapi/monitoring-paths.ts';
import { monitoringPage } from './monitoring-page.ts';

const actions: readonly StoredAction[] = [
  {
    action: 'retrain',
    state: 'done',
    plannedAt: instant('2026-06-30T01:00:00Z'),
    settledAt: instant('2026-06-30T01:00:05Z'),
    detail: '<i>retraining</i>',
  },
];

describe('the page of a report on a model', () => {
  it('is green only where outcomes are known, and says when what is not can be', () => {
    const open = maturedFigures(rows, ['A', 'B'], '2026-04-15T00:00:00.000Z');
    const measured = (value: number | null, knowableOn: string | null): StoredMonitoringReport => ({
      ...report,
      checks: [],
      outcomes: { ...report.outcomes, scored: open },
      verdict: {
        ...report.verdict,
        result: 'quiet',
        measures: [{ measure: 'realisedError', value, threshold: 0.2, material: false, knowableOn }],
      },
    });
    const knowable = { en: 'knowable on', 'zh-CN': '最早可知日期' } as const;
    for (const language of LANGUAGES) {
      const waiting = monitoringPage(measured(null, '2026-09-01T00:00:00.000Z'), language);
      expect(waiting).not.toContain('class="state quiet"');
      // The verdict, the measure, the comparison of estimates, and four figures of the open month.
      expect(waiting.split(`${knowable[language]} 2026-09-01`).length - 1).toBe(7);
      expect(waiting).toContain('60 (2026-09-01)');
      expect(monitoringPage(measured(0.05, null), language)).toContain('class="state quiet"');
      const untold = monitoringPage(measured(null, null), language);
      expect(untold).not.toContain('class="state quiet"');
    }
  });

  it('is one page without scripts or network, its data escaped, in every language', () => {
    for (const language of LANGUAGES) {
      const page = monitoringPage(report, language);
      expect(page).toContain(`lang="${language}"`);
      expect(page).not.toMatch(/<script|https?:|<i>sales/);
      expect(page).toContain('&#60;i&#62;sales');
      expect(page.match(/<svg/g)).toHaveLength(2);
      expect(page).not.toMatch(/NaN|undefined|\[object/);
    }
    const chinese = monitoringPage(report, 'zh-CN');
    for (const said of ['年度序贯检验', 'sales 整体偏移', '评分 整体偏移', '报告编号']) expect(chinese).toContain(said);
    expect(chinese).not.toMatch(/ shift|snapshot |density ratio/);
    expect(monitoringPage(report, 'en')).toContain('score shift');
  });

  it('shows what cannot be known yet with its date, never as a figure', () => {
    expect(monitoringPage(report, 'en')).toContain(
      '<td>0 / 60</td><td>60 (2026-09-01)</td><td><i>knowable on 2026-09-01</i></td>',
    );
  });

  it('shows log-loss beside the other estimates and what came true, and says why a method is absent', () => {
    const shown = {
      ...report,
      checks: report.checks.map((each) => ({ ...each, figure: 'logLoss' as const, realised: 0.4321 })),
    };
    const names = { en: 'Log-loss', 'zh-CN': '对数损失' } as const;
    for (const language of LANGUAGES) {
      const page = monitoringPage(shown, language);
      const name = names[language];
      expect(page).toContain(`<th>${name}</th>`);
      expect(page).toContain(`<td>CBPE</td><td>${name}</td>`);
      expect(page).toContain('<td>0.432</td>');
      expect(page).not.toContain('0.95');
      for (const why of ['no-rows', 'too-alike', 'too-far-apart'] as const)
        expect(monitoringPage({ ...shown, noDensityRatio: why }, language)).toContain(
          language === 'en' ? 'No estimate by density ratio' : '未按密度比估计',
        );
      expect(monitoringPage({ ...shown, noDensityRatio: 'too-far-apart' }, language)).toContain('0.95');
    }
  });

  it('says when a book was not taken into the test, and names causes once there are some', () => {
    const quiet = monitoringPage(
      {
        ...report,
        verdict: { ...report.verdict, result: 'quiet', causes: [] },
        sequential: { ...report.sequential!, taken: false },
      },
      'en',
    );
    expect(quiet).toContain('was not taken into the test');
    expect(quiet).not.toContain('Causes, most certain first');
  });

  it('tells what followed', () => {
    const page = monitoringPage(report, 'zh-CN', actions);
    expect(page).toContain('<td>重新训练</td><td>已执行</td><td>2026-06-30</td><td>&#60;i&#62;retraining');
    expect(monitoringPage(report, 'zh-CN')).not.toContain('后续处置');
  });

  it('says whom it leaves out, what a slot of late payment tells, and of a term structure what came true by horizon, or when that can be known', () => {
    const population = { ...report.population, elsewhere: 670 };
    expect(monitoringPage({ ...report, population }, 'en')).toContain('670 whom this slot does not decide about');
    const late = monitoringPage({ ...report, slot: 'trade/*/6m/late-30d' }, 'en');
    expect(late).toContain('Of late payment, not of default');
    expect(late).toContain('Amount expected to be paid late');
    expect(late).not.toMatch(/>Expected loss moved|\. Expected loss /);
    const known = maturedFigures(rows, ['A', 'B'], '2030-01-01T00:00:00.000Z').all;
    const open = maturedFigures(rows, ['A', 'B'], '2026-04-15T00:00:00.000Z').vintages.at(-1)!;
    const horizons = [
      { months: 6, figures: known },
      { months: 18, figures: open },
    ];
    const term = { ...report, slot: 'trade/*/18m/term-6m', followedMonths: 12, horizons };
    const page = monitoringPage(term, 'zh-CN');
    expect(page).toContain('各期限的实际结果');
    expect(page).toContain('<td>6 个月</td><td>120 / 120</td>');
    expect(page.slice(page.indexOf('18 个月'))).toMatch(/^18 个月<.td><td>0 . 60<.td><td><i>最早可知日期 2026-09-01/);
    expect(monitoringReportSchema.parse(JSON.parse(JSON.stringify({ ...term, population, actions })))).toBeTruthy();
  });

  it('is of a report as the document describes it', () => {
    expect(monitoringReportSchema.parse(JSON.parse(JSON.stringify({ ...report, actions })))).toBeTruthy();
  });
});

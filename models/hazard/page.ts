import type { Language } from '../../base/index.ts';
import { dots, escapeHtml, frame, line, verticals } from '../validation/charts.ts';
import { gateTable, STYLE } from '../validation/html.ts';
import { captioned, figure, grid, htmlPage, percent, spread, verdict } from '../validation/page-parts.ts';
import { WORDS as SHARED, type Word } from '../validation/words.ts';
import type { HazardValidation } from './validate.ts';

const WORDS = {
  title: { en: 'Validation of a term structure', 'zh-CN': '期限结构验证报告' },
  model: { en: 'Model', 'zh-CN': '模型' },
  sample: { en: 'Sample', 'zh-CN': '样本' },
  rows: { en: 'rows', 'zh-CN': '行' },
  defaulted: { en: 'defaulted', 'zh-CN': '违约' },
  censored: { en: 'censored', 'zh-CN': '删失' },
  left: { en: 'left for good', 'zh-CN': '已结清退出' },
  beyond: { en: 'Beyond the longest age seen', 'zh-CN': '超出已观察最长账龄' },
  notAvailable: { en: 'not available', 'zh-CN': '不可得' },
  horizons: { en: 'By horizon', 'zh-CN': '分期限' },
  steps: { en: 'By step of age', 'zh-CN': '分账龄' },
  months: { en: 'Months', 'zh-CN': '月数' },
  ofMonths: { en: 'months', 'zh-CN': '个月' },
  verdict: { en: 'Verdict', 'zh-CN': '结论' },
  ranking: { en: 'Discrimination (AUC) by', 'zh-CN': '区分能力（AUC），期限' },
  calibration: { en: 'Share defaulted over mean PD by', 'zh-CN': '累计违约率与平均违约概率之比，期限' },
  meanPd: { en: 'Mean PD', 'zh-CN': '平均违约概率' },
  byThen: {
    en: 'Defaulted by then (product-limit, Greenwood 95 %)',
    'zh-CN': '累计违约率（乘积极限法，Greenwood 95%）',
  },
  auc: { en: 'AUC', 'zh-CN': 'AUC' },
  result: { en: 'Calibration', 'zh-CN': '校准' },
  atRisk: { en: 'At risk', 'zh-CN': '风险集' },
  defaults: { en: 'Defaults', 'zh-CN': '违约数' },
  expected: { en: 'Expected', 'zh-CN': '期望违约数' },
  hazard: { en: 'Hazard (Jeffreys 95 %)', 'zh-CN': '风险率（Jeffreys 95%）' },
  note: {
    en: 'Calibration passes where the whole interval of the share defaulted over the mean PD lies within 0.8 and 1.25, and fails where none of it does; power: the probability that a calibrated model passes. The AUC by horizon compares those who had defaulted by then with those known not to have, weighted for censoring; by step, among those at risk.',
    'zh-CN':
      '校准通过：累计违约率与平均违约概率之比的整个区间位于 0.8 至 1.25 之内；未通过：区间完全在其外；检验功效：校准良好的模型通过的概率。分期限 AUC 比较届时已违约与已知未违约者，并按删失概率加权；分账龄 AUC 限于风险集。',
  },
  beside: { en: 'Beside the champion', 'zh-CN': '与冠军模型对照' },
  besideNote: {
    en: 'The champion and the term structure on the same rows, over the same months. Two models: neither is scaled to the other.',
    'zh-CN': '冠军模型与期限结构在相同样本、相同期限上的对照。两者为独立模型，互不缩放。',
  },
  champion: { en: 'Champion', 'zh-CN': '冠军模型' },
  termStructure: { en: 'Term structure', 'zh-CN': '期限结构' },
  chart: { en: 'Predicted (line) and observed (dots) cumulative default', 'zh-CN': '累计违约：预测（线）与实际（点）' },
} as const;

/** The validation of a term structure as one self-contained page, in English or Chinese. */
export function hazardPage(report: HazardValidation, language: Language): string {
  const say = (word: keyof typeof WORDS): string => WORDS[word][language];
  const shared = (word: Word): string => SHARED[word][language];
  const share = (value: number): string => percent(value, 2);
  const facts = [
    [say('model'), `<code>${escapeHtml(report.model)}</code>`],
    [
      say('sample'),
      `${report.rows} ${say('rows')}: ${report.defaults} ${say('defaulted')}, ${report.censored} ${say('censored')}, ${report.left} ${say('left')}`,
    ],
    [say('beyond'), `> ${report.longestMonths} ${say('ofMonths')}: ${say('notAvailable')}`],
    [say('verdict'), verdict(report.verdict, shared)],
  ];
  const gateName = (id: string): string => {
    const [what, age = ''] = id.split('-');
    return `${say(what === 'calibration' ? 'calibration' : 'ranking')} ${escapeHtml(age.replace('m', ''))} ${say('ofMonths')}`;
  };
  const horizons = report.horizons.map(({ months, meanPd, defaulted, auc, result, minimumDetectableEffect, power }) => [
    String(months),
    share(meanPd),
    spread(defaulted, share),
    spread(auc, (x) => figure(x, 3)),
    verdict(result, shared),
    figure(minimumDetectableEffect, 3),
    percent(power, 0),
  ]);
  const steps = report.steps.map(({ months, atRisk, defaults, expected, hazard, auc }) => [
    String(months),
    String(atRisk),
    String(defaults),
    figure(expected, 1),
    spread(hazard, share),
    spread(auc, (x) => figure(x, 3)),
  ]);
  const { beside } = report;
  const besideTable =
    beside === undefined
      ? ''
      : `<h2>${say('beside')}</h2><p class="note">${say('besideNote')}</p>` +
        grid(
          [say('model'), say('months'), say('meanPd'), say('auc')],
          [
            [say('champion'), String(beside.months), share(beside.meanPd), spread(beside.auc, (x) => figure(x, 3))],
            ...report.horizons
              .filter(({ months }) => months === beside.months)
              .map(({ months, meanPd, auc }) => [
                say('termStructure'),
                String(months),
                share(meanPd),
                spread(auc, (x) => figure(x, 3)),
              ]),
          ],
        );
  const x = { from: 0, to: report.longestMonths };
  const y = { from: 0, to: 1.05 * Math.max(...report.horizons.flatMap((each) => [each.meanPd, each.defaulted.high])) };
  const chart = frame(
    x,
    y,
    { x: say('months'), y: say('meanPd'), title: say('chart') },
    line(x, y, [[0, 0], ...report.horizons.map((each) => [each.months, each.meanPd] as const)], 'curve') +
      verticals(
        x,
        y,
        report.horizons.map(({ months, defaulted }) => ({ at: months, from: defaulted.low, to: defaulted.high })),
        'whisker',
      ) +
      dots(
        x,
        y,
        report.horizons.map(({ months, defaulted }) => [months, defaulted.value] as const),
        'dot',
      ),
  );
  return htmlPage(
    language,
    say('title'),
    STYLE,
    `<table>${facts.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join('')}</table>` +
      `<h2>${shared('gates')}</h2>${gateTable(report.gates, shared, gateName)}` +
      `<h2>${say('horizons')}</h2><p class="note">${say('note')}</p>` +
      grid(
        [say('months'), say('meanPd'), say('byThen'), say('auc'), say('result'), shared('mde'), shared('power')],
        horizons,
      ) +
      besideTable +
      `<div class="grid-of">${captioned(say('chart'), chart)}</div><h2>${say('steps')}</h2>` +
      grid([say('months'), say('atRisk'), say('defaults'), say('expected'), say('hazard'), say('auc')], steps),
  );
}

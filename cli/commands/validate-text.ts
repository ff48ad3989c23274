import type { GateOutcome, ValidationReport } from '../../models/validation/index.ts';
import type { HazardValidation } from '../../models/hazard/index.ts';
import { textTable } from '../terminal/table.ts';

const number = (value: number | null, digits = 4): string =>
  value !== null && Number.isFinite(value) ? value.toFixed(digits) : '–';
const spread = (of: { readonly value: number; readonly low: number; readonly high: number } | null): string =>
  of === null ? '–' : `${number(of.value)} (95 %: ${number(of.low)} to ${number(of.high)})`;

/** What a person reads on the terminal after a validation: the measures, the gates, what was found in parts, and the verdict. */
export function validationSummary(report: ValidationReport): string {
  const { sample, discrimination, accuracy, calibration, stability, grades, fairness } = report;
  const lines = [
    `${sample.rows} rows, ${sample.bads} defaults, ${sample.scope}`,
    `AUC ${spread(discrimination.auc)}, ${discrimination.method}; Gini ${number(discrimination.gini)}, KS ${number(discrimination.ks)}, H ${number(discrimination.hMeasure)}`,
    `log-loss ${number(accuracy.logLoss)}, Brier ${number(accuracy.brier)}; calibration slope ${spread(calibration.slope)}, in the large ${spread(calibration.inTheLarge)}`,
    `p: Hosmer-Lemeshow ${number(calibration.hosmerLemeshow.pValue)}, Spiegelhalter ${number(calibration.spiegelhalter.pValue)}`,
  ];
  if (stability) {
    const moved = stability.features.filter(({ csi, critical }) => csi > critical).map(({ feature }) => feature);
    const names = moved.length > 5 ? `${moved.slice(0, 5).join(', ')} and ${moved.length - 5} more` : moved.join(', ');
    lines.push(
      `PSI ${number(stability.psi.value)} (by chance up to ${number(stability.critical)}); features that moved: ${names || 'none'}`,
    );
  }
  for (const [name, rival] of [
    ['champion', report.champion],
    ['plain logistic', report.logistic],
  ] as const) {
    if (rival)
      lines.push(
        `against the ${name}: AUC ${spread({ ...rival.difference, value: rival.difference.difference })}, its log-loss ${number(rival.logLoss)}`,
      );
  }
  const low = grades?.grades.filter(({ result }) => result === 'fail').map(({ code }) => code) ?? [];
  if (grades) lines.push(`grades whose PD is too low (Jeffreys, 5 %): ${low.join(', ') || 'none found'}`);
  for (const { attribute, groups } of fairness) {
    const results = groups.flatMap(({ measures, against }) =>
      against ? [`${measures.name} ${number(against.approvalRatio.value, 2)} ${against.result}`] : [],
    );
    lines.push(`approval ratio by ${attribute}: ${results.join('; ') || 'one group only'}`);
  }
  for (const { attribute, measures } of report.proxies ?? []) {
    for (const { group, measure, features, ...estimate } of measures) {
      const of = group === null ? attribute : `${attribute} ${group}`;
      const from = features
        .slice(0, 3)
        .map(({ feature }) => feature)
        .join(', ');
      lines.push(
        `proxies of ${of}: ${measure === 'auc' ? 'AUC' : 'R²'} ${spread(estimate)}, most from ${from || 'none'}`,
      );
    }
  }
  if (report.rejects) {
    const pds = report.rejects.scenarios.map(({ meanPdRejected }) => 100 * meanPdRejected);
    const range = `${number(Math.min(...pds), 1)} % to ${number(Math.max(...pds), 1)} %`;
    lines.push(`reject inference: mean PD of the rejected from ${range}, by assumption; no data tell which is right`);
  }
  return [
    ...lines,
    '',
    gatesText(report.gates),
    '',
    `verdict: ${report.verdict}`,
    ...(report.notMeasured.length > 0 ? [`not measured: ${report.notMeasured.join(', ')}`] : []),
  ].join('\n');
}

function gatesText(gates: readonly GateOutcome<string>[]): string {
  const rows = gates.map((gate) => [
    gate.id,
    gate.result,
    spread(gate.estimate),
    number(gate.minimumDetectableEffect),
    `${number(100 * gate.power, 0)} %`,
  ]);
  return textTable(['gate', 'result', 'estimate', 'detectable', 'power'], rows);
}

/** A hazard model's validation, as text: each horizon, and what is not available. */
export function hazardSummary(report: HazardValidation): string {
  const share = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const rows = report.horizons.map(({ months, meanPd, defaulted, auc, result, power }, i) => [
    `${months}`,
    String(report.steps[i]?.atRisk ?? 0),
    String(report.steps[i]?.defaults ?? 0),
    (report.steps[i]?.expected ?? 0).toFixed(1),
    share(meanPd),
    `${share(defaulted.value)} (${share(defaulted.low)} to ${share(defaulted.high)})`,
    auc === null ? '–' : `${auc.value.toFixed(3)} (${auc.low.toFixed(3)} to ${auc.high.toFixed(3)})`,
    result,
    `${number(100 * power, 0)} %`,
  ]);
  const head = [
    'months',
    'at risk',
    'defaults',
    'expected',
    'mean PD',
    'defaulted by then (95 %)',
    'AUC by then',
    'calibration',
    'power',
  ];
  return [
    `${report.rows} rows: ${report.defaults} defaulted, ${report.censored} censored, ${report.left} left for good`,
    textTable(head, rows),
    `beyond ${report.longestMonths} months: not available`,
    '',
    gatesText(report.gates),
    ...(report.beside === undefined
      ? []
      : [
          `the champion ${report.beside.model.slice(0, 12)} over ${report.beside.months} months on the same rows: mean PD ${share(report.beside.meanPd)}, the term structure's ${share(report.beside.ofTermStructure)}`,
        ]),
    '',
    `verdict: ${report.verdict}`,
  ].join('\n');
}

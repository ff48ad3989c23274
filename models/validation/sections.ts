import { dots, escapeHtml, frame, line, scaleOf, verticals } from './charts.ts';
import type { GradeReport, Migration } from './by-grade.ts';
import type { AttributeFairness } from './fairness.ts';
import { captioned, figure, grid, percent, spread, verdict, type Say } from './page-parts.ts';
import type { RejectSensitivity } from '../reject-inference/index.ts';
import type { Division } from './parts.ts';
import type { ProxyReport } from './proxies.ts';
import type { ValidationReport } from './report.ts';

/** The page's sections after the measures of the whole sample; those without figures are left out. */
export function sections(report: ValidationReport, say: Say, labelOf: (feature: string) => string): string {
  const { grades, divisions } = report;
  const part = (title: string, body: string): string => (body === '' ? '' : `<h2>${title}</h2>${body}`);
  return (
    part(say('benchmarks'), rivals(report, say)) +
    (grades ? part(say('byGrade'), byGrade(grades, say) + concentrated(grades, say)) : '') +
    (grades ? part(say('migration'), grades.migrations.map((each) => migrated(grades, each, say)).join('')) : '') +
    divisions.map((each) => part(say(`by-${each.by as 'time' | 'period' | 'segment'}`), divided(each, say))).join('') +
    part(say('stability'), stability(report, say, labelOf)) +
    part(say('fairness'), fairness(report, say, labelOf)) +
    part(say('rejects'), report.rejects ? inferred(report.rejects, say) : '')
  );
}

function rivals({ champion, logistic, discrimination, accuracy }: ValidationReport, say: Say): string {
  const rows = (
    [
      ['champion', champion],
      ['section-logistic', logistic],
    ] as const
  ).flatMap(([name, rival]) =>
    rival === null
      ? []
      : [
          [
            say(name),
            figure(rival.auc),
            spread({ ...rival.difference, value: rival.difference.difference }),
            figure(rival.difference.pValue),
            figure(rival.logLoss),
          ],
        ],
  );
  if (rows.length === 0) return '';
  const own = [say('thisModel'), figure(discrimination.auc.value), '', '', figure(accuracy.logLoss)];
  return grid([say('model'), 'AUC', say('difference'), 'p', say('logLoss')], [own, ...rows]);
}

function byGrade({ grades }: GradeReport, say: Say): string {
  const head = [
    'grade',
    'rows',
    'bads',
    'meanPd',
    'badRate',
    'jeffreys',
    'binomial',
    'result',
    'detectableRate',
    'powerAtHalfMore',
  ] as const;
  const rows = grades.map(({ code, rows: count, bads, meanPd, test, result }) => {
    const p = (value: number): string => `<span class="${value < 0.05 ? 'fail' : ''}">${figure(value)}</span>`;
    return [
      `<strong>${escapeHtml(code)}</strong>`,
      String(count),
      String(bads),
      percent(meanPd, 2),
      spread(test && test.badRate, (x) => percent(x, 2)),
      test ? p(test.jeffreysP) : '–',
      test ? p(test.binomialP) : '–',
      result ? verdict(result, say) : '–',
      percent(test && test.detectableRate, 2),
      percent(test && test.power, 0),
    ];
  });
  const used = grades.flatMap(({ meanPd, test }, at) =>
    test && meanPd !== null ? [{ at: at + 1, meanPd, rate: test.badRate }] : [],
  );
  const x = { from: 0.5, to: grades.length + 0.5 };
  const y = { from: 0, to: 1.05 * Math.max(...used.flatMap(({ meanPd, rate }) => [meanPd, rate.high])) };
  const chart = frame(
    x,
    y,
    { x: say('gradeNumber'), y: say('badRate'), title: say('byGrade') },
    line(
      x,
      y,
      used.map(({ at, meanPd }) => [at, meanPd] as const),
      'plain',
    ) +
      verticals(
        x,
        y,
        used.map(({ at, rate }) => ({ at, from: rate.low, to: rate.high })),
        'whisker',
      ) +
      dots(
        x,
        y,
        used.map(({ at, rate }) => [at, rate.value] as const),
        'dot',
      ),
  );
  return (
    grid(head.map(say), rows) +
    `<p class="note">${say('gradeNote')}</p><div class="grid-of">${captioned(say('byGrade'), chart)}</div>`
  );
}

function concentrated({ concentration: now }: GradeReport, say: Say): string {
  const facts = [
    `${say('herfindahl')} ${figure(now.herfindahl)}`,
    `${say('concentrationIndex')} ${figure(now.index)}`,
    ...(now.initial
      ? [`${say('inTraining')} ${figure(now.initial.index)}`, `${say('noGrowthP')} ${figure(now.growthP)}`]
      : []),
  ];
  return `<p><strong>${say('concentration')}</strong>: ${facts.join(' · ')}</p>`;
}

function migrated(
  { grades }: GradeReport,
  { between, counts, unmoved, jumps, upper, lower }: Migration,
  say: Say,
): string {
  const rows = counts.map((row, i) => [
    `<strong>${escapeHtml(grades[i]!.code)}</strong>`,
    ...row.map((count, j) => (i === j ? `<span class="stay">${count}</span>` : String(count))),
  ]);
  const head = [say(between), ...grades.map(({ code }) => escapeHtml(code))];
  const facts = [
    `${say('unmoved')} ${percent(unmoved)}`,
    `${say('upper')} ${figure(upper)}`,
    `${say('lower')} ${figure(lower)}`,
    `${say('jumps')} ${jumps}`,
  ];
  return `${grid(head, rows)}<p>${facts.join(' · ')}</p>`;
}

function divided({ parts }: Division, say: Say): string {
  const head = [
    'part',
    'rows',
    'bads',
    'meanPd',
    'badRate',
    'auc',
    'detectableAuc',
    'calibration-in-the-large',
    'logLoss',
  ] as const;
  const rows = parts.map((each) => [
    each.name === 'out-of-time' || each.name === 'out-of-sample' ? say(each.name) : escapeHtml(each.name),
    String(each.rows),
    String(each.bads),
    percent(each.meanPd, 2),
    spread(each.badRate, (x) => percent(x, 2)),
    spread(each.auc, (x) => figure(x, 3)),
    figure(each.detectableAuc, 3),
    spread(each.inTheLarge, (x) => figure(x, 2)),
    figure(each.logLoss),
  ]);
  const measured = parts.flatMap(({ auc }, at) => (auc ? [{ at: at + 1, auc }] : []));
  if (measured.length < 2) return grid(head.map(say), rows);
  const x = { from: 0.5, to: parts.length + 0.5 };
  const y = scaleOf(measured.flatMap(({ auc }) => [auc.low, auc.high, 0.5]));
  const chart = frame(
    x,
    y,
    { x: say('partNumber'), y: 'AUC', title: 'AUC' },
    verticals(
      x,
      y,
      measured.map(({ at, auc }) => ({ at, from: auc.low, to: auc.high })),
      'whisker',
    ) +
      dots(
        x,
        y,
        measured.map(({ at, auc }) => [at, auc.value] as const),
        'dot',
      ),
  );
  return `${grid(head.map(say), rows)}<div class="grid-of">${captioned(say('auc'), chart)}</div>`;
}

/** The stability of the score and of the features that moved most; empty where it was not measured. */
export function stability(report: ValidationReport, say: Say, labelOf: (feature: string) => string): string {
  if (!report.stability) return '';
  const { psi, critical, features } = report.stability;
  const moved = (value: number, bound: number): string =>
    `<span class="${value > bound ? 'fail' : ''}">${figure(value)}</span>`;
  const rows = features
    .slice(0, 15)
    .map((each) => [escapeHtml(labelOf(each.feature)), moved(each.csi, each.critical), figure(each.critical)]);
  return grid(
    [say('feature'), 'PSI / CSI', say('critical')],
    [[`<strong>${say('score')}</strong>`, spread(psi), figure(critical)], ...rows],
  );
}

/** Approval, equal opportunity and calibration by group of each protected attribute, and its proxies; empty where none was measured. */
export function fairness(
  { fairness: attributes, ranking, proxies = [] }: ValidationReport,
  say: Say,
  labelOf: (feature: string) => string = (feature) => feature,
): string {
  return (
    attributes.map((each) => fair(each, ranking.decision.cutoff, say)).join('') + proxyTable(proxies, say, labelOf)
  );
}

/** How well the features predict each protected attribute. */
function proxyTable(proxies: readonly ProxyReport[], say: Say, labelOf: (feature: string) => string): string {
  const rows = proxies.flatMap(({ attribute, measures, tooFew }) => [
    ...measures.map((each) => [
      `<strong>${escapeHtml(attribute)}</strong>${each.group === null ? '' : `: ${escapeHtml(each.group)}`}`,
      String(each.rows),
      each.measure === 'auc' ? 'AUC' : 'R²',
      spread(each, (x) => figure(x, 3)),
      each.features.map(({ feature, share }) => `${escapeHtml(labelOf(feature))} ${percent(share, 0)}`).join(', '),
    ]),
    ...(tooFew.length > 0
      ? [
          [
            `<strong>${escapeHtml(attribute)}</strong>: ${tooFew.map(escapeHtml).join(', ')}`,
            '',
            '',
            say('tooFewRows'),
            '',
          ],
        ]
      : []),
  ]);
  if (rows.length === 0) return '';
  const head = [say('group'), say('rows'), say('measure'), say('estimate'), say('proxyFeatures')];
  return `<h3>${say('proxies')}</h3><p class="note">${say('proxyNote')}</p>${grid(head, rows)}`;
}

function fair({ attribute, inModel, groups }: AttributeFairness, cutoff: number, say: Say): string {
  const head = [
    'group',
    'rows',
    'approval',
    'approvalRatio',
    'result',
    'detectableRatio',
    'power',
    'opportunity',
    'meanPd',
    'badRate',
    'calibration-in-the-large',
  ] as const;
  const ratio = (x: number): string => figure(x, 2);
  const rows = groups.map(({ measures, approval, against }, g) => [
    `<strong>${escapeHtml(measures.name)}</strong>${g === 0 ? ` (${say('reference')})` : ''}`,
    String(measures.rows),
    spread(approval, percent),
    spread(against && against.approvalRatio, ratio),
    against ? verdict(against.result, say) : '–',
    figure(against && against.detectableRatio, 2),
    percent(against && against.power, 0),
    spread(against && against.opportunity, ratio),
    percent(measures.meanPd, 2),
    spread(measures.badRate, (x) => percent(x, 2)),
    spread(measures.inTheLarge, ratio),
  ]);
  return (
    `<h3>${escapeHtml(attribute)}</h3>` +
    (inModel ? `<p class="fail">${say('attributeInModel')}</p>` : '') +
    `<p class="note">${say('fairnessNote')} ${percent(cutoff, 2)}.</p>${grid(head.map(say), rows)}`
  );
}

function inferred({ rejected, scenarios }: RejectSensitivity, say: Say): string {
  const head = [
    'assumption',
    'oddsFactor',
    'meanPdRejected',
    'meanPdTest',
    'changedDecisions',
    'auc',
    'logLoss',
  ] as const;
  const rows = scenarios.map((each) => [
    say(each.method),
    each.factor === null ? '–' : String(each.factor),
    percent(each.meanPdRejected, 2),
    percent(each.meanPdTest, 2),
    percent(each.changedDecisions, 1),
    figure(each.auc),
    figure(each.logLoss),
  ]);
  const notes = (['rejectsWarning', 'fuzzyAssumes', 'parcellingAssumes'] as const).map(
    (word) => `<li>${say(word)}</li>`,
  );
  return `<p>${rejected} ${say('rejectedRows')}</p><ul>${notes.join('')}</ul>${grid(head.map(say), rows)}`;
}

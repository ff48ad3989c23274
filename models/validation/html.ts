import type { GlassBox } from '../artefact/glass-box.ts';
import { logit } from '../metrics/index.ts';
import { dots, escapeHtml, frame, line, scaleOf, steps, verticals } from './charts.ts';
import type { GateOutcome } from './gates.ts';
import { captioned, figure, grid, htmlPage, percent, spread, verdict, type Say } from './page-parts.ts';
import type { ValidationReport } from './report.ts';
import { sections } from './sections.ts';
import { shapes } from './shapes.ts';
import { WORDS, type Language, type Word } from './words.ts';

/** The style of the pages about a model. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b2733;--soft:#64748b;--line:#d7dee6;--bad:#c2410c;--good:#0f766e;--page:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e5eaf0;--soft:#94a3b8;--line:#334155;--bad:#fb923c;--good:#2dd4bf;--page:#0f172a}}
body{font:15px/1.5 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:var(--ink);background:var(--page);max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.grid-of{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem;margin-top:.8rem}figure{margin:0;break-inside:avoid}figcaption{font-weight:600}
svg{width:100%;height:auto;font-size:11px;fill:var(--soft)}.axis{stroke:var(--soft)}.grid{stroke:var(--line)}
.curve{fill:none;stroke:var(--good);stroke-width:2}.curve2{fill:none;stroke:var(--bad);stroke-width:2}.plain{fill:none;stroke:var(--soft);stroke-dasharray:4 4}
.ribbon{fill:var(--good);opacity:.18}.support{fill:var(--soft);opacity:.3}.dot{fill:var(--good)}.bar{fill:var(--good);opacity:.75}.whisker{stroke:var(--ink)}
.pass{color:var(--good);font-weight:600}.fail{color:var(--bad);font-weight:600}.insufficient{font-weight:600}code{overflow-wrap:anywhere}.wide{overflow-x:auto}.note{color:var(--soft)}.stay{background:color-mix(in srgb,var(--good) 18%,transparent)}
@media print{body{margin:0;max-width:none;font-size:12px}.wide{overflow:visible;font-size:9.5px}.wide th,.wide td{padding:.2rem .3rem;hyphens:auto}tr,figure{break-inside:avoid}h2,h3{break-after:avoid}}`;

/**
 * The report as one self-contained page (no script, no network), in English or Chinese; with `model`, the shapes of its features too.
 */
export function renderValidationHtml(
  report: ValidationReport,
  options: { readonly language?: Language; readonly model?: GlassBox } = {},
): string {
  const language = options.language ?? 'en';
  const say = (word: Word): string => WORDS[word][language];
  const { sample } = report;
  const counts = [`${sample.rows} ${say('rows')}`, `${sample.bads} ${say('bads')}`];
  if (sample.customers !== null) counts.push(`${sample.customers} ${say('customers')}`);
  const facts: [string, string][] = [
    [say('model'), `<code>${escapeHtml(report.model)}</code>`],
    [say('sample'), counts.join(', ')],
    [say('scope'), say(sample.scope)],
    [say('testSet'), `<code>${report.testSetHash}</code>`],
  ];
  if (sample.period) facts.push([say('period'), sample.period.map((date) => date.slice(0, 10)).join(' – ')]);
  if (report.notMeasured.length > 0)
    facts.push([say('notMeasured'), report.notMeasured.map((each) => say(`section-${each}`)).join(' · ')]);
  facts.push([say('verdict'), verdict(report.verdict, say)]);
  return htmlPage(
    language,
    say('title'),
    STYLE,
    `${table(facts)}<h2>${say('gates')}</h2>${gateTable(report.gates, say)}` +
      `<h2>${say('measures')}</h2>${table(measures(report, say))}<div class="grid-of">${charts(report, say)}</div>` +
      sections(report, say, (feature) => {
        const label = options.model?.terms.find((term) => term.name === feature)?.label?.[language];
        return label ?? feature;
      }) +
      (options.model
        ? `<h2>${say('shapes')}</h2><div class="grid-of">${shapes(options.model, language, say)}</div>`
        : ''),
  );
}

/** A table of names and values; both are markup. */
export function table(facts: readonly (readonly [string, string])[]): string {
  return `<table>${facts.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join('')}</table>`;
}

/** The gates with result, estimate, bounds, minimum detectable effect and power; `nameOf` gives markup. */
export function gateTable(
  gates: readonly GateOutcome<string>[],
  say: Say,
  nameOf = (id: string): string => (id in WORDS ? say(id as Word) : escapeHtml(id)),
): string {
  const head = (['gate', 'result', 'estimate', 'acceptable', 'mde', 'power'] as const).map(say);
  const rows = gates.map((gate) => {
    const bounds = [gate.atLeast === null ? '' : `≥ ${gate.atLeast}`, gate.atMost === null ? '' : `≤ ${gate.atMost}`];
    const why = gate.because === null ? '' : `<br><span class="note">${say(`because-${gate.because}`)}</span>`;
    return [
      nameOf(gate.id),
      verdict(gate.result, say) + why,
      spread(gate.estimate),
      bounds.filter(Boolean).join(', '),
      figure(gate.minimumDetectableEffect),
      percent(gate.power, 0),
    ];
  });
  return grid(head, rows) + `<p class="note">${say('gateNote')}</p>`;
}

/** The measures of the whole sample, by name. */
export function measures(report: ValidationReport, say: Say): [string, string][] {
  const { discrimination, accuracy, calibration, ranking } = report;
  const parts = accuracy.brierParts;
  const list: [string, string][] = [
    ['AUC', spread(discrimination.auc)],
    [say('interval'), discrimination.method],
    ['Gini', figure(discrimination.gini)],
    ...(discrimination.initial
      ? [
          [
            say('initialAuc'),
            `${figure(discrimination.initial.auc)}, p = ${figure(discrimination.initial.pValue)}`,
          ] as [string, string],
        ]
      : []),
    ['KS', figure(discrimination.ks)],
    [say('hMeasure'), figure(discrimination.hMeasure)],
    [say('logLoss'), figure(accuracy.logLoss)],
    [
      say('brier'),
      `${figure(accuracy.brier)} (${[parts.reliability, parts.resolution, parts.uncertainty].map((x) => figure(x, 5)).join(', ')})`,
    ],
    [say('ece'), figure(accuracy.ece)],
    [say('calibration-slope'), spread(calibration.slope)],
    [say('intercept'), spread(calibration.intercept)],
    [
      say('hosmer'),
      `χ²(${calibration.hosmerLemeshow.degrees}) = ${figure(calibration.hosmerLemeshow.statistic, 2)}, p = ${figure(calibration.hosmerLemeshow.pValue)}`,
    ],
    [say('portfolioTest'), `${figure(calibration.portfolio.jeffreysP)} / ${figure(calibration.portfolio.binomialP)}`],
    [
      say('spiegelhalter'),
      `z = ${figure(calibration.spiegelhalter.z, 2)}, p = ${figure(calibration.spiegelhalter.pValue)}`,
    ],
    ...ranking.lift.map(({ share, lift }): [string, string] => [`${say('lift')} ${100 * share} %`, figure(lift, 2)]),
    ...ranking.cutoffs.map(({ cutoff, precision, recall }): [string, string] => [
      `${say('precision')} ${100 * cutoff} %`,
      `${figure(precision, 3)} / ${figure(recall, 3)}`,
    ]),
  ];
  const { cutoff, precision, recall } = ranking.decision;
  list.push([`${say('decision')} ${percent(cutoff, 2)}`, `${figure(precision, 3)} / ${figure(recall, 3)}`]);
  if (report.stability) list.push(['PSI', spread(report.stability.psi)]);
  return list;
}

/** ROC, calibration and score distribution. */
export function charts(report: ValidationReport, say: Say): string {
  const unit = { from: 0, to: 1 };
  const roc = frame(
    unit,
    unit,
    { x: say('falseAlarm'), y: say('hit'), title: say('roc') },
    line(
      unit,
      unit,
      [
        [0, 0],
        [1, 1],
      ],
      'plain',
    ) +
      line(
        unit,
        unit,
        report.discrimination.roc.map(({ falseAlarm, hit }) => [falseAlarm, hit] as const),
        'curve',
      ),
  );
  const { groups } = report.calibration;
  const error = groups.map(
    ({ badRate, rows }) => 1.96 * Math.sqrt(Math.max(badRate * (1 - badRate), 0.25 / rows) / rows),
  );
  const top = Math.max(...groups.map((group, g) => Math.max(group.meanPd, Math.min(1, group.badRate + error[g]!))));
  const square = { from: 0, to: 1.05 * top };
  const calibration = frame(
    square,
    square,
    { x: say('meanPd'), y: say('badRate'), title: say('calibration') },
    line(
      square,
      square,
      [
        [0, 0],
        [top, top],
      ],
      'plain',
    ) +
      verticals(
        square,
        square,
        groups.map(({ meanPd, badRate }, g) => ({
          at: meanPd,
          from: Math.max(0, badRate - error[g]!),
          to: Math.min(1, badRate + error[g]!),
        })),
        'whisker',
      ) +
      dots(
        square,
        square,
        groups.map(({ meanPd, badRate }) => [meanPd, badRate] as const),
        'dot',
      ),
  );
  const { edges, goods, bads } = report.distribution;
  const at = edges.map(logit);
  const total = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);
  const shareOf = (counts: readonly number[]): number[] => counts.map((each) => each / total(counts));
  const x = scaleOf(at, 0);
  const y = { from: 0, to: 1.05 * Math.max(...shareOf(goods), ...shareOf(bads)) };
  const distribution = frame(
    x,
    y,
    { x: say('logOdds'), y: say('share'), title: say('distribution') },
    steps(x, y, at, shareOf(goods), 'curve') + steps(x, y, at, shareOf(bads), 'curve2'),
  );
  return (
    captioned(say('roc'), roc) +
    captioned(say('calibration'), calibration) +
    captioned(`${say('distribution')} (${say('goods')} ━, ${say('bads')} ━)`, distribution)
  );
}

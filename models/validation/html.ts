import type { GlassBox, FeatureTerm } from '../artefact/glass-box.ts';
import { logit } from '../metrics/index.ts';
import { bars, dots, escapeHtml, footing, frame, line, ribbon, scaleOf, steps, verticals } from './charts.ts';
import type { GateOutcome } from './gates.ts';
import type { ValidationReport } from './report.ts';
import { WORDS, type Language, type Word } from './words.ts';

/** The style of the pages about a model. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1b2733;--soft:#64748b;--line:#d7dee6;--bad:#c2410c;--good:#0f766e;--page:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e5eaf0;--soft:#94a3b8;--line:#334155;--bad:#fb923c;--good:#2dd4bf;--page:#0f172a}}
body{font:15px/1.5 system-ui,"Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:var(--ink);background:var(--page);max-width:72rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid var(--line);vertical-align:top}
.grid-of{display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem}figure{margin:0;break-inside:avoid}figcaption{font-weight:600}
svg{width:100%;height:auto;font-size:11px;fill:var(--soft)}.axis{stroke:var(--soft)}.grid{stroke:var(--line)}
.curve{fill:none;stroke:var(--good);stroke-width:2}.curve2{fill:none;stroke:var(--bad);stroke-width:2}.plain{fill:none;stroke:var(--soft);stroke-dasharray:4 4}
.ribbon{fill:var(--good);opacity:.18}.support{fill:var(--soft);opacity:.3}.dot{fill:var(--good)}.bar{fill:var(--good);opacity:.75}.whisker{stroke:var(--ink)}
.pass{color:var(--good);font-weight:600}.fail{color:var(--bad);font-weight:600}.insufficient{font-weight:600}code{overflow-wrap:anywhere}
@media print{body{margin:0;max-width:none}}`;

export const figure = (value: number, digits = 4): string => (Number.isFinite(value) ? value.toFixed(digits) : '–');

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
    [say('testSet'), `<code>${report.testSetHash}</code>`],
  ];
  if (sample.period) facts.push([say('period'), sample.period.map((date) => date.slice(0, 10)).join(' – ')]);
  facts.push([say('verdict'), `<span class="${report.verdict.split(' ')[0]}">${say(report.verdict)}</span>`]);
  return (
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${say('title')}</title><style>${STYLE}</style></head><body><h1>${say('title')}</h1>${table(facts)}` +
    `<h2>${say('gates')}</h2>${gateTable(report.gates, say)}` +
    `<h2>${say('measures')}</h2>${table(measures(report, say))}<div class="grid-of">${charts(report, say)}</div>` +
    stabilityTable(report, say, (feature) => {
      const label = options.model?.terms.find((term) => term.name === feature)?.label?.[language];
      return label ?? feature;
    }) +
    (options.model
      ? `<h2>${say('shapes')}</h2><div class="grid-of">${shapes(options.model, language, say)}</div>`
      : '') +
    `</body></html>`
  );
}

export type Say = (word: Word) => string;

/** A table of names and values; both are markup. */
export function table(facts: readonly (readonly [string, string])[]): string {
  return `<table>${facts.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join('')}</table>`;
}

export function gateTable(gates: readonly GateOutcome[], say: Say): string {
  const head = (['gate', 'result', 'estimate', 'acceptable', 'mde', 'power'] as const).map(
    (word) => `<th>${say(word)}</th>`,
  );
  const rows = gates.map((gate) => {
    const bounds = [gate.atLeast === null ? '' : `≥ ${gate.atLeast}`, gate.atMost === null ? '' : `≤ ${gate.atMost}`];
    const { value, low, high } = gate.estimate;
    const name = gate.id in WORDS ? say(gate.id as Word) : escapeHtml(gate.id);
    return (
      `<tr><td>${name}</td><td class="${gate.result.split(' ')[0]}">${say(gate.result)}</td>` +
      `<td>${figure(value)} [${figure(low)}, ${figure(high)}]</td><td>${bounds.filter(Boolean).join(', ')}</td>` +
      `<td>${figure(gate.minimumDetectableEffect)}</td><td>${figure(100 * gate.power, 0)} %</td></tr>`
    );
  });
  return `<table><thead><tr>${head.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

export function measures(report: ValidationReport, say: Say): [string, string][] {
  const { discrimination, accuracy, calibration, ranking, champion } = report;
  const parts = accuracy.brierParts;
  const spread = ({ value, low, high }: { value: number; low: number; high: number }): string =>
    `${figure(value)} [${figure(low)}, ${figure(high)}]`;
  const list: [string, string][] = [
    ['AUC', spread(discrimination.auc)],
    [say('interval'), discrimination.method],
    ['Gini', figure(discrimination.gini)],
    ['KS', figure(discrimination.ks)],
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
    ...ranking.lift.map(({ share, lift }): [string, string] => [`${say('lift')} ${100 * share} %`, figure(lift, 2)]),
    ...ranking.cutoffs.map(({ cutoff, precision, recall }): [string, string] => [
      `${say('precision')} ${100 * cutoff} %`,
      `${precision === null ? '–' : figure(precision, 3)} / ${recall === null ? '–' : figure(recall, 3)}`,
    ]),
  ];
  if (report.stability) list.push(['PSI', spread(report.stability.psi)]);
  if (champion) list.push([say('champion'), `${figure(champion.auc)} / ${figure(champion.logLoss)}`]);
  return list;
}

export const captioned = (title: string, svg: string): string =>
  `<figure><figcaption>${escapeHtml(title)}</figcaption>${svg}</figure>`;

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

export function stabilityTable(report: ValidationReport, say: Say, labelOf: (feature: string) => string): string {
  if (!report.stability) return '';
  const rows = report.stability.features
    .slice(0, 15)
    .map(
      ({ feature, csi, critical }) =>
        `<tr><td>${escapeHtml(labelOf(feature))}</td><td>${figure(csi)}</td><td>${figure(critical)}</td></tr>`,
    );
  return (
    `<h2>${say('stability')}</h2><table><thead><tr><th>${say('feature')}</th><th>CSI</th><th>${say('critical')}</th></tr></thead>` +
    `<tbody>${rows.join('')}</tbody></table>`
  );
}

/** The shape of every feature with its band and, below, the support of its bins; the weightiest first. */
export function shapes(model: GlassBox, language: Language, say: Say): string {
  const weight = (term: FeatureTerm): number => {
    const mass = term.support.reduce((sum, each) => sum + each, 0);
    return term.shape.reduce((sum, value, b) => sum + Math.abs(value) * term.support[b]!, 0) / (mass || 1);
  };
  return model.terms
    .toSorted((a, b) => weight(b) - weight(a))
    .map((term) => captioned(term.label?.[language] ?? term.name, shape(term, say)))
    .join('');
}

function shape(term: FeatureTerm, say: Say): string {
  const { encoding } = term;
  const first = 1 + encoding.codes.length;
  const band = term.band ?? term.shape.map(() => 0);
  const values = term.shape.slice(first);
  const low = values.map((value, i) => value - band[first + i]!);
  const high = values.map((value, i) => value + band[first + i]!);
  const special = [say('missing'), ...encoding.codes.map(String)]
    .map((name, b) => (term.support[b]! > 0 ? `${name}: ${figure(term.shape[b]!, 3)}` : ''))
    .filter(Boolean)
    .join(' · ');
  const y = scaleOf([...low, ...high, 0]);
  if (encoding.kind === 'number') {
    // The outer bins reach to infinity: they are drawn to the neighbouring edge's distance, so that one outlier does not flatten the rest.
    // Bounded, so that distances between edges stay finite.
    const edges = encoding.edges.map((edge) => Math.max(-1e300, Math.min(1e300, edge)));
    const from = Math.max(
      term.range?.[0] ?? 0,
      edges.length > 1 ? 2 * edges[0]! - edges[Math.ceil(edges.length / 4)]! : -Infinity,
    );
    const to = Math.min(
      term.range?.[1] ?? 1,
      edges.length > 1 ? 2 * edges.at(-1)! - edges[Math.floor((3 * edges.length) / 4)]! : Infinity,
    );
    const at = [Math.min(from, edges[0] ?? from), ...edges, Math.max(to, edges.at(-1) ?? to)];
    const x = scaleOf(at, 0);
    const label = special === '' ? say('value') : `${say('value')} (${special})`;
    return frame(
      x,
      y,
      { x: label, y: say('contribution'), title: term.name },
      footing(x, at, term.support.slice(first)) + ribbon(x, y, at, low, high) + steps(x, y, at, values, 'curve'),
    );
  }
  const x = { from: 0, to: values.length };
  const names = [...encoding.levels, say('unseen')];
  const label = names.length <= 8 ? names.join(' · ') : `${names.slice(0, 8).join(' · ')} …`;
  return frame(
    x,
    y,
    { x: special === '' ? label : `${label} (${special})`, y: say('contribution'), title: term.name },
    footing(x, [...values.keys(), values.length], term.support.slice(first)) +
      bars(x, y, values, 'bar') +
      verticals(
        x,
        y,
        values.map((_, i) => ({ at: i + 0.5, from: low[i]!, to: high[i]! })),
        'whisker',
      ),
  );
}

import type { Language } from '../../base/index.ts';
import type { DriftLook, Knowable } from '../../models/monitoring/index.ts';
import { escapeHtml } from '../../models/validation/charts.ts';
import { STYLE } from '../../models/validation/html.ts';
import { figure, grid, htmlPage, percent, spread } from '../../models/validation/page-parts.ts';
import type { IdentifiedMonitoringReport } from '../../pipelines/compose/monitor-work.ts';
import { MONITORING_WORDS, type MonitoringWord } from './monitoring-words.ts';

const OWN_STYLE = `${STYLE}
.state{border:1px solid var(--line);border-left-width:8px;border-radius:10px;padding:.8rem 1.2rem;margin:1rem 0;font-size:1.15rem}
.state.alarm{border-left-color:var(--bad)}.state.quiet{border-left-color:var(--good)}
.bar-of{display:inline-block;height:.7rem;background:var(--good);opacity:.75;vertical-align:middle;margin-right:.4rem}
.bar-of.then{background:var(--soft)}.bar-of.over{background:var(--bad)}`;

/** Causes and inputs that a page lists. */
const LISTED = 20;

/** A look at a model as one self-contained, printable page, without any customer. */
export function monitoringPage(report: IdentifiedMonitoringReport, language: Language): string {
  const say = (word: MonitoringWord): string => MONITORING_WORDS[word][language];
  const { verdict, looks, movement, domain, source } = report;
  const whole = looks[0];
  const known = <T>(of: Knowable<T>, show: (value: T) => string): string =>
    of.known ? show(of.value) : `<i>${of.on === null ? say('neverKnown') : `${say('knowable')} ${day(of.on)}`}</i>`;
  const body = [
    `<p class="note">${say('asOf')} ${day(report.asOf)}</p>`,
    `<div class="state ${verdict.result}">${say(verdict.result)}</div><p class="note">${say('oneLook')}</p>`,
    verdict.vanished.length === 0
      ? ''
      : `<p><b>${say('vanished')}</b>: ${verdict.vanished.map(escapeHtml).join(', ')}</p>`,
    `<h2>${say('material')}</h2>`,
    grid(
      [say('measure'), say('value'), say('threshold'), say('matters')],
      verdict.measures.map(({ measure, value, threshold, material }) => [
        say(measure),
        percent(value),
        percent(threshold),
        value === null ? '–' : say(material ? 'yes' : 'no'),
      ]),
    ),
    `<h2>${say('movement')}</h2>`,
    movement === null || source.before === null
      ? `<p>${say('noMovement')}</p>`
      : `<p>${day(source.before.asOf)} → ${day(report.asOf)}: ${movement.customers} ${say('ofCustomers')}, ${movement.worse} ${say('worse')}, ` +
        `${movement.better} ${say('better')}. ${say('expectedLoss')} ${amount(movement.expectedLoss.before)} → ${amount(movement.expectedLoss.now)}</p>${grid(
          [say('feature'), say('lossMoved'), say('pdMoved'), say('customers')],
          movement.causes
            .filter(({ customers }) => customers > 0)
            .slice(0, LISTED)
            .map(({ feature, expectedLoss, meanPd, customers }) => [
              escapeHtml(feature),
              amount(expectedLoss),
              percent(meanPd, 3),
              String(customers),
            ]),
        )}`,
    `<h2>${say('scores')}</h2>`,
    grid(
      [say('segment'), say('customers'), 'PSI', say('critical'), say('adjusted'), say('meanPd')],
      looks.map(({ segment, presentRows, score }) => [
        segment === null ? say('all') : escapeHtml(segment),
        String(presentRows),
        bar(score.psi, score.critical),
        figure(score.critical),
        probability(score.adjusted),
        `${percent(score.meanPd.reference, 2)} → ${percent(score.meanPd.present, 2)}`,
      ]),
    ),
    whole === undefined ? '' : gradeShares(whole, say) + inputs(whole, say),
    `<h2>${say('estimated')}</h2><p class="note">${say('estimatedNote')}</p>`,
    domain === null
      ? ''
      : `<p>${say('domain')} ${figure(domain.auc, 3)} [${figure(domain.low, 3)}, ${figure(domain.high, 3)}]</p>`,
    grid(
      [say('method'), say('effective'), say('badRate'), 'AUC'],
      report.estimated.map(({ method, effectiveRows, badRate, auc }) => [
        method,
        effectiveRows.toFixed(0),
        spread(badRate, (value) => percent(value, 2)),
        spread(auc, (value) => figure(value, 3)),
      ]),
    ),
    `<h2>${say('outcomes')}</h2><p class="note">${say('outcomesNote')}</p>`,
    grid(
      [say('vintage'), say('matured'), say('badRate'), 'AUC', 'KS'],
      [report.outcomes.all, ...report.outcomes.vintages].map(({ vintage, matured, rated, badRate, auc, ks }) => [
        vintage ?? say('all'),
        `${matured} / ${rated}`,
        known(badRate, ({ rate, low, high }) => spread({ value: rate, low, high }, (value) => percent(value, 2))),
        known(auc, (value) => figure(value, 3)),
        known(ks, (value) => figure(value, 3)),
      ]),
    ),
    `<h2>${say('sources')}</h2><p class="note"><code>${[
      `report ${report.reportId}`,
      `model ${report.model}`,
      `snapshot ${source.snapshotId}`,
      `training set ${source.trainingSet}`,
    ]
      .map(escapeHtml)
      .join('<br>')}</code></p>`,
  ];
  return htmlPage(language, say('title'), OWN_STYLE, body.join(''));
}

function gradeShares({ grades }: DriftLook, say: (word: MonitoringWord) => string): string {
  const share = (value: number, kind: string): string =>
    `<span class="bar-of ${kind}" style="width:${(12 * value).toFixed(2)}rem"></span>${percent(value)}`;
  return `<h2>${say('grades')}</h2>${grid(
    [say('grade'), say('training'), say('today')],
    grades.map(({ grade, reference, present }) => [escapeHtml(grade), share(reference, 'then'), share(present, '')]),
  )}`;
}

function inputs({ inputs: all }: DriftLook, say: (word: MonitoringWord) => string): string {
  return `<h2>${say('inputs')}</h2>${grid(
    [
      say('feature'),
      'CSI',
      say('critical'),
      say('adjusted'),
      say('missing'),
      say('unseen'),
      say('outside'),
      'Jensen-Shannon',
      'Wasserstein',
    ],
    all.map((each) => [
      escapeHtml(each.feature),
      each.csi === null ? `<b>${say('gone')}</b>` : bar(each.csi, each.critical),
      figure(each.critical),
      probability(each.adjusted),
      `${percent(each.missing.reference)} → ${percent(each.missing.present)}`,
      percent(each.unseen),
      each.outside === null ? '–' : percent(each.outside.below + each.outside.above),
      figure(each.jensenShannon, 3),
      each.wasserstein === null ? '–' : each.wasserstein.toPrecision(3),
    ]),
  )}`;
}

/** An index as a bar, in the colour of alarm where it exceeds what chance explains; 5 rem is ten times the critical value, or more. */
function bar(value: number, critical: number): string {
  const width = 5 * Math.min(1, value / (10 * critical));
  return `<span class="bar-of${value > critical ? ' over' : ''}" style="width:${width.toFixed(2)}rem"></span>${figure(value)}`;
}

const probability = (p: number): string => (p < 0.001 ? '&lt; 0.001' : p.toFixed(3));
const amount = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 0 });
const day = (at: string): string => at.slice(0, 10);

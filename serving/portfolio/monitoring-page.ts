import type { Language } from '../../base/index.ts';
import type { DriftLook, IdentifiedMonitoringReport, SequentialState } from '../../models/monitoring/index.ts';
import { dots, escapeHtml, frame, line, scaleOf } from '../../models/validation/charts.ts';
import { STYLE } from '../../models/validation/html.ts';
import { captioned, figure, grid, htmlPage, percent, spread } from '../../models/validation/page-parts.ts';
import type { StoredAction } from '../../records/reports/index.ts';
import { checks, figuresOf, horizonsTable, methodName, notKnown, type Say } from './monitoring-outcomes.ts';
import { MONITORING_WORDS, WATCHED_WORDS, type MonitoringWord } from './monitoring-words.ts';
import { day, money } from './style.ts';
import { sourcesLine } from './source-words.ts';

const OWN_STYLE = `${STYLE}
td i{white-space:nowrap}
.dense table{font-size:.85rem}.dense td,.dense th{padding:.35rem .3rem}.dense td{white-space:nowrap}.dense .bar-of{max-width:3rem}
.state{border:1px solid var(--line);border-left-width:8px;border-radius:10px;padding:.8rem 1.2rem;margin:1rem 0;font-size:1.15rem}
.state.alarm{border-left-color:var(--bad)}.state.quiet{border-left-color:var(--good)}.state.open{border-left-color:var(--soft)}
.state small{display:block;font-size:.95rem}
.bar-of{display:inline-block;height:.7rem;background:var(--good);opacity:.75;vertical-align:middle;margin-right:.4rem}
.bar-of.then{background:var(--soft)}.bar-of.over{background:var(--bad)}`;

/** Causes and inputs that a page lists. */
const LISTED = 20;

/** A look at a model as one self-contained, printable page, without any customer. */
export function monitoringPage(
  report: IdentifiedMonitoringReport,
  language: Language,
  actions: readonly StoredAction[] = [],
): string {
  const say = (word: MonitoringWord): string => MONITORING_WORDS[word][language];
  const { verdict, looks, movement, domain, source, sequential, population, outcomes, noDensityRatio } = report;
  const whole = looks[0];
  const isLate = isOfLate(report);
  const body = [
    `<p class="note">${say('asOf')} ${day(report.asOf)} · ${escapeHtml(report.slot)} · ${population.customers} ${say('customersUnit')}${
      population.inDefault === null ? '' : ` · ${population.inDefault} ${say('leftOut')}`
    }${population.elsewhere === undefined ? '' : ` · ${population.elsewhere} ${say('elsewhere')}`}</p>`,
    about(report, say),
    state(report, say),
    sequential === null ? '' : yearly(sequential, say, language),
    verdict.causes.length === 0
      ? ''
      : `<h2>${say('causes')}</h2><p class="note">${say('causesNote')}</p>${grid(
          [say('feature'), say('segment'), say('adjusted')],
          verdict.causes
            .slice(0, LISTED)
            .map(({ feature, segment, adjusted }) => [
              escapeHtml(feature === 'score' ? say('scores') : feature),
              segment === null ? say('all') : escapeHtml(segment),
              probability(adjusted),
            ]),
        )}`,
    verdict.vanished.length === 0
      ? ''
      : `<p><b>${say('vanished')}</b>: ${verdict.vanished.map(escapeHtml).join(', ')}</p>`,
    actions.length === 0
      ? ''
      : `<h2>${say('actions')}</h2>${grid(
          [say('action'), say('state'), say('plannedAt'), say('detail')],
          actions.map(({ action, state, plannedAt, detail }) => [
            say(action),
            say(state),
            day(plannedAt),
            escapeHtml(detail ?? ''),
          ]),
        )}`,
    `<h2>${say('material')}</h2>`,
    grid(
      [say('measure'), say('value'), say('threshold'), say('matters')],
      verdict.measures.map(({ measure, value, threshold, material, knowableOn }) => [
        say(measure),
        value === null ? notKnown(knowableOn ?? null, say) : percent(value),
        percent(threshold),
        value === null ? '–' : say(material ? 'yes' : 'no'),
      ]),
    ),
    `<h2>${say('movement')}</h2>`,
    movement === null || source.before === null
      ? `<p>${say('noMovement')}</p>`
      : `<p>${day(source.before.asOf)} → ${day(report.asOf)}: ${movement.customers} ${say('ofCustomers')}, ${movement.worse} ${say('worse')}, ` +
        `${movement.better} ${say('better')}. ${say(isLate ? 'expectedLate' : 'expectedLoss')} ${money(movement.expectedLoss.before)} → ${money(movement.expectedLoss.now)}.${
          movement.limits === null
            ? ''
            : ` ${say('limits')} ${money(movement.limits.before)} → ${money(movement.limits.now)}; ${say('ofWorse')} ${money(movement.limits.ofWorse)}, ${say('ofBetter')} ${money(movement.limits.ofBetter)}.`
        }</p>${grid(
          [say('feature'), say(isLate ? 'lateMoved' : 'lossMoved'), say('pdMoved'), say('customers')],
          movement.causes
            .filter(({ customers }) => customers > 0)
            .slice(0, LISTED)
            .map(({ feature, expectedLoss, meanPd, customers }) => [
              escapeHtml(feature),
              money(expectedLoss),
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
      [say('method'), say('effective'), say('badRate'), 'AUC', say('logLoss')],
      report.estimated.map(({ method, effectiveRows, badRate, auc, logLoss }) => [
        methodName(method, say),
        effectiveRows.toFixed(0),
        spread(badRate, (value) => percent(value, 2)),
        spread(auc, (value) => figure(value, 3)),
        spread(logLoss, (value) => figure(value, 3)),
      ]),
    ),
    noDensityRatio ? `<p class="note">${say(noDensityRatio)}</p>` : '',
    `<h2>${say('outcomes')}</h2>${outcomes.sampledFrom > 0 ? `<p class="note">${say('sampled')}</p>` : ''}`,
    outcomes.scored === null ? `<p>${say('nobodyTells')}</p>` : figuresOf(outcomes.scored, say('scoredBooks'), say),
    figuresOf(outcomes.validation, say('validationRows'), say),
    horizonsTable(report, say),
    checks(report, say),
    `<h2>${say('sources')}</h2>${sourcesLine(
      {
        report: report.reportId,
        model: report.model,
        snapshot: source.snapshotId,
        trainingSet: source.trainingSet,
      },
      language,
    )}`,
  ];
  return htmlPage(language, say('title'), OWN_STYLE, body.join(''));
}

/** What a slot that rates nobody tells: that its figures are of late payment, or over how many months of a term structure. */
function about({ slot, followedMonths }: IdentifiedMonitoringReport, say: Say): string {
  if (followedMonths !== undefined)
    return `<p class="note">${say('ofTerm')} ${followedMonths} ${say('monthsUnit')}</p>`;
  return isOfLate({ slot }) ? `<p class="note">${say('ofLate')}</p>` : '';
}

/** Whether a report is of late payment. */
const isOfLate = ({ slot }: Pick<IdentifiedMonitoringReport, 'slot'>): boolean => slot.includes('/late-');

/** The verdict; where it cannot be known yet whether PDs come true, it is no green one, and says when that will be. */
function state({ verdict, outcomes }: IdentifiedMonitoringReport, say: Say): string {
  const realised = verdict.measures.find(({ measure }) => measure === 'realisedError');
  if (realised === undefined || realised.value !== null)
    return `<div class="state ${verdict.result}">${say(verdict.result)}</div>`;
  const on = realised.knowableOn ?? outcomes.scored?.all.completeOn ?? null;
  const open = on === null ? say('outcomesUntold') : `${say('outcomesOpen')} ${say('knowable')} ${day(on)}`;
  const shown = verdict.result === 'quiet' ? 'open' : verdict.result;
  return `<div class="state ${shown}">${say(verdict.result)}<small>${open}</small></div>`;
}

/** What of a feature, the score or the outcomes is watched, in words: the last word of its name tells. */
function watchedName(measure: string, language: Language): string {
  const words = measure.split(' ');
  const kind = words.at(-1) ?? '';
  const known = Object.hasOwn(WATCHED_WORDS, kind) ? WATCHED_WORDS[kind as keyof typeof WATCHED_WORDS][language] : kind;
  return [...words.slice(0, -1).map((word) => (word === 'score' ? WATCHED_WORDS.score[language] : word)), known].join(
    ' ',
  );
}

/** The yearly test: its evidence by day on a scale of powers of ten, and what it rests on. */
function yearly(
  { path, needed, since, looks, pairs, outcomes, significantSince, leading, taken }: SequentialState,
  say: Say,
  language: Language,
): string {
  const power = (evidence: number): number => Math.log10(Math.max(evidence, 1e-3));
  const [x, y] = [
    { from: 0, to: 365 },
    scaleOf([-0.5, power(needed) + 0.3, ...path.map((each) => power(each.evidence))]),
  ];
  const points = path.map((each) => [each.day, power(each.evidence)] as const);
  const marks =
    line(
      x,
      y,
      [
        [0, power(needed)],
        [365, power(needed)],
      ],
      'curve2',
    ) + (points.length > 1 ? line(x, y, points, 'curve') : dots(x, y, points, 'dot'));
  const chart = frame(x, y, { x: say('dayOfYear'), y: say('evidencePower'), title: say('yearly') }, marks);
  const said = [
    `${say('since')} ${since}`,
    `${looks} ${say('looksTaken')}`,
    `${pairs} ${say('pairs')}`,
    `${outcomes} ${say('outcomesSeen')}`,
    significantSince === null ? say('notSignificant') : `<b>${say('significantSince')} ${significantSince}</b>`,
  ];
  return (
    `<h2>${say('yearly')}</h2><p class="note">${say('yearlyNote')}</p><p>${said.join(' · ')}</p>` +
    `${taken ? '' : `<p><i>${say('notTaken')}</i></p>`}<div class="grid-of">${captioned(say('evidenceChart'), chart)}</div>` +
    grid(
      [say('measure'), say('eValue')],
      leading
        .slice(0, 5)
        .map(({ measure, eValue }) => [
          escapeHtml(watchedName(measure, language)),
          eValue < 1e6 ? eValue.toFixed(2) : eValue.toExponential(1),
        ]),
    )
  );
}

function gradeShares({ grades }: DriftLook, say: Say): string {
  const share = (value: number, kind: string): string =>
    `<span class="bar-of ${kind}" style="width:${(12 * value).toFixed(2)}rem"></span>${percent(value)}`;
  return `<h2>${say('grades')}</h2>${grid(
    [say('grade'), say('training'), say('today')],
    grades.map(({ grade, reference, present }) => [escapeHtml(grade), share(reference, 'then'), share(present, '')]),
  )}`;
}

function inputs({ inputs: all }: DriftLook, say: Say): string {
  return `<h2>${say('inputs')}</h2><div class="dense">${grid(
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
  )}</div>`;
}

/** An index as a bar, in the colour of alarm where it exceeds what chance explains; 5 rem is ten times the critical value, or more. */
function bar(value: number, critical: number): string {
  const width = 5 * Math.min(1, value / (10 * critical));
  return `<span class="bar-of${value > critical ? ' over' : ''}" style="width:${width.toFixed(2)}rem"></span>${figure(value)}`;
}

const probability = (p: number): string => (p < 0.001 ? '&lt; 0.001' : p.toFixed(3));

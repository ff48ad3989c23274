import type {
  EstimatedPerformance,
  IdentifiedMonitoringReport,
  Knowable,
  OutcomeFigures,
} from '../../models/monitoring/index.ts';
import { dots, escapeHtml, frame, line, scaleOf } from '../../models/validation/charts.ts';
import { captioned, figure, grid, percent, spread } from '../../models/validation/page-parts.ts';
import type { MonitoringWord } from './monitoring-words.ts';
import { day } from './style.ts';

export type Say = (word: MonitoringWord) => string;

export const notKnown = (on: string | null, say: Say): string =>
  on === null ? '–' : `<i>${say('knowable')} ${day(on)}</i>`;

/** What came true by horizon of a term structure; of another model nothing. */
export function horizonsTable({ horizons = [] }: Pick<IdentifiedMonitoringReport, 'horizons'>, say: Say): string {
  if (horizons.length === 0) return '';
  return `<h3>${say('byHorizon')}</h3>${grid(
    [say('horizon'), say('matured'), say('badRate'), say('meanPdOf'), 'AUC'],
    horizons.map(({ months, figures: { matured, rated, badRate, auc, nextOn, completeOn } }) => {
      const later = notKnown(nextOn ?? completeOn, say);
      return [
        `${months} ${say('monthsUnit')}`,
        `${matured} / ${rated}`,
        badRate.known
          ? spread({ value: badRate.value.rate, low: badRate.value.low, high: badRate.value.high }, (value) =>
              percent(value, 2),
            )
          : later,
        badRate.known ? percent(badRate.value.meanPd, 2) : later,
        auc.known ? figure(auc.value, 3) : later,
      ];
    }),
  )}`;
}

/** Figures by vintage, and by grade for all that matured. */
export function figuresOf({ all, vintages }: OutcomeFigures, title: string, say: Say): string {
  const known = <T>(of: Knowable<T>, show: (value: T) => string): string =>
    of.known ? show(of.value) : `<i>${of.on === null ? say('neverKnown') : `${say('knowable')} ${day(of.on)}`}</i>`;
  const waits = (next: string | null, last: string | null): string =>
    next === null || last === null ? '' : next === last ? ` (${day(last)})` : ` (${day(next)} – ${day(last)})`;
  const rows = [all, ...vintages].map(({ vintage, matured, rated, open, nextOn, completeOn, badRate, auc, ks }) => [
    vintage ?? say('all'),
    `${matured} / ${rated}`,
    open === 0 ? '0' : `${open}${waits(nextOn ?? completeOn, completeOn)}`,
    known(badRate, ({ rate, low, high }) => spread({ value: rate, low, high }, (value) => percent(value, 2))),
    known(badRate, ({ meanPd }) => percent(meanPd, 2)),
    known(auc, (value) => figure(value, 3)),
    known(ks, (value) => figure(value, 3)),
  ]);
  const told = [all, ...(vintages.length > 1 ? vintages : [])].filter(({ matured }) => matured > 0);
  const grades = told.flatMap(({ vintage, grades: own }) =>
    own.map(({ grade, test }) => [
      vintage ?? say('all'),
      escapeHtml(grade),
      known(test, ({ rows: count }) => String(count)),
      known(test, ({ badRate }) => spread(badRate, (value) => percent(value, 2))),
      known(test, ({ meanPd }) => percent(meanPd, 2)),
    ]),
  );
  const points = all.grades.flatMap(({ test }) =>
    test.known ? [[test.value.meanPd, test.value.badRate.value] as const] : [],
  );
  const scale = scaleOf([0, ...points.flat()]);
  const chart =
    points.length < 2
      ? ''
      : `<div class="grid-of">${captioned(
          `${title}: ${say('calibration')}`,
          frame(
            scale,
            scale,
            { x: say('meanPdOf'), y: say('badRate'), title: say('calibration') },
            line(
              scale,
              scale,
              [
                [scale.from, scale.from],
                [scale.to, scale.to],
              ],
              'plain',
            ) + dots(scale, scale, points, 'dot'),
          ),
        )}</div>`;
  return (
    `<h3>${title}</h3>${grid([say('vintage'), say('matured'), say('stillOpen'), say('badRate'), say('meanPdOf'), 'AUC', 'KS'], rows)}` +
    `${all.matured === 0 ? '' : grid([say('vintage'), say('grade'), say('matured'), say('badRate'), say('meanPdOf')], grades)}${chart}`
  );
}

/** Estimates of earlier reports beside what came true, and outcomes that are told otherwise than before. */
export function checks({ checks: all, corrections, outcomes }: IdentifiedMonitoringReport, say: Say): string {
  const next = outcomes.scored?.vintages.find(({ open }) => open > 0)?.completeOn ?? null;
  return (
    `<h2>${say('checks')}</h2><p class="note">${say('checksNote')}</p>${
      all.length === 0
        ? `<p>${say('noChecks')}${next === null ? '' : ` ${notKnown(next, say)}`}</p>`
        : grid(
            [say('asOf'), say('method'), say('measure'), say('estimate'), say('realised'), say('held')],
            all.map(({ asOf, method, figure: name, estimated, realised, held }) => {
              const show = (value: number): string => (name === 'badRate' ? percent(value, 2) : figure(value, 3));
              return [
                day(asOf),
                methodName(method, say),
                name === 'auc' ? 'AUC' : say(name),
                spread(estimated, show),
                show(realised),
                say(held ? 'yes' : 'no'),
              ];
            }),
          )
    }` +
    (corrections.length === 0
      ? ''
      : `<h2>${say('corrections')}</h2><p class="note">${say('correctionsNote')}</p>${grid(
          [say('vintage'), say('toldThen'), say('toldNow'), say('reportThen')],
          corrections.map(({ vintage, before, now }) => [
            vintage,
            `${before.bads} / ${before.matured} (${day(before.asOf)})`,
            `${now.bads} / ${now.matured}`,
            `<code>${before.reportId.slice(0, 12)}</code>`,
          ]),
        )}`)
  );
}

/** What a way of estimating is called. */
export const methodName = (method: EstimatedPerformance['method'], say: Say): string =>
  method === 'CBPE' ? method : say('densityRatio');

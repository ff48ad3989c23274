import type { Language } from '../../base/index.ts';
import { escapeHtml } from '../../models/validation/charts.ts';
import { grid, htmlPage, percent } from '../../models/validation/page-parts.ts';
import type { ControlPolicy, TargetedShare, TeamControl } from '../../rating/index.ts';
import type { StoredControlReport } from '../../records/reports/index.ts';
import { CONTROL_WORDS, type ControlWord } from './control-words.ts';
import { sourcesLine } from './source-words.ts';
import { day, REPORT_STYLE } from './style.ts';

const STYLE = `${REPORT_STYLE}
.met{color:var(--good);font-weight:600}.missed{color:#dc2626;font-weight:600}.not-shown,.too-few{color:var(--soft)}`;

/** A control report as one self-contained, printable page; teams are named as the policy names them now. */
export function controlPage(report: StoredControlReport, policy: ControlPolicy, language: Language): string {
  const say = (word: ControlWord): string => CONTROL_WORDS[word][language];
  const teamName = (code: string): string =>
    escapeHtml(
      code === 'rest' ? say('rest') : (policy.teams.find((team) => team.code === code)?.label[language] ?? code),
    );
  const ranged = (of: { readonly value: number; readonly low: number; readonly high: number } | null): string =>
    of === null ? '–' : `${percent(of.value)} (${percent(of.low)} – ${percent(of.high)})`;
  const targets = (sign: string, of: (team: TeamControl) => TargetedShare): string =>
    grid(
      [say('team'), say('count'), say('of'), say('actual'), say('target'), say('verdict')],
      report.teams.map((team) => {
        const { count, of: among, actual, target, verdict } = of(team);
        return [
          teamName(team.team),
          String(count),
          String(among),
          ranged(actual),
          `${sign} ${percent(target)}`,
          `<span class="${verdict}">${say(verdict)}</span>`,
        ];
      }),
    );
  const { knownUntil, why } = report.outcomes;
  const body = [
    `<p class="note">${day(report.from)} – ${day(report.until)} · ${say('asOf')} ${day(report.asOf)} · ${say('sample')} ${report.minimumSample} · ${say('interval')} ${percent(report.level, 0)}</p>`,
    `<h2>${say('reviewsOverdue')}</h2><p class="note">${say('reviewsNote')}</p>${targets('≤', (team) => team.reviewsOverdue)}`,
    `<h2>${say('warningsInTime')}</h2><p class="note">${say('warningsNote')}</p>${targets('≥', (team) => team.warningsInTime)}`,
    `<h2>${say('overrides')}</h2><p class="note">${say('overridesNote')} ${
      knownUntil === null ? `${say('noOutcomes')} ${escapeHtml(why ?? '')}` : `${say('knownUntil')} ${day(knownUntil)}.`
    }</p>`,
    grid(
      [
        say('team'),
        say('overrides'),
        say('lent'),
        say('known'),
        say('expected'),
        say('defaulted'),
        say('againstOwn'),
        say('verdict'),
      ],
      report.teams.map(({ team, overrides: { count, lent } }) => [
        teamName(team),
        String(count),
        String(lent.count),
        String(lent.known),
        percent(lent.expectedRate),
        ranged(lent.defaultRate),
        ranged(lent.againstOwn),
        say(lent.verdict),
      ]),
    ),
    sourcesLine({ report: report.reportId, policy: report.policy }, language),
  ];
  return htmlPage(language, say('title'), STYLE, body.join(''));
}

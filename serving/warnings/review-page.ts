import type { Language } from '../../base/index.ts';
import { escapeHtml } from '../../models/validation/charts.ts';
import { grid, htmlPage, percent } from '../../models/validation/page-parts.ts';
import type { RuleReview } from '../../rating/index.ts';
import { day, REPORT_STYLE, signed } from '../portfolio/style.ts';
import type { WarningWords } from './desk.ts';
import { REVIEW_WORDS, type ReviewWord } from './review-words.ts';
import type { ReviewedWarnings } from './review.ts';

const STYLE = `${REPORT_STYLE}
.helps{color:var(--good);font-weight:600}.never-helps{color:#dc2626;font-weight:600}
.too-few,.no-difference-shown{color:var(--soft)}small{display:block;color:var(--soft)}`;

interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The review of warnings as one self-contained, printable page; what rests on fewer customers than the smallest sample is marked. */
export function reviewPage(review: ReviewedWarnings, codes: WarningWords['codes'], language: Language): string {
  const { rules, neverHelp, baseRate, unwarned, outcomes, period, minimumSample } = review;
  const say = (word: ReviewWord): string => REVIEW_WORDS[word][language];
  const nameOf = (code: string): string => {
    const name = codes[code]?.[language];
    return name === undefined ? escapeHtml(code) : `${escapeHtml(name)}<small>${escapeHtml(code)}</small>`;
  };
  const figure = (value: string, range: string, customers: number): string =>
    `${value}<small>${range}${customers < minimumSample ? ` ${say('too-few')}` : ''}</small>`;
  const share = (of: (Interval & { readonly customers: number }) | null): string =>
    of === null ? '–' : figure(percent(of.value), `${percent(of.low)} – ${percent(of.high)}`, of.customers);
  const lead = ({ leadDays }: RuleReview): string => {
    if (leadDays === null) return '–';
    const { median, low, high, customers } = leadDays;
    const range = low === null || high === null ? '' : `${low.toFixed(0)} – ${high.toFixed(0)}`;
    return figure(median.toFixed(0), range, customers);
  };
  const difference = (of: Interval | null): string => {
    if (of === null) return `<span class="too-few">${say('too-few')}</span>`;
    const points = (value: number): string => signed(value, percent);
    return `${points(of.value)}<small>${points(of.low)} – ${points(of.high)}</small>`;
  };
  const contrasted = rules.flatMap(({ code, withMeasures }) => (withMeasures === null ? [] : [{ code, withMeasures }]));
  const raised = rules.reduce((sum, rule) => sum + rule.raised, 0);
  const known =
    outcomes.knownUntil === null
      ? `${say('unknown')} ${escapeHtml(outcomes.why)}`
      : `${say('knownUntil')} ${day(outcomes.knownUntil)}`;
  const body = [
    `<p class="note">${say('raisedWithin')} ${day(period.from)} – ${day(period.until)} · ${known} · ${say('sample')} ${minimumSample} · ${say('intervals')}</p>`,
    `<div class="headline"><div><b>${rules.length}</b><span>${say('rules')}</span></div><div><b>${raised}</b><span>${say('raisedInAll')}</span></div>`,
    `<div><b>${neverHelp.length}</b><span>${say('uselessCount')}</span></div>`,
    `<div><b>${percent(baseRate)}</b><span>${say('baseRate')} (${unwarned} ${say('baseOf')}${unwarned < minimumSample ? `, ${say('too-few')}` : ''})</span></div></div>`,
    `<h2>${say('useless')}</h2>`,
    neverHelp.length === 0
      ? `<p>${say('noneUseless')}</p>`
      : `<ul>${neverHelp.map((code) => `<li>${nameOf(code)}</li>`).join('')}</ul><p class="note">${say('uselessNote')}</p>`,
    `<h2>${say('byRule')}</h2><p class="note">${say('byRuleNote')}</p>`,
    rules.length === 0
      ? `<p>${say('none')}</p>`
      : grid(
          [say('rule'), say('raised'), say('known'), say('precision'), say('lead'), say('ignored'), say('verdict')],
          rules.map((rule) => [
            nameOf(rule.code),
            String(rule.raised),
            String(rule.known),
            share(rule.precision),
            lead(rule),
            share(rule.ignored),
            `<span class="${rule.verdict}">${say(rule.verdict)}</span>`,
          ]),
        ),
    `<h2>${say('measures')}</h2><p class="note">${say('measuresNote')}</p>`,
    contrasted.length === 0
      ? `<p>${say('noMeasures')}</p>`
      : grid(
          [say('rule'), say('treated'), say('untreated'), say('shared'), say('difference')],
          contrasted.map(({ code, withMeasures: of }) => [
            nameOf(code),
            `${of.treated} (${of.treatedCustomers})`,
            `${of.untreated} (${of.untreatedCustomers})`,
            String(of.shared),
            difference(of.difference),
          ]),
        ),
  ];
  return htmlPage(language, say('title'), STYLE, body.join(''));
}

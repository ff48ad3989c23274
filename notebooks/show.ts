import { COLOURS, Plot, svg } from './plot.ts';

/** What a cell of a shown table may hold. */
type Shown = string | number | boolean | bigint | null | undefined;

/** Rows as an HTML table; numbers with so many significant digits, null as a dash. */
export function rowsHtml(rows: readonly { readonly [column: string]: Shown }[], digits = 4): string {
  const escape = (text: string): string => text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
  const cell = (value: Shown): string => {
    if (value === null || value === undefined) return '<td>–</td>';
    if (typeof value !== 'number') return `<td style="text-align:left">${escape(String(value))}</td>`;
    const text = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
    return `<td style="text-align:right">${text}</td>`;
  };
  const names = Object.keys(rows[0] ?? {});
  const head = names.map((name) => `<th style="text-align:left">${escape(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${names.map((name) => cell(row[name])).join('')}</tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** One step of a waterfall, in log-odds. */
export interface Step {
  readonly label: string;
  readonly value: number;
}

/**
 * A waterfall of log-odds as SVG: from one total, step by step, to another. Steps beyond the `atMost` largest are drawn as one; the sum
 * of all steps is the difference of the totals, whatever is drawn together.
 */
export function waterfall(options: {
  readonly from: Step;
  readonly steps: readonly Step[];
  readonly to: string;
  readonly atMost?: number;
}): string {
  const { from, to, atMost = 10 } = options;
  const ranked = options.steps
    .filter(({ value }) => value !== 0)
    .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const rest = ranked.slice(atMost);
  const steps = ranked.slice(0, atMost);
  if (rest.length > 0) {
    steps.push({ label: `${rest.length} others`, value: rest.reduce((sum, { value }) => sum + value, 0) });
  }
  let at = from.value;
  const bars = steps.map(({ label, value }) => ({ label, value, start: at, end: (at += value) }));
  const totals = [
    { label: from.label, start: 0, end: from.value },
    { label: to, start: 0, end: at },
  ];
  const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`;
  const bar = { x1: 'start', x2: 'end', y: 'label', insetTop: 3, insetBottom: 3 };
  return svg({
    height: 26 * (bars.length + 2) + 50,
    marginLeft: 250,
    marginRight: 60,
    x: { label: 'log-odds of default →', nice: true, grid: true },
    y: { label: null, domain: [from.label, ...bars.map(({ label }) => label), to] },
    marks: [
      Plot['barX']?.(totals, { ...bar, fill: COLOURS.soft }),
      Plot['barX']?.(bars, {
        ...bar,
        fill: (each: { value: number }) => (each.value > 0 ? COLOURS.bad : COLOURS.good),
      }),
      Plot['text']?.(bars, {
        x: (each: { start: number; end: number }) => Math.max(each.start, each.end),
        y: 'label',
        text: (each: { value: number }) => signed(each.value),
        textAnchor: 'start',
        dx: 4,
      }),
      Plot['text']?.(totals, {
        x: (each: { end: number }) => Math.max(0, each.end),
        y: 'label',
        text: (each: { end: number }) => each.end.toFixed(3),
        textAnchor: 'start',
        dx: 4,
        fontWeight: 'bold',
      }),
      Plot['ruleX']?.([0]),
    ],
  });
}

import type { CameTrue } from './came-true.ts';
import type { MonthReport } from './follow.ts';

const LEFT = 64;
const PLOT = 800;
const WIDTH = LEFT + PLOT + 24;
const PANEL = 170;
const GAP = 54;
const TOP = 96;
const COLOURS = { CBPE: '#0b4f9e', 'density ratio': '#c05a00', realised: '#111', alarm: '#b00020' } as const;

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  readonly label: (value: number) => string;
}

/**
 * The followed model as a self-contained SVG: by month of issue, bad rate and AUC as they were estimated (with intervals) and as they came true; by month of the
 * run, the evidence of the yearly test and the alarms.
 */
export function followSvg(reports: readonly MonthReport[], rows: readonly CameTrue[]): string {
  const months = [...new Set([...rows.map(({ vintage }) => vintage), ...reports.map(({ month }) => month)])].sort();
  const x = (month: string): number => LEFT + ((months.indexOf(month) + 0.5) * PLOT) / months.length;
  const panels = [
    ...estimatesPanel(TOP, 'Bad within 12 months, by month of issue', 'badRate', rows, x, {
      low: 0,
      high: 0.06,
      ticks: [0, 0.02, 0.04, 0.06],
      label: (value) => `${(100 * value).toFixed(0)} %`,
    }),
    ...estimatesPanel(TOP + PANEL + GAP, 'AUC, by month of issue', 'auc', rows, x, {
      low: 0.4,
      high: 0.9,
      ticks: [0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
      label: (value) => value.toFixed(1),
    }),
    ...evidencePanel(TOP + 2 * (PANEL + GAP), reports, x),
  ];
  const height = TOP + 3 * PANEL + 2 * GAP + 48;
  const axis = months
    .filter((month) => month.endsWith('-01') || month.endsWith('-07'))
    .map((month) => `<text x="${x(month)}" y="${height - 24}" text-anchor="middle">${month}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui, sans-serif" font-size="12" fill="#222">`,
    '<title>A model followed on the Lending Club book</title>',
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    '<text x="12" y="24" font-size="15" font-weight="600">A model followed on the Lending Club book, trained at the end of 2010</text>',
    '<text x="12" y="44" fill="#666">Estimates were made in the month of issue (those of 2010: in December 2010), a year before outcomes were known. Bars: 95 % intervals.</text>',
    ...legend(66),
    ...panels,
    ...axis,
    '</svg>',
    '',
  ].join('\n');
}

function legend(y: number): string[] {
  const entries: readonly (readonly [string, string])[] = [
    ['estimated by PDs (CBPE)', COLOURS.CBPE],
    ['estimated by density ratio', COLOURS['density ratio']],
    ['came true', COLOURS.realised],
    ['significant (triangle: alarm)', COLOURS.alarm],
  ];
  return entries.map(
    ([text, colour], i) =>
      `<circle cx="${LEFT + 190 * i}" cy="${y}" r="4.5" fill="${colour}"/><text x="${LEFT + 190 * i + 10}" y="${y + 4}">${text}</text>`,
  );
}

function frame(
  top: number,
  title: string,
  scale: Scale,
): { readonly y: (value: number) => number; readonly parts: string[] } {
  const y = (value: number): number =>
    top + PANEL * (1 - (Math.min(scale.high, Math.max(scale.low, value)) - scale.low) / (scale.high - scale.low));
  const parts = [
    `<text x="${LEFT}" y="${top - 8}" font-weight="600">${title}</text>`,
    ...scale.ticks.map(
      (tick) =>
        `<line x1="${LEFT}" x2="${LEFT + PLOT}" y1="${y(tick)}" y2="${y(tick)}" stroke="#e4e4e4"/><text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${scale.label(tick)}</text>`,
    ),
  ];
  return { y, parts };
}

function estimatesPanel(
  top: number,
  title: string,
  figure: 'badRate' | 'auc',
  rows: readonly CameTrue[],
  x: (month: string) => number,
  scale: Scale,
): string[] {
  const { y, parts } = frame(top, title, scale);
  for (const { vintage, said, realised } of rows) {
    (['CBPE', 'density ratio'] as const).forEach((method, i) => {
      const found = said.find((each) => each.method === method && each.figure === figure)?.estimated;
      if (found === undefined) return;
      const at = x(vintage) + (i === 0 ? -5 : 5);
      parts.push(
        `<line x1="${at}" x2="${at}" y1="${y(found.low)}" y2="${y(found.high)}" stroke="${COLOURS[method]}" stroke-width="2"/>`,
        `<circle cx="${at}" cy="${y(found.value)}" r="3" fill="${COLOURS[method]}"/>`,
      );
    });
    const value = realised[figure];
    if (value !== null)
      parts.push(`<circle cx="${x(vintage)}" cy="${y(value)}" r="4" fill="${COLOURS.realised}" stroke="#fff"/>`);
  }
  return parts;
}

/** Evidence is shown by its logarithm, cut at a million. */
function evidencePanel(top: number, reports: readonly MonthReport[], x: (month: string) => number): string[] {
  const { y, parts } = frame(
    top,
    'Evidence of the yearly test, by month of the run (significant from 20; each year begins at 1)',
    {
      low: -1,
      high: 6,
      ticks: [0, 2, 4, 6],
      label: (power) => ['1', '', '100', '', '10⁴', '', '10⁶'][power] ?? '',
    },
  );
  const threshold = y(Math.log10(20));
  parts.push(
    `<line x1="${LEFT}" x2="${LEFT + PLOT}" y1="${threshold}" y2="${threshold}" stroke="${COLOURS.alarm}" stroke-dasharray="4 3"/>`,
  );
  for (const { month, sequential, verdict } of reports) {
    if (sequential) {
      const { evidence, alarm } = sequential.look;
      parts.push(
        `<circle cx="${x(month)}" cy="${y(Math.log10(evidence))}" r="4" fill="${alarm ? COLOURS.alarm : COLOURS.realised}"/>`,
      );
    }
    if (verdict.result === 'alarm')
      parts.push(
        `<path d="M${x(month) - 5} ${top + PANEL + 8} h10 l-5 -9 Z" fill="${COLOURS.alarm}"><title>${month}: alarm</title></path>`,
      );
  }
  return parts;
}

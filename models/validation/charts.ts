/** Text as it may stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

const WIDTH = 360;
const HEIGHT = 260;
const LEFT = 54;
const BOTTOM = 40;
const TOP = 12;
const RIGHT = 12;

interface Scale {
  readonly from: number;
  readonly to: number;
}

const xOf = ({ from, to }: Scale, value: number): number =>
  LEFT + ((value - from) / (to - from || 1)) * (WIDTH - LEFT - RIGHT);
const yOf = ({ from, to }: Scale, value: number): number =>
  HEIGHT - BOTTOM - ((value - from) / (to - from || 1)) * (HEIGHT - BOTTOM - TOP);
const round = (value: number): string => String(Math.round(value * 100) / 100);

/** Round tick values inside a scale. */
export function ticks({ from, to }: Scale, count = 5): number[] {
  const span = to - from;
  if (!(span > 0)) return [from];
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? rough;
  const values: number[] = [];
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + 1e-9 * span; k++)
    values.push(Number((k * step).toPrecision(12)));
  return values;
}

/** A place on an axis and what stands at it. */
export interface Tick {
  readonly at: number;
  readonly text: string;
}

/**
 * A chart's frame: axes, ticks (round numbers, unless others are given along x), labels, and the marks inside. Colours come from the page, so
 * that it prints and darkens.
 */
export function frame(
  x: Scale,
  y: Scale,
  labels: { x: string; y: string; title: string; xTicks?: readonly Tick[] },
  marks: string,
): string {
  const xTicks = (labels.xTicks ?? ticks(x).map((at): Tick => ({ at, text: String(at) })))
    .map(
      ({ at, text }) =>
        `<text x="${round(xOf(x, at))}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${escapeHtml(text)}</text>`,
    )
    .join('');
  const yTicks = ticks(y)
    .map(
      (value) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(yOf(y, value))}" y2="${round(yOf(y, value))}"/>` +
        `<text x="${LEFT - 6}" y="${round(yOf(y, value) + 4)}" text-anchor="end">${value}</text>`,
    )
    .join('');
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(labels.title)}"><title>${escapeHtml(labels.title)}</title>` +
    `${yTicks}${xTicks}<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}"/>${marks}` +
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 6}" text-anchor="middle">${escapeHtml(labels.x)}</text>` +
    `<text transform="translate(12 ${(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" text-anchor="middle">${escapeHtml(labels.y)}</text></svg>`
  );
}

type Point = readonly [number, number];

export function line(x: Scale, y: Scale, points: readonly Point[], style: string): string {
  const path = points.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${round(xOf(x, px))} ${round(yOf(y, py))}`).join('');
  return `<path class="${style}" d="${path}"/>`;
}

/** A step function: `values[i]` holds from `edges[i]` to `edges[i + 1]`. */
export function steps(x: Scale, y: Scale, edges: readonly number[], values: readonly number[], style: string): string {
  const points = values.flatMap((value, i): Point[] => [
    [edges[i]!, value],
    [edges[i + 1]!, value],
  ]);
  return line(x, y, points, style);
}

/** How much data stands behind each step, as bars along the bottom: the fullest takes a sixth of the height. */
export function footing(x: Scale, edges: readonly number[], support: readonly number[]): string {
  const most = Math.max(...support);
  if (!(most > 0)) return '';
  const room = (HEIGHT - BOTTOM - TOP) / 6;
  return support
    .map((weight, i) => {
      const [left, right] = [xOf(x, edges[i]!), xOf(x, edges[i + 1]!)];
      const height = (room * weight) / most;
      return `<rect class="support" x="${round(left)}" width="${round(Math.max(0, right - left))}" y="${round(HEIGHT - BOTTOM - height)}" height="${round(height)}"/>`;
    })
    .join('');
}

/** The area between two step functions over the same edges. */
export function ribbon(
  x: Scale,
  y: Scale,
  edges: readonly number[],
  low: readonly number[],
  high: readonly number[],
): string {
  const up = high.flatMap((value, i): Point[] => [
    [edges[i]!, value],
    [edges[i + 1]!, value],
  ]);
  const down = low
    .flatMap((value, i): Point[] => [
      [edges[i]!, value],
      [edges[i + 1]!, value],
    ])
    .toReversed();
  const path = [...up, ...down]
    .map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${round(xOf(x, px))} ${round(yOf(y, py))}`)
    .join('');
  return `<path class="ribbon" d="${path}Z"/>`;
}

export function dots(x: Scale, y: Scale, points: readonly Point[], style: string): string {
  return points
    .map(([px, py]) => `<circle class="${style}" cx="${round(xOf(x, px))}" cy="${round(yOf(y, py))}" r="3.5"/>`)
    .join('');
}

export function verticals(
  x: Scale,
  y: Scale,
  lines: readonly { at: number; from: number; to: number }[],
  style: string,
): string {
  return lines
    .map(
      ({ at, from, to }) =>
        `<line class="${style}" x1="${round(xOf(x, at))}" x2="${round(xOf(x, at))}" y1="${round(yOf(y, from))}" y2="${round(yOf(y, to))}"/>`,
    )
    .join('');
}

/** Bars of the given heights, each over its slot of equal width. */
export function bars(x: Scale, y: Scale, values: readonly number[], style: string): string {
  const width = (x.to - x.from) / values.length;
  return values
    .map((value, i) => {
      const left = xOf(x, x.from + i * width);
      const right = xOf(x, x.from + (i + 1) * width);
      const base = yOf(y, Math.max(y.from, Math.min(y.to, 0)));
      const end = yOf(y, value);
      return `<rect class="${style}" x="${round(left + 0.5)}" width="${round(Math.max(0.5, right - left - 1))}" y="${round(Math.min(base, end))}" height="${round(Math.abs(base - end))}"/>`;
    })
    .join('');
}

/** The least scale that holds all values, with a margin. */
export function scaleOf(values: readonly number[], margin = 0.05): Scale {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  if (!(to > from)) return { from: from - 1, to: from + 1 };
  return { from: from - margin * (to - from), to: to + margin * (to - from) };
}

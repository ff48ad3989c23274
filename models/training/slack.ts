import type { AxisLayout, PairLayout, Tables, TermLayout } from './layout.ts';

/**
 * How far each boundary of a monotone feature is from breaking its direction, over everything that depends on that feature: the step of
 * its shape there, plus for each of its pairs the smallest step over the other side. The model keeps its directions where no slack is
 * negative, even while a single table does not: a pair may weaken a slope that the shape has to spare.
 */
export interface Slack {
  /** By term: slack at the lower boundary of each bin; infinite where the bin has no neighbour below it in the order. Null: free. */
  readonly terms: readonly (Float64Array | null)[];
  /** To be called before `delta` is added to the shape of a term. */
  addTerm(term: number, delta: Float64Array): void;
  /** To be called before `delta` is added to the table of a pair. */
  addPair(pair: number, delta: Float64Array): void;
  /** Room of every cell of a pair against its lower neighbour along a side: the step may fall by so much. Null: free. */
  room(pair: number, side: 'a' | 'b'): Float64Array | null;
}

export function slackOf(terms: readonly TermLayout[], pairs: readonly PairLayout[], tables: Tables): Slack {
  const slack = terms.map((term, t) => {
    if (term.direction === 0) return null;
    const each = new Float64Array(term.bins).fill(Infinity);
    const shape = tables.terms[t]!;
    for (let b = term.first + 1; b < term.bins; b++) each[b] = term.direction * (shape[b]! - shape[b - 1]!);
    return each;
  });
  const sidesOf = pairs.map((pair) => sidesWithDirection(pair));
  const least = sidesOf.map((sides, p) => sides.map((side) => leastSteps(side, tables.pairs[p]!)));
  sidesOf.forEach((sides, p) =>
    sides.forEach((side, s) =>
      eachBoundary(side.axis, (k, bin) => (slack[side.axis.term]![bin]! += least[p]![s]![k]!)),
    ),
  );
  return {
    terms: slack,
    addTerm(t, delta) {
      const { direction, first, bins } = terms[t]!;
      const each = slack[t];
      if (each) for (let b = first + 1; b < bins; b++) each[b]! += direction * (delta[b]! - delta[b - 1]!);
    },
    addPair(p, delta) {
      if (sidesOf[p]!.length === 0) return;
      const next = tables.pairs[p]!.map((value, cell) => value + delta[cell]!);
      sidesOf[p]!.forEach((side, s) => {
        const before = least[p]![s]!;
        const after = leastSteps(side, next);
        eachBoundary(side.axis, (k, bin) => (slack[side.axis.term]![bin]! += after[k]! - before[k]!));
        least[p]![s] = after;
      });
    },
    room(p, name) {
      const s = sidesOf[p]!.findIndex((side) => side.name === name);
      const side = sidesOf[p]![s];
      if (!side) return null;
      const table = tables.pairs[p]!;
      const room = new Float64Array(table.length).fill(Infinity);
      eachBoundary(side.axis, (k, bin) => {
        const spare = slack[side.axis.term]![bin]! - least[p]![s]![k]!;
        for (let line = 0; line < side.lines; line++) {
          const cell = k * side.stride + line * side.lineStride;
          room[cell] = spare + side.axis.direction * (table[cell]! - table[cell - side.stride]!);
        }
      });
      return room;
    },
  };
}

/** Room of a pair whose table is still zero, along a side, from the slack of its terms (see `Slack.room`). */
export function roomOfEmpty(slack: Slack, pair: PairLayout, name: 'a' | 'b'): Float64Array | null {
  const side = sidesWithDirection(pair).find((each) => each.name === name);
  if (!side) return null;
  const room = new Float64Array(pair.a.bins * pair.b.bins).fill(Infinity);
  eachBoundary(side.axis, (k, bin) => {
    for (let line = 0; line < side.lines; line++)
      room[k * side.stride + line * side.lineStride] = slack.terms[side.axis.term]![bin]!;
  });
  return room;
}

/**
 * The same function with its directions in every single table: what a pair falls short of along a monotone side moves there from the
 * shape. Exact but for rounding, which running extremes take up.
 */
export function settleDirections(tables: Tables, terms: readonly TermLayout[], pairs: readonly PairLayout[]): void {
  pairs.forEach((pair, p) => {
    const table = tables.pairs[p]!;
    const sides = sidesWithDirection(pair);
    for (const side of sides) {
      const { axis, stride, lineStride, lines } = side;
      const least = leastSteps(side, table);
      const lift = new Float64Array(axis.bins);
      for (let k = axis.first + 1; k < axis.bins; k++) lift[k] = lift[k - 1]! - axis.direction * least[k]!;
      for (let k = 0; k < axis.bins; k++)
        for (let line = 0; line < lines; line++) table[k * stride + line * lineStride]! += lift[k]!;
      tables.terms[axis.term]!.forEach((_, b, shape) => (shape[b]! -= lift[axis.coarse[b]!]!));
    }
    // Both sides of a cell are lifted from cells that are final already, in the order of both axes.
    const order = ({ bins, direction }: AxisLayout): number[] =>
      Array.from({ length: bins }, (_, k) => (direction < 0 ? bins - 1 - k : k));
    for (const i of order(pair.a))
      for (const j of order(pair.b))
        for (const { name, axis, stride } of sides) {
          const k = name === 'a' ? i : j;
          const before = k - axis.direction;
          if (k < axis.first || before < axis.first || before >= axis.bins) continue;
          const cell = i * pair.b.bins + j;
          table[cell] = Math.max(table[cell]!, table[cell - axis.direction * stride]!);
        }
  });
  terms.forEach(({ direction, first, bins }, t) => {
    const shape = tables.terms[t]!;
    if (direction > 0) for (let b = first + 1; b < bins; b++) shape[b] = Math.max(shape[b]!, shape[b - 1]!);
    if (direction < 0) for (let b = bins - 2; b >= first; b--) shape[b] = Math.max(shape[b]!, shape[b + 1]!);
  });
}

/** A side of a pair that has a direction: cell = k * stride + line * lineStride. */
interface Side {
  readonly name: 'a' | 'b';
  readonly axis: AxisLayout;
  readonly stride: number;
  readonly lineStride: number;
  readonly lines: number;
}

function sidesWithDirection({ a, b }: PairLayout): Side[] {
  const sides: Side[] = [];
  if (a.direction !== 0) sides.push({ name: 'a', axis: a, stride: b.bins, lineStride: 1, lines: b.bins });
  if (b.direction !== 0) sides.push({ name: 'b', axis: b, stride: 1, lineStride: b.bins, lines: a.bins });
  return sides;
}

/** By coarse bin: the smallest step from the bin below, in the side's direction, over all lines. */
function leastSteps({ axis, stride, lineStride, lines }: Side, table: Float64Array): Float64Array {
  const least = new Float64Array(axis.bins);
  for (let k = axis.first + 1; k < axis.bins; k++) {
    let smallest = Infinity;
    for (let line = 0; line < lines; line++) {
      const cell = k * stride + line * lineStride;
      smallest = Math.min(smallest, axis.direction * (table[cell]! - table[cell - stride]!));
    }
    least[k] = smallest;
  }
  return least;
}

/** Calls with each coarse bin that has an ordered neighbour below, and with its first bin of the term. */
function eachBoundary(axis: AxisLayout, visit: (coarse: number, bin: number) => void): void {
  for (let b = axis.first + 1; b < axis.coarse.length; b++) {
    if (axis.coarse[b]! !== axis.coarse[b - 1]!) visit(axis.coarse[b]!, b);
  }
}

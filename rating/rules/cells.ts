/**
 * The part of JDM's unary-test language that tables may use, read into sets: what a cell accepts is known exactly, so that rows can be compared.
 * Semantics are those of zen-engine 0.54, missing values included (docs/rules.md).
 */

/** What a column holds. */
export type CellType = 'number' | 'category' | 'boolean';

/** A value in a cell, or what a fact is. */
export type Scalar = number | string | boolean | null;

/** A range of numbers; infinite ends are open. */
export interface Interval {
  readonly from: number;
  readonly fromClosed: boolean;
  readonly to: number;
  readonly toClosed: boolean;
}

/** The values that a cell accepts. */
export type CellTest =
  | { readonly kind: 'any' }
  | { readonly kind: 'numbers'; readonly intervals: readonly Interval[]; readonly missing: boolean }
  /** The values named, or with `except` all others. */
  | {
      readonly kind: 'values';
      readonly values: readonly (string | boolean)[];
      readonly except: boolean;
      readonly missing: boolean;
    };

/** A cell that could not be read, and why. */
export class UnreadableCell extends Error {}

const NUMBER = /^-?\d{1,15}(?:\.\d{1,9})?/;
const TEXT = /^(?:"([^"\\]*)"|'([^'\\]*)')/;

/** Whether a number is written so that its decimal digits and its double are the same number to zen and to us. */
function exactNumber(text: string): number {
  const value = Number(text);
  if (text.replace(/^-/, '').replace('.', '').replace(/^0+/, '').length > 15)
    throw new UnreadableCell(`${text} has more than 15 digits.`);
  return value;
}

/** Reads a cell from left to right. */
class CellReader {
  readonly #type: CellType;
  #rest: string;

  constructor(text: string, type: CellType) {
    this.#rest = text.trim();
    this.#type = type;
  }

  get done(): boolean {
    return this.#rest === '';
  }

  contains(text: string): boolean {
    return this.#rest.includes(text);
  }

  /** Takes a symbol or word where it stands next. */
  take(symbol: string): boolean {
    if (!this.#rest.startsWith(symbol)) return false;
    if (/\w$/.test(symbol) && /^\w/.test(this.#rest.slice(symbol.length))) return false;
    this.#rest = this.#rest.slice(symbol.length).trimStart();
    return true;
  }

  need(symbol: string): void {
    if (!this.take(symbol)) throw this.refuse();
  }

  number(): number {
    const text = NUMBER.exec(this.#rest)?.[0];
    if (text === undefined || /^[\w.]/.test(this.#rest.slice(text.length))) throw this.refuse();
    this.#rest = this.#rest.slice(text.length).trimStart();
    return exactNumber(text);
  }

  literal(): number | string | boolean {
    if (this.#type === 'number') return this.number();
    if (this.#type === 'boolean') {
      if (this.take('true')) return true;
      if (this.take('false')) return false;
      throw this.refuse();
    }
    const text = TEXT.exec(this.#rest);
    if (text === null) throw this.refuse();
    this.#rest = this.#rest.slice(text[0].length).trimStart();
    return text[1] ?? text[2] ?? '';
  }

  literals(): (number | string | boolean)[] {
    this.need('[');
    const found = [this.literal()];
    while (this.take(',')) found.push(this.literal());
    this.need(']');
    return found;
  }

  /** `[1..5)`, or null where no range stands here. */
  range(): Interval | null {
    const open = /^([[(])\s*(-?\d[\d.]*?)\s*\.\.\s*(-?\d[\d.]*)\s*([\])])/.exec(this.#rest);
    if (open === null) return null;
    const [all, left, low = '', high = '', right] = open;
    if (NUMBER.exec(low)?.[0] !== low || NUMBER.exec(high)?.[0] !== high) throw this.refuse();
    const [from, to] = [exactNumber(low), exactNumber(high)];
    if (from > to) throw new UnreadableCell(`The range ${all} is empty: its ends stand the wrong way round.`);
    this.#rest = this.#rest.slice(all.length).trimStart();
    return { from, fromClosed: left === '[', to, toClosed: right === ']' };
  }

  refuse(): UnreadableCell {
    return new UnreadableCell(
      `"${this.#rest.slice(0, 40)}" is not of the language that can be analysed for a ${this.#type}.`,
    );
  }
}

const ALL: Interval = { from: -Infinity, fromClosed: false, to: Infinity, toClosed: false };
const point = (value: number): Interval => ({ from: value, fromClosed: true, to: value, toClosed: true });

/**
 * Reads a cell for a column of this type; throws UnreadableCell where the text is not of the subset: nothing (any value), literals and
 * `< <= > >= == !=` with a literal, ranges `[a..b)`, `in`, `not in`, `null` first, joined by commas (or); two comparisons joined by `and`, alone.
 */
export function parseCell(text: string, type: CellType): CellTest {
  const reader = new CellReader(text, type);
  if (reader.done) return { kind: 'any' };
  if (reader.take('!=')) {
    // zen takes a missing value as different from every literal.
    const test = reader.take('null') ? present(type) : complement(type, [reader.literal()]);
    if (!reader.done) throw reader.refuse();
    return test;
  }
  if (reader.take('not')) {
    reader.need('in');
    const range = type === 'number' ? reader.range() : null;
    const test: CellTest =
      range === null
        ? complement(type, reader.literals())
        : { kind: 'numbers', intervals: outside([range]), missing: false };
    if (!reader.done) throw reader.refuse();
    return test;
  }
  const joined = type === 'number' ? bothComparisons(reader) : null;
  if (joined !== null) return joined;
  const missing = reader.take('null');
  if (missing && reader.done) return accepted(type, [], [], true);
  if (missing) reader.need(',');
  const intervals: Interval[] = [];
  const values: (string | boolean)[] = [];
  do {
    if (type === 'number') intervals.push(...numberItem(reader));
    else values.push(...valueItem(reader));
  } while (reader.take(','));
  if (!reader.done) throw reader.refuse();
  return accepted(type, intervals, values, missing);
}

function accepted(
  type: CellType,
  intervals: readonly Interval[],
  values: readonly (string | boolean)[],
  missing: boolean,
): CellTest {
  return type === 'number'
    ? { kind: 'numbers', intervals, missing }
    : { kind: 'values', values, except: false, missing };
}

function numberItem(reader: CellReader): Interval[] {
  const compared = comparison(reader);
  if (compared !== null) return [compared];
  if (reader.take('in')) {
    const range = reader.range();
    return range === null ? reader.literals().map((value) => point(value as number)) : [range];
  }
  const range = reader.range();
  if (range !== null) return [range];
  reader.take('==');
  return [point(reader.number())];
}

/** `>= 1 and < 5` as the whole cell: within a list, zen's `and` takes in what stands before the comma. Null where no such cell stands here. */
function bothComparisons(reader: CellReader): CellTest | null {
  if (!reader.contains(' and ')) return null;
  const first = comparison(reader);
  reader.need('and');
  const second = comparison(reader);
  if (first === null || second === null || !reader.done) throw reader.refuse();
  const both = intersection(first, second);
  if (both === null) throw new UnreadableCell('The two comparisons joined by "and" leave no number.');
  return { kind: 'numbers', intervals: [both], missing: false };
}

function valueItem(reader: CellReader): (string | boolean)[] {
  if (reader.take('in')) return reader.literals() as (string | boolean)[];
  reader.take('==');
  return [reader.literal() as string | boolean];
}

function comparison(reader: CellReader): Interval | null {
  if (reader.take('<=')) return { ...ALL, to: reader.number(), toClosed: true };
  if (reader.take('<')) return { ...ALL, to: reader.number() };
  if (reader.take('>=')) return { ...ALL, from: reader.number(), fromClosed: true };
  if (reader.take('>')) return { ...ALL, from: reader.number() };
  return null;
}

function intersection(a: Interval, b: Interval): Interval | null {
  const [low, otherLow] = a.from >= b.from ? [a, b] : [b, a];
  const [high, otherHigh] = a.to <= b.to ? [a, b] : [b, a];
  const both = {
    from: low.from,
    fromClosed: low.fromClosed && (otherLow.from < low.from || otherLow.fromClosed),
    to: high.to,
    toClosed: high.toClosed && (otherHigh.to > high.to || otherHigh.toClosed),
  };
  const holds = both.from < both.to || (both.from === both.to && both.fromClosed && both.toClosed);
  return holds ? both : null;
}

/** The numbers outside of intervals that are single points or one range. */
function outside(intervals: readonly Interval[]): Interval[] {
  let rest: Interval[] = [ALL];
  for (const { from, fromClosed, to, toClosed } of intervals)
    rest = rest.flatMap((left) =>
      [
        intersection(left, { ...ALL, to: from, toClosed: !fromClosed }),
        intersection(left, { ...ALL, from: to, fromClosed: !toClosed }),
      ].filter((part) => part !== null),
    );
  return rest;
}

function complement(type: CellType, values: readonly (number | string | boolean)[]): CellTest {
  return type === 'number'
    ? { kind: 'numbers', intervals: outside(values.map((value) => point(value as number))), missing: true }
    : { kind: 'values', values: values as readonly (string | boolean)[], except: true, missing: true };
}

/** Everything but a missing value. */
function present(type: CellType): CellTest {
  return type === 'number'
    ? { kind: 'numbers', intervals: [ALL], missing: false }
    : { kind: 'values', values: [], except: true, missing: false };
}

/** Whether a cell accepts a value of its column's type. */
export function accepts(test: CellTest, value: Scalar): boolean {
  if (test.kind === 'any') return true;
  if (value === null) return test.missing;
  if (test.kind === 'values') return test.values.includes(value as string | boolean) !== test.except;
  return test.intervals.some(
    ({ from, fromClosed, to, toClosed }) =>
      typeof value === 'number' &&
      (value > from || (fromClosed && value === from)) &&
      (value < to || (toClosed && value === to)),
  );
}

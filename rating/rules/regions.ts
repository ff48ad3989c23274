import { accepts, type CellTest, type Scalar } from './cells.ts';
import type { RuleField } from './fields.ts';

/** Largest number that reaches a table, and the smallest above 0: zen's decimals hold nothing beyond, and end the process. */
const LARGEST = 1e15;
const SMALLEST = 1e-9;

/** A fact as tables read it: of its field's type and within its bounds, else missing. */
export function tableValue(field: RuleField, fact: unknown): Scalar {
  if (fact === null || fact === undefined) return null;
  if (field.type === 'boolean') return typeof fact === 'boolean' ? fact : null;
  if (field.type === 'category') {
    const text = typeof fact === 'string' ? fact : typeof fact === 'number' ? String(fact) : null;
    return text === null || (field.values !== null && !field.values.includes(text)) ? null : text;
  }
  if (typeof fact !== 'number' || Number.isNaN(fact)) return null;
  const bounded = Math.min(Math.max(fact, field.min ?? -LARGEST, -LARGEST), field.max ?? LARGEST, LARGEST);
  const value = field.integer ? Math.floor(bounded) : bounded;
  return Math.abs(value) < SMALLEST ? 0 : value;
}

/** A set of values of one column that no cell of it tells apart, with one of them. */
export interface Atom {
  readonly example: Scalar;
  readonly text: string;
}

/** A column cut into atoms: values within one atom give every row the same answer. */
export interface ColumnRegions {
  readonly field: RuleField;
  readonly atoms: readonly Atom[];
  /** The atom that holds a value as `tableValue` gives it. */
  locate(value: Scalar): number;
}

/** Cuts a column at everything that its cells name. */
export function columnRegions(field: RuleField, tests: readonly CellTest[]): ColumnRegions {
  return field.type === 'number' ? numberRegions(field, tests) : valueRegions(field, tests);
}

function numberRegions(field: RuleField, tests: readonly CellTest[]): ColumnRegions {
  const low = field.min ?? -Infinity;
  const high = field.max ?? Infinity;
  const named = tests.flatMap((test) =>
    test.kind === 'numbers' ? test.intervals.flatMap(({ from, to }) => [from, to]) : [],
  );
  const cuts = [...new Set([low, high, ...named].filter(Number.isFinite))]
    .filter((cut) => cut >= low && cut <= high)
    .sort((a, b) => a - b);
  // Places by turns: below the first cut, on it, between it and the next, on that, ...; those without values are left out.
  const places = Array.from({ length: 2 * cuts.length + 1 }, (_, place): Atom | null => {
    if (place % 2 === 1) {
      const cut = cuts[(place - 1) / 2] as number;
      return field.integer && !Number.isInteger(cut) ? null : { example: cut, text: String(cut) };
    }
    const from = place === 0 ? -Infinity : (cuts[place / 2 - 1] as number);
    const to = cuts[place / 2] ?? Infinity;
    return between(field, Math.max(from, low), Math.min(to, high));
  });
  const index = numbered(places);
  const missing = field.missing ? [MISSING] : [];
  return {
    field,
    atoms: [...places.filter((place) => place !== null), ...missing],
    locate(value) {
      if (typeof value !== 'number') return index.count;
      let below = 0;
      let above = cuts.length;
      while (below < above) {
        const middle = (below + above) >> 1;
        if ((cuts[middle] as number) <= value) below = middle + 1;
        else above = middle;
      }
      const place = below > 0 && cuts[below - 1] === value ? 2 * below - 1 : 2 * below;
      return index.of[place] ?? index.count;
    },
  };
}

const MISSING: Atom = { example: null, text: 'missing' };

/** The atom strictly between two numbers, or null where the field has no value there. */
function between(field: RuleField, from: number, to: number): Atom | null {
  if (from >= to) return null;
  const text = from === -Infinity ? `below ${to}` : to === Infinity ? `above ${from}` : `between ${from} and ${to}`;
  if (from === -Infinity && to === Infinity) return { example: 0, text: 'any number' };
  if (field.integer) {
    const example = from === -Infinity ? Math.ceil(to) - 1 : Math.floor(from) + 1;
    return example < to && example > from ? { example, text } : null;
  }
  const example = from === -Infinity ? to - 1 : to === Infinity ? from + 1 : from + (to - from) / 2;
  // Between 0 and the smallest number that reaches a table there is nothing; cells name 9 decimals at most.
  return example !== 0 && Math.abs(example) < SMALLEST ? null : { example, text };
}

/** Numbers the places that hold something. */
function numbered(places: readonly (Atom | null)[]): {
  readonly of: readonly (number | null)[];
  readonly count: number;
} {
  let count = 0;
  return { of: places.map((place) => (place === null ? null : count++)), count };
}

function valueRegions(field: RuleField, tests: readonly CellTest[]): ColumnRegions {
  const named = new Set<string | boolean>(field.type === 'boolean' ? [true, false] : (field.values ?? []));
  for (const test of tests) if (test.kind === 'values') for (const value of test.values) named.add(value);
  const closed = field.type === 'boolean' || field.values !== null;
  const values = [...named].filter(
    (value) => field.values === null || field.type === 'boolean' || field.values.includes(String(value)),
  );
  const place = new Map(values.map((value, i) => [value, i]));
  const others = closed ? [] : [{ example: unlike(named), text: 'any other value' }];
  const missing = field.missing ? [MISSING] : [];
  return {
    field,
    atoms: [...values.map((value) => ({ example: value, text: String(value) })), ...others, ...missing],
    locate: (value) =>
      value === null ? values.length + others.length : (place.get(value as string | boolean) ?? values.length),
  };
}

/** A text that is none of these. */
function unlike(named: ReadonlySet<string | boolean>): string {
  let text = 'other';
  while (named.has(text)) text += '_';
  return text;
}

/** Which atoms of a column a cell accepts. */
export function acceptedAtoms(regions: ColumnRegions, test: CellTest): boolean[] {
  return regions.atoms.map(({ example }) => accepts(test, example));
}

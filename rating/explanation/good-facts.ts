import { accepts, type CellTest, type Criterion, type RuleField, type RuleRow, type Scalar } from '../rules/index.ts';
import { rowOn, type TableFacts } from './criteria.ts';

/** A row of a criterion that facts can be brought to, and what they become. */
export interface GoodFacts {
  readonly row: RuleRow;
  readonly fields: ReadonlyMap<string, Scalar>;
}

/** Amounts are told to the cent at the finest, shares to a millionth. */
const STEPS = [1, 0.01, 1e-6, 1e-9] as const;

/**
 * The row with the fewest facts to change, then the least points at or above the reference, then the first, that a criterion comes to when facts that
 * `isFree` take values of it; null where none can be reached. Values are the nearest that its cells accept; missing ones are never called good.
 */
export function goodFacts(
  criterion: Criterion,
  facts: TableFacts,
  isFree: (field: string) => boolean,
): GoodFacts | null {
  const { table, reference } = criterion;
  let best: (GoodFacts & { readonly points: number }) | null = null;
  for (const row of table.rows) {
    if (!(Number(row.outputs['points']) >= reference)) continue;
    const fields = changesFor(table.fields, row, facts, isFree);
    if (fields === null || fields.size === 0) continue;
    // A row before it may take these facts.
    const reached = rowOn(table, { ...facts, ...Object.fromEntries(fields) });
    const points = Number(reached?.outputs['points']);
    if (reached === null || !(points >= reference)) continue;
    if (best === null || fields.size < best.fields.size || (fields.size === best.fields.size && points < best.points))
      best = { row: reached, fields, points };
  }
  return best;
}

/** What facts must become for a row to accept them; null where it cannot be. */
function changesFor(
  fields: readonly RuleField[],
  { tests }: RuleRow,
  facts: TableFacts,
  isFree: (field: string) => boolean,
): ReadonlyMap<string, Scalar> | null {
  const changes = new Map<string, Scalar>();
  for (const [c, field] of fields.entries()) {
    const test = tests[c] ?? { kind: 'any' };
    const value = facts[field.name] ?? null;
    if (accepts(test, value)) continue;
    const good = isFree(field.name) ? nearest(test, field, value) : null;
    if (good === null) return null;
    changes.set(field.name, good);
  }
  return changes;
}

/** The accepted value nearest to one; null where only a missing value is accepted. */
function nearest(test: CellTest, field: RuleField, value: Scalar): Scalar {
  if (test.kind === 'any') return value;
  if (test.kind === 'values') {
    const named = field.type === 'boolean' ? [true, false] : (field.values ?? (test.except ? [] : test.values));
    const found = named.find((each) => accepts(test, each));
    if (found !== undefined) return found;
    return field.values === null && test.except ? unlike(test.values) : null;
  }
  const from = typeof value === 'number' ? value : 0;
  let best: number | null = null;
  for (const interval of test.intervals)
    for (const each of [
      ...ends(interval.from, field),
      ...ends(interval.to, field),
      0,
      field.min ?? 0,
      field.max ?? 0,
    ]) {
      const isValue =
        Number.isFinite(each) &&
        each >= (field.min ?? -Infinity) &&
        each <= (field.max ?? Infinity) &&
        (!field.integer || Number.isInteger(each)) &&
        accepts(test, each);
      if (isValue && (best === null || Math.abs(each - from) < Math.abs(best - from))) best = each;
    }
  return best;
}

/** Numbers at the end of an interval and a step beside it; steps that decimals of tables hold. */
function ends(end: number, { name, integer }: RuleField): number[] {
  if (!Number.isFinite(end)) return [];
  if (integer) return [end, Math.floor(end) + 1, Math.ceil(end) - 1];
  // Amounts have no step finer than the currency's.
  const steps = /^(request|customer)\./.test(name) ? STEPS.slice(0, 2) : STEPS;
  return [end, ...steps.flatMap((step) => [end - step, end + step].map((each) => Number(each.toPrecision(15))))];
}

function unlike(values: readonly (string | boolean)[]): string {
  let text = 'other';
  while (values.includes(text)) text += '_';
  return text;
}

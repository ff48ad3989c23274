import type { Problem } from '../../base/index.ts';
import { accepts, type CellTest, type RuleExample, type RuleTable } from '../rules/index.ts';

/**
 * What the examples of tables leave unproven: every row needs one that it accepts, and for each bound of each of its cells one just outside, which
 * all other cells of the row accept. Just outside: by a tenth of the bound at most, or by 1 where the bound is whole. (Modified condition/decision
 * coverage, DO-178C, at the boundaries.) `at` says where a table stands.
 */
export function rowsWithoutExample(
  tables: readonly RuleTable[],
  examples: readonly RuleExample[],
  at: (table: RuleTable) => string,
): readonly Problem[] {
  return tables.flatMap((table) => {
    const facts = examples.flatMap((example) => (Object.hasOwn(example.expect, table.name) ? [example.facts] : []));
    const valuesOf = facts.map((each) => table.fields.map(({ name }) => each[name] ?? null));
    return table.rows.flatMap(({ id, tests }): Problem[] => {
      const where = `${at(table)} row ${id}`;
      const takes = (values: (typeof valuesOf)[number], but: number): boolean =>
        tests.every((test, i) => i === but || accepts(test, values[i] ?? null));
      const missing = tests.flatMap((test, i) =>
        boundsOf(test)
          .filter(({ bound, outside }) => {
            const isNear = (value: unknown): boolean =>
              typeof value === 'number' && Math.abs(value - bound) <= nearness(bound) && outside(value);
            return !valuesOf.some(
              (values) => takes(values, i) && isNear(values[i]) && !accepts(test, values[i] ?? null),
            );
          })
          .map(({ bound }) => `${table.fields[i]?.name ?? ''} just outside ${bound}`),
      );
      const fix = 'Add it to the examples of the tables.';
      return [
        ...(valuesOf.some((values) => takes(values, -1))
          ? []
          : [{ at: where, message: 'No example is one of it.', fix }]),
        ...missing.map((what) => ({
          at: where,
          message: `No example has ${what}, and all else as the row asks.`,
          fix,
        })),
      ];
    });
  });
}

interface Bound {
  readonly bound: number;
  readonly outside: (value: number) => boolean;
}

function boundsOf(test: CellTest): readonly Bound[] {
  if (test.kind !== 'numbers') return [];
  return test.intervals.flatMap(({ from, to }): Bound[] => [
    ...(Number.isFinite(from) ? [{ bound: from, outside: (value: number) => value <= from }] : []),
    ...(Number.isFinite(to) ? [{ bound: to, outside: (value: number) => value >= to }] : []),
  ]);
}

const nearness = (bound: number): number => Math.max(Math.abs(bound) / 10, Number.isInteger(bound) ? 1 : 0);

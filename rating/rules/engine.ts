import type { Scalar } from './cells.ts';
import type { RuleTable } from './table.ts';

/** Facts by field name, as the caller knows them; undefined and null are missing. */
export interface RuleFacts {
  get(field: string): unknown;
}

/** A row that accepted the facts, with its outputs; an empty output is null. */
export interface RowHit {
  readonly row: string;
  readonly outputs: Readonly<Record<string, Scalar>>;
}

/** A table made ready: the same facts give the same rows, in the table's order. */
export interface TableRunner {
  readonly table: RuleTable;
  run(facts: RuleFacts): readonly RowHit[] | Promise<readonly RowHit[]>;
}

/** What runs decision tables; everything else knows tables by this interface alone. */
export interface RuleEngine {
  /** Names the engine and its version, as evidence. */
  readonly version: string;
  prepare(table: RuleTable): TableRunner;
}

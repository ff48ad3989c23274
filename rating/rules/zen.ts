import { createRequire } from 'node:module';
import { ZenEngine, type ZenDecision } from '@gorules/zen-engine';
import { ProbityError } from '../../base/index.ts';
import type { Scalar } from './cells.ts';
import type { RowHit, RuleEngine, RuleFacts, TableRunner } from './engine.ts';
import { columnRegions, tableValue } from './regions.ts';
import type { RuleTable } from './table.ts';

/** Answers kept for one table; beyond, they are forgotten and asked for anew. */
const MOST_ANSWERS = 20_000;

/** The column that tells which row answered. */
const ROW = '__row';

const { version } = createRequire(import.meta.url)('@gorules/zen-engine/package.json') as { version: string };

/**
 * Runs tables by @gorules/zen-engine. Facts that no cell of the table tells apart (regions.ts) have one answer, so zen is asked once for each such
 * combination and its answer kept: docs/decisions/0060. `remember: false` asks zen each time.
 */
export function zenEngine(options: { readonly remember?: boolean } = {}): RuleEngine {
  const engine = new ZenEngine();
  return {
    version: `@gorules/zen-engine ${version}`,
    prepare: (table) => runner(table, engine.createDecision(graphOf(table)), options.remember !== false),
  };
}

function runner(table: RuleTable, decision: ZenDecision, remember: boolean): TableRunner {
  const { fields } = table;
  const columns = fields.map((field, c) =>
    columnRegions(
      field,
      table.rows.map(({ tests }) => tests[c] ?? { kind: 'any' }),
    ),
  );
  const answers = new Map<number | string, readonly RowHit[]>();
  const size = columns.reduce((product, { atoms }) => product * (atoms.length + 1), 1);
  const asNumber = size < Number.MAX_SAFE_INTEGER;

  const keyOf = (values: readonly Scalar[]): number | string => {
    if (!asNumber) return columns.map((column, c) => column.locate(values[c] ?? null)).join(',');
    let key = 0;
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c] as (typeof columns)[number];
      key = key * (column.atoms.length + 1) + column.locate(values[c] ?? null);
    }
    return key;
  };

  const ask = async (values: readonly Scalar[]): Promise<readonly RowHit[]> => {
    const context: Record<string, Record<string, Scalar>> = {};
    fields.forEach(({ name }, c) => {
      const [group = '', leaf = ''] = name.split('.');
      (context[group] ??= {})[leaf] = values[c] ?? null;
    });
    const { result } = (await decision.evaluate(context)) as { result: unknown };
    const hits = Array.isArray(result) ? (result as unknown[]) : [result];
    return hits.flatMap((hit) => hitOf(table, hit as Readonly<Record<string, Scalar | undefined>>));
  };

  return {
    table,
    run(facts: RuleFacts) {
      const values = fields.map((field) => tableValue(field, facts.get(field.name)));
      if (!remember) return ask(values);
      const key = keyOf(values);
      const known = answers.get(key);
      if (known !== undefined) return known;
      return ask(values).then((hits) => {
        if (answers.size >= MOST_ANSWERS) answers.clear();
        answers.set(key, hits);
        return hits;
      });
    },
  };
}

function hitOf(table: RuleTable, hit: Readonly<Record<string, Scalar | undefined>>): RowHit[] {
  const row = hit[ROW];
  if (row === undefined) return [];
  const written = table.rows.find(({ id }) => id === row);
  if (written === undefined)
    throw new ProbityError('INTERNAL', `The table ${table.name} answered a row that it has not.`);
  return [
    {
      row: written.id,
      outputs: Object.fromEntries(Object.keys(written.outputs).map((name) => [name, hit[name] ?? null])),
    },
  ];
}

/** One table as a JDM graph of its own, with a column that names the row. */
function graphOf({ node, rows }: RuleTable): object {
  const content = {
    ...node.content,
    outputs: [...node.content.outputs, { id: ROW, name: ROW, field: ROW }],
    rules: node.content.rules.map((rule, r) => ({ ...rule, [ROW]: JSON.stringify(rows[r]?.id ?? '') })),
  };
  const position = { x: 0, y: 0 };
  return {
    contentType: 'application/vnd.gorules.decision',
    nodes: [
      { id: 'facts', name: 'facts', type: 'inputNode', position },
      { id: 'table', name: node.name, type: 'decisionTableNode', position, content },
      { id: 'answer', name: 'answer', type: 'outputNode', position },
    ],
    edges: [
      { id: 'in', sourceId: 'facts', targetId: 'table', type: 'edge' },
      { id: 'out', sourceId: 'table', targetId: 'answer', type: 'edge' },
    ],
  };
}

import type { Json } from '../../base/index.ts';
import { loadRuleFiles, type RuleFiles } from '../../rating/index.ts';

/** New values by path (`nodes.1.content.rules.0.o1`), by file. */
export type RuleEdits = { readonly [file in keyof RuleFiles]?: { readonly [path: string]: Json } };

/** The package's rule files with some values changed. */
export function editedRules(edits: RuleEdits, files: RuleFiles = loadRuleFiles(null)): RuleFiles {
  const edited: Record<string, unknown> = structuredClone(files);
  for (const [file, changes] of Object.entries(edits))
    for (const [path, value] of Object.entries(changes)) {
      const steps = path.split('.');
      const last = steps.pop() ?? '';
      const holder = steps.reduce(
        (at, step) => at[step] as Record<string, unknown>,
        edited[file] as Record<string, unknown>,
      );
      holder[last] = value;
    }
  return edited as RuleFiles;
}

/** The path of a cell of the first table of a file; rows from 0. */
export function cell(row: number, column: string): string {
  return `nodes.1.content.rules.${row}.${column}`;
}

/** The first criterion of the score asks whether a feature is above 0. */
export function scoredBy(feature: string): RuleEdits {
  return {
    'fields.json': { [`features.${feature}`]: { type: 'number', min: 0 } },
    'score.json': {
      'nodes.1.content.inputs.0.field': `features.${feature}`,
      [cell(0, 'i1')]: '> 0',
      [cell(1, 'i1')]: '<= 0',
      [cell(2, 'i1')]: 'null',
    },
    'score.about.json': { examples: [{ name: 'none', facts: {}, expect: {} }] },
  };
}

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { messageOf, ProbityError } from './errors.ts';
import { packageRoot } from './files.ts';
import { schemaProblems } from './schema-problems.ts';

/** A file of a project's rules folder as JSON, where that has it, else the package's of the same name in `folder` (below the package's root). Throws INVALID_SPEC where it is no JSON. */
export function readRulesJson(rulesDir: string | null, folder: string, file: string): unknown {
  const own = rulesDir === null ? null : join(rulesDir, file);
  const path = own !== null && existsSync(own) ? own : join(packageRoot(), folder, file);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new ProbityError('INVALID_SPEC', `${file} cannot be read as JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** The same, parsed. Throws INVALID_SPEC naming every problem. */
export function readRulesFile<S extends z.ZodType>(
  schema: S,
  rulesDir: string | null,
  folder: string,
  file: string,
): z.output<S> {
  const result = schema.safeParse(readRulesJson(rulesDir, folder, file));
  if (result.success) return result.data;
  throw new ProbityError('INVALID_SPEC', `${file} is not valid.`, { problems: schemaProblems(schema, result.error) });
}

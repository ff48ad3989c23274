import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { Problem } from './errors.ts';

interface JsonSchemaNode {
  readonly properties?: Readonly<Record<string, JsonSchemaNode>>;
  readonly additionalProperties?: JsonSchemaNode | boolean;
  readonly items?: JsonSchemaNode;
  readonly anyOf?: readonly JsonSchemaNode[];
  readonly oneOf?: readonly JsonSchemaNode[];
  readonly allOf?: readonly JsonSchemaNode[];
}

/**
 * Every problem that a zod schema finds in a document, one Problem each: unknown keys by name with the nearest known one,
 * everything else with its path (`features[2].type`).
 */
export function schemaProblems(schema: z.ZodType, error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => problemsOf(schema, issue, issue.path));
}

/** The known name nearest to a misspelt one, or null where none is near (at most a third of its letters differ, or two). */
export function nearestName(name: string, known: readonly string[]): string | null {
  if (known.length === 0) return null;
  const best = closest(name, known);
  return distance(name, best) <= Math.max(2, Math.floor(name.length / 3)) ? best : null;
}

function problemsOf(schema: z.ZodType, issue: z.core.$ZodIssue, path: readonly PropertyKey[]): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchemaNode, path);
    return issue.keys.map((key) => {
      const near = nearestName(key, known);
      return {
        at: pathText([...path, key]),
        message: `"${key}" is not a known key here`,
        fix: near ? `did you mean "${near}"?` : `known keys: ${known.join(', ')}`,
      };
    });
  }
  return [{ at: pathText(path), message: issue.message }];
}

function knownKeys(node: JsonSchemaNode, path: readonly PropertyKey[]): string[] {
  const alternatives = [...(node.anyOf ?? []), ...(node.oneOf ?? []), ...(node.allOf ?? [])];
  const [step, ...rest] = path;
  const below = alternatives.flatMap((alternative) => knownKeys(alternative, path));
  if (step === undefined) return [...new Set([...Object.keys(node.properties ?? {}), ...below])];
  const next =
    typeof step === 'number'
      ? node.items
      : (node.properties?.[String(step)] ??
        (typeof node.additionalProperties === 'object' ? node.additionalProperties : undefined));
  return [...(next ? knownKeys(next, rest) : []), ...below];
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (before, step) =>
      typeof step === 'number' ? `${before}[${step}]` : before ? `${before}.${String(step)}` : String(step),
    '',
  );
  return text || '(the whole document)';
}

import { distance } from 'fastest-levenshtein';
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import { messageOf, ProbityError, type Problem } from '../../base/index.ts';

/** A parsed YAML file, before it is checked: its plain value, and where a path of keys stands in the file. */
export interface YamlFile {
  readonly file: string;
  readonly value: unknown;
  /** `features[2].type (spec.yaml:14)` */
  readonly where: (path: readonly PropertyKey[]) => string;
}

/**
 * Reads YAML (1.2, so JSON too) without giving it a meaning. Throws INVALID_SPEC with the line of every syntax error,
 * duplicate keys included.
 */
export function readYaml(text: string, source: { readonly file: string }): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    throw specError(
      source.file,
      document.errors.map((error) => ({
        at: `${source.file}:${lines.linePos(error.pos[0]).line}`,
        message: `not valid YAML (${error.message.split('\n')[0]})`,
      })),
    );
  }
  return {
    file: source.file,
    value: plainValue(document, source.file),
    where: (path) => {
      const line = lineOf(document, lines, path);
      return `${formatPath(path)} (${source.file}${line === null ? '' : `:${line}`})`;
    },
  };
}

/** A document's value with its aliases resolved; aliases that lead nowhere, or that multiply without end, are refused. */
function plainValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw specError(file, [{ at: file, message: `not valid YAML (${messageOf(error).split('\n')[0]})` }]);
  }
}

/**
 * Parses YAML with a zod schema into its normalised type. Throws INVALID_SPEC with every problem at once, each with its
 * path and line; an unknown key (of a strict object) is refused by name with the nearest known one.
 */
export function parseYaml<S extends z.ZodType>(
  text: string,
  schema: S,
  source: { readonly file: string },
): z.output<S> {
  const yaml = readYaml(text, source);
  return checkYaml(yaml, schema);
}

/** The same for a file that has been read already. */
export function checkYaml<S extends z.ZodType>(yaml: YamlFile, schema: S): z.output<S> {
  const result = schema.safeParse(yaml.value);
  if (result.success) return result.data;
  throw specError(
    yaml.file,
    result.error.issues.flatMap((issue) => problemsOf(issue, schema, yaml)),
  );
}

/** INVALID_SPEC over a file's problems. */
export function specError(file: string, problems: readonly Problem[]): ProbityError {
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return new ProbityError('INVALID_SPEC', `${file} has ${count}.`, { problems });
}

/** The known name nearest to `name` by edit distance, or null where none is near. */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Infinity;
  for (const candidate of known) {
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    if (d < least) [best, least] = [candidate, d];
  }
  return best !== null && least <= Math.max(2, Math.floor(best.length / 3)) ? best : null;
}

/** `did you mean …`, or the list of known names. */
export function nearestFix(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== null) return `Did you mean \`${near}\`?`;
  return known.length === 0 ? 'Remove it.' : `Known here: ${known.join(', ')}.`;
}

function problemsOf(issue: z.core.$ZodIssue, schema: z.ZodType, yaml: YamlFile): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path);
    return issue.keys.map((key) => ({
      at: yaml.where([...issue.path, key]),
      message: `unknown key \`${key}\``,
      fix: nearestFix(key, known),
    }));
  }
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.filter((branch) => branch.length > 0);
    const deepest = branches
      .map((branch, index) => ({ branch, index, depth: Math.max(...branch.map((inner) => depthOf(inner))) }))
      .sort((a, b) => b.depth - a.depth || a.branch.length - b.branch.length || a.index - b.index)[0];
    if (deepest !== undefined && deepest.depth > 0) {
      return deepest.branch.flatMap((inner) =>
        problemsOf({ ...inner, path: [...issue.path, ...inner.path] }, schema, yaml),
      );
    }
    const messages = [...new Set(branches.flatMap((branch) => branch.map((inner) => inner.message)))];
    return [{ at: yaml.where(issue.path), message: messages.join('; or: ') || issue.message }];
  }
  return [{ at: yaml.where(issue.path), message: issue.message }];
}

/** How far into the value a branch of a union got before it failed: an unknown key counts as inside its object. */
function depthOf(issue: z.core.$ZodIssue): number {
  return issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
}

/** The keys of the object schemas that stand at `path` of a schema, through optionals, defaults, unions, arrays and pipes. */
function knownKeys(schema: unknown, path: readonly PropertyKey[]): string[] {
  const keys = new Set<string>();
  let standing = unwrap(schema);
  for (const step of path) standing = standing.flatMap((item) => unwrap(childOf(item, step)));
  for (const item of standing) for (const key of Object.keys(item.shape ?? {})) keys.add(key);
  return [...keys];
}

interface SchemaNode {
  readonly shape?: Record<string, unknown>;
  readonly element?: unknown;
  readonly valueType?: unknown;
}

function childOf(node: SchemaNode, step: PropertyKey): unknown {
  if (node.shape !== undefined) return node.shape[String(step)];
  return node.element ?? node.valueType;
}

function unwrap(schema: unknown): SchemaNode[] {
  if (typeof schema !== 'object' || schema === null || !('def' in schema)) return [];
  const def = schema.def as Record<string, unknown>;
  if (Array.isArray(def['options'])) return def['options'].flatMap((option: unknown) => unwrap(option));
  if (def['innerType'] !== undefined) return unwrap(def['innerType']);
  if (def['in'] !== undefined) return unwrap(def['in']);
  return [
    {
      ...(def['shape'] === undefined ? {} : { shape: def['shape'] as Record<string, unknown> }),
      ...(def['element'] === undefined ? {} : { element: def['element'] }),
      ...(def['valueType'] === undefined ? {} : { valueType: def['valueType'] }),
    },
  ];
}

function formatPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the file';
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${String(step)}`))
    .join('');
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | null {
  for (let length = path.length; length >= 0; length--) {
    const parent = length === 0 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (length > 0 && isMap(parent)) {
      const pair = parent.items.find(
        (item) => String((item.key as { value?: unknown }).value ?? item.key) === String(path[length - 1]),
      );
      const start = (pair?.key as { range?: readonly number[] } | undefined)?.range?.[0];
      if (start !== undefined) return lines.linePos(start).line;
    }
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
    const start = node?.range?.[0];
    if (start !== undefined) return lines.linePos(start).line;
  }
  return null;
}

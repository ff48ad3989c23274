import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { FlatSpec } from '../../features/specs/flat-spec.ts';
import { packageRoot } from '../../base/files.ts';

const label = z.strictObject({ en: z.string(), 'zh-CN': z.string() });
const schema = z.strictObject({
  format: z.literal('probity.protected-attributes/1'),
  note: z.string(),
  attributes: z.record(
    z.string(),
    z.strictObject({
      label,
      names: z.array(z.string()),
      parts: z.array(z.string()),
      /** What a law demands to be asked: policy may part this fact of a customer at this number at most. */
      demanded: z.strictObject({ field: z.string(), upTo: z.number().positive(), law: z.string() }).optional(),
    }),
  ),
  fillers: z.array(z.string()),
  jurisdictions: z.record(
    z.string(),
    z.strictObject({
      label,
      sources: z.array(z.string()).min(1),
      attributes: z.array(z.string()).min(1),
      exceptions: z.record(z.string(), z.string()),
      note: z.string().optional(),
    }),
  ),
});

/**
 * The list of protected attributes (`attributes.json`): the names that columns have, and which law lists which attribute. `names` are
 * compared word by word once the `fillers` at either end are gone; `parts` are found anywhere in a name (Chinese writes no spaces).
 */
export type ProtectedList = z.infer<typeof schema>;

let list: ProtectedList | null = null;

export function protectedList(): ProtectedList {
  list ??= schema.parse(
    JSON.parse(readFileSync(join(packageRoot(), 'models', 'protected', 'attributes.json'), 'utf8')),
  );
  return list;
}

/** What a column's name says it holds. */
export interface ProtectedMatch {
  readonly attribute: string;
  /** Jurisdictions, of those asked for, whose law lists the attribute. */
  readonly jurisdictions: readonly string[];
}

/**
 * The protected attributes that a column's name says it holds, of those that the jurisdictions list. A name is all that is looked at: a
 * column `x7` that holds the sex is found only where it is declared.
 */
export function matchProtected(name: string, jurisdictions: readonly string[]): ProtectedMatch[] {
  const { attributes, fillers, jurisdictions: laws } = protectedList();
  const words = wordsOf(name);
  const bare = stripped(words, new Set(fillers));
  const plain = name.normalize('NFKC').toLowerCase();
  return Object.entries(attributes).flatMap(([attribute, { names, parts }]) => {
    const found =
      parts.some((part) => plain.includes(part)) || names.some((each) => each === bare || each === words.join(' '));
    const listed = jurisdictions.filter((law) => laws[law]?.attributes.includes(attribute));
    return found && listed.length > 0 ? [{ attribute, jurisdictions: listed }] : [];
  });
}

/** The columns of a file that hold protected attributes by their names, but for those with another role. */
export function protectedColumns(
  columns: readonly string[],
  spec: Pick<FlatSpec, 'target' | 'id' | 'time' | 'weight' | 'group' | 'jurisdictions'>,
): string[] {
  const roles = [spec.target.column, spec.id, spec.time, spec.weight, spec.group];
  const laws = spec.jurisdictions ?? Object.keys(protectedList().jurisdictions);
  return columns.filter((name) => !roles.includes(name) && matchProtected(name, laws).length > 0);
}

/** `birthDate`, `BIRTH_DATE` and `birth-date` are all birth date; digits stand alone. */
function wordsOf(name: string): string[] {
  return name
    .normalize('NFKC')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
}

/** Without words at either end that do not tell what is measured. */
function stripped(words: readonly string[], fillers: ReadonlySet<string>): string {
  let [start, end] = [0, words.length];
  while (start < end - 1 && fillers.has(words[start]!)) start++;
  while (end > start + 1 && fillers.has(words[end - 1]!)) end--;
  return words.slice(start, end).join(' ');
}

import type { CellTest } from './cells.ts';
import { acceptedAtoms, type ColumnRegions } from './regions.ts';

/** What an exact look at a table's rows found. Rows are numbered from 0. */
export interface TableFindings {
  /** Rows that no facts can reach: nothing that they accept is left by the rows before, or nothing exists. */
  readonly unreachable: readonly { readonly row: number; readonly because: 'empty' | 'covered' }[];
  /** Pairs of rows that the same facts reach, with such facts. */
  readonly overlaps: readonly { readonly rows: readonly [number, number]; readonly example: string }[];
  /** Facts that no row accepts, in words; at most `GAPS_NAMED`. */
  readonly gaps: readonly string[];
  /** False where the table has more combinations than are looked at: then reachability and gaps are not known. */
  readonly analysed: boolean;
}

/** Gaps that are named for one table. */
export const GAPS_NAMED = 5;

/** Values of one column that are named. */
const ATOMS_NAMED = 4;

/** Rows asked for an atom, before a table is called too large: a fraction of a second. */
const MOST_STEPS = 20_000_000;

/** Overlaps that are named for one table. */
const OVERLAPS_NAMED = 100;

class TooLarge extends Error {}

/** What is done with one group of combinations that the same rows accept. */
type Visit = (rows: readonly number[], group: Group) => void;

/** Combinations of facts: for each column looked at, the atoms that are in it. */
type Group = readonly (readonly number[])[];

/**
 * Exact for the language of `parseCell`: every column is cut into atoms that its cells do not tell apart, and groups of atoms that the same rows
 * accept are followed together from column to column, so each combination of facts is looked at once, mostly in large groups.
 */
export function analyseTable(
  columns: readonly ColumnRegions[],
  rows: readonly (readonly CellTest[])[],
  first: boolean,
): TableFindings {
  const masks = rows.map((cells) => cells.map((cell, c) => acceptedAtoms(columns[c] as ColumnRegions, cell)));
  const reached = new Set<number>();
  const possible = new Set<number>();
  const gaps: string[] = [];
  const say = (group: Group): string => describe(columns, group);
  let analysed = true;
  try {
    walk(columns, masks, (accepting, group) => {
      for (const row of accepting) possible.add(row);
      const [winner] = accepting;
      if (winner === undefined) {
        if (gaps.length < GAPS_NAMED) gaps.push(say(group));
      } else if (first) reached.add(winner);
      else for (const row of accepting) reached.add(row);
    });
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    analysed = false;
  }
  const unreachable = !analysed
    ? []
    : rows.flatMap((_, row) =>
        reached.has(row) ? [] : [{ row, because: possible.has(row) ? ('covered' as const) : ('empty' as const) }],
      );
  return { unreachable, overlaps: overlapsOf(masks, say), gaps: analysed ? gaps : [], analysed };
}

function walk(
  columns: readonly ColumnRegions[],
  masks: readonly (readonly (readonly boolean[])[])[],
  visit: Visit,
): void {
  let steps = 0;
  const below = (column: number, rows: readonly number[], group: Group): void => {
    const regions = columns[column];
    steps += 1 + (regions?.atoms.length ?? 0) * rows.length;
    if (steps > MOST_STEPS) throw new TooLarge();
    if (regions === undefined || rows.length === 0) {
      visit(rows, group);
      return;
    }
    const byRows = new Map<string, { readonly rows: readonly number[]; readonly atoms: number[] }>();
    regions.atoms.forEach((_, atom) => {
      const accepting = rows.filter((row) => masks[row]?.[column]?.[atom] === true);
      const key = accepting.join(',');
      const known = byRows.get(key);
      if (known === undefined) byRows.set(key, { rows: accepting, atoms: [atom] });
      else known.atoms.push(atom);
    });
    for (const next of byRows.values()) below(column + 1, next.rows, [...group, next.atoms]);
  };
  below(
    0,
    masks.map((_, row) => row),
    [],
  );
}

/** Two boxes overlap where they do in every column. */
function overlapsOf(
  masks: readonly (readonly (readonly boolean[])[])[],
  say: (group: Group) => string,
): TableFindings['overlaps'] {
  const bits = masks.map((cells) =>
    cells.map((atoms) => BigInt(`0b0${atoms.map((accepted) => (accepted ? '1' : '0')).join('')}`)),
  );
  const found: { readonly rows: readonly [number, number]; readonly example: string }[] = [];
  for (let i = 0; i < bits.length; i++)
    for (let j = i + 1; j < bits.length && found.length < OVERLAPS_NAMED; j++) {
      if (bits[i]?.some((atoms, column) => (atoms & (bits[j]?.[column] ?? 0n)) === 0n) !== false) continue;
      const both = (masks[i] ?? []).map((atoms, column) =>
        [...atoms.keys()].filter((atom) => atoms[atom] === true && masks[j]?.[column]?.[atom] === true),
      );
      found.push({ rows: [i, j], example: say(both) });
    }
  return found;
}

/** Combinations in words; columns in which everything is in them are left out. */
function describe(columns: readonly ColumnRegions[], group: Group): string {
  const said = group.flatMap((atoms, column) => {
    const { field, atoms: all } = columns[column] as ColumnRegions;
    if (atoms.length === all.length) return [];
    const named = atoms.slice(0, ATOMS_NAMED).map((atom) => all[atom]?.text ?? '');
    return [`${field.name}: ${named.join(' or ')}${atoms.length > ATOMS_NAMED ? ' or ...' : ''}`];
  });
  return said.length === 0 ? 'any facts' : said.join(', ');
}

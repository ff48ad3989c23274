import { ProbityError, type Problem } from '../../base/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import {
  matchProtected,
  OPEN_POLICY,
  protectedAs,
  protectedList,
  type ProtectedPolicy,
} from '../../models/protected/index.ts';
import type { CellTest } from './cells.ts';
import type { RuleField } from './fields.ts';
import { TABLE_KINDS, type RuleSet, type TableKind } from './rule-set.ts';
import type { RuleTable } from './table.ts';

/** What is held to be protected, and what may be read all the same; a feature goes by its own name, another fact as tables name it (`customer.age`). */
export type LawOfRules = Pick<ProtectedPolicy, 'jurisdictions' | 'columns' | 'permitted'>;

/** The tables of a rule set by their kind. */
export function ruleTablesOf(
  set: Pick<RuleSet, TableKind>,
): readonly { readonly kind: TableKind; readonly table: RuleTable }[] {
  const tables: { readonly [kind in TableKind]: readonly RuleTable[] } = {
    policy: set.policy,
    score: set.score.map(({ table }) => table),
    limits: [set.limits],
    terms: [set.terms],
    warnings: set.warnings,
  };
  return TABLE_KINDS.flatMap((kind) => tables[kind].map((table) => ({ kind, table })));
}

/** The columns of a table that any of its rows asks for, with their cells. */
export function columnsRead({
  fields,
  rows,
}: Pick<RuleTable, 'fields' | 'rows'>): readonly { readonly field: RuleField; readonly tests: readonly CellTest[] }[] {
  return fields.flatMap((field, c) => {
    const tests = rows.map((row) => row.tests[c] ?? ({ kind: 'any' } as const)).filter(({ kind }) => kind !== 'any');
    return tests.length === 0 ? [] : [{ field, tests }];
  });
}

/** Where a rule set reads, or declares, a fact. */
interface Read {
  readonly at: string;
  readonly field: string;
  /** Whether the law itself demands that it is read so. */
  readonly demanded: (attribute: string) => boolean;
}

const never = (): boolean => false;

/**
 * Where a rule set reads a protected attribute, by name: a table's column, the base of a limit, the industry behind a regime, or a feature that `fields.json` declares and nothing reads.
 * A policy table may ask what a law demands: an age that parts nobody above full age (`demanded` in the list). Empty: the rules may decide.
 */
export function protectedReads(set: RuleSet, law: LawOfRules = OPEN_POLICY): readonly Problem[] {
  const reads = readsOf(set);
  const seen = new Set(reads.map(({ field }) => field));
  const unread = [...set.fields.keys()]
    .filter((field) => field.startsWith('features.') && !seen.has(field))
    .map((field): Read => ({ at: `fields.json, ${field}`, field, demanded: never }));
  const permitted = new Set(law.permitted.map(({ column }) => column));
  return [...reads, ...unread].flatMap(({ at, field, demanded }): Problem[] => {
    const feature = field.startsWith('features.') ? field.slice('features.'.length) : null;
    const name = feature ?? (field.startsWith('customer.') ? field.slice('customer.'.length) : null);
    const found = name === null ? null : protectedAs(name, law);
    if (found === null) return [];
    const { declared, matches, what } = found;
    if (!declared && permitted.has(feature ?? field)) return [];
    // What a law demands stays lawful where a model keeps the attribute out of itself.
    const attributes = declared ? matchProtected(name ?? '', Object.keys(protectedList().jurisdictions)) : matches;
    if (attributes.length > 0 && attributes.every(({ attribute }) => demanded(attribute))) return [];
    const laws = matches.flatMap(({ attribute }) => protectedList().attributes[attribute]?.demanded?.law ?? []);
    const stated = declared
      ? []
      : [`State under \`protected.permitted\` of the project why \`${feature ?? field}\` may be read.`];
    return [{ at, message: `is ${what}`, fix: ['Leave it out.', ...stated, ...new Set(laws)].join(' ') }];
  });
}

/** Throws PROTECTED_ATTRIBUTE, naming table, column and attribute of every place, where rules read what they may not. */
export function requireLawful(set: RuleSet, law?: LawOfRules): void {
  const problems = protectedReads(set, law);
  if (problems.length > 0)
    throw new ProbityError('PROTECTED_ATTRIBUTE', 'Rules that decide cannot read protected attributes.', { problems });
}

function readsOf(set: RuleSet): readonly Read[] {
  const columns = ruleTablesOf(set).flatMap(({ kind, table }) =>
    columnsRead(table).map(({ field, tests }): Read => ({
      at: `${kind}.json ${table.name}, column ${field.name}`,
      field: field.name,
      demanded: (attribute) => kind === 'policy' && partsAsDemanded(field.name, tests, attribute),
    })),
  );
  const bases = set.limits.rows.flatMap(({ id, outputs: { base } }): Read[] =>
    typeof base === 'string'
      ? [{ at: `limits.json ${set.limits.name} row ${id}, base ${base}`, field: base, demanded: never }]
      : [],
  );
  const { feature } = set.regimes.industry;
  const industry: Read[] =
    feature === null ? [] : [{ at: 'regimes.json industry.feature', field: `features.${feature}`, demanded: never }];
  return [...columns, ...bases, ...industry];
}

/** Whether the fact is the one that a law demands to be asked, and its cells tell nobody apart above the number that the list allows. */
function partsAsDemanded(field: string, tests: readonly CellTest[], attribute: string): boolean {
  const demanded = protectedList().attributes[attribute]?.demanded;
  if (demanded?.field !== field) return false;
  return tests.every(
    (test) =>
      test.kind === 'numbers' &&
      test.intervals.every(({ from, to }) => [from, to].every((end) => !Number.isFinite(end) || end <= demanded.upTo)),
  );
}

/** The law that a model puts on rules beside it: what it was kept from seeing, they may not read in its place. */
export function lawBeside({ protected: columns }: Pick<Artefact, 'protected'>): LawOfRules {
  return { jurisdictions: [], columns, permitted: [] };
}

import { contentHash, identifier, ProbityError, type Instant, type Problem } from '../../base/index.ts';
import { contractOf } from '../contracts/index.ts';
import type { OpenSource } from '../sources/index.ts';
import { StagedRows } from '../sources/staged-rows.ts';
import type { CellSpec, SourceSpec, TableImport } from '../specs/relational-spec.ts';
import { nearestFix } from '../specs/parse-yaml.ts';
import type { ImportReport } from './report.ts';
import { runImport, type OpenEntry } from './run-import.ts';
import { settledFacts } from './settled-facts.ts';
import { withSession, type ImportOptions, type Session } from './session.ts';

/** A fact that the API acknowledged: a row of a contract with its two clocks. */
export interface Fact {
  readonly table: string;
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
  readonly happenedAt: Instant;
  readonly knownFrom: Instant;
  readonly source: string;
  /** It says by its own clock which version it is: older than the one that stands, it replaces nothing. */
  readonly ordered?: boolean;
}

/**
 * Brings acknowledged facts into the warehouse, by the same contracts, checks and versions as files: repeating it changes nothing.
 * A bad fact goes to the quarantine and does not hold back the others. Throws INVALID_INPUT for unknown tables and columns.
 */
export async function importFacts(
  options: ImportOptions | ImportOptions['warehouse'],
  facts: readonly Fact[],
): Promise<ImportReport> {
  refuseUnknown(facts);
  const resolved = 'warehouse' in options ? options : { warehouse: options, now: newest(facts) };
  return withSession(resolved, async (session) => {
    const groups = new Map<string, Fact[]>();
    for (const fact of await settledFacts(session.connection, facts)) {
      const key = JSON.stringify([fact.table, fact.source]);
      groups.set(key, [...(groups.get(key) ?? []), fact]);
    }
    const entries: OpenEntry[] = [];
    for (const group of groups.values()) entries.push(await openFacts(group, session));
    const digest = contentHash(facts.map((fact) => ({ ...fact })));
    return runImport(
      entries,
      { spec: 'facts', file: 'facts', digest, now: resolved.now, warehouse: resolved.warehouse },
      session,
    );
  });
}

function refuseUnknown(facts: readonly Fact[]): void {
  const problems = facts.flatMap((fact, i): Problem[] => {
    const contract = contractOf(fact.table);
    if (contract === undefined) return [{ at: `facts[${i}].table`, message: 'there is no such contract' }];
    const known = contract.columns.map((column) => column.name);
    return Object.keys(fact.values)
      .filter((name) => !known.includes(name))
      .map((name) => ({
        at: `facts[${i}].values`,
        message: `\`${fact.table}\` has no column \`${name}\``,
        fix: nearestFix(name, known),
      }));
  });
  if (problems.length > 0)
    throw new ProbityError('INVALID_INPUT', 'Some facts do not fit their contracts.', { problems });
}

function newest(facts: readonly Fact[]): Instant {
  return facts.map((fact) => fact.knownFrom).reduce((a, b) => (a > b ? a : b), '1970-01-01T00:00:00.000Z' as Instant);
}

const TEXT_SOURCE: SourceSpec = {
  format: 'csv',
  path: null,
  connection: null,
  query: null,
  delimiter: ',',
  quote: '"',
  encoding: 'utf-8',
  header: true,
  dateFormat: null,
  decimal: '.',
  thousands: null,
  timezone: null,
  missing: [],
};

async function openFacts(facts: readonly Fact[], session: Session): Promise<OpenEntry> {
  const first = facts[0] as Fact;
  const contract = contractOf(first.table);
  const names = (contract?.columns ?? []).map((column) => column.name);
  const all = [...names, 'happened_at', 'known_from'];
  const table = session.temporaryTable();
  const rows = await StagedRows.create(
    session.connection,
    table,
    all.map(() => 'text'),
  );
  const text = (value: string | number | boolean | null | undefined) =>
    value === null || value === undefined ? null : String(value);
  rows.append([
    ...names.map((name) => facts.map((fact) => text(fact.values[name]))),
    facts.map((fact) => fact.happenedAt),
    facts.map((fact) => fact.knownFrom),
  ]);
  rows.close();
  const cell = (column: string): CellSpec => ({
    origin: { kind: 'column', column },
    map: null,
    otherwise: undefined,
    dateFormat: null,
  });
  const entry: TableImport = {
    name: first.source,
    table: first.table,
    source: TEXT_SOURCE,
    lookups: [],
    filter: null,
    columns: new Map(names.map((name) => [name, cell(name)])),
    happened: cell('happened_at'),
    known: { kind: 'cell', cell: cell('known_from') },
    mode: 'upsert',
    deleted: null,
    attribute: null,
    maxBadShare: 1,
    allowEmpty: true,
    expected: { freshness: null, completeness: [] },
  };
  const source: OpenSource = {
    columns: all.map((name, i) => ({ name, sql: `c${i}`, type: 'VARCHAR', repeated: false })),
    parts: [{ label: 'facts', relation: identifier(table), rejects: null, headerLines: 0 }],
    unreadable: null,
    digest: '',
  };
  return { entry, source, lookups: [] };
}

import { ProbityError, uuidv7, type Instant, type Problem } from '../../base/index.ts';
import { CONTRACTS, contractOf, type TableContract } from '../contracts/index.ts';
import { dropErased } from '../erasure/index.ts';
import type { OpenSource } from '../sources/index.ts';
import { unreadable } from '../sources/index.ts';
import { specError } from '../specs/parse-yaml.ts';
import type { LookupSpec, TableImport } from '../specs/relational-spec.ts';
import type { Warehouse } from '../warehouse/index.ts';
import { settleDuplicates } from './duplicates.ts';
import { keepImport, keepRejection, measure } from './keep.ts';
import { checkReferences } from './references.ts';
import type { ImportReport, TableReport } from './report.ts';
import { inTransaction, type Session } from './session.ts';
import { planReading } from './plan-reading.ts';
import { stage, type StagedEntry } from './stage.ts';
import { loadVersions } from './versions.ts';

/** One entry of an import with its sources opened. */
export interface OpenEntry {
  readonly entry: TableImport;
  readonly source: OpenSource;
  readonly lookups: readonly { readonly spec: LookupSpec; readonly source: OpenSource }[];
}

interface CheckedEntry {
  readonly staged: StagedEntry;
  readonly unchecked: readonly string[];
  readonly repeated: number;
  /** Rows about erased customers, which were left out. */
  readonly erased: number;
}

/**
 * Stages and checks every entry, then loads all of them in one transaction, or none. Throws INVALID_SPEC for columns that do not
 * exist, IMPORT_REJECTED where a table's share of bad rows is over its threshold (the quarantine keeps them, nothing is loaded).
 */
export async function runImport(
  entries: readonly OpenEntry[],
  about: {
    readonly spec: string;
    readonly file: string;
    readonly digest: string;
    readonly now: Instant;
    readonly warehouse: Warehouse;
  },
  session: Session,
): Promise<ImportReport> {
  const started = performance.now();
  const importId = uuidv7();
  const checked = await checkAll(inContractOrder(entries), about.file, session);
  const report = (status: ImportReport['status'], tables: readonly TableReport[]): ImportReport => ({
    importId,
    spec: about.spec,
    digest: about.digest,
    status,
    importedAt: about.now,
    seconds: (performance.now() - started) / 1000,
    tables,
  });
  const before: TableReport[] = [];
  for (const item of checked) before.push(await measure(item.staged, item, about.now, session));
  const over = before.filter((table) => table.badShare > table.maxBadShare);
  if (over.length > 0) {
    await inTransaction(session.connection, () => keepRejection(report('rejected', before), session));
    throw new ProbityError(
      'IMPORT_REJECTED',
      `${about.spec}: too many rows are bad, and nothing was loaded (import ${importId}).`,
      {
        problems: over.flatMap(rejectionProblems),
      },
    );
  }
  return inTransaction(session.connection, async () => {
    const tables: TableReport[] = [];
    for (const [i, item] of checked.entries()) {
      session.progress({ step: 'load', done: i / checked.length, message: item.staged.entry.name });
      const { identical, ...counts } = await loadVersions(item.staged, {
        connection: session.connection,
        importId,
        now: session.now,
      });
      tables.push({ ...(before[i] as TableReport), ...counts, ignoredIdentical: identical + item.repeated });
    }
    const done = report('loaded', tables);
    await keepImport(
      done,
      checked.map((item) => item.staged.entry),
      session,
    );
    return done;
  });
}

async function checkAll(entries: readonly OpenEntry[], file: string, session: Session): Promise<CheckedEntry[]> {
  const problems: Problem[] = [];
  const planned = [];
  for (const open of entries) {
    const contract = contractOf(open.entry.table) as TableContract;
    const plan = await planReading(open.entry, contract, open.source, open.lookups, session);
    problems.push(...plan.problems);
    planned.push({ ...open, contract, reading: plan.reading });
  }
  if (problems.length > 0) throw specError(file, problems);
  const checked: CheckedEntry[] = [];
  for (const [i, { entry, contract, source, reading }] of planned.entries()) {
    session.progress({ step: 'check', done: i / planned.length, message: entry.name });
    const labels = source.parts.map((part) => part.label);
    const staged = await stage(entry, contract, source, reading, session);
    if (entry.mode === 'replace' && !entry.allowEmpty && staged.rowsRead === staged.rowsFiltered) {
      throw unreadable(
        labels[0] ?? entry.name,
        'has no rows, and replaces everything',
        'If it is meant to delete every row, add `allow_empty: true`.',
      );
    }
    const erased =
      session.erased === null ? 0 : await dropErased(session.connection, staged.table, contract, session.erased);
    const repeated = await settleDuplicates(staged, labels, session.connection);
    const unchecked = await checkReferences(
      staged,
      checked.map((item) => item.staged),
      labels,
      session.connection,
    );
    checked.push({ staged, unchecked, repeated, erased });
  }
  return checked;
}

/** Parents first; entries of one table in the order of the spec. */
function inContractOrder(entries: readonly OpenEntry[]): OpenEntry[] {
  const place = new Map(CONTRACTS.map((contract, i) => [contract.name, i]));
  return [...entries].sort((a, b) => (place.get(a.entry.table) ?? 0) - (place.get(b.entry.table) ?? 0));
}

function rejectionProblems(table: TableReport): Problem[] {
  const share = (value: number) => `${(100 * value).toFixed(value < 0.1 ? 2 : 1)} %`;
  return [
    {
      at: table.source,
      message: `${table.badRows} of ${table.rowsRead - table.rowsFiltered} rows are bad (${share(table.badShare)}, allowed ${share(table.maxBadShare)})`,
    },
    ...table.quarantined.map((item) => ({
      at: `${table.source}${item.column === null ? '' : `.${item.column}`}`,
      message: `${item.code}: ${item.count}`,
    })),
  ];
}

import { epochMillis, identifier, instant, literal, type Instant } from '../../base/index.ts';
import { durationMillis } from '../specs/duration.ts';
import type { TableImport } from '../specs/relational-spec.ts';
import { rawTable } from '../warehouse/sql.ts';
import type { QuarantineCode } from './codes.ts';
import type { ImportReport, TableReport } from './report.ts';
import { timestampText, type Session } from './session.ts';
import type { StagedEntry } from './stage.ts';
import { QUARANTINE } from './stage-context.ts';

/**
 * The report of one staged entry before it is loaded: quarantine by code, freshness and completeness against what the source promises.
 */
export async function measure(
  staged: StagedEntry,
  seen: { readonly repeated: number; readonly unchecked: readonly string[]; readonly erased: number },
  now: Instant,
  session: Session,
): Promise<TableReport> {
  const { entry, contract } = staged;
  const where = `WHERE source = ${literal(entry.name)}`;
  const codes = await session.connection.runAndReadAll(
    `SELECT column_name, code, count(*)::DOUBLE AS n FROM ${QUARANTINE} ${where} GROUP BY ALL ORDER BY n DESC, column_name, code`,
  );
  const bad = await session.connection.runAndReadAll(
    `SELECT count(*)::DOUBLE FROM (SELECT DISTINCT file, row_number FROM ${QUARANTINE} ${where})`,
  );
  const shares = entry.expected.completeness.map(
    (item) => `, count(${identifier(item.column)})::DOUBLE / nullif(count(*), 0)`,
  );
  const facts = await session.connection.runAndReadAll(
    `SELECT epoch_ms(max(happened_at))::DOUBLE, epoch_ms(max(known_from))::DOUBLE ${shares.join('')}
     FROM ${identifier(staged.table)} WHERE __problems IS NULL`,
  );
  const [happened, known, ...found] = (facts.getRows()[0] ?? []) as (number | null)[];
  const badRows = Number(bad.getRows()[0]?.[0] ?? 0);
  const rows = staged.rowsRead - staged.rowsFiltered;
  const freshness = entry.expected.freshness;
  const ageMs = known === null || known === undefined ? null : Math.max(0, epochMillis(now) - known);
  return {
    source: entry.name,
    table: contract.name,
    rowsRead: staged.rowsRead,
    rowsFiltered: staged.rowsFiltered,
    loaded: 0,
    newVersions: 0,
    lateVersions: 0,
    ignoredIdentical: seen.repeated,
    tombstones: 0,
    ...(seen.erased > 0 ? { erased: seen.erased } : {}),
    badRows,
    badShare: rows === 0 ? 0 : badRows / rows,
    maxBadShare: entry.maxBadShare,
    quarantined: codes.getRowObjects().map((row) => ({
      column: row['column_name'] as string | null,
      code: row['code'] as QuarantineCode,
      count: row['n'] as number,
    })),
    referencesUnchecked: seen.unchecked,
    newestHappenedAt: happened === null || happened === undefined ? null : instant(happened),
    newestKnownFrom: known === null || known === undefined ? null : instant(known),
    freshness:
      freshness === null
        ? null
        : { expectedMs: durationMillis(freshness), ageMs, stale: ageMs === null || ageMs > durationMillis(freshness) },
    completeness: entry.expected.completeness.map((item, i) => ({
      column: item.column,
      share: found[i] ?? 0,
      expected: item.share,
    })),
  };
}

/** Keeps a loaded import: its report, its quarantine, and what is known of its sources and attributes. */
export async function keepImport(
  report: ImportReport,
  entries: readonly TableImport[],
  session: Session,
): Promise<void> {
  await keepReport(report, session);
  for (const table of report.tables) {
    const source = literal(table.source);
    const freshness = table.freshness === null ? 'NULL' : String(Math.round(table.freshness.expectedMs));
    await session.connection.run(
      `DELETE FROM meta.sources WHERE source = ${source} AND table_name = ${literal(table.table)}`,
    );
    await session.connection.run(
      `INSERT INTO meta.sources SELECT ${source}, ${literal(table.table)}, ${literal(report.spec)}, ${literal(report.importId)},
         TIMESTAMP ${literal(session.now)}, count(*) FILTER (WHERE known_until = TIMESTAMP 'infinity'), max(known_from), max(happened_at),
         ${freshness}, ${literal(JSON.stringify(table.completeness))}
       FROM ${rawTable(table.table)} WHERE source = ${source}`,
    );
  }
  for (const { name, attribute } of entries) {
    if (attribute === null) continue;
    const label = (text: string | undefined) => (text === undefined ? 'NULL' : literal(text));
    await session.connection.run(`DELETE FROM meta.attributes WHERE source = ${literal(name)}`);
    await session.connection.run(
      `INSERT INTO meta.attributes VALUES (${literal(attribute.name)}, ${literal(attribute.type)}, ${label(attribute.label?.en)},
         ${label(attribute.label?.['zh-CN'])}, ${literal(name)})`,
    );
  }
}

/** Keeps a rejected import: its report and its quarantine, so that a person can look; no row of it. */
export async function keepRejection(report: ImportReport, session: Session): Promise<void> {
  await keepReport(report, session);
}

async function keepReport(report: ImportReport, session: Session): Promise<void> {
  await session.connection.run(
    `INSERT INTO meta.imports VALUES (${[report.importId, report.spec, report.digest, report.status].map((text) => literal(text)).join(', ')},
       TIMESTAMP ${literal(timestampText(report.importedAt))}, ${literal(JSON.stringify(report))})`,
  );
  await session.connection.run(
    `INSERT INTO meta.quarantine SELECT ${literal(report.importId)}, table_name, source, file, row_number, column_name, code FROM ${QUARANTINE}`,
  );
}

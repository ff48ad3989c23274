import type { ImportReport, TableReport } from './report.ts';

/** An import report as plain lines for a terminal. */
export function renderImportReport(report: ImportReport): string {
  if (report.status === 'unchanged') {
    return `${report.spec}: nothing to do, the same sources were imported before (import ${report.importId}).\n`;
  }
  const total = report.tables.reduce((sum, table) => sum + table.loaded, 0);
  const head = `${report.spec}: ${count(total)} rows loaded in ${report.seconds.toFixed(1)} s (import ${report.importId})`;
  const header = ['table', 'source', 'read', 'loaded', 'versions', 'same', 'deleted', 'bad'];
  const rows = report.tables.map((table) => [
    table.table,
    table.source,
    count(table.rowsRead),
    count(table.loaded),
    count(table.newVersions),
    count(table.ignoredIdentical),
    count(table.tombstones),
    table.badRows === 0 ? '0' : `${count(table.badRows)} (${percent(table.badShare)})`,
  ]);
  const notes = report.tables.flatMap(notesOf);
  return [head, '', ...grid([header, ...rows]), ...(notes.length === 0 ? [] : ['', ...notes]), ''].join('\n');
}

function notesOf(table: TableReport): string[] {
  const notes = table.quarantined.map(
    (item) =>
      `${item.code} in ${table.table}${item.column === null ? '' : `.${item.column}`}: ${count(item.count)} rows set aside (meta.quarantine)`,
  );
  if (table.rowsFiltered > 0)
    notes.push(`${count(table.rowsFiltered)} rows of ${table.source} left out by the spec's filter`);
  if ((table.erased ?? 0) > 0)
    notes.push(`${count(table.erased ?? 0)} rows of ${table.source} left out: the data of their customers were erased`);
  if (table.lateVersions > 0)
    notes.push(
      `${count(table.lateVersions)} versions of ${table.table} were known before versions that had come earlier`,
    );
  for (const parent of table.referencesUnchecked)
    notes.push(`references of ${table.table} to ${parent} are not checked: ${parent} is empty`);
  if (table.freshness?.stale === true) {
    const age = table.freshness.ageMs === null ? 'no rows' : `newest known ${days(table.freshness.ageMs)} ago`;
    notes.push(`STALE ${table.source}: ${age}, promised within ${days(table.freshness.expectedMs)}`);
  }
  for (const item of table.completeness) {
    if (item.share < item.expected)
      notes.push(
        `THIN ${table.source}.${item.column}: ${percent(item.share)} filled, promised ${percent(item.expected)}`,
      );
  }
  return notes;
}

function grid(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

const count = (value: number) => value.toLocaleString('en-US');
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const days = (milliseconds: number) => `${(milliseconds / 86_400_000).toFixed(1)} days`;

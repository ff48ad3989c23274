import { dirname } from 'node:path';
import { literal, sha256 } from '../../base/index.ts';
import { openSource, type OpenSource } from '../sources/index.ts';
import type { RelationalSpec, SourceSpec } from '../specs/relational-spec.ts';
import type { ImportReport } from './report.ts';
import { runImport, type OpenEntry } from './run-import.ts';
import { withSession, type ImportOptions, type Session } from './session.ts';

/**
 * Imports everything that a relational spec maps: all of it in one transaction, or nothing. The same sources by the same spec again
 * are a no-op. Errors: INVALID_SPEC, FILE_NOT_FOUND, SOURCE_UNREADABLE, IMPORT_REJECTED, IMPORT_ABORTED.
 */
export async function importSpec(spec: RelationalSpec, options: ImportOptions): Promise<ImportReport> {
  return withSession(options, async (session) => {
    const entries = await openEntries(spec, session);
    const digest = importDigest(spec, entries, session);
    const last = await lastDigest(spec.name, session);
    if (last?.digest === digest) {
      return {
        importId: last.importId,
        spec: spec.name,
        digest,
        status: 'unchanged',
        importedAt: options.now,
        seconds: 0,
        tables: [],
      };
    }
    return runImport(
      entries,
      { spec: spec.name, file: spec.file, digest, now: options.now, warehouse: options.warehouse },
      session,
    );
  });
}

/** Opens each source once, however many entries read it. */
async function openEntries(spec: RelationalSpec, session: Session): Promise<OpenEntry[]> {
  const opened = new Map<string, OpenSource>();
  const open = async (source: SourceSpec): Promise<OpenSource> => {
    const key = JSON.stringify(source);
    const known = opened.get(key);
    if (known !== undefined) return known;
    session.progress({ step: 'open', message: source.path ?? 'query' });
    const fresh = await openSource(source, { ...session, folder: dirname(spec.file) });
    opened.set(key, fresh);
    return fresh;
  };
  const entries: OpenEntry[] = [];
  for (const entry of spec.tables) {
    const source = await open(entry.source);
    const lookups = [];
    for (const lookup of entry.lookups) lookups.push({ spec: lookup, source: await open(lookup.source) });
    entries.push({ entry, source, lookups });
  }
  return entries;
}

/** Hash of what the import would do: the spec without its place, and the content of every source. */
function importDigest(spec: RelationalSpec, entries: readonly OpenEntry[], { keys }: Pick<Session, 'keys'>): string {
  const { file: _, ...meaning } = spec;
  const text = JSON.stringify(meaning, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
  return sha256(
    [
      text,
      // Rows that were set aside for their ids are read anew once the project says what those are.
      ...(keys.elevenDigits ? ['eleven digits'] : []),
      ...entries.flatMap((open) => [open.source.digest, ...open.lookups.map((lookup) => lookup.source.digest)]),
    ].join('\n'),
  );
}

async function lastDigest(spec: string, session: Session): Promise<{ importId: string; digest: string } | undefined> {
  const reader = await session.connection.runAndReadAll(
    `SELECT import_id, digest FROM meta.imports WHERE spec = ${literal(spec)} AND status = 'loaded' ORDER BY imported_at DESC, rowid DESC LIMIT 1`,
  );
  const row = reader.getRowObjects()[0];
  return row === undefined ? undefined : { importId: String(row['import_id']), digest: String(row['digest']) };
}

/** Sources of data, opened so that DuckDB can read them: delimited text, JSON lines, Parquet, Arrow IPC, PostgreSQL. */
import type { SourceSpec } from '../specs/relational-spec.ts';
import { openArrow } from './arrow.ts';
import { openParquet } from './parquet.ts';
import { filesOf } from './paths.ts';
import { openPostgres } from './postgres.ts';
import type { OpenSource, SourceContext } from './source.ts';
import { openCsv, openJsonLines } from './text-files.ts';

export * from './source.ts';
export { jsonText, scansTable } from './text-files.ts';

/** Opens a source of any format. Throws FILE_NOT_FOUND or SOURCE_UNREADABLE. */
export async function openSource(spec: SourceSpec, context: SourceContext): Promise<OpenSource> {
  if (spec.format === 'postgres') return openPostgres(spec, context);
  const paths = await filesOf(spec.path ?? '', context);
  if (spec.format === 'csv') return openCsv(spec, paths, context);
  if (spec.format === 'jsonl') return openJsonLines(spec, paths, context);
  if (spec.format === 'parquet') return openParquet(paths, context);
  return openArrow(paths, context);
}

import { contentHash, exactGlob, identifier, literal, sha256File } from '../../base/index.ts';
import { label } from './paths.ts';
import {
  requireSameColumns,
  unreadable,
  type OpenSource,
  type SourceColumn,
  type SourceContext,
  type SourcePart,
} from './source.ts';

/** Opens Parquet files; all of them have the same columns, and keep their types. */
export async function openParquet(paths: readonly string[], context: SourceContext): Promise<OpenSource> {
  const parts: SourcePart[] = [];
  const digests: string[] = [];
  let columns: SourceColumn[] | undefined;
  for (const path of paths) {
    digests.push(await sha256File(path));
    const relation = `read_parquet(${literal(exactGlob(path))})`;
    const own = await describe(relation, path, context);
    columns ??= own;
    requireSameColumns({ label: label(paths[0] ?? ''), columns }, { label: label(path), columns: own });
    parts.push({ label: label(path), relation, rejects: null, headerLines: 0 });
  }
  return { columns: columns ?? [], parts, unreadable: null, digest: contentHash(digests) };
}

async function describe(relation: string, path: string, context: SourceContext): Promise<SourceColumn[]> {
  try {
    const reader = await context.connection.runAndReadAll(`DESCRIBE SELECT * FROM ${relation}`);
    return reader.getRowObjects().map((row) => {
      const name = String(row['column_name']);
      return { name, sql: identifier(name), type: String(row['column_type']), repeated: false };
    });
  } catch (error) {
    throw unreadable(label(path), 'is not a Parquet file that can be read', undefined, error);
  }
}

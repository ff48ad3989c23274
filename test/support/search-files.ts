import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { sql } from 'kysely';
import { exactGlob, literal } from '../../base/index.ts';
import type { Database } from '../../records/database/index.ts';
import type { RunningProject } from './running-project.ts';

/** The files below folders whose bytes hold one of the texts, as UTF-8 or UTF-16, with the texts. */
export async function filesHolding(folders: readonly string[], texts: readonly string[]): Promise<readonly string[]> {
  const wanted = texts.flatMap((text) => [Buffer.from(text), Buffer.from(text, 'utf16le')]);
  const found: string[] = [];
  for (const folder of folders) {
    for (const name of await readdir(folder, { recursive: true })) {
      const path = join(folder, name);
      const bytes = await fileBytes(path);
      const held = bytes === null ? [] : wanted.filter((text) => bytes.includes(text)).map((text) => text.toString());
      if (held.length > 0) found.push(`${name}: ${held.join(', ')}`);
    }
  }
  return found.sort();
}

/** The Parquet files below a folder, whose bytes are compressed, that hold one of the texts. */
export async function parquetHolding(folder: string, texts: readonly string[]): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const found: string[] = [];
  try {
    for (const name of await readdir(folder, { recursive: true })) {
      if (!name.endsWith('.parquet')) continue;
      const from = `read_parquet(${literal(exactGlob(join(folder, name)))}) t`;
      const any = texts.map((text) => `contains(t::VARCHAR, ${literal(text)})`).join(' OR ');
      const reader = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${from} WHERE ${any}`);
      if (Number(reader.getRows()[0]?.[0]) > 0) found.push(name);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return found;
}

/** Files of a project's data folder, PostgreSQL's included, that hold one of the texts, with the tables that they are of. */
export async function filesLeft(
  { project, postgresFolder, database }: RunningProject,
  texts: readonly string[],
): Promise<readonly string[]> {
  const files = await filesHolding([...new Set([project.dataDir, postgresFolder])], texts);
  return Promise.all(
    files.map(async (line) => {
      const node = /base\/\d+\/(\d+)/.exec(line)?.[1];
      if (node === undefined) return line;
      const { rows } = await sql<{
        name: string | null;
      }>`select pg_filenode_relation(0, ${Number(node)})::text as name`.execute(database.db);
      return `${line} (${rows[0]?.name ?? 'no table'})`;
    }),
  );
}

/** The tables of a database with a row that holds one of the texts, as text or in bytes. */
export async function tablesHolding({ db }: Database, texts: readonly string[]): Promise<readonly string[]> {
  const { rows: tables } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' order by 1`.execute(db);
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ n: number }>`select count(*)::int as n from ${sql.id(name)} t where ${sql.join(
      texts
        .flatMap((text) => [text, Buffer.from(text).toString('hex')])
        .map((text) => sql`t::text like ${`%${text}%`}`),
      sql` or `,
    )}`.execute(db);
    if ((rows[0]?.n ?? 0) > 0) found.push(name);
  }
  return found;
}

async function fileBytes(path: string): Promise<Buffer | null> {
  try {
    return (await stat(path)).isFile() ? await readFile(path) : null;
  } catch (error) {
    // PostgreSQL removes files at any time.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

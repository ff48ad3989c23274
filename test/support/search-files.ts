import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { exactGlob, literal } from '../../base/index.ts';

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

async function fileBytes(path: string): Promise<Buffer | null> {
  try {
    return (await stat(path)).isFile() ? await readFile(path) : null;
  } catch (error) {
    // PostgreSQL removes files at any time.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

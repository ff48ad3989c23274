import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/usr/lib/postgresql';

/** The newest PostgreSQL (15 or later) of Debian's packages: its major version and the folder of its programs; null: none is installed. */
export function debianPostgres(): { readonly version: number; readonly programs: string } | null {
  let names: readonly string[] = [];
  try {
    names = readdirSync(ROOT);
  } catch {
    return null;
  }
  const versions = names.map(Number).filter((number) => number >= 15);
  if (versions.length === 0) return null;
  const version = Math.max(...versions);
  return { version, programs: join(ROOT, String(version), 'bin') };
}

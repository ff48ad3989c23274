import type { Project } from '../base/index.ts';
import { migrate, openDatabase, type Database } from '../records/database/index.ts';
import { resolveDatabase } from './stack/services.ts';

/** Opens the operational database of a project, migrated, for `work`, and closes it again. */
export async function withMigrated<T>(project: Project, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(await resolveDatabase(project));
  try {
    await migrate(database);
    return await work(database);
  } finally {
    await database.close();
  }
}

import { dataPaths, type Project } from '../base/index.ts';
import { migrate, openDatabase, type Database } from '../records/database/index.ts';
import { openFreeTexts } from '../records/privacy/index.ts';
import { resolveDatabase } from './stack/services.ts';

/** Opens the operational database of a project, migrated, texts of people opened, for `work`, and closes it again. */
export async function withMigrated<T>(project: Project, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(await resolveDatabase(project));
  try {
    await migrate(database);
    return await work(await openFreeTexts(database, project.tenant, dataPaths(project).keys));
  } finally {
    await database.close();
  }
}

import { migrate, openDatabase, type Database } from '../../records/database/index.ts';
import { startTestPostgres } from './postgres.ts';

/** A migrated database of its own for one test file. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  stop(): Promise<void>;
}

/** Starts it on the server that `startTestPostgres` chooses. */
export async function startTestDatabase(): Promise<TestDatabase> {
  const postgres = await startTestPostgres();
  const database = await openDatabase(postgres.url);
  await migrate(database);
  return {
    url: postgres.url,
    database,
    stop: async () => {
      await database.close();
      await postgres.stop();
    },
  };
}

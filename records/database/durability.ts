import { ProbityError, type Problem } from '../../base/index.ts';
import type { Database } from './database.ts';

/** What a database must be set to for "acknowledged" to mean "durable", and what is lost otherwise. */
const NEEDED: readonly { readonly setting: string; readonly wrong: readonly string[]; readonly why: string }[] = [
  { setting: 'fsync', wrong: ['off'], why: 'a power failure can corrupt the whole database' },
  { setting: 'full_page_writes', wrong: ['off'], why: 'a power failure can leave torn pages' },
  { setting: 'synchronous_commit', wrong: ['off'], why: 'a crash loses what was acknowledged last' },
];

/** Throws DATABASE_NOT_DURABLE, naming every setting, where the database acknowledges what a crash may lose. */
export async function assertDurable(database: Database): Promise<void> {
  const problems = await database.withConnection(async (connection) => {
    const found: Problem[] = [];
    for (const { setting, wrong, why } of NEEDED) {
      const { rows } = await connection.query({
        text: 'select current_setting($1) as value',
        values: [setting],
      });
      const value = (rows[0] as { value: string } | undefined)?.value ?? 'unknown';
      if (wrong.includes(value)) found.push({ at: setting, message: `It is ${value}: ${why}.`, fix: 'Set it on.' });
    }
    return found;
  });
  if (problems.length === 0) return;
  throw new ProbityError(
    'DATABASE_NOT_DURABLE',
    `PostgreSQL is set to lose ratings: ${problems.map(({ at }) => at).join(', ')}.`,
    { problems },
  );
}

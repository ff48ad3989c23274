import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { packageRoot } from '../../../base/index.ts';
import { monthOf } from '../../../models/monitoring/simulation.ts';
import { YEARLY_BUDGET } from '../../../models/monitoring/index.ts';
import { FEATURES, ONSET, type DriftingBook, type Scenario, type Standing } from './scenarios.ts';

const answer = z.object({ drifted: z.array(z.string()), table: z.boolean() });

/** What Evidently's default preset says of a table. */
export type Answer = z.infer<typeof answer>;

/** A Python process that looks at tables with Evidently. */
export interface Evidently {
  look(reference: readonly Standing[], current: readonly Standing[]): Promise<Answer>;
  close(): void;
}

const COLUMNS = [...Array.from({ length: FEATURES + 1 }, (_, f) => `x${f}`), 'pd', 'bad'];

/** Starts Evidently in this Python; it ends with `close`. Looks are answered in their order. */
export function startEvidently(python: string): Evidently {
  const folder = mkdtempSync(join(tmpdir(), 'probity-evidently-'));
  const script = join(packageRoot(), 'bench', 'monitoring', 'drifts', 'evidently_looks.py');
  const child = spawn(python, ['-W', 'ignore', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const write = (name: string, rows: readonly Standing[]): string => {
    const path = join(folder, name);
    writeFileSync(path, Float64Array.from(rows.flatMap(({ values, pd, bad }) => [...values, pd, bad])));
    return path;
  };
  return {
    async look(reference, current) {
      const asked = { reference: write('reference', reference), current: write('current', current), columns: COLUMNS };
      child.stdin.write(`${JSON.stringify(asked)}\n`);
      const line = await lines.next();
      if (line.done === true) throw new Error('Evidently ended before it answered.');
      return answer.parse(JSON.parse(line.value));
    },
    close() {
      child.stdin.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The first day on which any column, and on which the whole table, is called drifted; null: never in the year. */
export interface FirstDays {
  readonly column: number | null;
  readonly table: number | null;
}

/**
 * A year of daily looks at the whole book. The book changes on the first day of a month and on the day of the drift (and of its outcomes) alone, and the tests draw
 * nothing, so that the days between answer as the day before and are not asked.
 */
export async function firstDays(evidently: Evidently, scenario: Scenario, book: DriftingBook): Promise<FirstDays> {
  const { days } = YEARLY_BUDGET;
  const changes = Array.from({ length: days }, (_, day) => day).filter(
    (day) =>
      day === 0 ||
      monthOf(day, days) !== monthOf(day - 1, days) ||
      day === ONSET ||
      day === ONSET + (scenario.outcomesAfter ?? 0),
  );
  let [column, table]: [number | null, number | null] = [null, null];
  for (const day of changes) {
    const month = monthOf(day, days) - 1;
    const before = book.before.length === 1 ? 0 : month;
    const reference = book.before[before]!.ids.map((_, seat) => book.earlier(before, seat));
    const current = book.year[month]!.ids.map((_, seat) => book.now(day, month, seat));
    const said = await evidently.look(reference, current);
    if (said.drifted.length > 0) column ??= day;
    if (said.table) table ??= day;
    if (column !== null && table !== null) break;
  }
  return { column, table };
}

/**
 * Drifts, and books without any, looked at daily for a year by the sequential detector and by Evidently's default: `npm run bench:monitoring -- drifts [SEEDS] [PYTHON]
 * [SEED]`. PYTHON is an interpreter with Evidently (PyPI); without one that can import it, its columns are left out, and the bench says so.
 */
import { spawnSync } from 'node:child_process';
import { seededRandom } from '../../base/index.ts';
import { exactInterval } from '../../models/metrics/index.ts';
import { firstDays, startEvidently, type FirstDays } from './drifts/evidently.ts';
import { driftingBook, ONSET, SCENARIOS, type Scenario } from './drifts/scenarios.ts';
import { firstAlarm } from './drifts/watch.ts';

const CUSTOMERS = 3_000;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

export async function run([seeds = '20', python, given]: readonly string[]): Promise<void> {
  const seed = given ?? String(Math.floor(seededRandom(`${Date.now()}`).uniform() * 1e9));
  const version = python === undefined ? null : versionOf(python);
  if (version === null) print('Evidently is skipped: name a Python that can import it (`pip install evidently`).\n');
  print(
    `seed ${seed}; ${CUSTOMERS} customers; ${seeds} books a row; a drift begins on day ${ONSET}${version === null ? '' : `; Evidently ${version}`}\n`,
  );
  print('| book | sequential detector | Evidently, any column | Evidently, half of the columns |');
  print('| --- | --- | --- | --- |');
  const evidently = version === null ? null : startEvidently(python!);
  try {
    for (const scenario of SCENARIOS) {
      const [ours, column, table]: [(number | null)[], (number | null)[], (number | null)[]] = [[], [], []];
      for (let i = 0; i < Number(seeds); i++) {
        const name = `${seed} ${i}`;
        const book = driftingBook(scenario, CUSTOMERS, name);
        ours.push(firstAlarm(book, name));
        const said: FirstDays | null = evidently && (await firstDays(evidently, scenario, book));
        column.push(said?.column ?? null);
        table.push(said?.table ?? null);
      }
      const told = evidently === null ? ['skipped', 'skipped'] : [column, table].map((found) => tell(scenario, found));
      print(`| ${scenario.name} | ${tell(scenario, ours)} | ${told.join(' | ')} |`);
    }
  } finally {
    evidently?.close();
  }
}

/** Without a drift: years with an alarm. With one: books in which the first alarm came after its onset, days until then, and alarms before it. */
function tell({ drift }: Scenario, alarms: readonly (number | null)[]): string {
  const n = alarms.length;
  const share = (count: number): string => {
    const { low, high } = exactInterval(count, n);
    return `${count} of ${n} (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)} %)`;
  };
  if (!drift) return `${share(alarms.filter((day) => day !== null).length)} false`;
  const delays = alarms.flatMap((day) => (day !== null && day >= ONSET ? [day - ONSET] : [])).sort((a, b) => a - b);
  const early = alarms.filter((day) => day !== null && day < ONSET).length;
  const median = delays[Math.ceil(n / 2) - 1];
  return `${share(delays.length)} seen${median === undefined ? '' : `, median ${median} days`}${early === 0 ? '' : `; ${early} false before`}`;
}

function versionOf(python: string): string | null {
  const found = spawnSync(python, ['-W', 'ignore', '-c', 'import evidently; print(evidently.__version__)'], {
    encoding: 'utf8',
  });
  return found.status === 0 ? found.stdout.trim() : null;
}

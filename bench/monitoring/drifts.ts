/**
 * Drifts, and books without any, looked at daily for a year by the sequential detector and by Evidently's default: `npm run bench:monitoring -- drifts [SEEDS] [PYTHON]
 * [SEED] [SIZE ...]`. PYTHON is an interpreter with Evidently (PyPI); without one that can import it, its columns are left out, and the bench says so.
 */
import { spawnSync } from 'node:child_process';
import { seededRandom } from '../../base/index.ts';
import { exactInterval } from '../../models/metrics/index.ts';
import { firstDays, startEvidently, type Evidently, type FirstDays } from './drifts/evidently.ts';
import { driftingBook, ONSET, SCENARIOS, type Scenario } from './drifts/scenarios.ts';
import { firstAlarm } from './drifts/watch.ts';

/** Books of these sizes: Evidently tests up to 1,000 rows by p-values (5 %), more by distances (0.1). */
const SIZES = ['800', '3000'];
const print = (line: string): void => void process.stdout.write(`${line}\n`);

export async function run([seeds = '20', python, given, ...sizes]: readonly string[]): Promise<void> {
  const seed = given ?? String(Math.floor(seededRandom(`${Date.now()}`).uniform() * 1e9));
  const version = python === undefined ? null : versionOf(python);
  if (version === null) print('Evidently is skipped: name a Python that can import it (`pip install evidently`).\n');
  print(
    `Seed ${seed}; ${seeds} books a row; a drift begins on day ${ONSET}${version === null ? '' : `; Evidently ${version}`}.`,
  );
  const evidently = version === null ? null : startEvidently(python!);
  try {
    for (const size of sizes.length > 0 ? sizes : SIZES)
      await table(
        Number(size),
        Array.from({ length: Number(seeds) }, (_, i) => `${seed} ${i}`),
        evidently,
      );
  } finally {
    evidently?.close();
  }
}

async function table(customers: number, seeds: readonly string[], evidently: Evidently | null): Promise<void> {
  print(`\n| book of ${customers} | sequential detector | Evidently, any column | Evidently, half of the columns |`);
  print('| --- | --- | --- | --- |');
  for (const scenario of SCENARIOS) {
    const ours: (number | null)[] = [];
    const theirs: FirstDays[] = [];
    for (const seed of seeds) {
      const book = driftingBook(scenario, customers, seed);
      ours.push(firstAlarm(book, seed));
      if (evidently) theirs.push(await firstDays(evidently, scenario, book));
    }
    const told = (['column', 'table'] as const).map((rule) =>
      evidently
        ? tell(
            scenario,
            theirs.map((said) => said[rule]),
          )
        : 'skipped',
    );
    print(`| ${scenario.name} | ${tell(scenario, ours)} | ${told.join(' | ')} |`);
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

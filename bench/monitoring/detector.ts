/**
 * `npm run bench:monitoring -- detector [YEARS] [SEED] [TABLE]`: false alarms over 2,000 simulated years without drift (`years`), power for each declared drift (`declared`),
 * and delays by size of drift and of book (`sizes`), as tables in Markdown; all three where none is named. Fresh seeds unless one is given, so it is run, not looked up.
 */
import { seededRandom } from '../../base/index.ts';
import { binomialTail, countsByQuantile, exactInterval, psi, psiCritical } from '../../models/metrics/index.ts';
import { DECLARED_DRIFTS, simulateBook, watchYear, type Drift } from '../../models/monitoring/simulation.ts';

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const exact = (count: number, n: number): string => {
  const { value, low, high } = exactInterval(count, n);
  return `${percent(value)} (${percent(low)} to ${percent(high)})`;
};

export function run([years = '2000', given, table]: readonly string[]): void {
  const seed = given ?? String(Math.floor(seededRandom(`${Date.now()}`).uniform() * 1e9));
  print(`seed ${seed}`);
  for (const [name, make] of Object.entries(TABLES))
    if (table === undefined || table === name) make(Number(years), seed);
}

const TABLES: Readonly<Record<string, (years: number, seed: string) => void>> = {
  years: withoutDrift,
  declared: declaredDrifts,
  sizes: bySize,
};

function withoutDrift(years: number, seed: string): void {
  print('\n| book | years | alarms | rate (exact 95 %) | P(as many or more at 5 %) |');
  print('| --- | --- | --- | --- | --- |');
  for (const [customers, features, monthly] of [
    [400, 3, 0.95],
    [1_000, 10, 0.99],
  ] as const) {
    let alarms = 0;
    for (let year = 0; year < years; year++)
      if (watchYear({ seed: `${seed} ${year}`, customers, features, monthly }) !== null) alarms++;
    const tail = alarms === 0 ? 1 : binomialTail(alarms, years, 0.05);
    print(
      `| ${customers} customers, ${features} features, monthly correlation ${monthly} | ${years} | ${alarms} | ${exact(alarms, years)} | ${tail.toPrecision(3)} |`,
    );
  }
  const naive = Math.min(200, years);
  let fooled = 0;
  for (let year = 0; year < naive; year++) {
    const [reference, ...months] = simulateBook({ seed: `${seed} ${year}`, customers: 1_000, features: 10 });
    const over = months.some((month) =>
      month.values.slice(0, 10).some((values, f) => {
        const { expected, actual } = countsByQuantile(reference!.values[f]!, values);
        return psi(expected, actual) > psiCritical(1_000, 1_000, expected.length);
      }),
    );
    if (over) fooled++;
  }
  print(
    `\nFor contrast: a monthly PSI test of each feature on the whole book at 95 % alarms in ${fooled} of ${naive} years without drift.`,
  );
}

function declaredDrifts(years: number, seed: string): void {
  print('\n| declared drift, 10,000 customers | within, days | other features | seen | power (exact 95 %) |');
  print('| --- | --- | --- | --- | --- |');
  const runs = Math.min(200, years);
  for (const { name, change, within } of DECLARED_DRIFTS)
    for (const features of [1, 10]) {
      let seen = 0;
      for (let i = 0; i < runs; i++) {
        const drift = { from: 20, ...change };
        const until = drift.from + within;
        const day = watchYear({ seed: `${seed} declared ${i}`, customers: 10_000, features, drift, until });
        if (day !== null && day >= drift.from) seen++;
      }
      print(`| ${name} | ${within} | ${features - 1} | ${seen} of ${runs} | ${exact(seen, runs)} |`);
    }
}

const SIZES: readonly (readonly [string, Omit<Drift, 'from'>])[] = [
  ['feature up by 0.5 standard deviations', { shift: 0.5 }],
  ['feature up by 0.3 standard deviations', { shift: 0.3 }],
  ['feature missing in 10 %', { missing: 0.1 }],
  ['feature missing in 3 %', { missing: 0.03 }],
  ['log-odds of default up by 0.7, no feature moves', { risk: 0.7 }],
  ['log-odds of default up by 0.5, no feature moves', { risk: 0.5 }],
];

function bySize(years: number, seed: string): void {
  const times = Math.min(40, years);
  print('\n| drift on day 100, 10 features | customers | seen | median delay, days | 80 % seen within, days |');
  print('| --- | --- | --- | --- | --- |');
  for (const customers of [3_000, 10_000])
    for (const [name, change] of SIZES) {
      const delays: number[] = [];
      for (let i = 0; i < times; i++) {
        const day = watchYear({ seed: `${seed} drift ${i}`, customers, features: 10, drift: { from: 100, ...change } });
        if (day !== null && day >= 100) delays.push(day - 100);
      }
      delays.sort((a, b) => a - b);
      const at = (share: number) => delays[Math.ceil(share * times) - 1] ?? 'not within the year';
      print(`| ${name} | ${customers} | ${delays.length} of ${times} | ${at(0.5)} | ${at(0.8)} |`);
    }
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../base/index.ts';

const NUMBERS = [
  ['utilisation', 1],
  ['months_on_book', 240],
  ['monthly_turnover', 50_000],
  ['debt_ratio', 3],
  ['open_lines', 20],
  ['days_late_12m', 120],
  ['times_late_30', 8],
  ['times_late_60', 5],
  ['times_late_90', 3],
  ['inquiries_6m', 10],
  ['largest_invoice', 90_000],
  ['payment_delay_mean', 60],
] as const;
const CATEGORIES = [
  ['sector', ['retail', 'mining', 'services', 'transport', 'farming', 'building']],
  ['region', ['north', 'south', 'east', 'west']],
  ['terms', ['prepaid', '14d', '30d', '60d']],
] as const;

/** A made-up flat portfolio that both servers train on: fifteen features, defaults that depend on some of them; the same for the same seed. */
export interface BenchPortfolio {
  readonly trainCsv: string;
  readonly spec: string;
  /** Rows to rate: features by name. */
  readonly rows: readonly Readonly<Record<string, number | string>>[];
}

export async function makePortfolio(folder: string, customers: number, seed: number): Promise<BenchPortfolio> {
  const stream = seededRandom(seed);
  const random = (): number => stream.uniform();
  const draw = (): Record<string, number | string> => ({
    ...Object.fromEntries(NUMBERS.map(([name, most]) => [name, Math.round(random() ** 2 * most * 1000) / 1000])),
    ...Object.fromEntries(
      CATEGORIES.map(([name, levels]) => [name, levels[Math.floor(random() * levels.length)] ?? '']),
    ),
  });
  const names = [...NUMBERS, ...CATEGORIES].map(([name]) => name);
  const lines = Array.from({ length: customers }, (_, i) => {
    const row = draw();
    const logOdds =
      -3.2 +
      2 * Number(row['utilisation']) +
      Number(row['days_late_12m']) / 40 +
      (row['sector'] === 'mining' ? 0.8 : 0);
    const bad = random() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
    return [`row-${i}`, ...names.map((name) => row[name]), bad].join(',');
  });
  const trainCsv = join(folder, 'train.csv');
  await writeFile(trainCsv, `${['row_id', ...names, 'defaulted'].join(',')}\n${lines.join('\n')}\n`);
  const spec = join(folder, 'spec.yaml');
  const features = [
    ...NUMBERS.map(([name]) => `  - { name: ${name}, type: number }`),
    ...CATEGORIES.map(([name]) => `  - { name: ${name}, type: category }`),
  ];
  await writeFile(
    spec,
    [
      'name: bench',
      'id: row_id',
      'target: { column: defaulted, bad: [1], good: [0] }',
      'features:',
      ...features,
      '',
    ].join('\n'),
  );
  return { trainCsv, spec, rows: Array.from({ length: 500 }, draw) };
}

/**
 * The yearly test of a real model, on books in which nothing changes: `npm run bench:monitoring -- real-model OUT [YEARS] [SEED] [BOOK ...]`. The model is trained by the product on its own
 * features of simulated customers; OUT keeps them. Fresh seeds unless one is given.
 */
import { join } from 'node:path';
import { asOf, seededRandom, type LabelPolicy } from '../../base/index.ts';
import { contractOf } from '../../features/contracts/index.ts';
import { loadViews } from '../../features/views/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import { takeRows, type Dataset } from '../../models/dataset/index.ts';
import { binomialTail, exactInterval } from '../../models/metrics/index.ts';
import { watchedOf } from '../../models/monitoring/index.ts';
import { buildTrainingSet, monthlyDates } from '../../models/training-set/index.ts';
import { trainGlassBox } from '../../models/training/index.ts';
import { simulatedWarehouse } from '../../test/simulated-warehouse.ts';
import { firstFalseAlarm, historiesOf, type RealBook } from './real-model/null-year.ts';

const POLICY: LabelPolicy = { horizonMonths: 12, default: { kind: 'dpd', daysPastDue: 90 } };
const TRAINED_ON = monthlyDates(asOf('2022-07-01'), asOf('2023-05-01'), 2);
const TEST_FROM = asOf('2024-01-01');
const FOLLOWED_ON = monthlyDates(TEST_FROM, asOf('2024-12-01'), 1);
const SIMULATED = 3_000;
/** Rows of training that ranks are taken among, and fewest of a segment that is watched on its own, as in the product. */
const [RANKED, LEAST_ROWS] = [500, 100];
const BOOKS = ['500', '2000'];
const print = (line: string): void => void process.stdout.write(`${line}\n`);

export async function run([out, years = '200', given, ...books]: readonly string[]): Promise<void> {
  if (out === undefined) return print('real-model is skipped: name a folder for what it makes.');
  const seed = given ?? String(Math.floor(seededRandom(`${Date.now()}`).uniform() * 1e9));
  const book = await realBook(join(out, 'simulated'));
  const { plan, histories, artefact } = book;
  const measures = watchedOf(plan).length;
  print(
    `Seed ${seed}; ${plan.features.length} features of ${artefact.model.terms.length}, segments ${plan.segments.join(', ')}: ${measures} measures; ${histories.length} real histories.`,
  );
  print('\n| customers | years without a change | alarms | rate (exact 95 %) | P(as many or more at 5 %) |');
  print('| --- | --- | --- | --- | --- |');
  for (const customers of books.length > 0 ? books : BOOKS) {
    let alarms = 0;
    for (let year = 0; year < Number(years); year++)
      if (firstFalseAlarm(book, { seed: `${seed} ${customers} ${year}`, customers: Number(customers) }) !== null)
        alarms++;
    const { value, low, high } = exactInterval(alarms, Number(years));
    const rate = [value, low, high].map((share) => `${(100 * share).toFixed(1)} %`);
    const tail = alarms === 0 ? 1 : binomialTail(alarms, Number(years), 0.05);
    print(`| ${customers} | ${years} | ${alarms} | ${rate[0]} (${rate[1]} to ${rate[2]}) | ${tail.toPrecision(3)} |`);
  }
}

/** A model that the product trains on simulated customers, and customers that it did not learn from, month by month. */
async function realBook(outDir: string): Promise<RealBook> {
  const { connection, close } = await simulatedWarehouse({ customers: SIMULATED, seed: 1, outDir, truth: null });
  try {
    const views = await loadViews();
    const { train, test } = await buildTrainingSet(connection, {
      views,
      policy: POLICY,
      observationDates: [...TRAINED_ON, ...FOLLOWED_ON],
      testFrom: TEST_FROM,
      embargoDays: 30,
      seed: 1,
      testShare: 0.5,
      cutoff: asOf('2026-01-01'),
    });
    const { model } = await trainGlassBox(train, { seed: 1 });
    const published = new Set(
      views
        .filter(({ tables }) => tables.length > 0 && tables.every((table) => contractOf(table)?.entity === null))
        .flatMap(({ features }) => features.map(({ name }) => name)),
    );
    const step = Math.ceil(train.rows / RANKED);
    const every = Array.from({ length: Math.ceil(train.rows / step) }, (_, i) => i * step);
    const segmentThen = segmentsOf(train);
    const counts = new Map<string | null, number>();
    for (const segment of segmentThen) counts.set(segment, (counts.get(segment) ?? 0) + 1);
    return {
      artefact: { model } as Artefact,
      plan: {
        features: model.terms.map(({ name }) => name).filter((name) => !published.has(name)),
        segments: [...counts]
          .flatMap(([segment, rows]) => (segment !== null && rows >= LEAST_ROWS ? [segment] : []))
          .sort(),
      },
      sample: takeRows(train, every),
      rows: test,
      segments: segmentsOf(test),
      histories: historiesOf(
        test,
        FOLLOWED_ON.map((at) => Date.parse(at)),
      ),
    };
  } finally {
    close();
  }
}

function segmentsOf(rows: Dataset): readonly (string | null)[] {
  const column = rows.columns.find(({ name }) => name === 'segment');
  if (column?.kind !== 'category') return Array.from({ length: rows.rows }, () => null);
  return Array.from(column.codes, (code) => column.levels[code] ?? null);
}

import { join } from 'node:path';
import { LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { asOf, type LabelPolicy } from '../../base/index.ts';
import { labelObservations } from '../../features/labels/index.ts';
import { loadViews } from '../../features/views/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import type { Dataset } from '../../models/dataset/index.ts';
import { scoreMatrix } from '../../models/scoring/index.ts';
import { buildTrainingSet, monthlyDates } from '../../models/training-set/index.ts';
import { trainGlassBox } from '../../models/training/index.ts';
import { simulatedWarehouse } from '../../test/simulated-warehouse.ts';
import { warnedAheadTable, type JudgedRow } from './table.ts';

const POLICY: LabelPolicy = { horizonMonths: 12, default: { kind: 'dpd', daysPastDue: 90 } };
const TRAINED_ON = monthlyDates(asOf('2022-07-01'), asOf('2023-05-01'), 2);
const TEST_FROM = asOf('2024-07-01');
const TESTED_ON = monthlyDates(TEST_FROM, asOf('2025-01-01'), 1);
const CUTOFF = asOf('2026-01-01');
const DAY = 86_400_000;
/** Days between a warning and the default, at least; and the days past due up to which a warning still counts. */
const AHEAD = 60;

/**
 * The same question on the simulator: features of the product as of the first of each month, its training, customers split, dates out of time. Circular: whoever
 * wrote features and rules wrote the simulator.
 */
export async function onSimulator(
  [out, customers = '6000', seed = '1']: readonly string[],
  say: (line: string) => void,
): Promise<void> {
  if (out === undefined) {
    say('bench:warnings --simulator is skipped: name a folder for what it makes.');
    return;
  }
  const warehouse = await simulatedWarehouse({
    customers: Number(customers),
    seed: Number(seed),
    outDir: join(out, 'simulated'),
    truth: null,
  });
  try {
    const { connection } = warehouse;
    const { train, test } = await buildTrainingSet(connection, {
      views: await loadViews(),
      policy: POLICY,
      observationDates: [...TRAINED_ON, ...TESTED_ON],
      testFrom: TEST_FROM,
      embargoDays: 30,
      seed: Number(seed),
      testShare: 0.5,
      cutoff: CUTOFF,
    });
    const { model } = await trainGlassBox(train, { seed: Number(seed) });
    const { pd } = scoreMatrix({ model } as Artefact, test);
    await connection.run(
      `CREATE TABLE asked_ahead AS SELECT split_part(id, '/', 1) AS party_id, split_part(id, '/', 2)::TIMESTAMP AS as_of FROM (SELECT unnest($ids) AS id)`,
      { ids: listValue([...test.ids]) },
      { ids: LIST(VARCHAR) },
    );
    await labelObservations(connection, { policy: POLICY, asked: 'asked_ahead', cutoff: CUTOFF, into: 'ahead' });
    const read = await connection.runAndReadAll(
      "SELECT party_id || '/' || strftime(as_of, '%Y-%m-%d'), epoch_ms(outcome_at)::DOUBLE FROM ahead WHERE label = 'bad'",
    );
    const defaultAt = new Map(read.getRows() as [string, number][]);
    warnedAheadTable(judged(test, pd, defaultAt), { from: 30, name: '30 days past due' }, say);
  } finally {
    warehouse.close();
  }
}

/** Rows in which a warning counts: less than 60 days past due, and no default within 60 days. */
function judged(test: Dataset, pd: Float64Array, defaultAt: ReadonlyMap<string, number>): JudgedRow[] {
  const column = test.columns.find(({ name }) => name === 'dpd_current');
  if (column?.kind !== 'number') throw new TypeError('The features hold no days past due.');
  return test.ids.flatMap((id, row): JudgedRow[] => {
    const dpd = column.values[row]!;
    const [at, end] = [test.time![row]!, defaultAt.get(id)];
    if (dpd >= AHEAD || (end !== undefined && end - at < AHEAD * DAY)) return [];
    const customer = id.split('/')[0]!;
    const monthOf = (millis: number): number => 12 * new Date(millis).getUTCFullYear() + new Date(millis).getUTCMonth();
    return [
      {
        customer,
        account: customer,
        defaultMonth: end === undefined ? null : monthOf(end),
        month: monthOf(at),
        dpd: Number.isNaN(dpd) ? 0 : dpd,
        pd: pd[row]!,
      },
    ];
  });
}

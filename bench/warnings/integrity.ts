import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { wilsonInterval } from '../../models/metrics/index.ts';
import { computeFeatures } from '../../features/asof/index.ts';
import { loadSignals } from '../../features/signals/index.ts';
import { loadSignalRuleFiles, openSignalRules, triggersOf } from '../../rating/index.ts';
import { simulatedWarehouse } from '../../test/simulated-warehouse.ts';
import { warnedAt, type WatchedRow } from './recall.ts';

type Signals = { readonly [name: string]: number | null };

/** The kinds that the simulator plants, the code that is to find each, and the score by which customers are ranked for it. */
const KINDS: readonly {
  readonly planted: number;
  readonly code: string;
  readonly score: (signals: Signals) => number;
}[] = [
  {
    planted: 0,
    code: 'IDENTITY_SHARED',
    score: (s) => of(s, 'identity_shared_kinds') * of(s, 'identity_shared_customers'),
  },
  { planted: 2, code: 'REFUND_LOOP', score: (s) => of(s, 'refund_loops_180d') * of(s, 'refunded_share_180d') },
  {
    planted: 4,
    code: 'BUST_OUT',
    score: (s) => of(s, 'invoiced_surge_90d') * of(s, 'earlier_paid_share') * (1 - (s['recent_paid_share'] ?? 1)),
  },
  {
    planted: 6,
    code: 'CONTRADICTORY_DECLARATIONS',
    score: (s) => Math.max(of(s, 'debt_understated'), of(s, 'profit_overstated')),
  },
  { planted: 8, code: 'FIRST_PAYMENT_DEFAULT', score: (s) => of(s, 'first_payment_dpd') },
];

const of = (signals: Signals, name: string): number => signals[name] ?? 0;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * Tables, for each kind of dishonesty that the simulator plants, how many of the planted customers are found when one in a hundred of all others is warned
 * of falsely, look-alikes included, and what the package's tables do. Circular: whoever wrote the signals wrote what is planted.
 */
export async function integrityBench(
  out: string,
  { customers, seed }: { readonly customers: number; readonly seed: number },
  say: (line: string) => void,
): Promise<void> {
  const folder = join(out, 'integrity');
  const warehouse = await simulatedWarehouse({
    customers,
    seed,
    outDir: folder,
    truth: null,
    planted: 0.02,
  });
  const { portfolio, connection } = warehouse;
  try {
    const views = await loadSignals();
    const names = [...views.customers, ...views.industries].flatMap((view) => view.features.map(({ name }) => name));
    const rules = await openSignalRules(loadSignalRuleFiles(null), new Set(names));
    await computeFeatures(connection, {
      views: views.customers,
      asked: `(SELECT party_id, '${portfolio.cutoff}'::TIMESTAMP AS as_of FROM raw.parties p
        WHERE NOT EXISTS (SELECT 1 FROM raw.outcomes o WHERE o.party_id = p.party_id AND o.happened_at < '${portfolio.cutoff}'::TIMESTAMP - INTERVAL 120 DAY))`,
      into: 'signals',
    });
    const read = await connection.runAndReadAll(
      `SELECT p.kind AS planted_kind, s.* EXCLUDE (as_of) FROM signals s
       LEFT JOIN read_parquet('${portfolio.planted ?? ''}/*.parquet') p USING (party_id) ORDER BY party_id`,
    );
    const all = read.getRowObjects().map((row) => ({
      id: String(row['party_id']),
      kind: row['planted_kind'] === null ? null : Number(row['planted_kind']),
      signals: row as unknown as Signals,
    }));
    const codes = await Promise.all(
      all.map(async ({ signals }) => new Set((await triggersOf(signals, rules)).map(({ code }) => code))),
    );
    say(`${all.length} customers, ${all.filter(({ kind }) => kind !== null && kind % 2 === 1).length} look-alikes`);
    say('');
    say('| kind | planted | found at 1 % false alarms | found by the table | false alarms of the table |');
    say('| --- | --- | --- | --- | --- |');
    for (const { planted, code, score } of KINDS) {
      const rows: WatchedRow[] = all.map(({ id, kind }) => ({
        customer: id,
        account: id,
        defaultMonth: kind === planted ? 1 : null,
      }));
      const chance = warnedAt(
        Float64Array.from(all, ({ signals }) => score(signals)),
        rows,
        0.01,
      );
      const bad = rows.flatMap(({ defaultMonth }, i) => (defaultMonth === null ? [] : [i]));
      const good = rows.flatMap(({ defaultMonth }, i) => (defaultMonth === null ? [i] : []));
      const shareOf = (which: readonly number[], found: (i: number) => number): string => {
        const sum = which.reduce((total, i) => total + found(i), 0);
        const { low, high } = wilsonInterval(sum, which.length);
        return `${percent(sum / which.length)} (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)})`;
      };
      const byTable = (i: number): number => (codes[i]!.has(code) ? 1 : 0);
      say(
        `| ${code} | ${bad.length} | ${shareOf(bad, (i) => chance[i]!)} | ${shareOf(bad, byTable)} | ${percent(good.reduce((total, i) => total + byTable(i), 0) / good.length)} |`,
      );
    }
    say('');
    const counted = new Map<string, number>();
    for (const found of codes) for (const code of found) counted.set(code, (counted.get(code) ?? 0) + 1);
    say('Customers by code of the tables:');
    for (const [code, count] of [...counted].toSorted(([, a], [, b]) => b - a))
      say(`- ${code}: ${count} (${percent(count / all.length)})`);
  } finally {
    warehouse.close();
    await rm(folder, { recursive: true, force: true });
  }
}

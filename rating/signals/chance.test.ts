import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../base/index.ts';
import { loadSignals } from '../../features/signals/index.ts';
import { computeFeatures } from '../../features/asof/index.ts';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from '../../test/support/raw-fixture.ts';
import { loadSignalRuleFiles, openSignalRules, triggersOf, type Signals } from './index.ts';

const AT = '2025-01-01';
const DAY = 86_400_000;
const CUSTOMERS = 300;
const day = (ago: number): string => new Date(Date.parse(AT) - Math.round(ago * DAY)).toISOString();

/** A customer whose orders come at random at a steady rate (a year, gaps exponential), amounts within a factor of two; the last ones left out. */
function orders(id: string, perYear: number, silentDays = 0): readonly RawRow[] {
  const random = seededRandom(`orders ${id}`);
  const rows: RawRow[] = [];
  for (let ago = 400; ;) {
    ago -= (365 / perYear) * -Math.log(1 - random.uniform());
    if (ago < silentDays) return rows;
    const values = {
      order_id: `${id}-${rows.length}`,
      amount: 70 + Math.floor(70 * random.uniform()),
      status: 'delivered',
    };
    rows.push({ table: 'orders', values: { party_id: id, ...values, happened_at: day(ago) } });
  }
}

/** A customer with a bill every 18 days, each paid some days late: a mean of five, exponential; bills of the last 90 days later by `later` days. */
function bills(id: string, later = 0): readonly RawRow[] {
  const random = seededRandom(`bills ${id}`);
  return Array.from({ length: 20 }, (_, i): readonly RawRow[] => {
    const due = 5 + 18 * i;
    const late = -5 * Math.log(1 - random.uniform()) + (due < 90 ? later : 0);
    const invoice = {
      party_id: id,
      invoice_id: `${id}-${i}`,
      issued_on: day(due + 30).slice(0, 10),
      due_on: day(due).slice(0, 10),
      amount: 100,
    };
    const paid = {
      party_id: id,
      payment_id: `p-${id}-${i}`,
      invoice_id: `${id}-${i}`,
      amount: 100,
      happened_at: day(due - late),
    };
    return [
      { table: 'invoices', values: { ...invoice, happened_at: day(due + 30) } },
      ...(late <= due ? [{ table: 'payments', values: paid }] : []),
    ];
  }).flat();
}

async function saidOf(rows: readonly RawRow[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const views = await loadSignals();
  const names = [...views.customers, ...views.industries].flatMap((view) => view.features.map(({ name }) => name));
  const rules = await openSignalRules(loadSignalRuleFiles(null), new Set(names));
  const database = await rawDatabase();
  const { connection } = database;
  try {
    await insertRaw(connection, rows);
    const ids = [...new Set(rows.map(({ values }) => String(values['party_id'])))];
    await connection.run(
      `CREATE TABLE asked AS SELECT unnest(['${ids.join("','")}']) AS party_id, TIMESTAMP '${AT}' AS as_of`,
    );
    const of = views.customers.filter(({ name }) => name === 'order_signals' || name === 'payment_signals');
    await computeFeatures(connection, { views: of, asked: 'asked', into: 'wide' });
    const found = new Map<string, readonly string[]>();
    for (const { party_id: id, as_of: _, ...signals } of await rowsOf(connection, 'wide'))
      found.set(
        String(id),
        (await triggersOf(signals as Signals, rules)).map(({ code }) => code),
      );
    return found;
  } finally {
    database.close();
  }
}

describe('chance alone', () => {
  it('breaks the order pattern of at most 3 % of customers who order at a steady rate, however often; who stops is seen', async () => {
    const rates = [12, 24, 60];
    const steady = rates.flatMap((perYear) =>
      Array.from({ length: CUSTOMERS }, (_, i) => orders(`steady-${perYear}-${i}`, perYear)).flat(),
    );
    const since = new Map([
      [24, 130],
      [60, 80],
    ]);
    const stopped = [...since].flatMap(([perYear, days]) =>
      Array.from({ length: 25 }, (_, i) => orders(`stopped-${perYear}-${i}`, perYear, days)).flat(),
    );
    const said = await saidOf([...steady, ...stopped]);
    for (const perYear of rates) {
      const spoken = [...said].filter(([id, codes]) => id.startsWith(`steady-${perYear}-`) && codes.length > 0);
      // By order statistics of equal exponential gaps: twice the longest of n has a probability of 2 / ((n + 1)(n + 2)), 1.5 % for the fewest, ten.
      expect(spoken.length / CUSTOMERS, `${perYear} a year`).toBeLessThanOrEqual(0.03);
    }
    for (const perYear of since.keys()) {
      const seen = [...said].filter(([id, codes]) => id.startsWith(`stopped-${perYear}-`) && codes.length > 0);
      expect(seen.length, `stopped, ${perYear} a year`).toBeGreaterThanOrEqual(20);
    }
  });

  it('turns nobody late who pays as ever, two laggard bills included; who pays three weeks later than usual is seen', async () => {
    const steady = Array.from({ length: CUSTOMERS }, (_, i) => bills(`steady-${i}`)).flat();
    const said = await saidOf([...steady, ...bills('turned', 21)]);
    const late = [...said].filter(([, codes]) => codes.includes('PAYMENT_TURNS_LATE')).map(([id]) => id);
    expect(late.filter((id) => id !== 'turned').length / CUSTOMERS).toBeLessThanOrEqual(0.03);
    expect(late).toContain('turned');
  });
});

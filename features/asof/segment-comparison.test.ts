import { describe, expect, it } from 'vitest';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from '../../test/support/raw-fixture.ts';
import { loadViews } from '../views/index.ts';
import { computeFeatures, computeStatistics, rawTables } from './index.ts';

/** `count` customers of one segment; customer k receives 100 k on 2025-04-15, so that the median is known by hand. */
function segment(name: string, count: number, since = '2025-01-01'): readonly RawRow[] {
  return Array.from({ length: count }, (_, index): readonly RawRow[] => {
    const party_id = `${name}-${index + 1}`;
    return [
      { table: 'parties', values: { party_id, happened_at: since, kind: 'person', segment: name } },
      {
        table: 'transactions',
        values: {
          party_id,
          happened_at: '2025-04-15',
          transaction_id: party_id,
          direction: 'in',
          amount: 100 * (index + 1),
        },
      },
    ];
  }).flat();
}

async function inflowAgainstSegment(rows: readonly RawRow[], asOf: string): Promise<Record<string, unknown>> {
  const database = await rawDatabase();
  try {
    await insertRaw(database.connection, rows);
    await computeFeatures(database.connection, {
      views: await loadViews(),
      asked: `(SELECT DISTINCT party_id, TIMESTAMP '${asOf}' AS as_of FROM raw.parties)`,
      into: 'wide',
    });
    const wide = await rowsOf(database.connection, 'wide');
    return Object.fromEntries(wide.map((row) => [String(row['party_id']), row['inflow_vs_segment']]));
  } finally {
    database.close();
  }
}

describe('comparison with the segment', () => {
  it('divides by the median of peers as it was one month end before the last', async () => {
    // 2025-06-20: the statistics of 2025-05-01, whose 90 days hold 2025-04-15. Median of 100 .. 2100 (21 peers): 1100.
    const values = await inflowAgainstSegment([...segment('sme', 21), ...segment('tiny', 19)], '2025-06-20');
    expect(values['sme-11']).toBe(1);
    expect(values['sme-21']).toBe(2100 / 1100);
    // Fewer than 20 peers make no statistics.
    expect(values['tiny-1']).toBeNull();
  });

  it('is not changed by customers who come after the month end', async () => {
    const rows = segment('sme', 21);
    const later = segment('sme', 500, '2025-05-02').filter(
      ({ values }) => Number(String(values['party_id']).slice(4)) > 21,
    );
    const before = await inflowAgainstSegment(rows, '2025-06-20');
    expect(await inflowAgainstSegment([...rows, ...later], '2025-06-20')).toMatchObject(before);
  });

  it('asks at most so many peers of a segment, always the same ones', async () => {
    const views = await loadViews();
    const view = views.find((each) => each.kind === 'statistics');
    if (!view) throw new Error('no statistics view');
    const database = await rawDatabase();
    try {
      await insertRaw(database.connection, segment('sme', 60));
      const table = await rawTables(database.connection, 'raw');
      const medians: (readonly unknown[][])[] = [];
      for (let run = 0; run < 2; run++) {
        await computeStatistics(database.connection, {
          view: { ...view, peers: 25 },
          views,
          monthEnds: "(SELECT unnest([TIMESTAMP '2025-05-01', TIMESTAMP '2025-06-01']) AS month_end)",
          into: 'statistics',
          table,
          batchRows: run === 0 ? 1 : 1000,
        });
        const reader = await database.connection.runAndReadAll(
          "SELECT month_end::VARCHAR, known_from::VARCHAR, peers::INTEGER, median FROM statistics WHERE feature = 'tx_inflow_90d' ORDER BY 1",
        );
        medians.push(reader.getRowsJson());
      }
      expect(medians[0]).toEqual(medians[1]);
      expect(medians[0]?.map((row) => row.slice(0, 3))).toEqual([
        ['2025-05-01 00:00:00', '2025-06-01 00:00:00', 25],
        ['2025-06-01 00:00:00', '2025-07-01 00:00:00', 25],
      ]);
    } finally {
      database.close();
    }
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asOf, instant, type Tenant } from '../../base/index.ts';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from '../../test/support/raw-fixture.ts';
import { openSnapshot, publishSnapshot } from '../snapshots/index.ts';
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
  it('divides by the median of peers as it was at the last but one month end', async () => {
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

  it('uses the newest statistics of a snapshot that has got older, as offline with the same statistics, bit for bit', async () => {
    const views = await loadViews();
    const statistics = views.find((each) => each.kind === 'statistics');
    const later: RawRow = {
      table: 'transactions',
      values: { party_id: 'sme-11', happened_at: '2025-12-01', transaction_id: 'late', direction: 'in', amount: 550 },
    };
    const database = await rawDatabase();
    const folder = await mkdtemp(join(tmpdir(), 'probity-peers-'));
    try {
      await insertRaw(database.connection, [...segment('sme', 21), later]);
      const { hash } = await publishSnapshot({
        connection: database.connection,
        views,
        asOf: instant('2025-07-01'),
        tenant: 'test' as Tenant,
        storageDir: folder,
        factsThrough: 0,
        builtAt: instant('2025-07-01'),
      });
      const reader = await openSnapshot(join(folder, hash));
      const [online] = await reader.featuresOf(['sme-11'], asOf('2025-12-20'));
      await reader.close();
      // Statistics of 2025-07-01, the snapshot's last month end: the median of 2025-04-15 is still within their 90 days.
      expect(online?.features['inflow_vs_segment']).toBe(550 / 1100);
      await computeFeatures(database.connection, {
        views,
        asked: "(SELECT 'sme-11' AS party_id, TIMESTAMP '2025-12-20' AS as_of)",
        into: 'wide',
        statistics: new Map([
          ['segment_statistics', `read_parquet('${folder}/${hash}/statistics/${statistics?.hash}.parquet')`],
        ]),
      });
      const [{ party_id: _, as_of: __, ...offline } = {}] = await rowsOf(database.connection, 'wide');
      expect(online?.features).toEqual(offline);
    } finally {
      database.close();
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is the same whichever other instants are asked for with it, even where the last month end has no peers', async () => {
    const gone = segment('sme', 21).map(({ table, values }) =>
      table === 'parties' ? { table, values: { ...values, known_until: '2025-08-15' } } : { table, values },
    );
    const views = await loadViews();
    const database = await rawDatabase();
    try {
      await insertRaw(database.connection, [
        ...gone,
        { table: 'parties', values: { party_id: 'new', happened_at: '2025-08-20', kind: 'person', segment: 'sme' } },
        {
          table: 'transactions',
          values: { party_id: 'new', happened_at: '2025-09-10', transaction_id: 'n', direction: 'in', amount: 5 },
        },
      ]);
      const answers: unknown[] = [];
      for (const others of ['', ", TIMESTAMP '2025-07-20', TIMESTAMP '2025-08-01'"]) {
        await computeFeatures(database.connection, {
          views,
          asked: `(SELECT 'new' AS party_id, unnest([TIMESTAMP '2025-09-20'${others}]) AS as_of)`,
          into: 'wide',
        });
        answers.push(await rowsOf(database.connection, "(FROM wide WHERE as_of = '2025-09-20')"));
      }
      expect(answers[1]).toEqual(answers[0]);
    } finally {
      database.close();
    }
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

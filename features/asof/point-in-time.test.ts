import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, test } from '@fast-check/vitest';
import { beforeAll, describe, expect, vi } from 'vitest';
import { asOf, instant, seededRandom, shuffled, type Tenant } from '../../base/index.ts';
import { knownBy, randomHistory } from '../../test/support/random-history.ts';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from '../../test/support/raw-fixture.ts';
import { openSnapshot, publishSnapshot } from '../snapshots/index.ts';
import { checkViews, loadViews, type FeatureView } from '../views/index.ts';
import { computeFeatures } from './index.ts';

// Several databases are filled and computed in each run; generous for a machine that is busy with other tests.
vi.setConfig({ testTimeout: 240_000 });

const CUSTOMERS = 50;
const INSTANTS = ['2023-09-30', '2024-06-15 13:14:15.678', '2025-01-31'];
const ASKED = `(SELECT 'party-' || p AS party_id, t::TIMESTAMP AS as_of FROM range(${CUSTOMERS}) r(p), unnest(['${INSTANTS.join("','")}']) u(t))`;
let views: readonly FeatureView[];
beforeAll(async () => {
  views = await loadViews();
});

async function featuresOf(
  rows: readonly RawRow[],
  options: { threads?: number; batchRows?: number; asked?: string; views?: readonly FeatureView[] } = {},
): Promise<Record<string, unknown>[]> {
  const database = await rawDatabase(options.threads ?? 2);
  try {
    await insertRaw(database.connection, rows);
    await computeFeatures(database.connection, {
      views: options.views ?? views,
      asked: options.asked ?? ASKED,
      into: 'wide',
      ...(options.batchRows ? { batchRows: options.batchRows } : {}),
    });
    return await rowsOf(database.connection, '(FROM wide ORDER BY party_id, as_of)');
  } finally {
    database.close();
  }
}

describe('as of a date', () => {
  test.prop([fc.nat(1_000_000)], { numRuns: 3, seed: 20251 })(
    'facts that come later, or become known later, change no feature of the past',
    async (seed) => {
      const rows = randomHistory(seed, CUSTOMERS);
      const later = await featuresOf(rows);
      for (const instant of INSTANTS) {
        const asked = `(SELECT 'party-' || p AS party_id, TIMESTAMP '${instant}' AS as_of FROM range(${CUSTOMERS}) r(p))`;
        const then = await featuresOf(knownBy(rows, instant), { asked });
        expect(later.filter((row) => row['as_of'] === then[0]?.['as_of'])).toEqual(then);
      }
      // The histories exercise the views: nearly every feature has some value somewhere.
      const used = views.flatMap((view) => view.features).filter(({ name }) => later.some((row) => row[name] !== null));
      expect(used.length).toBeGreaterThan(100);
    },
  );

  test.prop([fc.nat(1_000_000)], { numRuns: 3, seed: 20251 })(
    'features are the same bits over thread counts, row orders, batch sizes and one customer at a time online',
    async (seed) => {
      const rows = randomHistory(seed, CUSTOMERS);
      const random = seededRandom(seed);
      const expected = await featuresOf(rows, { threads: 1 });
      expect(await featuresOf(shuffled(rows, random), { threads: 4 })).toEqual(expected);
      expect(await featuresOf(shuffled(rows, random), { threads: 3, batchRows: 60 })).toEqual(expected);
      const folder = await mkdtemp(join(tmpdir(), 'probity-parity-'));
      const database = await rawDatabase();
      try {
        await insertRaw(database.connection, shuffled(rows, random));
        for (const bucketSize of [5, 1000]) {
          const manifest = await publishSnapshot({
            connection: database.connection,
            views,
            asOf: instant('2025-01-31'),
            tenant: 'test' as Tenant,
            storageDir: folder,
            factsThrough: 0,
            builtAt: instant('2025-01-31'),
            bucketSize,
          });
          const reader = await openSnapshot(join(folder, manifest.hash), { threads: bucketSize === 5 ? 1 : 3 });
          for (const [index, text] of INSTANTS.entries()) {
            const at = asOf(text.includes(' ') ? `${text.replace(' ', 'T')}Z` : text);
            const ids = expected
              .filter((_, row) => row % INSTANTS.length === index)
              .map((row) => String(row['party_id']));
            const answers = await reader.featuresOf(ids, at);
            const alone = (await reader.featuresOf([ids[index] ?? ''], at))[0];
            expect(alone).toEqual(answers[index]);
            const wanted = expected.filter((_, row) => row % INSTANTS.length === index);
            expect(
              answers.map(({ partyId, features }, row) => ({
                party_id: partyId,
                as_of: wanted[row]?.['as_of'],
                ...features,
              })),
            ).toEqual(wanted);
          }
          await reader.close();
        }
      } finally {
        database.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  );

  test('a view that reads later facts is caught by the comparison', async () => {
    const leaky = views.map((view) => ({
      ...view,
      sql:
        view.name === 'transaction_activity'
          ? view.sql.replace('t.known_from <= asked.as_of', 't.happened_at <= asked.as_of')
          : view.sql,
    }));
    await expect(checkViews(leaky)).rejects.toThrow(/not valid/);
    const rows = randomHistory(11, CUSTOMERS);
    const instant = INSTANTS[1] ?? '';
    const asked = `(SELECT 'party-' || p AS party_id, TIMESTAMP '${instant}' AS as_of FROM range(${CUSTOMERS}) r(p))`;
    const later = await featuresOf(rows, { asked, views: leaky });
    expect(later).not.toEqual(await featuresOf(knownBy(rows, instant), { asked, views: leaky }));
  });
});

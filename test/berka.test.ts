import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { instant, packageRoot, parseProject } from '../base/index.ts';
import { importSpec } from '../features/import/index.ts';
import { parseRelationalSpec } from '../features/specs/index.ts';
import { loadViews } from '../features/views/index.ts';
import { openWarehouse, type Warehouse } from '../features/warehouse/index.ts';
import type { Artefact } from '../models/artefact/glass-box.ts';
import { delongInterval } from '../models/metrics/index.ts';
import { scoreMatrix } from '../models/scoring/index.ts';
import { buildTrainingSet, type TrainingSet } from '../models/training-set/index.ts';
import { trainGlassBox } from '../models/training/index.ts';

const data = join(process.env['PROBITY_SHARED'] ?? join(packageRoot(), '..', 'shared'), 'data', 'berka');
const missing = !existsSync(join(data, 'loan.asc'));
if (missing)
  console.warn(`Skipped: the Berka data are not at ${data}; set PROBITY_SHARED to the folder that holds data/berka.`);

describe.skipIf(missing)('the whole job on the Czech bank data', () => {
  let folder = '';
  let warehouse: Warehouse;
  let set: TrainingSet;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'probity-berka-'));
    const example = join(packageRoot(), 'examples', 'berka');
    const project = parseProject(await readFile(join(example, 'probity.yaml'), 'utf8'), example);
    const spec = parseRelationalSpec(await readFile(join(example, 'berka.yaml'), 'utf8'), {
      file: join(data, 'berka.yaml'),
    });
    warehouse = await openWarehouse(join(folder, 'warehouse.duckdb'), 'write');
    const report = await importSpec(spec, { warehouse, now: instant('2026-01-01') });
    expect(report.status).toBe('loaded');
    set = await buildTrainingSet(warehouse.connection, {
      views: await loadViews(),
      policy: project.labels,
      embargoDays: project.training.embargoDays,
      seed: project.training.seed,
    });
  });
  afterAll(async () => {
    warehouse?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const rows = async (sql: string) => (await warehouse.connection.runAndReadAll(sql)).getRows();

  test('the mapping keeps every loan, client and transaction, and reads birth numbers, dates and codes rightly', async () => {
    expect(await rows('SELECT count(*)::INTEGER FROM raw.transactions')).toEqual([[54_694]]);
    expect(
      await rows('SELECT count(*)::INTEGER, min(granted_on)::VARCHAR, max(granted_on)::VARCHAR FROM raw.credit_lines'),
    ).toEqual([[682, '1993-07-05', '1998-12-08']]);
    expect(await rows('SELECT count(*)::INTEGER FROM meta.quarantine')).toEqual([[0]]);
    const [[youngest, oldest, genders]] = (await rows(
      'SELECT max(born_on)::VARCHAR, min(born_on)::VARCHAR, count(DISTINCT gender)::INTEGER FROM raw.parties',
    )) as [[string, string, number]];
    expect(oldest >= '1911' && youngest < '1985').toBe(true);
    expect(genders).toBe(2);
    expect(await rows('SELECT DISTINCT direction FROM raw.transactions ORDER BY 1')).toEqual([['in'], ['out']]);
    const insured = await rows("SELECT count(*)::INTEGER FROM raw.transactions WHERE category = 'insurance'");
    expect(insured).toEqual([[1100]]);
  });

  test('76 loans are bad; those of 1998 are immature, left out and counted; running loans count as finished ones do', async () => {
    const { labels } = set.report;
    expect(labels.asked).toBe(682);
    const immature = labels.vintages.filter(({ counts }) => counts.immature > 0);
    expect(immature.map(({ vintage }) => vintage.slice(0, 4)).every((year) => year === '1998')).toBe(true);
    expect(
      labels.vintages
        .filter(({ vintage }) => vintage >= '1998')
        .every(({ asked, counts }) => asked === counts.immature),
    ).toBe(true);
    expect(labels.counts.immature).toBe(158);
    expect(await rows("SELECT count(*)::INTEGER FROM raw.outcomes WHERE status IN ('B', 'D')")).toEqual([[76]]);
    expect(labels.counts.bad + labels.counts.good).toBe(682 - 158);
    expect(labels.counts.indeterminate + labels.counts.unknown).toBe(0);
  });

  test('no feature reads anything of the loan date or later but the terms of the loan itself', async () => {
    const [[after]] = (await rows(
      'SELECT count(*)::INTEGER FROM raw.transactions t JOIN raw.credit_lines l USING (party_id) WHERE t.happened_at >= l.happened_at',
    )) as [[number]];
    expect(after).toBe(0);
    const names = set.train.columns.map((column) => column.name);
    const amounts = set.train.columns[names.indexOf('loan_amount')];
    expect(amounts?.kind === 'number' && amounts.values.every((value) => value > 0)).toBe(true);
    for (const name of ['dpd_current', 'loan_instalments_behind']) {
      const column = set.train.columns.find((each) => each.name === name);
      if (column?.kind === 'number')
        expect([...column.values].every((value) => Number.isNaN(value) || value === 0)).toBe(true);
    }
  });

  test(
    'the model trained on the earlier loans ranks the later ones, within an interval that tells how little 76 defaults are',
    { timeout: 240_000 },
    async () => {
      const { train, test: later, report } = set;
      expect(report.customerSplit).toBe('by date');
      expect(report.train.period[1] < report.test.period[0]).toBe(true);
      const fitted = await trainGlassBox(train, { seed: 1, folds: 5, pairs: 0 });
      const { pd } = scoreMatrix({ model: fitted.model } as Artefact, later);
      const interval = delongInterval(pd, later.bad);
      console.log(
        `Berka, out of time: AUC ${interval.auc.toFixed(3)} [${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]; ` +
          `train ${report.train.rows} loans with ${report.train.bads} bad, test ${report.test.rows} with ${report.test.bads}`,
      );
      expect(interval.auc).toBeGreaterThan(0.6);
      expect(interval.high - interval.low).toBeGreaterThan(0.08);
      expect(interval.low).toBeGreaterThan(0.5);
    },
  );
});

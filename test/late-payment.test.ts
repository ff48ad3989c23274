import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { asOf, parseProject } from '../base/index.ts';
import { loadViews } from '../features/views/index.ts';
import type { Artefact } from '../models/artefact/index.ts';
import { auc } from '../models/metrics/index.ts';
import { slotKey } from '../models/registry/index.ts';
import { scoreMatrix } from '../models/scoring/index.ts';
import { trainGlassBox } from '../models/training/index.ts';
import { buildTrainingSet } from '../models/training-set/index.ts';
import { labelPolicyOf, modelName, targetOf } from '../pipelines/compose/label-policy.ts';
import { projectSlot, retrainRequest } from '../pipelines/requests.ts';
import { simulatedWarehouse } from './simulated-warehouse.ts';

const folder = await mkdtemp(join(tmpdir(), 'probity-late-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const project = parseProject('latePayment: { days: 30, horizonMonths: 6 }', folder);

test('late payment has a slot, a name and a definition of its own, beside those of default', () => {
  const late = projectSlot(project, 'late-payment');
  expect(slotKey(late)).toBe('main/*/6m/late-30d');
  expect(slotKey(projectSlot(project))).toBe('main/*/12m');
  expect(modelName(late)).toBe('main-6m-late-30d');
  expect(targetOf(labelPolicyOf(project, late))).toEqual({
    kind: 'late-payment',
    definition: 'an undisputed invoice more than 30 days late within 6 months',
    horizonMonths: 6,
  });
  expect(targetOf(labelPolicyOf(project, projectSlot(project))).kind).toBe('default');
  expect(retrainRequest(project, 'dana', {}, 'late-payment').slot).toEqual(late);
  expect(() => projectSlot(parseProject('', folder), 'late-payment')).toThrow(/late payment/);
});

test(
  'the training path learns late payment from invoices and payments of a simulated portfolio, and ranks later customers by it',
  { timeout: 300_000 },
  async () => {
    const warehouse = await simulatedWarehouse({ customers: 900, seed: 11, outDir: folder });
    const { connection } = warehouse;
    try {
      const slot = projectSlot(project, 'late-payment');
      const {
        train,
        test: later,
        report,
      } = await buildTrainingSet(connection, {
        views: (await loadViews()).filter(({ name }) => ['payment_discipline', 'profile', 'exposure'].includes(name)),
        policy: labelPolicyOf(project, slot),
        observationDates: ['2024-01-01', '2024-07-01', '2025-01-01', '2025-06-01'].map((date) => asOf(date)),
        testFrom: asOf('2025-01-01'),
        embargoDays: 0,
        seed: 1,
        testShare: 0.4,
        cutoff: asOf('2026-01-01'),
      });
      expect(report.labels.source).toBe('invoices');
      const truth = await connection.runAndReadAll(
        `SELECT count(DISTINCT i.party_id || strftime(t.as_of, '/%Y-%m-%d'))
         FROM (VALUES (TIMESTAMP '2025-01-01'), (TIMESTAMP '2025-06-01')) AS t(as_of), raw.invoices AS i
         WHERE i.known_until > TIMESTAMP '2026-01-01' AND i.known_from <= TIMESTAMP '2026-01-01' AND NOT coalesce(i.disputed, false)
           AND i.due_on + INTERVAL 31 DAY > t.as_of AND i.due_on + INTERVAL 31 DAY <= t.as_of + INTERVAL 6 MONTH
           AND i.amount > coalesce((SELECT sum(p.amount) FROM raw.payments AS p
             WHERE p.invoice_id = i.invoice_id AND p.happened_at < i.due_on + INTERVAL 31 DAY
               AND p.known_from <= TIMESTAMP '2026-01-01' AND p.known_until > TIMESTAMP '2026-01-01'), 0)
           AND EXISTS (SELECT 1 FROM raw.parties AS c WHERE c.party_id = i.party_id AND c.known_from <= t.as_of AND t.as_of < c.known_until)`,
      );
      const bad = report.labels.vintages
        .filter(({ vintage }) => vintage >= '2025-01')
        .reduce((sum, { counts }) => sum + counts.bad, 0);
      expect(bad).toBe(Number(truth.getRows()[0]?.[0]));
      expect(report.labels.counts.indeterminate).toBeGreaterThan(0);
      const { model } = await trainGlassBox(train, { seed: 1, folds: 3, maxRounds: 80, pairs: 0, refit: false });
      const { pd } = scoreMatrix({ model } as Artefact, later);
      expect(auc(pd, later.bad)).toBeGreaterThan(0.65);
    } finally {
      warehouse.close();
    }
  },
);

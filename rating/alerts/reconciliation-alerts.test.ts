import { expect, it } from 'vitest';
import { loadAlerting, reconciliationAlerts, type UnsettledReconciliation } from './index.ts';

const late = { kind: 'statement-late', source: '/erp', table: 'payments', count: 0 };
const refused = { kind: 'facts-refused', source: '/erp', table: 'invoices', count: 3 };
const day = (id: string, findings: UnsettledReconciliation['findings']): UnsettledReconciliation => ({
  reconciliationId: id,
  at: `2026-03-0${id.slice(1)}T05:15:00.000Z`,
  findings,
});
const days = [day('d4', [late, refused]), day('d3', [late]), day('d2', [late]), day('d1', [])];

it('what a reconciliation leaves is told once while it stays the same, to who follows data', () => {
  const alerts = reconciliationAlerts(days, 10, loadAlerting(null));
  expect(alerts.map(({ about, to }) => [about, to.name])).toEqual([
    ['d4', 'admin'],
    ['d2', 'admin'],
  ]);
  expect(alerts[0]?.facts.meaning?.en).toBe('Reported facts that the import refuses: 1');
  expect(alerts[1]?.facts.meaning?.en).toBe('A source has not stated what it holds: 1');
});

it('the oldest that was read is told only where nothing came before it', () => {
  const about = (limit: number) =>
    reconciliationAlerts(days.slice(0, 3), limit, loadAlerting(null)).map((each) => each.about);
  expect(about(10)).toEqual(['d4', 'd2']);
  expect(about(3)).toEqual(['d4']);
});

import type { EvidenceFact, WarningLevel } from '../../rating/index.ts';
import type { SeenTrigger } from '../../records/signals/index.ts';

/** A fact behind a trigger. */
export const fact = (key: string, table = 'invoices'): EvidenceFact => ({
  topic: 't',
  table,
  key,
  on: '2026-01-01',
  amount: 5,
});
/** A trigger that a look saw. */
export const seen = (
  customerId: string,
  code = 'BUST_OUT',
  {
    level = 'warning',
    facts = [fact('i-1')],
    value = 1,
  }: { level?: WarningLevel; facts?: EvidenceFact[]; value?: number } = {},
): SeenTrigger => ({
  customerId,
  code,
  body: {
    look: 'look',
    at: '2026-02-02T00:00:00.000Z',
    level,
    segment: null,
    exposure: 100,
    pd: null,
    grade: null,
    evidence: {
      asOf: '2026-02-01T00:00:00.000Z',
      snapshotId: 's',
      rules: 'r',
      rows: ['bust_out surge-unpaid'],
      values: { surge: value },
      facts,
      others: null,
      proposal: null,
    },
  },
});

import type { RawRow } from '../raw-fixture.ts';

/** Facts about one customer (or one industry) and what its signals are on 2025-07-01, worked out by hand. */
export interface Story {
  readonly id: string;
  /** What it shows. */
  readonly law: string;
  readonly rows: readonly RawRow[];
  readonly signals: Readonly<Record<string, number | null>>;
}

export type Values = RawRow['values'];
/** A fact of a story; its customer is the story's unless it names another. */
export type Fact = readonly [table: string, values: Values];

/** The day that lies so many days before 2025-07-01. */
export const ago = (days: number): string => new Date(Date.UTC(2025, 6, 1 - days)).toISOString().slice(0, 10);

/** A fact that happened, and became known, so many days before. */
export const fact = (table: string, days: number, values: Values): Fact => [
  table,
  { happened_at: ago(days), known_from: ago(days), known_until: 'infinity', ...values },
];

/** A fact that another version replaced so many days before. */
export const until = (days: number, [table, values]: Fact): Fact => [table, { ...values, known_until: ago(days) }];

export const story = (id: string, law: string, facts: readonly Fact[], signals: Story['signals']): Story => ({
  id,
  law,
  rows: facts.map(([table, values]) => ({ table, values: { party_id: id, ...values } })),
  signals,
});

/** An invoice, issued and due so many days before. */
export const bill = (invoice_id: string, issued: number, due: number, amount = 100, more: Values = {}): Fact =>
  fact('invoices', issued, { invoice_id, issued_on: ago(issued), due_on: ago(due), amount, ...more });

export const pay = (invoice_id: string, days: number, amount = 100): Fact =>
  fact('payments', days, { payment_id: `${invoice_id}-${days}`, invoice_id, amount });

/** A bill of 30 days that was due so many days before and paid so many days late. */
export const settled = (invoice_id: string, due: number, late: number): readonly Fact[] => [
  bill(invoice_id, due + 30, due),
  pay(invoice_id, due - late),
];

/** A score: points, grade's rank, default probability. */
export const score = (days: number, points: number, grade_rank = 3, pd = 0.02): Fact =>
  fact('scores', days, { pd, points, grade_rank });

export const exposure = (party_id: string, amount: number): Fact => fact('exposures', 0, { party_id, amount });

export const relation = (party_id: string, related_party_id: string, kind: string): Fact =>
  fact('party_relations', 300, { party_id, related_party_id, relation: kind });

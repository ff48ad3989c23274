import { bill, fact, pay, relation, story, until, type Fact, type Story, type Values } from './story.ts';

const paid = (
  id: string,
  issued: number,
  due: number,
  amount: number,
  ...payments: readonly Fact[]
): readonly Fact[] => [bill(id, issued, due, amount), ...payments];
const debt = (id: string, days: number, balance: number, evidence: string, more: Values = {}): Fact =>
  fact('liabilities', days, { liability_id: id, balance, evidence, ...more });
const accounts = (end: string, operating_profit: number, kind = 'annual'): Fact =>
  fact('financial_statements', 100, { period_end: end, kind, revenue: 1000, operating_profit });
const taxed = (end: string, taxable_income: number): Fact =>
  fact('tax_records', 60, { period_end: end, taxable_income });
const detail = (party_id: string, kind: string, digest: string): Fact =>
  fact('contacts', 100, { party_id, contact_id: `${party_id}-${kind}-${digest}`, kind, digest });

export const INTEGRITY: readonly Story[] = [
  story(
    'busts-out',
    '270 in 90 days after a usual 90 (three tenths of 300); of 200 due 20 are paid; all was paid before; day 390 is too long ago',
    [
      ...paid('bo-1', 90, 60, 100, pay('bo-1', 60)),
      ...paid('bo-2', 200, 170, 100, pay('bo-2', 170, 500)),
      ...paid('bo-3', 389, 359, 100, pay('bo-3', 359)),
      ...paid('bo-4', 390, 360, 1000),
      ...paid('bo-5', 89, 1, 200, pay('bo-5', 1, 20)),
      ...paid('bo-6', 0, 0, 70),
    ],
    { invoiced_surge_90d: 3, recent_paid_share: 0.1, earlier_paid_share: 1 },
  ),
  story(
    'has-a-season',
    'look-alike: as much more, and paid for',
    [
      ...[90, 200, 389].flatMap((days) => paid(`se-${days}`, days, days - 30, 100, pay(`se-${days}`, days - 30))),
      ...paid('se-new', 60, 30, 270, pay('se-new', 30, 270)),
    ],
    { invoiced_surge_90d: 3, recent_paid_share: 1, earlier_paid_share: 1 },
  ),
  story(
    'is-new',
    'two bills before are no usual; what is not due is not unpaid',
    [...paid('ne-1', 90, 60, 100, pay('ne-1', 50, 50)), ...paid('ne-2', 200, 170, 100), ...paid('ne-3', 10, 0, 500)],
    { invoiced_surge_90d: null, recent_paid_share: null, earlier_paid_share: 0.25 },
  ),
  story(
    'understates',
    'declared 100 and 50, verified 250 after 269 days and 50: 300 of 150; profit 90 against a taxed 30',
    [
      until(31, debt('un-1', 300, 100, 'declared')),
      debt('un-1', 31, 250, 'verified'),
      until(200, debt('un-2', 300, 50, 'declared')),
      until(100, debt('un-2', 200, 50, 'verified')),
      // A later verification counts no more, nor what we lend ourselves, nor what was verified only.
      debt('un-2', 100, 900, 'verified'),

      until(100, debt('un-3', 300, 1, 'declared', { creditor: 'self' })),
      debt('un-3', 100, 99, 'verified', { creditor: 'self' }),
      debt('un-4', 100, 700, 'verified'),
      accounts('2024-12-31', 90),
      taxed('2024-12-31', 30),
      accounts('2023-12-31', 500),
      taxed('2023-12-31', 10),
    ],
    { debt_understated: 2, profit_overstated: 3 },
  ),
  story(
    'borrowed-later',
    'verified 270 days after it was declared may be new debt; a loss for taxes counts as 1 % of revenue',
    [
      until(30, debt('bl-1', 300, 100, 'declared')),
      debt('bl-1', 30, 250, 'verified'),
      accounts('2024-12-31', 90),
      taxed('2024-12-31', -5),
    ],
    { debt_understated: null, profit_overstated: 9 },
  ),
  story(
    'restates',
    'look-alike: the last declaration before the verification is what was declared; months or another year have no tax return',
    [
      until(250, debt('re-1', 300, 100, 'declared')),
      until(200, debt('re-1', 250, 240, 'declared')),
      debt('re-1', 200, 252, 'verified'),

      accounts('2025-03-31', 90, 'interim'),
      taxed('2025-03-31', 1),
      accounts('2024-12-31', 90),
      taxed('2023-12-31', 1),
    ],
    { debt_understated: 1.05, profit_overstated: null },
  ),
  story(
    'ring-1',
    'phone and address as another, the address as a third; neither a household nor a guarantor, nor another kind, nor what has ended',
    [
      detail('ring-1', 'phone', 'p'),
      detail('ring-1', 'address', 'a'),
      detail('ring-1', 'email', 'e'),
      detail('ring-2', 'phone', 'p'),
      detail('ring-2', 'address', 'a'),
      detail('ring-3', 'address', 'a'),
      detail('ring-home', 'phone', 'p'),
      relation('ring-home', 'ring-1', 'household'),
      detail('ring-surety', 'phone', 'p'),
      relation('ring-1', 'ring-surety', 'guarantor'),
      detail('ring-kind', 'bank_account', 'p'),
      until(5, detail('ring-left', 'phone', 'p')),
    ],
    { identity_shared_customers: 2, identity_shared_kinds: 2 },
  ),
  story('ring-3', 'shares one kind with each of two', [], { identity_shared_customers: 2, identity_shared_kinds: 1 }),
  story('ring-kind', 'look-alike: the same digest of another kind is no shared detail', [], {
    identity_shared_customers: 0,
    identity_shared_kinds: 0,
  }),
  story('ring-left', 'no detail is known any more', [], {
    identity_shared_customers: null,
    identity_shared_kinds: null,
  }),
];

import { bill, fact, pay, settled, story, type Fact, type Story } from './story.ts';

const promise = (days: number): Fact =>
  fact('communications', days, {
    communication_id: `promise-${days}`,
    channel: 'phone',
    direction: 'in',
    topic: 'promise',
  });

// Days late of the 275 days before: 0, 0, 2, 2, 4, 30: the median is 2.
const before = (id: string): readonly Fact[] =>
  [0, 0, 2, 2, 4, 30].flatMap((late, i) => settled(`${id}-b${i}`, 100 + 30 * i, late));
const inTimeBefore = (id: string, early = 0): readonly Fact[] =>
  Array.from({ length: 6 }, (_, i) => settled(`${id}-b${i}`, 100 + 30 * i, -early)).flat();

export const PAYMENTS: readonly Story[] = [
  story(
    'turned',
    'median lateness of 90 days (9, 11, 50: 11) against that of the 275 before (2); one bill paid very late moves neither',
    [...before('t'), ...settled('t-1', 10, 9), ...settled('t-2', 40, 11), ...settled('t-3', 89, 50)],
    { late_turn_days: 9, dpd_oldest_open: 0, part_payments_180d: 0, first_payment_dpd: null },
  ),
  story(
    'turned-once-less',
    'a bill due 90 days ago is of the time before, so two are left, too few',
    [...before('o'), ...settled('o-1', 10, 9), ...settled('o-2', 40, 11), ...settled('o-3', 90, 50)],
    { late_turn_days: null },
  ),
  story(
    'pays-early-then-late',
    'paid early counts as in time: 3 days later, not 8',
    [...inTimeBefore('e', 5), ...[10, 40, 70].flatMap((due) => settled(`e-${due}`, due, 3))],
    { late_turn_days: 3 },
  ),
  story(
    'disputes',
    'look-alike: bills that are disputed are not late',
    [
      ...inTimeBefore('d'),
      bill('d-1', 90, 60, 100, { disputed: true }),
      bill('d-2', 80, 50, 100, { disputed: true }),
      ...settled('d-3', 20, 0),
    ],
    { late_turn_days: 0, dpd_oldest_open: 0, overdue_now: 0, exposure_now: 200 },
  ),
  story(
    'in-part',
    'bills paid in part by their due date, at 179 days but not at 180, and not on the due date itself',
    [
      bill('p-1', 60, 30),
      pay('p-1', 30, 40),
      pay('p-1', 10, 60),
      bill('p-2', 200, 179),
      pay('p-2', 180, 50),
      bill('p-3', 200, 180),
      pay('p-3', 181, 50),
      bill('p-4', 30, 0),
      pay('p-4', 5, 50),
    ],
    // Open still: p-2 and p-3, the older 180 days past due.
    { part_payments_180d: 2, dpd_oldest_open: 180, overdue_now: 100, exposure_now: 150 },
  ),
  story(
    'in-halves',
    'look-alike: two halves in time, and a half after the due date alone',
    [bill('h-1', 60, 30), pay('h-1', 40, 50), pay('h-1', 30, 50), bill('h-2', 60, 30), pay('h-2', 29, 50)],
    { part_payments_180d: 0, dpd_oldest_open: 30 },
  ),
  story(
    'promises',
    'a promise of 15 days ago is broken, one of 14 days is not yet, one of 180 days is too long ago',
    [promise(15), promise(14), promise(180)],
    { broken_promises_180d: 1, part_payments_180d: null, late_turn_days: null, dpd_oldest_open: null },
  ),
  story(
    'keeps-promises',
    'paid on the 13th day is kept, on the 14th is broken',
    [promise(100), pay('k-1', 87), promise(60), pay('k-2', 46)],
    { broken_promises_180d: 1 },
  ),
  story('never-paid', 'the oldest bill counts while nothing was paid', [bill('n-1', 50, 20), bill('n-2', 20, 5)], {
    first_payment_dpd: 20,
    dpd_oldest_open: 20,
  }),
  story('paid-a-little', 'look-alike: something was paid', [bill('l-1', 50, 20), pay('l-1', 10, 1)], {
    first_payment_dpd: null,
    dpd_oldest_open: 20,
  }),
  story('first-364', 'the first bill fell due 364 days ago', [bill('a-1', 390, 364)], { first_payment_dpd: 364 }),
  story('first-365', 'a day longer ago is too long', [bill('z-1', 390, 365)], { first_payment_dpd: null }),
  story('first-not-due', 'not due yet', [bill('y-1', 10, -20)], { first_payment_dpd: 0, overdue_now: 0 }),
  story('first-disputed', 'look-alike: disputed', [bill('x-1', 50, 20, 100, { disputed: true })], {
    first_payment_dpd: null,
  }),
];

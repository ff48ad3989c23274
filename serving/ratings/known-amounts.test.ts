import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { MOST_MINOR, NO_FACTS } from '../../rating/index.ts';
import { withKnownAmounts } from './known-amounts.ts';

const cents = fc.integer({ min: 0, max: 10 ** 12 });

test.prop([cents, cents, cents])(
  'an amount that nobody tells is that of the features, to the cent',
  (drawn, open, overdue) => {
    const values = { credit_drawn: drawn / 100, receivables_open: open / 100, overdue_amount: overdue / 100 };
    expect(withKnownAmounts(NO_FACTS, values, 2)).toEqual({
      ...NO_FACTS,
      existingExposureMinor: drawn + open,
      overdueMinor: overdue,
    });
  },
);

it('what the request tells holds, what neither tells is unknown, and nothing is below zero or beyond what amounts can be', () => {
  const told = { ...NO_FACTS, existingExposureMinor: 0, overdueMinor: 7 };
  expect(withKnownAmounts(told, { credit_drawn: 5, overdue_amount: 5 }, 2)).toEqual(told);
  expect(withKnownAmounts(NO_FACTS, { credit_drawn: null, overdue_amount: Number.NaN, other: 3 }, 2)).toEqual(NO_FACTS);
  const lineOfUnknownBalance = { credit_lines_open: 1, credit_drawn: null, receivables_open: 5 };
  expect(withKnownAmounts(NO_FACTS, lineOfUnknownBalance, 2).existingExposureMinor).toBeNull();
  expect(withKnownAmounts(NO_FACTS, { ...lineOfUnknownBalance, credit_lines_open: 0 }, 2).existingExposureMinor).toBe(
    500,
  );
  expect(withKnownAmounts(NO_FACTS, { receivables_open: 5 }, 2, ['credit_drawn']).existingExposureMinor).toBeNull();
  expect(withKnownAmounts(NO_FACTS, { receivables_open: 1.5 }, 0).existingExposureMinor).toBe(2);
  expect(withKnownAmounts(NO_FACTS, { credit_drawn: -20, overdue_amount: 1e300 }, 2)).toMatchObject({
    existingExposureMinor: 0,
    overdueMinor: MOST_MINOR,
  });
});

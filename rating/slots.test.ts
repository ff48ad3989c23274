import { describe, expect, it } from 'vitest';
import { chooseLateSlot, chooseSlot, chooseTermSlot } from './slots.ts';

const general = { portfolio: 'retail', segment: null, horizonMonths: 12 };
const farms = { portfolio: 'retail', segment: 'farm', horizonMonths: 12 };
const long = { portfolio: 'retail', segment: 'farm', horizonMonths: 24 };

describe('the slot of a rating', () => {
  it('is the one for the customer’s own segment before the general one, whatever their order', () => {
    const context = { portfolio: 'retail', segment: 'farm', horizonMonths: 12 };
    expect(chooseSlot([general, farms, long], context)).toMatchObject({ slot: farms, rule: 'segment' });
    expect(chooseSlot([long, farms, general], context).slot).toBe(farms);
  });

  it('is the general one where no slot is for the segment, or the segment is not known', () => {
    for (const segment of ['city', null])
      expect(chooseSlot([farms, general], { portfolio: 'retail', segment, horizonMonths: 12 })).toMatchObject({
        slot: general,
        rule: 'any-segment',
      });
  });

  it('is never one for late payment', () => {
    const late = { ...general, lateDays: 30 };
    const context = { portfolio: 'retail', segment: null, horizonMonths: 12 };
    expect(chooseSlot([late, general], context).slot).toBe(general);
    expect(() => chooseSlot([late], context)).toThrow(expect.objectContaining({ code: 'NO_SLOT' }));
  });

  it('never crosses portfolios or horizons: without a match it is an error that names the slots there are', () => {
    for (const context of [
      { portfolio: 'leasing', segment: 'farm', horizonMonths: 12 },
      { portfolio: 'retail', segment: 'farm', horizonMonths: 6 },
      { portfolio: 'retail', segment: 'city', horizonMonths: 24 },
    ])
      expect(() => chooseSlot([general, farms, long], context)).toThrow(
        expect.objectContaining({ code: 'NO_SLOT', fix: expect.stringContaining('retail/farm/24m') as unknown }),
      );
  });
});

describe('the slot of late payment beside it', () => {
  const late = (more: object) => ({ ...general, horizonMonths: 6, lateDays: 30, ...more });
  it('is one of the portfolio: for the own segment first, then the fewest days, then the shortest horizon; none where there is none', () => {
    const slots = [
      late({ lateDays: 60 }),
      late({ horizonMonths: 12 }),
      late({}),
      late({ segment: 'farm', lateDays: 90 }),
      general,
    ];
    for (const all of [slots, slots.toReversed()]) {
      expect(chooseLateSlot(all, { portfolio: 'retail', segment: 'farm' })).toMatchObject({
        slot: late({ segment: 'farm', lateDays: 90 }),
        rule: 'segment',
      });
      for (const segment of ['city', null])
        expect(chooseLateSlot(all, { portfolio: 'retail', segment })).toMatchObject({
          slot: late({}),
          rule: 'any-segment',
        });
    }
    expect(chooseLateSlot(slots, { portfolio: 'leasing', segment: null })).toBeNull();
    expect(chooseLateSlot([general], { portfolio: 'retail', segment: null })).toBeNull();
  });
});

describe('the slot of a term structure beside it', () => {
  const term = (more: object) => ({ ...general, horizonMonths: 36, stepMonths: 3, ...more });
  it('is one of the portfolio: for the own segment first, then the one that looks furthest, then the finest steps; it rates nobody', () => {
    const slots = [
      term({ horizonMonths: 24, stepMonths: 1 }),
      term({ stepMonths: 6 }),
      term({}),
      term({ segment: 'farm', horizonMonths: 12 }),
      { ...general, horizonMonths: 60, lateDays: 30 },
      general,
    ];
    for (const all of [slots, slots.toReversed()]) {
      expect(chooseTermSlot(all, { portfolio: 'retail', segment: 'farm' })?.slot).toMatchObject({ segment: 'farm' });
      expect(chooseTermSlot(all, { portfolio: 'retail', segment: 'city' })?.slot).toEqual(term({}));
      expect(chooseTermSlot(all, { portfolio: 'leasing', segment: null })).toBeNull();
      expect(chooseSlot(all, { portfolio: 'retail', segment: 'farm', horizonMonths: 12 }).slot).toEqual(general);
      expect(chooseLateSlot(all, { portfolio: 'retail', segment: null })?.slot).toMatchObject({ lateDays: 30 });
    }
    expect(() => chooseSlot(slots, { portfolio: 'retail', segment: null, horizonMonths: 36 })).toThrow('No slot');
    expect(chooseTermSlot([general], { portfolio: 'retail', segment: null })).toBeNull();
  });
});

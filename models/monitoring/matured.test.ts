import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { auc } from '../metrics/index.ts';
import { maturedFigures, type Followed } from './index.ts';

const row = (vintage: string, bad: boolean | null, more: Partial<Followed> = {}): Followed => ({
  pd: bad === true ? 0.3 : 0.1,
  grade: bad === true ? 'B' : 'A',
  vintage,
  windowEnd: `${Number(vintage.slice(0, 4)) + 1}${vintage.slice(4)}-15T00:00:00.000Z`,
  bad,
  ...more,
});
const cutoff = '2026-02-01T00:00:00.000Z';

describe('matured figures', () => {
  it('are of closed windows, vintage by vintage; what is open is dated, never green', () => {
    const rows = [row('2025-01', true), row('2025-01', false), row('2025-03', null), row('2025-03', false)];
    const { all, vintages } = maturedFigures(rows, ['A', 'B'], cutoff);
    expect(vintages.map(({ vintage }) => vintage)).toEqual(['2025-01', '2025-03']);
    // (-ln 0.3 - ln 0.9) / 2
    const { logLoss } = vintages[0]!;
    expect(logLoss?.known === true ? logLoss.value : null).toBeCloseTo(0.65466666, 8);
    expect(vintages[1]!.logLoss).toEqual({ known: false, on: '2026-03-15T00:00:00.000Z' });
    expect(vintages[0]).toMatchObject({ matured: 2, open: 0, completeOn: null, auc: { known: true, value: 1 } });
    const on = '2026-03-15T00:00:00.000Z';
    expect(vintages[1]).toMatchObject({
      matured: 0,
      open: 2,
      completeOn: on,
      badRate: { known: false, on },
      auc: { known: false, on },
      grades: [
        { grade: 'A', test: { known: false, on } },
        { grade: 'B', test: { known: false, on: null } },
      ],
    });
    expect(all).toMatchObject({ rated: 4, matured: 2, open: 2, badRate: { value: { rate: 0.5 } } });
  });

  it('do not count a default in a window that is still open: its goods are not known yet', () => {
    const early = row('2025-05', true);
    expect(maturedFigures([early], ['B'], cutoff).all).toMatchObject({ matured: 0, open: 1 });
  });

  it('say that they cannot be known where windows have closed without outcomes of both kinds', () => {
    const { all } = maturedFigures([row('2025-01', false), row('2025-01', null)], ['A'], cutoff);
    expect(all).toMatchObject({ matured: 1, open: 0, auc: { known: false, on: null }, badRate: { known: true } });
    expect(maturedFigures([], [], cutoff).all).toMatchObject({ rated: 0, badRate: { known: false, on: null } });
  });

  const rows = fc.array(
    fc.record({
      month: fc.integer({ min: 1, max: 9 }),
      bad: fc.boolean(),
      pd: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { minLength: 2, maxLength: 40 },
  );
  test.prop([rows])('count every row once, in whatever order, and rank as AUC does', (given) => {
    const followed = given.map(({ month, bad, pd }) => row(`2025-0${month}`, bad, { pd }));
    const { all, vintages } = maturedFigures(followed, ['A', 'B'], cutoff);
    const sum = (of: 'rated' | 'matured' | 'open') => vintages.reduce((total, each) => total + each[of], 0);
    expect([sum('rated'), sum('matured'), sum('open')]).toEqual([all.rated, all.matured, all.open]);
    expect(all.matured + all.open).toBe(given.length);
    expect(maturedFigures(followed.toReversed(), ['A', 'B'], cutoff).all.matured).toBe(all.matured);
    const closed = followed.filter(({ windowEnd }) => windowEnd <= cutoff);
    if (all.auc.known)
      expect(all.auc.value).toBeCloseTo(
        auc(
          closed.map(({ pd }) => pd),
          closed.map(({ bad }) => Number(bad)),
        ),
        12,
      );
  });
});

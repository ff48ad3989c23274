import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { defaultStandards, loadRuleFiles, loadWarningHandling, raiseWarning, readLossFile } from '../index.ts';
import {
  loadPortfolioAssumptions,
  parsePortfolioAssumptions,
  portfolioReport,
  stressedPd,
  type Book,
  type BookSource,
  type PortfolioPart,
} from './index.ts';

const { masterScale } = defaultStandards();
const loss = readLossFile(loadRuleFiles(null));
const assumptions = loadPortfolioAssumptions(null);
const standards = { masterScale, loss, assumptions };
const source: BookSource = {
  asOf: '2026-05-01T00:00:00.000Z',
  snapshotId: 's',
  modelHash: 'm',
  scores: 'h',
  before: null,
};

type Row = readonly [
  pd: number,
  previous: number,
  exposure: number,
  sales: number,
  segment: string | null,
  vintage: number,
];
const bookOf = (rows: readonly Row[]): Book => ({
  customers: rows.map((_, i) => `c-${i}`),
  pd: Float64Array.from(rows, (row) => row[0]),
  previousPd: Float64Array.from(rows, (row) => row[1]),
  exposure: Float64Array.from(rows, (row) => row[2]),
  sales: Float64Array.from(rows, (row) => row[3]),
  segments: rows.map((row) => row[4]),
  vintages: Int32Array.from(rows, (row) => row[5]),
});
const pd = fc.double({ min: 0.0001, max: 1, noNaN: true });
const amount = fc.oneof(fc.constant(Number.NaN), fc.double({ min: 0, max: 1e7, noNaN: true }));
const row = fc.tuple(
  pd,
  fc.oneof(fc.constant(Number.NaN), pd),
  amount,
  amount,
  fc.constantFrom('retail', 'wholesale', null),
  fc.constantFrom(0, 2024, 2025),
);

describe('a PD under stress', () => {
  // scipy 1.x: norm.cdf((norm.ppf(pd) + sqrt(rho) * norm.ppf(q)) / sqrt(1 - rho))
  it.each([
    [0.02, 0.999, 0.12, 0.14728249681092437],
    [0.0003, 0.999, 0.24, 0.013911571667044388],
    [0.3, 0.9, 0.12, 0.46582520551446654],
    [0.05, 0.01, 0.15, 0.002878096199712146],
    [1e-6, 0.99, 0.2, 1.6528448316334507e-5],
    [0.5, 0.5, 0.3, 0.5],
  ])('is Vasicek’s: %d at quantile %d and correlation %d', (through, quantile, correlation, expected) => {
    expect(stressedPd(through, { quantile, correlation }) / expected).toBeCloseTo(1, 9);
  });

  property.prop([
    pd,
    pd,
    fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    fc.double({ min: 0.01, max: 0.9, noNaN: true }),
  ])('is a probability that never falls as the PD rises', (a, b, quantile, correlation) => {
    const [low, high] = [Math.min(a, b), Math.max(a, b)].map((each) => stressedPd(each, { quantile, correlation }));
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
    expect(high).toBeGreaterThanOrEqual(low!);
  });
});

describe('a portfolio report', () => {
  property.prop([fc.array(row, { maxLength: 40 })])(
    'parts make the whole, by grade, class, segment and vintage',
    (rows) => {
      const report = portfolioReport(bookOf(rows), source, standards);
      const close = (a: number, b: number): void =>
        expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(b)));
      for (const parts of [
        report.byGrade,
        report.byClass,
        report.bySegment,
        report.byVintage,
      ] as (readonly PortfolioPart[])[]) {
        expect(parts.reduce((total, each) => total + each.customers, 0)).toBe(rows.length);
        close(
          parts.reduce((total, each) => total + each.exposure, 0),
          report.exposure,
        );
        close(
          parts.reduce((total, each) => total + each.expectedLoss, 0),
          report.expectedLoss,
        );
      }
      expect(report.ranking.reduce((total, each) => total + each.customers, 0)).toBe(rows.length);
      expect(report.unknownExposure).toBe(rows.filter((each) => Number.isNaN(each[2])).length);
      expect(report.topExposures.length).toBe(Math.min(rows.length, assumptions.names));
      for (let i = 1; i < report.topExposures.length; i++)
        expect(report.topExposures[i]!.exposure).toBeLessThanOrEqual(report.topExposures[i - 1]!.exposure);
    },
  );

  property.prop([fc.array(row, { minLength: 1, maxLength: 40 })])(
    'migrates everybody who was in the book before, once',
    (rows) => {
      const before = { asOf: source.asOf, scores: 'x', left: 3 };
      const { migration } = portfolioReport(bookOf(rows), { ...source, before }, standards);
      const stayed = rows.filter((each) => !Number.isNaN(each[1])).length;
      expect(migration!.customers.flat().reduce((a, b) => a + b, 0)).toBe(stayed);
      expect([migration!.entered, migration!.left]).toEqual([rows.length - stayed, 3]);
      const moved = migration!.customers
        .flatMap((line, from) => line.filter((_, to) => to !== from))
        .reduce((a, b) => a + b, 0);
      expect(migration!.worse + migration!.better).toBe(moved);
    },
  );

  property.prop([fc.array(row, { maxLength: 40 })])(
    'loses more in a worse scenario, and no more than is exposed',
    (rows) => {
      const report = portfolioReport(bookOf(rows), source, standards);
      const losses = report.stress.scenarios.map((each) => each.expectedLoss);
      expect(losses[0]).toBeGreaterThanOrEqual(report.expectedLoss * (1 - 1e-12));
      expect(losses[1]).toBeGreaterThanOrEqual(losses[0]!);
      expect(losses[2]).toBeGreaterThanOrEqual(losses[1]!);
      expect(losses[2]).toBeLessThanOrEqual(report.exposure * (1 + 1e-12));
    },
  );

  it('tells by hand-worked figures', () => {
    const book = bookOf([
      [0.02, 0.001, 1000, 9000, 'a', 2024],
      [0.2, 0.2, 3000, 100, 'a', 2025],
      [0.01, Number.NaN, Number.NaN, Number.NaN, null, 0],
    ]);
    const report = portfolioReport(book, { ...source, before: { asOf: 'x', scores: 'x', left: 0 } }, standards);
    expect(report.expectedLoss).toBeCloseTo(0.45 * (0.02 * 1000 + 0.2 * 3000), 9);
    expect(report.riskIndex).toBeCloseTo((10_000 * 279) / 4000, 9);
    expect(report.byGrade.filter(({ customers }) => customers > 0).map(({ name }) => name)).toEqual(['B1', 'B2', 'C2']);
    expect(report.concentration!.customers).toBeCloseTo(0.0625 + 0.5625, 12);
    expect(report.concentration!.largest[0]).toEqual({ count: 1, share: 0.75 });
    expect(report.stress.singleNames[0]).toEqual({ count: 1, loss: 1350 });
    expect(report.migration).toMatchObject({ worse: 1, better: 0, entered: 1 });
    expect(report.topLosses[0]).toMatchObject({ customerId: 'c-1', grade: 'C2' });
    expect(report.topLosses[0]!.net).toBeCloseTo(10 - 270, 9);
    expect(report.bestNet.map(({ customerId, value, risk }) => [customerId, value, risk])).toEqual([
      ['c-0', 'high', 'middle'],
      ['c-1', 'middle', 'low'],
    ]);
    expect(report.worstNet.map(({ customerId }) => customerId)).toEqual(['c-1', 'c-0']);
    expect(report.ranking.find(({ value, risk }) => value === 'high' && risk === 'middle')).toMatchObject({
      customers: 1,
    });
  });

  it('tells of each customer’s exposure once, however many warnings stand, and of deadlines that have passed', () => {
    const at = '2026-05-10T00:00:00.000Z';
    const handling = loadWarningHandling(null);
    const warn = (customerId: string, code: string, level: 'watch' | 'critical', openedAt: string) => {
      const sighting = { ratingId: '1-aa', level, exposure: 7, pd: 0.1, grade: 'C1', at: openedAt };
      return raiseWarning(
        { warningId: `${customerId}-${code}`, customerId, segment: null, code, sighting },
        handling,
        openedAt,
      );
    };
    const late = warn('c-1', 'LATE', 'watch', '2026-05-09T00:00:00.000Z');
    const standing = [
      warn('c-0', 'HIGH', 'critical', '2026-05-01T00:00:00.000Z'),
      warn('c-0', 'LATE', 'watch', '2026-05-09T00:00:00.000Z'),
      { ...late, state: 'acknowledged' as const, acknowledgedAt: late.openedAt },
      warn('stranger', 'LATE', 'watch', '2026-05-09T00:00:00.000Z'),
      { ...late, warningId: 'x', state: 'closed' as const },
    ];
    const book = bookOf([
      [0.02, 0.001, 1000, 9000, 'a', 2024],
      [0.2, 0.2, Number.NaN, 100, 'a', 2025],
    ]);
    const { openWarnings } = portfolioReport(book, source, standards, { warnings: { at, standing }, earlier: null });
    expect(openWarnings).toMatchObject({ warnings: 4, customers: 3, exposure: 1014, notAcknowledged: 3, overdue: 1 });
    expect(openWarnings!.byCode).toEqual([
      { name: 'LATE', warnings: 3, customers: 3, exposure: 1014 },
      { name: 'HIGH', warnings: 1, customers: 1, exposure: 1000 },
    ]);
    expect(openWarnings!.byLevel.map(({ warnings }) => warnings)).toEqual([3, 0, 1]);
  });

  property.prop([fc.array(row, { maxLength: 20 }), fc.array(row, { maxLength: 20 })])(
    'and the report before make the report: each figure is that of before and the change',
    (rows, rowsBefore) => {
      const before = portfolioReport(bookOf(rowsBefore), source, standards);
      const earlier = { ...before, reportId: 'r', asOf: source.asOf };
      const now = portfolioReport(bookOf(rows), source, standards, { warnings: null, earlier });
      expect(now.change!.customers).toBe(rows.length - rowsBefore.length);
      for (const figure of ['exposure', 'expectedLoss'] as const)
        expect(before[figure] + now.change![figure]).toBeCloseTo(now[figure], 6);
      expect(now.change!.riskIndex === null).toBe(now.riskIndex === null || before.riskIndex === null);
      const shares = now.change!.classShares.flatMap(({ share }) => share ?? []);
      if (shares.length > 0) expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
    },
  );

  it('is made of an empty book, too', () => {
    const report = portfolioReport(bookOf([]), source, standards);
    expect(report).toMatchObject({ customers: 0, meanPd: null, riskIndex: null, concentration: null });
  });
});

describe('portfolio assumptions', () => {
  it('are refused with every problem', () => {
    const [first] = assumptions.scenarios;
    const broken = { ...assumptions, margin: 2, scenarios: [first, first] };
    expect(() => parsePortfolioAssumptions(broken)).toThrow(expect.objectContaining({ code: 'INVALID_SPEC' }));
  });
});

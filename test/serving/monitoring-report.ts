import { instant } from '../../base/index.ts';
import { maturedFigures, type Followed } from '../../models/monitoring/index.ts';
import type { StoredMonitoringReport } from '../../records/reports/index.ts';

const followed = (vintage: string, i: number): Followed => ({
  pd: i % 2 === 0 ? 0.05 : 0.3,
  grade: i % 2 === 0 ? 'A' : 'B',
  vintage,
  windowEnd: `${Number(vintage.slice(0, 4)) + 1}${vintage.slice(4)}-01T00:00:00.000Z`,
  bad: i % 5 === 0,
});
/** Customers of two months: one whose windows have closed by mid 2026, one whose have not. */
export const followedRows = ['2025-04', '2025-09'].flatMap((vintage) =>
  Array.from({ length: 60 }, (_, i) => followed(vintage, i)),
);
const figures = maturedFigures(followedRows, ['A', 'B'], '2026-06-30T00:00:00.000Z');
const none = maturedFigures([], ['A', 'B'], '2026-06-30T00:00:00.000Z');
const figure = { value: 0.1, low: 0.08, high: 0.12 };

/** A look at a model with something in each of its parts. */
export const monitoringReport: StoredMonitoringReport = {
  reportId: 'f'.repeat(64),
  madeAt: instant('2026-06-30T01:00:00Z'),
  format: 'probity.monitoring/2',
  slot: 'trade/*/12m',
  model: 'm'.repeat(64),
  asOf: '2026-06-30T00:00:00.000Z',
  source: { snapshotId: 's', trainingSet: 't', before: { asOf: '2026-06-29T00:00:00.000Z', snapshotId: 'r' } },
  population: { customers: 1200, inDefault: 34, withheld: [] },
  thresholds: { significance: 0.05, gradeShift: 0.05, expectedLossChange: 0.1, calibrationError: 0.2 },
  verdict: {
    result: 'alarm',
    significant: true,
    vanished: [],
    measures: [
      { measure: 'gradeShift', value: 0.2, threshold: 0.05, material: true },
      { measure: 'realisedError', value: null, threshold: 0.2, material: false },
    ],
    causes: [
      { segment: null, feature: '<i>sales</i>', adjusted: 0.0001 },
      { segment: 'sme', feature: 'score', adjusted: 0.01 },
    ],
  },
  sequential: {
    since: '2026-04-01',
    day: 90,
    looks: 91,
    pairs: 148,
    outcomes: 70,
    evidence: 250,
    needed: 20,
    significantSince: '2026-06-12',
    measures: 61,
    path: Array.from({ length: 91 }, (_, day) => ({ day, evidence: 10 ** (Math.max(0, day - 50) / 16.6) })),
    leading: [
      { measure: 'sales shift', eValue: 8250 },
      { measure: 'score shift', eValue: 1.2e9 },
    ],
    taken: true,
  },
  looks: [
    {
      segment: null,
      referenceRows: 4000,
      referenceCustomers: 2000,
      presentRows: 1200,
      inputs: [
        {
          feature: '<i>sales</i>',
          csi: 0.4,
          critical: 0.02,
          pValue: 0,
          adjusted: 0.0001,
          missing: { reference: 0, present: 0.1 },
          unseen: null,
          outside: { below: 0, above: 0.02 },
          jensenShannon: 0.3,
          wasserstein: 12.5,
        },
      ],
      score: { psi: 0.3, critical: 0.02, pValue: 0, adjusted: 0.0001, meanPd: { reference: 0.1, present: 0.16 } },
      grades: [
        { grade: 'A', reference: 0.6, present: 0.4 },
        { grade: 'B', reference: 0.4, present: 0.6 },
      ],
    },
  ],
  domain: { auc: 0.71, standardError: 0.01, low: 0.69, high: 0.73 },
  estimated: [{ method: 'CBPE', rows: 1200, effectiveRows: 1200, badRate: figure, auc: figure, logLoss: figure }],
  outcomes: { validation: none, scored: figures, sampledFrom: 0 },
  checks: [
    {
      reportId: 'e'.repeat(64),
      asOf: '2025-04-01T00:00:00.000Z',
      knownOn: '2026-04-01T00:00:00.000Z',
      method: 'CBPE',
      figure: 'badRate',
      estimated: figure,
      realised: 0.2,
      held: false,
    },
  ],
  corrections: [
    {
      vintage: '2025-04',
      before: { reportId: 'd'.repeat(64), asOf: '2026-05-01T00:00:00.000Z', matured: 60, bads: 11 },
      now: { matured: 60, bads: 12 },
    },
  ],
  movement: {
    customers: 1180,
    worse: 80,
    better: 12,
    grades: [
      [600, 80],
      [12, 488],
    ],
    expectedLoss: { before: 120_000, now: 151_000 },
    limits: { before: 5_000_000, now: 5_100_000, ofWorse: 410_000, ofBetter: 90_000 },
    causes: [{ feature: '<i>sales</i>', expectedLoss: 31_000, meanPd: 0.02, customers: 700 }],
  },
};

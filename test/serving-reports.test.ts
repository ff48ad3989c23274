import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, ProbityError } from '../base/index.ts';
import {
  controlReport,
  customerReport,
  defaultStandards,
  loadControlPolicy,
  loadPortfolioAssumptions,
  loadRuleFiles,
  portfolioReport,
  readLossFile,
  type RatedPoint,
} from '../rating/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { monitoringReport } from './serving/monitoring-report.ts';
import { usualWorld } from './serving/world.ts';

const assumptions = loadPortfolioAssumptions(null);
const policy = loadControlPolicy(null);
const madeAt = instant('2026-05-02T00:00:00Z');
const portfolio = {
  reportId: 'a'.repeat(64),
  madeAt,
  ...portfolioReport(
    {
      customers: ['c-1', 'c-2'],
      segments: ['retail', null],
      vintages: Int32Array.of(2020, 0),
      pd: Float64Array.of(0.01, 0.2),
      previousPd: Float64Array.of(0.3, 0.001),
      exposure: Float64Array.of(100, 300),
      sales: Float64Array.of(5000, 10),
    },
    { asOf: '2026-05-01T00:00:00.000Z', snapshotId: 's', modelHash: 'm', scores: 'h', before: null },
    { masterScale: defaultStandards().masterScale, loss: readLossFile(loadRuleFiles(null)), assumptions },
  ),
};
const controlOf = (from: string, until: string) => ({
  reportId: 'b'.repeat(64),
  ...controlReport(
    {
      from,
      until,
      asOf: '2026-05-01T00:00:00.000Z',
      reviews: [],
      warnings: [],
      overrides: [],
      own: [],
      outcomes: { knownUntil: null, why: 'There is no warehouse.' },
    },
    policy,
  ),
});
const rated: RatedPoint = {
  ratingId: '1-aa',
  at: madeAt,
  pd: 0.2,
  score: 600,
  grade: 'C2',
  outcome: 'approve',
  limit: 100_000,
  currency: 'CNY',
  validUntil: madeAt,
  segment: null,
  exposures: [{ name: 'credit_drawn', amount: 1000 }],
};
const customer = {
  reportId: 'd'.repeat(64),
  ...customerReport(
    { customerId: 'c-1', asOf: madeAt, warnings: [], ratings: [rated], earlier: null },
    { masterScale: defaultStandards().masterScale, loss: readLossFile(loadRuleFiles(null)) },
  ),
};
const only =
  <T extends { readonly reportId: string }>(report: T) =>
  async (reportId: string): Promise<T> => {
    if (reportId === report.reportId) return report;
    throw new ProbityError('UNKNOWN_REPORT', 'No report with this id is on record.');
  };

const world = usualWorld();
let server: RunningServer;
beforeAll(async () => {
  const control = controlOf('2026-01-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z');
  server = await startServer(
    {
      ...world.deps,
      portfolio: {
        assumptions,
        page: async () => [],
        find: only(portfolio),
      },
      monitoring: {
        page: async () => [],
        newest: async () => [monitoringReport],
        gaps: async () => [],
        find: only(monitoringReport),
        actionsOf: async () => [
          { action: 'retrain', state: 'done', plannedAt: madeAt, settledAt: madeAt, detail: null },
        ],
      },
      customerReports: {
        page: async () => [],
        find: async (_, reportId) => only(customer)(reportId),
        make: async () => customer,
      },
      control: {
        policy,
        page: async () => [],
        find: only(control),
        make: async (from, until) => controlOf(from, until),
      },
    },
    { port: 0 },
  );
});
afterAll(() => server?.close());

const ask = (path: string, language = 'en'): Promise<Response> =>
  fetch(server.url + path, { headers: { 'accept-language': language } });

describe.each([
  {
    path: `/v1/reports/monitoring/${monitoringReport.reportId}`,
    holds: { slot: 'trade/*/12m', verdict: { result: 'alarm' }, actions: [{ action: 'retrain', state: 'done' }] },
    words: { en: 'Model monitoring', 'zh-CN': '模型监控报告' },
  },
  {
    path: `/v1/reports/portfolio/${portfolio.reportId}`,
    holds: { customers: 2, exposure: 400, source: { snapshotId: 's' } },
    words: { en: 'Portfolio report', 'zh-CN': '组合风险报告' },
  },
  {
    path: `/v1/reports/control/${'b'.repeat(64)}`,
    holds: { from: '2026-01-01T00:00:00.000Z', until: '2026-04-01T00:00:00.000Z' },
    words: { en: 'Control report', 'zh-CN': '内控报告' },
  },
  {
    path: `/v1/customers/c-1/risk-reports/${customer.reportId}`,
    holds: { customerId: 'c-1', asOf: madeAt, exposure: 1000 },
    words: { en: 'Customer risk report', 'zh-CN': '客户风险报告' },
  },
])('$path', ({ path, holds, words }) => {
  it('answers the report on record', async () => {
    const response = await ask(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringMatching(/json/)]);
    expect(await response.json()).toMatchObject(holds);
  });

  it('answers a page in the language that was asked for', async () => {
    for (const [language, title] of Object.entries(words)) {
      const response = await ask(`${path}?format=html`, language);
      expect([response.status, response.headers.get('content-language')]).toEqual([200, language]);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      const page = await response.text();
      expect(page).toContain(`lang="${language}"`);
      expect(page).toContain(title);
    }
  });

  it('answers 404 to an id that is none, and to one that is not on record; 400 to a format that there is not', async () => {
    const at = path.replace(/[^/]*$/, '');
    for (const id of ['c'.repeat(64), 'x', '..%2F..%2Fetc%2Fpasswd']) {
      const response = await ask(at + id);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([404, 'UNKNOWN_REPORT']);
    }
    expect((await ask(`${path}?format=pdf`)).status).toBe(400);
  });
});

it('a control report is made of the period that was asked for, and of no other', async () => {
  const post = (body: unknown): Promise<Response> =>
    fetch(`${server.url}/v1/reports/control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const [from, to] = ['2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'];
  const made = await post({ from, to });
  expect([made.status, await made.json()]).toEqual([201, expect.objectContaining({ from, until: to })]);
  expect((await post({ from: to, to: from })).status).toBe(400);
  expect((await post({ from })).status).toBe(400);
});

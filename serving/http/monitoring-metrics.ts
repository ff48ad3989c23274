import { Gauge, type Registry } from 'prom-client';
import type { DriftLook } from '../../models/monitoring/index.ts';
import type { MonitoringGap, MonitoringReports, StoredMonitoringReport } from '../../records/reports/index.ts';

type Labels = { readonly [name: string]: string };
type Figures = (
  report: StoredMonitoringReport,
) => readonly { readonly labels: Labels; readonly value: number | null }[];

const one =
  (of: (report: StoredMonitoringReport) => number | null): Figures =>
  (report) => [{ labels: {}, value: of(report) }];

const ofInputs =
  (of: (input: DriftLook['inputs'][number]) => number | null): Figures =>
  ({ looks }) =>
    looks.flatMap(({ segment, inputs }) =>
      inputs.map((input) => ({ labels: { segment: segment ?? '*', feature: input.feature }, value: of(input) })),
    );

/** What is told of the newest report of each slot. */
const GAUGES: {
  readonly [name: string]: { readonly help: string; readonly labels?: readonly string[]; readonly figures: Figures };
} = {
  alarm: {
    help: '1: significant in the yearly test and material, or an input is broken',
    figures: one(({ verdict }) => Number(verdict.result === 'alarm')),
  },
  significant: {
    help: '1: significant in the yearly test',
    figures: one(({ verdict }) => Number(verdict.significant)),
  },
  evidence: {
    help: 'Evidence of the yearly test; significant from 20',
    figures: one(({ sequential }) => sequential?.evidence ?? null),
  },
  broken_inputs: {
    help: 'Features that are gone from the table, or empty',
    figures: one(({ verdict }) => verdict.vanished.length),
  },
  customers: { help: 'Customers looked at', figures: one(({ population }) => population.customers) },
  score_psi: {
    help: 'Stability index of the score against training',
    labels: ['segment'],
    figures: ({ looks }) =>
      looks.map(({ segment, score }) => ({ labels: { segment: segment ?? '*' }, value: score.psi })),
  },
  feature_csi: {
    help: 'Stability index of a feature against training',
    labels: ['segment', 'feature'],
    figures: ofInputs(({ csi }) => csi),
  },
  feature_missing: {
    help: 'Share of customers of whom a feature is missing',
    labels: ['segment', 'feature'],
    figures: ofInputs(({ missing }) => missing.present),
  },
  measure: {
    help: 'Measures in business units: share of grades moved, relative change of expected loss, calibration errors',
    labels: ['measure'],
    figures: ({ verdict }) => verdict.measures.map(({ measure, value }) => ({ labels: { measure }, value })),
  },
  estimated_auc: {
    help: 'AUC estimated before outcomes are known',
    labels: ['method'],
    figures: ({ estimated }) => estimated.map(({ method, auc }) => ({ labels: { method }, value: auc.value })),
  },
  estimated_bad_rate: {
    help: 'Bad rate estimated before outcomes are known',
    labels: ['method'],
    figures: ({ estimated }) => estimated.map(({ method, badRate }) => ({ labels: { method }, value: badRate.value })),
  },
  matured_ks: {
    help: 'KS on scored customers whose outcomes are known; absent: not knowable yet',
    figures: one(({ outcomes }) => (outcomes.scored?.all.ks.known === true ? outcomes.scored.all.ks.value : null)),
  },
  matured_bad_rate: {
    help: 'Bad rate of scored customers whose outcomes are known; absent: not knowable yet',
    figures: one(({ outcomes }) =>
      outcomes.scored?.all.badRate.known === true ? outcomes.scored.all.badRate.value.rate : null,
    ),
  },
  matured_auc: {
    help: 'AUC on scored customers whose outcomes are known; absent: not knowable yet',
    figures: one(({ outcomes }) => (outcomes.scored?.all.auc.known === true ? outcomes.scored.all.auc.value : null)),
  },
};

/** Registers figures of the newest report on each slot's model, and its age; read from the database when they are asked for, as workers write them. */
export function registerMonitoring(
  registry: Registry,
  reports: Pick<MonitoringReports, 'newest'> & { readonly gaps: () => Promise<readonly MonitoringGap[]> },
  now: () => number = Date.now,
): void {
  let asked: Promise<readonly StoredMonitoringReport[]> | null = null;
  // The gauges of one request share one look; a database that does not answer leaves them out.
  const newest = (): Promise<readonly StoredMonitoringReport[]> => {
    asked ??= reports
      .newest()
      .catch(() => [])
      .finally(() => (asked = null));
    return asked;
  };
  const register = (name: string, help: string, labels: readonly string[], figures: Figures): void => {
    const gauge = new Gauge({
      registers: [],
      name: `probity_monitoring_${name}`,
      help,
      labelNames: ['slot', 'model', ...labels],
      async collect() {
        const found = await newest();
        this.reset();
        for (const report of found) {
          const { slot, model } = report;
          for (const { labels: own, value } of figures(report))
            if (value !== null && Number.isFinite(value)) this.set({ slot, model, ...own }, value);
        }
      },
    });
    registry.registerMetric(gauge);
  };
  for (const [name, { help, labels = [], figures }] of Object.entries(GAUGES)) register(name, help, labels, figures);
  register(
    'report_age_seconds',
    'Seconds since a new book was last looked at',
    [],
    one(({ madeAt }) => Math.max(0, (now() - Date.parse(madeAt)) / 1000)),
  );
  registry.registerMetric(
    new Gauge({
      registers: [],
      name: 'probity_monitoring_not_followed',
      help: '1: the last look could not follow the champion of this slot; the code says why',
      labelNames: ['slot', 'model', 'code'],
      async collect() {
        const gaps = await reports.gaps().catch(() => null);
        // What was told last stands while the database does not answer.
        if (gaps === null) return;
        this.reset();
        for (const { slot, model, code } of gaps) this.set({ slot, model, code }, 1);
      },
    }),
  );
}

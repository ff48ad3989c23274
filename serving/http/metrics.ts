import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RequestHandler } from 'express';
import { slotKey } from '../../models/registry/index.ts';
import type { AlertDesk } from '../alerts/desk.ts';
import type { Deployment } from '../live/deployment.ts';
import type { ServedRating } from '../ratings/served.ts';
import { registerMonitoring } from './monitoring-metrics.ts';
import type { WebhookDesk } from '../webhooks/desk.ts';
import { registerCounted } from './counted-gauges.ts';

/** What Prometheus can ask of the server. */
export interface ServerMetrics {
  readonly registry: Registry;
  /** Times requests by route, method and status. */
  readonly timing: RequestHandler;
  readonly rated: (served: ServedRating) => void;
  readonly rowFailed: () => void;
  readonly factsAccepted: (count: number) => void;
  readonly swapped: (deployment: Deployment) => void;
}

/** Metrics of one server; those of webhooks, models and alerts are read from the database when they are asked for, as other processes make them. */
export function createMetrics(
  deliveries: Pick<WebhookDesk['deliveries'], 'counts'>,
  monitoring: Parameters<typeof registerMonitoring>[1],
  alerts: Pick<AlertDesk, 'counts'>,
): ServerMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'probity_' });
  const registers = [registry];
  const seconds = new Histogram({
    name: 'probity_http_request_seconds',
    help: 'Time from a request’s arrival to the end of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const ratings = new Counter({
    name: 'probity_ratings_total',
    help: 'Ratings given',
    labelNames: ['slot', 'grade'] as const,
    registers,
  });
  const flags = new Counter({
    name: 'probity_rating_flags_total',
    help: 'Flags that ratings carried',
    labelNames: ['code'] as const,
    registers,
  });
  const failures = new Counter({ name: 'probity_batch_row_errors_total', help: 'Batch rows not rated', registers });
  const facts = new Counter({ name: 'probity_facts_total', help: 'Facts acknowledged', registers });
  const swaps = new Counter({ name: 'probity_swaps_total', help: 'Changes of champion or snapshot', registers });
  const champion = new Gauge({
    name: 'probity_champion',
    help: '1 for the model that serves a slot',
    labelNames: ['slot', 'model'] as const,
    registers,
  });
  registerCounted(registry, () => deliveries.counts(), [
    {
      name: 'probity_webhook_deliveries',
      help: 'Deliveries of webhooks on record',
      label: 'state',
      values: ({ pending, delivered, dead }) => ({ pending, delivered, dead }),
    },
    {
      name: 'probity_webhook_retries',
      help: 'Repeated tries of the deliveries on record',
      label: null,
      values: (counts) => counts.retries,
    },
  ]);
  registerCounted(registry, () => alerts.counts(), [
    { name: 'probity_alerts', help: 'Alerts on record in inboxes', label: 'kind', values: ({ inbox }) => inbox },
    { name: 'probity_alert_mails', help: 'E-mails of alerts on record', label: 'state', values: ({ mails }) => mails },
    {
      name: 'probity_alert_mail_retries',
      help: 'Repeated tries of the e-mails of alerts on record',
      label: null,
      values: (counts) => counts.retries,
    },
    {
      name: 'probity_alerts_escalated',
      help: 'Alerts that went to the next in line because nobody before could be reached',
      label: null,
      values: ({ escalated }) => escalated,
    },
  ]);
  registerMonitoring(registry, monitoring);
  return {
    registry,
    timing: (request, response, next) => {
      const end = seconds.startTimer({ method: request.method });
      response.on('close', () => {
        const route: unknown = (request.route as { path?: unknown } | undefined)?.path;
        end({ route: typeof route === 'string' ? route.replace('\\', '') : 'none', status: response.statusCode });
      });
      next();
    },
    rated: ({ rating, inputs }) => {
      ratings.inc({ slot: inputs.champion.slot, grade: rating.grade.code });
      for (const { code } of rating.flags) flags.inc({ code });
    },
    rowFailed: () => failures.inc(),
    factsAccepted: (count) => facts.inc(count),
    swapped: (deployment) => {
      swaps.inc();
      champion.reset();
      for (const { slot, modelHash } of deployment.champions)
        champion.set({ slot: slotKey(slot), model: modelHash }, 1);
    },
  };
}

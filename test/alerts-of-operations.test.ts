import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, systemClock, type Tenant } from '../base/index.ts';
import {
  loadAlerting,
  loadWarningHandling,
  type GivenUpWebhook,
  type UnsettledReconciliation,
} from '../rating/index.ts';
import { createAppender } from '../records/audit/index.ts';
import { createChangeFeed, FEED_START } from '../records/changes/index.ts';
import { pseudonymsUnder } from '../records/ratings/index.ts';
import { composeAlerts, type RunningAlerts } from '../serving/compose/alerts.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { inboxEntrySchema } from '../serving/openapi/inbox-paths.ts';
import { usualWorld } from './serving/world.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';
import { until } from './support/until.ts';

const tenant = 'acme' as Tenant;
let database: TestDatabase;
let alerts: RunningAlerts;
let server: RunningServer;
let unsettled: readonly UnsettledReconciliation[] = [];
let givenUp: readonly GivenUpWebhook[] = [];

beforeAll(async () => {
  database = await startTestDatabase();
  alerts = composeAlerts({
    tenant,
    database: database.database,
    alerting: loadAlerting(null),
    handling: loadWarningHandling(null),
    appender: createAppender(database.database, tenant),
    pseudonyms: pseudonymsUnder(Buffer.alloc(32, 1)),
    looks: async () => [],
    deadlines: null,
    reconciliations: async () => unsettled,
    givenUpWebhooks: async () => givenUp,
    meanings: async () => new Map(),
    mail: null,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    lookMs: 20,
  });
  alerts.start();
  server = await startServer({ ...usualWorld().deps, alerts: alerts.desk }, { port: 0 });
});
afterAll(async () => {
  await server?.close();
  await alerts?.close();
  await database?.stop();
});

async function inbox() {
  const response = await fetch(`${server.url}/v1/inbox?state=unread`);
  return inboxEntrySchema.array().parse(((await response.json()) as { items: unknown }).items);
}

describe('a daily reconciliation', () => {
  it('that leaves something is in the inbox of who follows data, and one that leaves the same the next day is not told again', async () => {
    const late = { kind: 'statement-late', source: '/erp', table: 'payments', count: 0 };
    const ago = (days: number) => instant(Date.now() - days * 86_400_000);
    const refused = { kind: 'facts-refused', source: '/erp', table: 'invoices', count: 3 };
    unsettled = [
      { reconciliationId: 'd4', at: ago(1), findings: [late, refused] },
      { reconciliationId: 'd3', at: ago(2), findings: [late] },
      { reconciliationId: 'd2', at: ago(3), findings: [late] },
      { reconciliationId: 'd1', at: ago(4), findings: [] },
    ];
    const [newest, oldest] = await until(async () => {
      const found = (await inbox()).filter(({ kind }) => kind === 'reconciliation');
      return found.length > 1 ? found : null;
    });
    expect([newest?.about, oldest?.about]).toEqual(['d4', 'd2']);
    expect(newest?.text).toContain('Reported facts that the import refuses: 1');
    expect(newest?.text).not.toContain('has not stated');
    expect(oldest?.text).toContain('A source has not stated what it holds: 1');
    const { changes } = await createChangeFeed(database.database, tenant).read(FEED_START, {
      limit: 9,
      types: ['alert'],
    });
    const alert = { kind: 'reconciliation', cause: 'left', level: 'warning', code: 'RECONCILIATION' };
    expect(changes.map(({ after }) => after)).toEqual(
      expect.arrayContaining(['d4', 'd2'].map((about) => ({ ...alert, about }))),
    );
    expect(changes).toHaveLength(2);
    unsettled = [];
  });
});

describe('a webhook whose receiver takes nothing', () => {
  it('is in the inbox of who runs webhooks, once each time that it is given up', async () => {
    const told = async () => (await inbox()).filter(({ kind }) => kind === 'webhook');
    const webhook = { webhookId: 'h-1', name: 'ERP', at: instant(Date.now() - 60_000) };
    givenUp = [webhook];
    const [entry] = await until(async () => ((await told()).length > 0 ? told() : null));
    expect(entry).toMatchObject({ cause: 'given-up', about: 'h-1', level: 'critical', customerId: null });
    expect(entry!.text).toContain('The webhook "ERP" is paused');
    givenUp = [{ ...webhook, at: instant(Date.now() - 1000) }];
    expect(await until(async () => ((await told()).length > 1 ? told() : null))).toHaveLength(2);
    givenUp = [];
  });
});

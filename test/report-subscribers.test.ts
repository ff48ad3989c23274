import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, parseProject, systemClock, type Role } from '../base/index.ts';
import { reportTeller } from '../pipelines/compose/compose-portfolio.ts';
import { escalatedAlert, loadAlerting, loadControlPolicy, mailedPeople } from '../rating/index.ts';
import { createAlertMails, createAlerts } from '../records/alerts/index.ts';
import { createAppender } from '../records/audit/index.ts';
import { createOverrides } from '../records/overrides/index.ts';
import { createControlReports } from '../records/reports/index.ts';
import { createReviews } from '../records/reviews/index.ts';
import { createWarnings } from '../records/warnings/index.ts';
import { composeControl } from '../serving/compose/control.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

const alerting = {
  ...loadAlerting(null),
  people: [
    { actor: 'key:li', email: 'li@example.com', language: 'en', roles: ['credit-officer'] },
    { actor: 'key:wang', email: 'wang@example.cn', language: 'zh-CN', roles: ['credit-manager'] },
  ],
  subscriptions: [
    { report: 'portfolio', role: 'credit-manager', email: true },
    { report: 'customer', role: 'credit-officer', email: false },
    { report: 'control', role: 'credit-officer', email: true },
  ],
};
let root: string;
let server: TestDatabase;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'probity-subscribers-'));
  await writeFile(join(root, 'alerting.json'), JSON.stringify(alerting));
  server = await startTestDatabase();
});
afterAll(async () => {
  await server?.stop();
  await rm(root, { recursive: true, force: true });
});

const projectOf = (tenant: string, withMail: boolean) => ({
  ...parseProject(`tenant: ${tenant}\nportfolio: main\n`, root),
  rulesDir: root,
  mail: withMail ? { smtp: 'smtp://127.0.0.1:1', from: 'probity@example.com' } : null,
});
type TestProject = ReturnType<typeof projectOf>;

/** Tells of a report on the portfolio, on a customer and on the teams, twice each; answers the id of the last. */
async function tellOfAll(project: TestProject): Promise<string> {
  const { database } = server;
  const { tenant } = project;
  const tell = reportTeller(project, database);
  const control = composeControl({
    source: { database, tenant, overrides: createOverrides(database, tenant, createAppender(database, tenant)) },
    reviews: createReviews(database, tenant),
    warnings: createWarnings(database, tenant),
    reports: createControlReports(database, tenant),
    policy: loadControlPolicy(null),
    outcomes: null,
    tell: (reportId) => tell({ reportId, report: 'control', customerId: null }),
    clock: systemClock,
  });
  const { reportId } = await control.make(instant('2026-01-01'), instant('2026-02-01'));
  await tell({ reportId, report: 'control', customerId: null });
  for (let twice = 0; twice < 2; twice++) {
    await tell({ reportId: 'book-1', report: 'portfolio', customerId: null });
    await tell({ reportId: 'person-1', report: 'customer', customerId: 'C-1' });
  }
  return reportId;
}

async function inboxOf({ tenant }: TestProject, actor: string, role: Role): Promise<readonly string[]> {
  const entries = await createAlerts(server.database, tenant, () => []).inbox(
    { actor, roles: [role] },
    { unread: true, limit: 100 },
  );
  return entries
    .map(({ alert }) => `${alert.kind} ${alert.facts.code} ${alert.about} ${alert.customerId ?? '–'}`)
    .toSorted();
}

async function mailsOf(project: TestProject): Promise<readonly string[]> {
  const law = loadAlerting(project.rulesDir);
  const mailed = (alert: Parameters<typeof mailedPeople>[0]) => mailedPeople(alert, law);
  const mails = createAlertMails(server.database, project.tenant, mailed, escalatedAlert);
  // As of tomorrow, so that whatever is to be sent is due.
  const after = (days: number) => instant(Date.now() + days * 86_400_000);
  return (await mails.claim(after(1), after(2), 100)).map(({ alert, actor }) => `${actor} ${alert.about}`).toSorted();
}

describe('a new report', () => {
  it('is in the inbox of the roles that subscribed to its kind, once, and in their mail where they asked for it', async () => {
    const project = projectOf('acme', true);
    const control = await tellOfAll(project);
    expect(await inboxOf(project, 'key:wang', 'credit-manager')).toEqual(['report portfolio book-1 –']);
    expect(await inboxOf(project, 'key:li', 'credit-officer')).toEqual(
      ['report customer person-1 C-1', `report control ${control} –`].toSorted(),
    );
    expect(await inboxOf(project, 'key:zhao', 'viewer')).toEqual([]);
    expect(await mailsOf(project)).toEqual([`key:li ${control}`, 'key:wang book-1'].toSorted());
  });

  it('goes to inboxes alone where the project has no mail server', async () => {
    const project = projectOf('globex', false);
    await tellOfAll(project);
    expect(await inboxOf(project, 'key:li', 'credit-officer')).toHaveLength(2);
    expect(await mailsOf(project)).toEqual([]);
  });
});

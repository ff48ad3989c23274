import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadWarningHandling, raiseWarning, type Alert } from '../rating/index.ts';
import type { AlertDesk } from '../serving/alerts/desk.ts';
import type { Authenticator } from '../serving/access/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { noAlerts } from './serving/desk.ts';
import { anyoneIsAdmin, usualWorld } from './serving/world.ts';
import { chromiumPath } from './support/chromium.ts';

const keep = process.env['PROBITY_SCREENSHOTS'];
const handling = loadWarningHandling(null);
const HOSTILE = '<img src=x onerror=alert(1)>';
const at = (minute: number): string => new Date(Date.UTC(2026, 5, 1, 8, minute)).toISOString();

/** Entries of an inbox: a critical warning first, then what else people are told, 24 in all. */
const alerts: readonly Alert[] = Array.from({ length: 24 }, (_, i): Alert => {
  const [kind, cause] = (
    [
      ['warning', 'raised'],
      ['monitoring', 'alarm'],
      ['report', 'report'],
      ['webhook', 'given-up'],
    ] as const
  )[i % 4]!;
  const isWarning = kind === 'warning';
  return {
    alertId: String(i).padStart(32, '0'),
    kind,
    cause,
    about: isWarning ? `w-${i}` : 'f'.repeat(64),
    level: i === 0 ? 'critical' : i % 4 === 1 ? 'watch' : 'warning',
    customerId: isWarning ? (i === 4 ? HOSTILE : `C-${i}`) : null,
    to: i === 4 ? { kind: 'person', name: 'key:test' } : { kind: 'role', name: 'admin' },
    next: [],
    insteadOf: i === 8 ? 'li' : '',
    facts: {
      code: isWarning ? 'PD_HIGH' : kind === 'report' ? 'portfolio' : 'calibration',
      meaning: isWarning ? { en: 'PD is high.', 'zh-CN': '违约概率偏高。' } : null,
      exposure: isWarning ? 80_000 : null,
      dueBy: isWarning ? at(59) : null,
      measures: isWarning ? ['contact-customer'] : [],
    },
    at: at(40 - i),
  };
});

/** Takes everybody for a credit officer. */
const officer: Authenticator = async (authorization) => {
  const answered = await anyoneIsAdmin(authorization);
  if (!('principal' in answered)) return answered;
  return { principal: { ...answered.principal, roles: ['credit-officer', 'credit-manager'] } };
};

/** An inbox in memory, of one reader. */
function memoryInbox(): AlertDesk & { readonly read: Map<string, string> } {
  const read = new Map<string, string>();
  return {
    ...noAlerts,
    read,
    inbox: async (_, { unread, before, limit }) =>
      alerts
        .filter(({ alertId }) => !unread || !read.has(alertId))
        .filter((alert) => before === undefined || alert.at < before.at)
        .slice(0, limit)
        .map((alert) => ({ alert, readAt: read.get(alert.alertId) ?? null, endedAt: null })),
    unread: async () => alerts.length - read.size,
    markRead: async (_, ids) => ids.forEach((id) => read.set(id, at(59))),
  };
}

describe.skipIf(chromiumPath === undefined)(
  'the page of the inbox in Chromium (skipped where none is installed)',
  () => {
    let browser: Browser;
    let server: RunningServer;
    let page: Page;
    const problems: string[] = [];
    const inbox = memoryInbox();
    beforeAll(async () => {
      const world = usualWorld();
      for (const alert of alerts.filter(({ kind }) => kind === 'warning')) {
        const sighting = { ratingId: '1-aa', level: alert.level, exposure: 80_000, pd: 0.2, grade: 'C1', at: at(0) };
        const request = { warningId: alert.about, customerId: alert.customerId ?? '', segment: null, code: 'PD_HIGH' };
        world.warned.push(raiseWarning({ ...request, sighting }, handling, at(0)));
      }
      server = await startServer({ ...world.deps, alerts: inbox, authenticate: officer }, { port: 0 });
      browser = await chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox'] });
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });
    beforeEach(() => {
      inbox.read.clear();
      problems.length = 0;
    });

    const entries = () => page.locator('.entry');
    const shot = async (name: string) => {
      if (keep !== undefined) await page.screenshot({ path: `${keep}/inbox-${name}.png` });
    };
    /** From the first page, with the key of the tab. */
    async function open(locale: string): Promise<void> {
      page = await browser.newPage({ viewport: { width: 1100, height: 1000 }, locale });
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(server.url);
      await page.locator('input[name=key]').fill('probity_key');
      await page.locator('#enter button').click();
      page.setDefaultTimeout(8_000);
      await page.locator('#toInbox', { hasText: '(24)' }).click();
      await entries().first().waitFor();
    }

    it('shows what its reader and their roles were told, the newest first and page by page, and marks it as read', async () => {
      await open('en-GB');
      expect(await entries().count()).toBe(20);
      expect(await entries().first().innerText()).toContain('Critical');
      await page.getByText('24 unread').waitFor();
      await page.getByText('for you · Customer <img').waitFor();
      await page.getByText('instead of li, who could not be reached').waitFor();
      expect(await page.locator('.entry img').count()).toBe(0);
      await shot('en');
      await page.getByRole('button', { name: 'Show more' }).click();
      await entries().nth(23).waitFor();
      await entries().first().getByRole('button', { name: 'Mark as read' }).click();
      await page.getByText('23 unread').waitFor();
      expect([...inbox.read.keys()]).toEqual([alerts[0]?.alertId]);
      await page.getByLabel('Show').selectOption('unread');
      await page.getByRole('button', { name: 'Mark all that is shown as read' }).click();
      await page.getByText('3 unread').waitFor();
      await page.getByRole('button', { name: 'Refresh' }).click();
      await expect.poll(() => entries().count()).toBe(3);
      await page.getByRole('button', { name: 'Mark all that is shown as read' }).click();
      await page.getByText('0 unread').waitFor();
      expect(inbox.read.size).toBe(24);
      await page.getByRole('button', { name: 'Refresh' }).click();
      await page.getByText('Nothing here.').waitFor();
      await page.getByLabel('Show').selectOption('all');
      await entries().nth(19).waitFor();
      expect(problems).toEqual([]);
      await page.close();
    });

    it('shows a warning as it stands, and acknowledges it, in Chinese', async () => {
      await open('zh-CN');
      expect(await entries().first().innerText()).toMatch(/严重预警[\s\S]*违约概率偏高。/);
      await entries().first().getByRole('button', { name: '查看预警' }).click();
      await entries().first().getByText('状态: 待受理').waitFor();
      await entries().first().getByRole('button', { name: '确认受理' }).click();
      await entries().first().getByText('状态: 已受理').waitFor();
      expect(await entries().first().getByRole('button', { name: '确认受理' }).count()).toBe(0);
      await shot('zh-CN');
      await page.getByLabel('Language').selectOption('en');
      await page.getByText('24 unread').waitFor();
      await page.getByRole('button', { name: 'Forget the key' }).click();
      await page.getByLabel('Key').waitFor();
      expect(await entries().count()).toBe(0);
      expect(problems).toEqual([]);
      await page.close();
    });
  },
);

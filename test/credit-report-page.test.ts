import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock, type Tenant } from '../base/index.ts';
import { composeDossiers } from '../serving/compose/dossiers.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { usualWorld, type World } from './serving/world.ts';
import { chromiumPath } from './support/chromium.ts';
import { startTestDatabase, type TestDatabase } from './support/database.ts';

const shots = process.env['PROBITY_SCREENSHOTS'];
const customerId = 'late';
const NAME = '赵无忌 <b onmouseover=alert(1)>Zhao</b>';
/** What stands on the page in each language, in the order of reading. */
const HEADINGS = {
  en: ['Credit report', 'Ratings', 'Guarantees', 'Documents'],
  'zh-CN': ['信用报告', '评级', '担保', '文件'],
} as const;

describe.skipIf(chromiumPath === undefined)('a credit report in Chromium (skipped where none is installed)', () => {
  let database: TestDatabase;
  let keys: string;
  let world: World;
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    database = await startTestDatabase();
    keys = await mkdtemp(join(tmpdir(), 'probity-keys-'));
    world = usualWorld();
    const dossiers = await composeDossiers({
      tenant: 'acme' as Tenant,
      database: database.database,
      keys,
      clock: systemClock,
      ratingIds: async () => world.recorded.map(({ ratingId }) => ratingId).toReversed(),
    });
    server = await startServer({ ...world.deps, dossiers }, { port: 0 });
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox'] });
    const file = `/v1/customers/${customerId}/file`;
    await made('PUT', `${file}/identity/identity`, {
      body: { kind: 'person', name: NAME, country: 'CN', bornOn: '1990-02-03' },
    });
    await made('POST', `${file}/document`, {
      body: { kind: 'financial-statements', title: 'Statements 2025', expiresOn: '2027-01-31' },
    });
    await made('POST', `${file}/guarantee`, {
      body: { kind: 'personal', guarantor: 'Li Si', amount: '1200.50', currency: 'CNY' },
    });
    for (const days of [45, 3, 0]) {
      world.know(customerId, { days_late: days, sector: 'retail', customer_since: '2019-04-01' });
      await made('POST', '/v1/ratings', { customerId, request: { amount: '12000', termDays: 30 } });
    }
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await database?.stop();
    await rm(keys, { recursive: true, force: true });
  });

  async function made(method: string, path: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(server.url + path, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    expect([path, response.status < 300, text]).toEqual([path, true, expect.any(String)]);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function opened(address: string, language: string, name: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 900, height: 1200 }, locale: language });
    const wrong: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    page.on('pageerror', (error) => wrong.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    const response = await page.goto(server.url + address);
    expect([response?.status(), wrong]).toEqual([200, []]);
    // One self-contained page: nothing else is fetched.
    expect(asked).toEqual([server.url + address]);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
    return page;
  }

  /** What a reader sees of it in this medium. */
  async function seen(page: Page) {
    // In the page, as text: the types of this project know no document.
    return page.evaluate<{
      readonly language: string;
      readonly headings: readonly string[];
      readonly text: string;
      readonly overflow: number;
      readonly scripts: number;
      readonly bold: number;
      readonly margin: string;
      readonly maxWidth: string;
      readonly points: number;
    }>(`({
      language: document.documentElement.lang,
      headings: [...document.querySelectorAll('h1, h2')].map((each) => each.textContent ?? ''),
      text: document.body.innerText,
      overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      scripts: document.scripts.length,
      bold: document.querySelectorAll('b[onmouseover]').length,
      margin: getComputedStyle(document.body).marginTop,
      maxWidth: getComputedStyle(document.body).maxWidth,
      points: document.querySelectorAll('svg circle').length,
    })`);
  }

  it.each(['en', 'zh-CN'] as const)(
    'is read and printed in %s, at the address of the API and by a shared link',
    async (language) => {
      const link = await made('POST', `/v1/customers/${customerId}/report-links`, {
        audience: 'internal',
        language,
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
      const own = `/v1/customers/${customerId}/report?purpose=check&format=html&audience=internal`;
      for (const [address, name] of [
        [own, 'report'],
        [String(link['path']), 'shared'],
      ] as const) {
        const page = await opened(address, language, `credit-${name}-${language}`);
        const screen = await seen(page);
        expect([screen.language, screen.scripts, screen.bold]).toEqual([language, 0, 0]);
        for (const heading of HEADINGS[language])
          expect(
            screen.headings.some((each) => each.includes(heading)),
            `${heading} of ${screen.headings.join('|')}`,
          ).toBe(true);
        expect(screen.text).toContain(NAME);
        expect(screen.text).not.toMatch(/undefined|NaN|\[object/);
        // Outcomes in the reader's words, never by code.
        expect(screen.text).toContain(language === 'en' ? 'approved with conditions' : '有条件批准');
        expect(screen.text).not.toMatch(/\bcondition\b/);
        // Nothing runs out of the page, and the history of three ratings is drawn.
        expect([screen.overflow, screen.points]).toEqual([0, 3]);
        await page.emulateMedia({ media: 'print', colorScheme: 'light' });
        const print = await seen(page);
        expect([print.margin, print.maxWidth, print.overflow]).toEqual(['0px', 'none', 0]);
        expect(print.text).toBe(screen.text);
        if (shots !== undefined)
          await page.screenshot({ path: `${shots}/credit-${name}-${language}-print.png`, fullPage: true });
        const pdf = await page.pdf({ format: 'A4' });
        expect([pdf.subarray(0, 5).toString(), pdf.length > 5_000]).toEqual(['%PDF-', true]);
        await page.close();
      }
    },
    60_000,
  );
});

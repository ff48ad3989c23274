import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock, type Tenant } from '../base/index.ts';
import { loadAudiences, type Audience } from '../records/credit-file/index.ts';
import { composeDossiers } from '../serving/compose/dossiers.ts';
import { REPORT_WORDS } from '../serving/credit-report/words.ts';
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

/** What is on file of a company and of a person: each value stands in one place alone. */
const ON_FILE = {
  company: {
    customerId: 'company',
    identity: {
      kind: 'company',
      name: '深圳市蓝船贸易有限公司',
      country: 'CN',
      unifiedSocialCreditCode: '9144030071526726XG',
      registrationNumber: '440301103448669',
      legalForm: '有限责任公司',
      foundedOn: '1998-11-11',
      legalRepresentative: '钱小满',
    },
    contact: { channel: 'phone', value: '+86 755 8601 3388', label: 'Reception at the quay' },
    document: {
      kind: 'business licence',
      title: 'Licence of the head office',
      issuedOn: '2024-01-02',
      expiresOn: '2034-01-03',
      reference: 'dms:licence-0047',
    },
    guarantee: {
      kind: 'bank',
      guarantor: 'Harbour Bank of Ningbo',
      amount: '500000.25',
      currency: 'HKD',
      validUntil: '2031-05-06',
    },
    review: { dueOn: '2029-11-04', because: ['exposure'], assignee: 'reviewer-wang', state: 'open' },
    note: { text: 'Pays after the third reminder only' },
  },
  person: {
    customerId: 'person',
    identity: {
      kind: 'person',
      name: '赵无忌',
      country: 'CN',
      bornOn: '1949-12-31',
      residentNumber: '11010519491231002X',
      otherIdentityNumber: 'E-4471-1190',
    },
    contact: { channel: 'email', value: 'zhao@example.net', label: 'Private mail' },
    document: {
      kind: 'income statement',
      title: 'Salary of last year',
      issuedOn: '2025-01-02',
      expiresOn: '2033-01-03',
      reference: 'dms:salary-0048',
    },
    guarantee: {
      kind: 'personal',
      guarantor: 'Sun Lihua',
      amount: '1200.75',
      currency: 'MOP',
      validUntil: '2030-05-06',
    },
    review: { dueOn: '2028-11-04', because: ['date'], assignee: 'reviewer-chen', state: 'open' },
    note: { text: 'Has quarrelled with the shop' },
  },
} as const;
const PARTS = ['identity', 'contact', 'document', 'guarantee', 'review', 'note'] as const;
/** What a page calls what it tells of a rating, by key of the profile. */
const RATING_WORDS = {
  en: { grade: 'Grade', score: 'Score', pd: 'Probability of default', limit: 'Credit limit', reasons: 'Reasons' },
  'zh-CN': { grade: '评级', score: '信用评分', pd: '违约概率', limit: '授信额度', reasons: '主要原因' },
} as const;

describe.skipIf(chromiumPath === undefined)('a credit report in Chromium (skipped where none is installed)', () => {
  let database: TestDatabase;
  let keys: string;
  let world: World;
  const rated = new Map<string, readonly string[]>();
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
      ratingIds: async (id) => rated.get(id)?.toReversed() ?? [],
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
    for (const { customerId: id, identity, ...parts } of Object.values(ON_FILE)) {
      await made('PUT', `/v1/customers/${id}/file/identity/identity`, { body: identity });
      for (const [part, body] of Object.entries(parts))
        await made('POST', `/v1/customers/${id}/file/${part}`, { body });
    }
    for (const days of [45, 3, 0]) {
      for (const id of [customerId, ...Object.values(ON_FILE).map((on) => on.customerId)]) {
        world.know(id, { days_late: days, sector: 'retail', customer_since: '2019-04-01' });
        const asked = { customerId: id, request: { amount: '12000', termDays: 30 } };
        const { ratingId } = await made('POST', '/v1/ratings', asked);
        rated.set(id, [...(rated.get(id) ?? []), String(ratingId)]);
      }
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

  const audiences = loadAudiences();
  const pages = (['company', 'person'] as const).flatMap((who) =>
    Object.keys(audiences).flatMap((audience) =>
      (['en', 'zh-CN'] as const).map((language) => ({ who, audience, language })),
    ),
  );

  it.each(pages)(
    'of a $who for $audience in $language shows what the profile names, and hides the rest from the page',
    async (of) => {
      const { who, audience, language } = of;
      const on = ON_FILE[who];
      const profile = audiences[audience] as Audience;
      const link = await made('POST', `/v1/customers/${on.customerId}/report-links`, {
        audience,
        language,
        expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      });
      const page = await opened(String(link['path']), language, `credit-${who}-${audience}-${language}`);
      const { text, overflow, language: lang } = await seen(page);
      const source = await page.content();
      const heads = await page.evaluate<readonly string[]>(
        `[...document.querySelectorAll('h2, th, dt, .headline span')].map((each) => each.textContent ?? '')`,
      );
      await page.close();
      expect([lang, overflow]).toEqual([language, 0]);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      const sees = (part: Exclude<keyof Audience, 'name'>, key: string) =>
        profile[part] === 'all' || profile[part].includes(key);
      let hidden = 0;
      for (const part of PARTS)
        for (const [key, value] of Object.entries(on[part])) {
          // Codes stand in the page's words, and a currency or a country may be those of an amount elsewhere.
          if (typeof value !== 'string' || ['kind', 'country', 'channel', 'state'].includes(key)) continue;
          const shown = sees(part, key);
          hidden += shown ? 0 : 1;
          const cell = `${part}.${key} ${value}`;
          expect([cell, text.includes(value), source.includes(value)]).toEqual([cell, shown, shown]);
        }
      for (const [key, word] of Object.entries(RATING_WORDS[language])) {
        const shown = sees('rating', key);
        hidden += shown ? 0 : 1;
        expect([key, heads.includes(word)]).toEqual([key, shown]);
      }
      // A part that is hidden whole is not told of, not even as empty.
      for (const part of ['contact', 'review', 'note'] as const)
        expect([part, heads.includes(REPORT_WORDS[part][language])]).toEqual([part, profile[part].length > 0]);
      expect(hidden > 0).toBe(audience !== 'internal');
    },
  );
});

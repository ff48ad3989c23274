import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant, LANGUAGES } from '../base/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { warningReviewSchema } from '../serving/openapi/warning-review-paths.ts';
import { reviewPage } from '../serving/warnings/review-page.ts';
import { reviewedMonth } from './serving/warning-review.ts';
import { usualWorld } from './serving/world.ts';
import { chromiumPath, MISFITS } from './support/chromium.ts';

const period = { from: instant('2026-06-01'), until: instant('2026-07-01') };
let server: RunningServer;
beforeAll(async () => {
  server = await startServer(usualWorld().deps, { port: 0 });
});
afterAll(() => server?.close());
const address = (query: string): string => `http://127.0.0.1:${server.port}/v1/reports/warnings?${query}`;

describe('the review of warnings by the API', () => {
  it('is data as the document describes it: rules that help, that never do, and of which too little is known', async () => {
    const review = warningReviewSchema.parse(await (await fetch(address('from=2026-06-01&to=2026-07-01'))).json());
    expect(review.rules.map(({ code, verdict }) => [code, verdict])).toEqual([
      ['BUST_OUT', 'too-few'],
      ['COMPLAINTS', 'never-helps'],
      ['INDUSTRY_WORSENING', 'too-few'],
      ['ORDER_PATTERN_BREAK', 'no-difference-shown'],
      ['PAYMENT_TURNS_LATE', 'helps'],
    ]);
    expect(review.neverHelp).toEqual(['COMPLAINTS']);
    expect(review.rules[4]?.withMeasures).toMatchObject({ treated: 36, treatedCustomers: 36 });
    expect(review.rules[4]?.withMeasures?.difference).not.toBeNull();
  });

  it('refuses a period that does not end after it begins, and what is no period', async () => {
    for (const query of ['from=2026-06-01&to=2026-06-01', 'from=2026-06-01', 'from=june&to=july'])
      expect((await fetch(address(query))).status).toBe(400);
  });

  it('is a page in the language that is asked for, without scripts, its names escaped', async () => {
    const page = async (language: string) => {
      const headers = { 'accept-language': language };
      const answer = await fetch(address('from=2026-06-01&to=2026-07-01&format=html'), { headers });
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
      return answer.text();
    };
    expect(await page('en')).toContain('Rules that never help');
    expect(await page('zh-CN')).toContain('无效规则');
    const codes = { COMPLAINTS: { en: '<b>Complaints', 'zh-CN': '<b>投诉' } };
    for (const language of LANGUAGES)
      expect(reviewPage(await reviewedMonth(period), codes, language)).not.toMatch(/<script|https?:|<b>Comp|<b>投诉/);
  });

  it('says that outcomes are not known, and of no rule anything', async () => {
    const { rules: _, ...review } = await reviewedMonth(period);
    const outcomes = { knownUntil: null, why: 'There is no <warehouse>.' } as const;
    const page = reviewPage({ ...review, rules: [], neverHelp: [], baseRate: null, unwarned: 0, outcomes }, {}, 'en');
    expect(page).toContain('There is no &#60;warehouse&#62;.');
    expect(page).toContain('No warning was raised in this period.');
  });
});

describe.skipIf(chromiumPath === undefined)('its page in Chromium (skipped where none is installed)', () => {
  const keep = process.env['PROBITY_SCREENSHOTS'];
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'probity-review-'));
  let browser: Browser;
  beforeAll(async () => {
    if (keep !== undefined) mkdirSync(keep, { recursive: true });
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  });

  it.each(LANGUAGES)(
    'asks for nothing, shows every figure, and fits a screen and a sheet of paper (%s)',
    async (language) => {
      const file = join(folder, `review-${language}.html`);
      const headers = { 'accept-language': language };
      writeFileSync(
        file,
        await (await fetch(address('from=2026-06-01&to=2026-07-01&format=html'), { headers })).text(),
      );
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      const problems: string[] = [];
      page.on('console', (message) => problems.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith('file:')) problems.push(`asked for ${request.url()}`);
      });
      await page.goto(`file://${file}`);
      expect(await page.locator('table').first().locator('tbody tr').count()).toBe(5);
      expect(await page.locator('.never-helps').allInnerTexts()).toEqual([language === 'en' ? 'never helps' : '无效']);
      expect(await page.locator('body').innerText()).not.toMatch(/NaN|undefined|null/);
      expect(await page.evaluate(MISFITS)).toEqual([]);
      if (keep !== undefined) await page.screenshot({ path: join(folder, `review-${language}.png`), fullPage: true });
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 718, height: 1000 });
      expect(await page.evaluate(MISFITS)).toEqual([]);
      expect(problems).toEqual([]);
      await page.close();
    },
  );
});

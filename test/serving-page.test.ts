import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadWarningHandling, raiseWarning, type SignalEvidence } from '../rating/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { OPERATIONS, type Authenticator } from '../serving/access/index.ts';
import { anyoneIsAdmin, usualWorld } from './serving/world.ts';
import { chromiumPath } from './support/chromium.ts';

const onlyRight: Authenticator = async (authorization) =>
  authorization === 'Bearer right'
    ? anyoneIsAdmin(authorization)
    : { refusal: { reason: 'test', told: 'Not known.', keyId: null } };
const shots = process.env['PROBITY_SCREENSHOTS'];

it.each(['/', '/docs', '/inbox'])(
  'the policy of %s allows its own script and style by hash, and nothing else',
  async (path) => {
    const server = await startServer(usualWorld().deps, { port: 0 });
    try {
      const response = await fetch(server.url + path);
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(
        /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'/,
      );
      expect(policy).not.toContain('unsafe');
      expect(await response.text()).not.toMatch(/https?:\/\/|innerHTML| on\w+="/);
    } finally {
      await server.close();
    }
  },
);

describe.skipIf(chromiumPath === undefined)('the page in Chromium (skipped where none is installed)', () => {
  let browser: Browser;
  let server: RunningServer;
  let strict: RunningServer;
  const world = usualWorld();

  beforeAll(async () => {
    world.know('<img src=x onerror=alert(1)>', { days_late: 45, sector: '<b>bold</b>' });
    server = await startServer(world.deps, { port: 0 });
    strict = await startServer({ ...world.deps, authenticate: onlyRight }, { port: 0 });
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await strict?.close();
  });

  it('rates a customer in English and in Chinese, without an error or a refused resource', async () => {
    const page = await browser.newPage({ viewport: { width: 1100, height: 1300 }, locale: 'en-GB' });
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(server.url);
    await page.getByText('Ready to rate').waitFor();
    expect(await page.getByLabel('Customer').isVisible()).toBe(false);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/page-key-en.png` });
    await page.getByLabel('Key').fill('probity_key');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('key:test (admin)').waitFor();
    await page.getByLabel('Customer').fill('late');
    await page.getByRole('button', { name: 'Rate' }).click();
    await page.getByText('Why it was decided so').waitFor();
    // Once as a reason of the decision, once of the model's score.
    await page.getByText('Days late: 45; good is below 1. (+').waitFor();
    await page.getByText('Days late: 45; good is below 1. (−').waitFor();
    await page.getByText('Every contribution').click();
    if (shots !== undefined) await page.screenshot({ path: `${shots}/page-en.png` });
    await page.getByLabel('Language').selectOption('zh-CN');
    await page.getByText('逾期天数：45；良好水平为低于1。 (+').waitFor();
    await page.getByText('可以评级').waitFor();
    if (shots !== undefined) await page.screenshot({ path: `${shots}/page-zh.png` });
    expect(errors).toEqual([]);
    await page.close();
  });

  it('asks again for a key that is refused, and forgets a key when it is told to', async () => {
    const page = await browser.newPage({ locale: 'zh-CN' });
    await page.goto(strict.url);
    await page.getByLabel('密钥').fill('wrong');
    await page.getByRole('button', { name: '使用此密钥' }).click();
    await page.locator('#enter .problem').waitFor();
    expect(await page.evaluate("sessionStorage.getItem('probity-key')")).toBeNull();
    await page.getByLabel('密钥').fill('right');
    await page.getByRole('button', { name: '使用此密钥' }).click();
    await page.getByRole('button', { name: '清除密钥' }).click();
    await page.getByLabel('密钥').waitFor();
    expect(await page.evaluate("sessionStorage.getItem('probity-key')")).toBeNull();
    await page.close();
  });

  it('shows every operation of the API, its examples and schemas, and sends a request, in English and in Chinese', async () => {
    const page = await browser.newPage({ viewport: { width: 1100, height: 1600 }, locale: 'en-GB' });
    const errors: string[] = [];
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`${server.url}/docs#rate`);
    await page.getByText('Rate a customer as of an instant').waitFor();
    expect(await page.locator('#operations > details').count()).toBe(Object.keys(OPERATIONS).length);
    await page.locator('#key').fill('probity_key');
    await page.getByRole('button', { name: 'Send rate', exact: true }).click();
    await page.getByText(/^200 OK, \d+ ms$/).waitFor();
    await page.getByText('"code": "C3"').first().waitFor();
    if (shots !== undefined) await page.screenshot({ path: `${shots}/docs-en.png` });
    await page.locator('#language').selectOption('zh-CN');
    await page.getByRole('button', { name: '发送 rate', exact: true }).click();
    await page.getByText(/^200 OK, \d+ 毫秒$/).waitFor();
    if (shots !== undefined) await page.screenshot({ path: `${shots}/docs-zh.png` });
    expect(errors).toEqual([]);
    await page.close();
  });

  it('shows a warning that customers share, and each of them with what was seen of it', async () => {
    const at = '2026-06-01T08:00:00.000Z';
    const fact = { topic: 'identity_shared_kinds', table: 'contacts', key: 'detail-1', on: '2026-05-01', amount: 1 };
    const signals: SignalEvidence = {
      asOf: at,
      snapshotId: 's',
      rules: 'r',
      rows: ['identity two'],
      values: { identity_shared_kinds: 2 },
      facts: [fact],
      others: { customers: 1, exposure: 2500 },
      circle: 'identity',
      proposal: null,
    };
    const sighting = { ratingId: 'l', level: 'critical', exposure: 6000, pd: null, grade: null, at, signals } as const;
    const request = { warningId: 'w-ring', customerId: 'C-1', segment: null, code: 'IDENTITY_SHARED', sighting };
    const shared = usualWorld();
    shared.warned.push(raiseWarning(request, loadWarningHandling(null), at));
    const seen = {
      level: 'critical',
      rows: signals.rows,
      values: signals.values,
      facts: [{ ...fact, key: 'detail-2' }],
    } as const;
    const members = async () => [{ subject: 'C-1', memberId: 'C-2', kind: 'identity', exposure: 2500, seen } as const];
    const running = await startServer({ ...shared.deps, warnings: { ...shared.deps.warnings, members } }, { port: 0 });
    const page = await browser.newPage({ viewport: { width: 1100, height: 1300 }, locale: 'en-GB' });
    page.setDefaultTimeout(10_000);
    await page.goto(running.url);
    await page.getByLabel('Key').fill('probity_key');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('Evidence').click();
    await page.getByRole('button', { name: 'Show them' }).click();
    await page.getByText('detail-2').waitFor();
    expect(await page.locator('#warnings').innerText()).toMatch(/C-1[\s\S]*C-2/);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/page-ring.png` });
    await page.close();
    await running.close();
  });

  it('shows markup in data as text', async () => {
    const page = await browser.newPage({ locale: 'en-GB' });
    await page.goto(server.url);
    await page.getByLabel('Key').fill('probity_key');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByLabel('Customer').fill('<img src=x onerror=alert(1)>');
    await page.getByRole('button', { name: 'Rate' }).click();
    await page.getByText('Days late: 45').first().waitFor();
    expect(await page.locator('#answer img, #answer td b').count()).toBe(0);
    await page.close();
  });
});

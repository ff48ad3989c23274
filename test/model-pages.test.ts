import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANGUAGES, seededRandom, type Language } from '../base/index.ts';
import { parseFlat } from '../features/specs/parse-flat.ts';
import type { Artefact } from '../models/artefact/index.ts';
import { renderModelCard } from '../models/card/index.ts';
import { trainFlat, validateFlat, type TrainedFlat } from '../models/flat/index.ts';
import { ENDED, hazardPage, validateHazard } from '../models/hazard/index.ts';
import { renderValidationHtml } from '../models/validation/index.ts';
import { makeDataset } from '../models/dataset/index.ts';
import { artefactOf } from '../models/artefact/arbitrary.ts';
import { chromiumPath, MISFITS } from './support/chromium.ts';

const keep = process.env['PROBITY_SCREENSHOTS'];
const folder = keep ?? mkdtempSync(join(tmpdir(), 'probity-pages-'));
const at = (name: string): string => join(folder, name);

const PURPOSES = ['debt consolidation of several earlier loans', 'car', 'home improvement', '婚礼与旅行', 'other'];
const SPEC = `
name: pages
id: customer
target: {column: bad, bad: [1], good: [0]}
time: seen
segment: area
protected: [sex]
horizon: 12
features:
  - {name: days_late_at_most_in_the_last_twelve_months, type: number, monotone: increasing, missing: [-1], label: {en: Most days late in the last twelve months, zh-CN: 近十二个月最长逾期天数}}
  - {name: income, type: number, monotone: decreasing}
  - {name: purpose, type: category, label: {en: Purpose, zh-CN: 用途}}
  - {name: first_seen, type: date, label: {en: First seen, zh-CN: 首次往来日期}}
`;

/** Rows with missing values, a special code, long and Chinese levels, and an interaction that a pair has to carry. */
function csv(count: number, year: number, seed: string): string {
  const random = seededRandom(seed);
  const lines = Array.from({ length: count }, (_, i) => {
    const late = Math.round(Math.max(0, 20 + 25 * random.normal()));
    const income = Math.round(1e6 * Math.exp(random.normal())) / 10;
    const p = random.integer(PURPOSES.length);
    const together = (late > 20 ? 1 : -1) * (income > 1e5 ? 1 : -1);
    const odds = -1.4 + 0.02 * late - 0.3 * Math.log(income / 1e5) + 0.3 * p - 0.5 * together;
    const bad = random.uniform() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
    const told = random.uniform() < 0.05 ? '' : random.uniform() < 0.05 ? '-1' : String(late);
    const [area, sex] = [['north', 'south'][i % 2], ['f', 'm'][(i >> 1) % 2]];
    return [
      `${seed}${i}`,
      told,
      income,
      PURPOSES[p],
      `20${10 + (i % 9)}-06-01`,
      `${year}-0${1 + (i % 9)}-15`,
      area,
      sex,
      bad,
    ].join();
  });
  const head = 'customer,days_late_at_most_in_the_last_twelve_months,income,purpose,first_seen,seen,area,sex,bad';
  return [head, ...lines].join('\n');
}

/** The page of a hazard model made by hand, on made-up rows. */
function termStructurePage(language: Language): string {
  const plain = { codes: [], kind: 'number' } as const;
  const term = { type: 'number', band: null, monotone: null, range: null, label: null } as const;
  const ages = { term: 'months_on_book', periodMonths: 3, longestMonths: 36 };
  const artefact: Artefact = {
    ...artefactOf({
      intercept: -3.5,
      terms: [
        { ...term, name: 'x', encoding: { ...plain, edges: [0] }, shape: [0, -0.7, 0.7], support: [0, 500, 500] },
        { ...term, name: ages.term, encoding: { ...plain, edges: [12] }, shape: [0, 0.2, -0.2], support: [0, 9, 9] },
      ],
      pairs: [],
    }),
    target: { kind: 'hazard', definition: 'default', horizonMonths: null, ages },
  };
  const random = seededRandom('pages/hazard');
  const rows = 3000;
  const x = Float64Array.from({ length: rows }, () => random.normal());
  const steps = Int32Array.from({ length: rows }, () => 1 + random.integer(12));
  const ended = Int8Array.from(x, (value) =>
    random.uniform() < (value > 0 ? 0.3 : 0.1) ? ENDED.defaulted : ENDED.censored,
  );
  const test = makeDataset({
    rows,
    columns: [{ kind: 'number', name: 'x', values: x }],
    features: [{ name: 'x', type: 'number', codes: [], monotone: null, label: null }],
    bad: Uint8Array.from(ended),
    weight: null,
    group: null,
    time: null,
    ids: Array.from(x, (_, i) => String(i)),
  });
  return hazardPage(validateHazard('a'.repeat(64), artefact, { rows: test, steps, ended }), language);
}

describe.skipIf(chromiumPath === undefined)('pages of a model in Chromium (skipped where none is installed)', () => {
  let browser: Browser;
  let trained: TrainedFlat;
  const pages = new Map<string, string>();

  beforeAll(async () => {
    if (keep !== undefined) mkdirSync(keep, { recursive: true });
    writeFileSync(at('train.csv'), csv(2500, 2024, 'a'));
    writeFileSync(at('later.csv'), csv(2000, 2025, 'b'));
    writeFileSync(at('rejected.csv'), csv(500, 2024, 'r').replaceAll(/,[01]$/gm, ','));
    const settings = { folds: 3, maxRounds: 200, smoothRounds: 40, pairs: 2, refit: false };
    trained = await trainFlat({ spec: parseFlat(SPEC), train: at('train.csv'), seed: 1, settings });
    const validation = await validateFlat({
      model: trained,
      champion: trained,
      data: at('later.csv'),
      train: at('train.csv'),
      rejected: at('rejected.csv'),
      grades: [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 1].map((pdBelow, i) => ({ code: `C${i}`, pdBelow })),
    });
    for (const language of LANGUAGES) {
      pages.set(`card ${language}`, renderModelCard(trained.artefact, { language, validation }));
      pages.set(
        `validation ${language}`,
        renderValidationHtml(validation, { language, model: trained.artefact.model }),
      );
      pages.set(`term structure ${language}`, termStructurePage(language));
    }
    browser = await chromium.launch({ executablePath: chromiumPath as string, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  });

  async function opened(name: string): Promise<{ page: Page; problems: string[] }> {
    const file = at(`${name.replaceAll(' ', '-')}.html`);
    writeFileSync(file, pages.get(name)!);
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const problems: string[] = [];
    page.on('console', (message) => problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('request', (request) => {
      if (request.url() !== pathToFileURL(file).href) problems.push(`asked for ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
    return { page, problems };
  }

  it.each(
    LANGUAGES.flatMap((language) => ['card', 'validation', 'term structure'].map((page) => `${page} ${language}`)),
  )(
    'the page "%s" asks for nothing, says nothing on the console, shows every section and chart, and fits a screen and a sheet of paper',
    async (name) => {
      const { page, problems } = await opened(name);
      for (const part of ['h1', 'h2', 'svg']) {
        const all = await page.locator(part).all();
        expect(all.length).toBeGreaterThan(part === 'h2' ? 1 : 0);
        for (const each of all) expect(await each.isVisible()).toBe(true);
      }
      for (const each of await page.locator('svg').all())
        expect((await each.boundingBox())?.height).toBeGreaterThan(100);
      expect(await page.evaluate(MISFITS)).toEqual([]);
      if (keep !== undefined) await page.screenshot({ path: at(`${name.replaceAll(' ', '-')}.png`), fullPage: true });
      // A4 is 210 mm: 794 px, less Chromium's margins of 10 mm a side.
      await page.emulateMedia({ media: 'print' });
      await page.setViewportSize({ width: 718, height: 1000 });
      expect(await page.evaluate(MISFITS)).toEqual([]);
      if (keep !== undefined)
        await page.screenshot({ path: at(`${name.replaceAll(' ', '-')}-print.png`), fullPage: true });
      expect(problems).toEqual([]);
      await page.close();
    },
  );

  it.each(LANGUAGES)(
    'the card has a drawing for each feature and pair, and the report one for each feature (%s)',
    async (language) => {
      const { terms, pairs } = trained.artefact.model;
      expect(pairs.length).toBeGreaterThan(0);
      const charts = async (name: string): Promise<string[]> => {
        const { page } = await opened(name);
        const labels = await page.locator('figure:visible > figcaption').allInnerTexts();
        await page.close();
        return labels;
      };
      const [card, report] = [await charts(`card ${language}`), await charts(`validation ${language}`)];
      for (const { name, label } of terms) {
        expect(card).toContain(label?.[language] ?? name);
        expect(report).toContain(label?.[language] ?? name);
      }
      expect(card.filter((each) => each.includes(' × '))).toHaveLength(pairs.length);
    },
  );
});

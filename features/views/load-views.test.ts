import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot, ProbityError } from '../../base/index.ts';
import { CONTRACTS } from '../contracts/index.ts';
import { catalogueMarkdown, checkViews, loadViews, requireViews, storeViews, viewHashes, viewsFor } from './index.ts';
import type { FeatureView } from './index.ts';

let views: readonly FeatureView[];
let folder: string;
beforeAll(async () => {
  views = await loadViews();
  folder = await mkdtemp(join(tmpdir(), 'probity-views-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const HEADER = `-- view: own
-- grain: one row per customer and observation date
-- windows: none
-- tables: orders
-- depends on: none
--
-- feature: own_orders
--   type: number
--   unit: orders
--   en: Orders
--   zh-CN: 订单数
--   null: never ordered
`;
const JOIN = `FROM asked LEFT JOIN orders o ON o.party_id = asked.party_id AND o.known_from <= asked.as_of
  AND asked.as_of < o.known_until AND o.happened_at <= asked.as_of`;
const VIEW = `${HEADER}SELECT asked.party_id, asked.as_of, nullif(count(o.order_id), 0) AS own_orders\n${JOIN}\nGROUP BY ALL\n`;

async function problemsOf(text: string, name = 'own'): Promise<string> {
  const own = await mkdtemp(join(folder, 'own-'));
  await writeFile(join(own, `${name}.sql`), text);
  try {
    await loadViews({ projectViewsDir: own });
    return '';
  } catch (error) {
    if (!(error instanceof ProbityError)) throw error;
    expect(error.code).toBe('VIEW_INVALID');
    return error.problems.map(({ at, message }) => `${at}: ${message}`).join('\n');
  }
}

describe('the built-in views', () => {
  it('are at least nine, read every contract that features may read, and never outcomes', () => {
    expect(views.filter((view) => view.kind !== 'statistics').length).toBeGreaterThanOrEqual(9);
    const read = new Set(views.flatMap((view) => view.tables));
    const unread = CONTRACTS.map((contract) => contract.name).filter((name) => !read.has(name));
    expect(unread).toEqual(['party_attributes', 'outcomes']);
  });

  it('are documented in the committed catalogue, word for word', async () => {
    expect(await readFile(join(packageRoot(), 'docs/features.md'), 'utf8')).toBe(catalogueMarkdown(views));
  });

  it('call their features by names short enough for a reason', () => {
    const long = views.flatMap((view) =>
      view.features.filter(({ meaning }) => meaning.en.length > 64 || meaning['zh-CN'].length > 24),
    );
    expect(long.map(({ name }) => name)).toEqual([]);
  });

  it('keep their hash over comments and layout, and change it, and that of what depends on them, with their statement', async () => {
    const edit = (change: (sql: string) => string) =>
      checkViews(views.map((view) => (view.name === 'profile' ? { ...view, sql: change(view.sql) } : view)));
    const same = await edit((sql) => `-- another comment\n${sql.replaceAll('\n', '\n   ')}\n/* and one more */`);
    expect(viewHashes(same)).toEqual(viewHashes(views));
    const other = viewHashes(await edit((sql) => sql.replace("'collection'", "'sales'")));
    const changed = Object.entries(viewHashes(views)).flatMap(([name, hash]) => (other[name] === hash ? [] : [name]));
    expect(changed.sort()).toEqual(['market_conditions', 'profile', 'segment_comparison', 'segment_statistics']);
  });

  it('are refused by name under a model that was trained with other ones', async () => {
    const wanted = { ...viewHashes(views), exposure: 'a'.repeat(64), gone: 'b'.repeat(64) };
    expect(() => requireViews(views, viewHashes(views))).not.toThrow();
    expect(() => requireViews(views, wanted)).toThrow(/exposure, gone/);
    await storeViews(folder, views);
    expect(await viewsFor(folder, { market_conditions: viewHashes(views)['market_conditions'] ?? '' })).toEqual(
      views.filter((view) => view.name === 'profile' || view.name === 'market_conditions'),
    );
    await expect(viewsFor(folder, wanted)).rejects.toThrow(/exposure, gone/);
  });
});

describe("a project's own view", () => {
  it('is added, or replaces the built-in one of its name', async () => {
    const own = join(folder, 'project');
    await mkdir(own);
    await writeFile(join(own, 'own.sql'), VIEW);
    await writeFile(
      join(own, 'bureau_facts.sql'),
      VIEW.replace('view: own', 'view: bureau_facts').replaceAll('own_orders', 'bureau_orders'),
    );
    const loaded = await loadViews({ projectViewsDir: own, attributes: [{ name: 'vip "tier"', type: 'category' }] });
    const of = (name: string) => loaded.find((view) => view.name === name)?.features.map((feature) => feature.name);
    expect([of('own'), of('bureau_facts'), of('custom_attributes')]).toEqual([
      ['own_orders'],
      ['bureau_orders'],
      ['vip "tier"'],
    ]);
  });

  it.each<readonly [string, string, RegExp]>([
    [
      'names outcomes',
      VIEW.replaceAll('orders o', 'outcomes o')
        .replace('tables: orders', 'tables: outcomes')
        .replaceAll('o.order_id', 'o.subject_id'),
      /only labels may read/,
    ],
    ['reads later facts', VIEW.replace('o.known_from <= asked.as_of', 'true'), /without `o.known_from <= asked.as_of`/],
    ...['(o.known_from <= asked.as_of OR true)', 'o.known_from <= asked.as_of + INTERVAL 1 DAY'].map(
      (bound) =>
        [
          `reads later facts by ${bound}`,
          VIEW.replace('o.known_from <= asked.as_of', bound),
          /without `o.known_from <= asked.as_of`/,
        ] as const,
    ),
    [
      'reads later facts by a negative interval',
      VIEW.replace('o.known_from <= asked.as_of', "o.known_from <= asked.as_of - INTERVAL '-1 year'"),
      /without `o.known_from <= asked.as_of`/,
    ],
    [
      'makes an instant of its own',
      VIEW.replace('FROM asked LEFT', "FROM (SELECT party_id, TIMESTAMP '2999-01-01' AS as_of FROM asked) asked LEFT"),
      /`as_of` of its own/,
    ],
    [
      'reads what it does not declare',
      VIEW.replaceAll('orders o', 'invoices o').replaceAll('o.order_id', 'o.invoice_id'),
      /`invoices`, which its header does not declare/,
    ],
    [
      'uses the present',
      VIEW.replace('nullif(count(o.order_id), 0)', 'year(current_date)'),
      /current_date|differs from run to run/,
    ],
    ['uses chance', VIEW.replace('nullif(count(o.order_id), 0)', 'random()'), /random\(\)/],
    ['averages floats', VIEW.replace('nullif(count(o.order_id), 0)', 'avg(o.amount)'), /avg\(\)/],
    ['sums floats', VIEW.replace('nullif(count(o.order_id), 0)', 'sum(o.amount::DOUBLE)'), /sums floating-point/],
    [
      'depends on the order of rows',
      VIEW.replace('nullif(count(o.order_id), 0)', 'len(list(o.amount))'),
      /list\(\) without an ORDER BY/,
    ],
    ['reads a file', VIEW.replace('FROM asked', "FROM read_csv('x.csv'), asked"), /read_csv\(\)/],
    ['reads by schema', VIEW.replace('JOIN orders o', 'JOIN raw.orders o'), /with a schema/],
    ['gives another column', VIEW.replace('AS own_orders', 'AS others'), /"own_orders".*\n.*"others"/],
    [
      'gives another type',
      VIEW.replace('nullif(count(o.order_id), 0)', 'max(o.status)'),
      /VARCHAR in the statement, which is not a number/,
    ],
    [
      'has a feature of another view',
      VIEW.replaceAll('own_orders', 'utilisation'),
      /a feature of (exposure|own) already/,
    ],
    ['depends on itself', VIEW.replace('depends on: none', 'depends on: own'), /in a circle: own/],
    ['is two statements', `${VIEW}; SELECT 1`, /not one SELECT/],
    ['does not select', `${HEADER}DROP TABLE orders`, /not one SELECT/],
    [
      'lacks documentation',
      VIEW.replace('--   zh-CN: 订单数\n', '').replace('--   unit: orders\n', ''),
      /lacks `unit`.*\n.*lacks `zh-CN`/,
    ],
    ['has an unknown key', VIEW.replace('unit:', 'units:'), /`units` is not a key/],
  ])('that %s is refused', async (_what, text, message) => {
    expect(await problemsOf(text)).toMatch(message);
  });
});

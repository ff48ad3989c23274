import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import {
  contentHash,
  exactGlob,
  literal,
  loadProject,
  packageRoot,
  PROJECT_FILE,
  sha256,
  systemClock,
  writeFileAtomic,
  type Progress,
  type Project,
} from '../../base/index.ts';
import { simulate, type SimulatedPortfolio } from '../../simulator/index.ts';

/** About which share of the demo's customers is dishonest in each way that signals of integrity look for. */
const PLANTED = 0.01;
/** Of its documents that expire, the share that is renewed. */
const RENEWED = 0.9;

export interface DemoOptions {
  readonly customers: number;
  readonly seed: number;
  /** Folder of all demo projects; each size and seed has its own below it. */
  readonly folder: string;
}

export interface DemoProject {
  readonly project: Project;
  readonly portfolio: SimulatedPortfolio;
  /** True where the portfolio lay there from an earlier run. */
  readonly reused: boolean;
}

/**
 * A project over a simulated portfolio whose history ends with last month, so that a rating of today is of today. Made once for its
 * size, seed, month and simulator (by hash of its sources), and found again by later runs with everything that they imported and trained.
 */
export async function demoProject(options: DemoOptions, progress: Progress): Promise<DemoProject> {
  const { customers, seed } = options;
  const version = (await simulatorHash()).slice(0, 8);
  const end = `${systemClock.now().slice(0, 7)}-01`;
  const root = join(options.folder, `${customers}-customers-seed-${seed}-until-${end.slice(0, 7)}-${version}`);
  const data = join(root, 'data');
  const stamp = join(data, 'portfolio.json');
  let portfolio = await readPortfolio(stamp);
  const reused = portfolio !== null;
  if (portfolio === null) {
    await mkdir(data, { recursive: true });
    portfolio = await simulate({
      customers,
      seed,
      end,
      outDir: data,
      progress,
      truth: null,
      planted: PLANTED,
      renewed: RENEWED,
    });
    await writeFileAtomic(stamp, `${JSON.stringify(portfolio, null, 2)}\n`);
  }
  await writeFileAtomic(join(root, PROJECT_FILE), projectText(portfolio, seed));
  return { project: await loadProject(root), portfolio, reused };
}

/** Keys of some customers of a portfolio, spread over all of it, in a fixed order. */
export async function someCustomers(portfolio: SimulatedPortfolio, count: number): Promise<readonly string[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const files = join(exactGlob(dirname(portfolio.spec)), 'parties', '*.parquet');
    const query = `select distinct party_id, hash(party_id) as place from read_parquet(${literal(files)}) order by place limit ${count}`;
    const reader = await connection.runAndReadAll(query);
    return reader.getRows().map(([id]) => String(id));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readPortfolio(stamp: string): Promise<SimulatedPortfolio | null> {
  const text = await readFile(stamp, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as SimulatedPortfolio);
}

async function simulatorHash(): Promise<string> {
  const folder = join(packageRoot(), 'simulator');
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => /(?<!\.test)\.(ts|sql)$/.test(name))
    .sort();
  const hashes = await Promise.all(
    names.map(async (name) => [name, sha256(await readFile(join(folder, name)))] as const),
  );
  return contentHash(Object.fromEntries(hashes));
}

function projectText(portfolio: SimulatedPortfolio, seed: number): string {
  return `# The demo: a simulated portfolio of ${portfolio.customers} customers. Made by \`probity demo\`.
tenant: demo
portfolio: retail
specs: [data/portfolio.yaml]
labels:
  horizonMonths: ${portfolio.horizonMonths}
  default: { kind: dpd, daysPastDue: 90 }
training: { seed: ${seed}, observationMonths: 6 }
`;
}

import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { stringify } from 'yaml';
import {
  asOf,
  contentHash,
  literal,
  packageRoot,
  packageVersion,
  writeFileAtomic,
  type AsOf,
  type LabelPolicy,
} from '../base/index.ts';
import { importSpec } from '../features/import/index.ts';
import { parseFlat, parseRelationalSpec, type FeatureDeclaration, type FlatSpec } from '../features/specs/index.ts';
import { loadViews } from '../features/views/index.ts';
import { openWarehouse } from '../features/warehouse/index.ts';
import type { CategoryColumn, Dataset } from '../models/dataset/index.ts';
import { buildTrainingSet, featureDeclarations, readProtected } from '../models/training-set/index.ts';
import { simulate } from '../simulator/index.ts';
import { tableOfColumns, type NamedColumn } from './tables/arrow-columns.ts';
import { duckdbFromArrow } from './tables/index.ts';

/** The portfolio that the notebooks are about: simulated, so that everyone can run them and the true PDs are known. */
export interface NotebookPortfolio {
  /** Folder of the raw tables, one folder of Parquet files per table. */
  readonly tables: string;
  /**
   * One row per customer and observation date: the outcome within 12 months, features as of the date, and beside them `gender` (protected)
   * and `true_pd` (what the simulator knows and no lender does). Test rows are later, and of other customers.
   */
  readonly train: string;
  readonly test: string;
  /** What the columns mean: the spec of a flat file, as YAML and as read. */
  readonly specFile: string;
  readonly spec: FlatSpec;
}

const SETTINGS = { customers: 2_500, seed: 20_260, months: 48, everyMonths: 3 };
const POLICY: LabelPolicy = { horizonMonths: 12, default: { kind: 'dpd', daysPastDue: 90 } };
const DAY = 86_400_000;

/** Of the catalogue's features (docs/features.md), those that the notebooks train on: few enough to look at each. */
const FEATURES = [
  'bureau_score',
  'bureau_enquiries',
  'utilisation',
  'dpd_worst_90d',
  'on_time_share_365d',
  'debt_service_ratio',
  'debt_to_income',
  'balance_mean_90d',
  'overdrawn_days_90d',
  'income_variation',
  'failed_payments_365d',
  'reminders_365d',
  'tenure_days',
  'industry',
];

/**
 * The portfolio in `folder`, made where it is not there yet: simulated, imported, features computed as of each observation date, split by
 * time and customer, and written as two Parquet files. Without a folder: PROBITY_NOTEBOOKS_DATA, else one below `.probity` in the package.
 */
export async function portfolio(options: { readonly folder?: string } = {}): Promise<NotebookPortfolio> {
  const views = await loadViews();
  const key = contentHash([await packageVersion(), SETTINGS, views.map(({ hash }) => hash)]).slice(0, 12);
  const parent =
    options.folder ?? process.env['PROBITY_NOTEBOOKS_DATA'] ?? join(packageRoot(), '.probity', 'notebooks');
  const folder = join(parent, `portfolio-${key}`);
  const at = (name: string): string => join(folder, name);
  const text = await readFile(at('spec.yaml'), 'utf8').catch(() => null);
  if (text === null) await make(folder);
  const specFile = at('spec.yaml');
  return {
    tables: at('tables'),
    train: at('train.parquet'),
    test: at('test.parquet'),
    specFile,
    spec: parseFlat(text ?? (await readFile(specFile, 'utf8'))),
  };
}

async function make(folder: string): Promise<void> {
  const work = `${folder}.${process.pid}.tmp`;
  await mkdir(work, { recursive: true });
  try {
    const { customers, seed, months, everyMonths } = SETTINGS;
    const truth = { everyMonths, paths: 16, fromMonth: 12 };
    const simulated = await simulate({ customers, seed, months, outDir: join(work, 'tables'), truth });
    const views = await loadViews();
    const warehouse = await openWarehouse(join(work, 'warehouse.duckdb'), 'write');
    try {
      const source = parseRelationalSpec(await readFile(simulated.spec, 'utf8'), { file: simulated.spec });
      await importSpec(source, { warehouse, now: simulated.cutoff });
      const { connection } = warehouse;
      const observationDates = quarters(simulated.start, simulated.cutoff, truth.fromMonth, everyMonths);
      const options = { views, policy: POLICY, embargoDays: 0, seed, observationDates, testShare: 0.4 };
      const set = await buildTrainingSet(connection, options);
      await connection.run(`CREATE TEMP TABLE truth AS FROM read_parquet(${literal(simulated.truth ?? '')})`);
      for (const side of ['train', 'test'] as const) {
        await write(connection, set[side], join(work, `${side}.parquet`));
      }
      const declared = featureDeclarations(views).filter(({ name }) => FEATURES.includes(name));
      await writeFileAtomic(join(work, 'spec.yaml'), specText(declared));
    } finally {
      warehouse.close();
    }
    await rm(join(work, 'warehouse.duckdb'), { force: true });
    await rename(work, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Every so many months from the first one, as the true PDs are computed. */
function quarters(start: string, end: string, first: number, every: number): AsOf[] {
  const dates: AsOf[] = [];
  for (let month = first; ; month += every) {
    const at = new Date(start);
    at.setUTCMonth(at.getUTCMonth() + month);
    if (at.getTime() >= Date.parse(end)) return dates;
    dates.push(asOf(at.getTime()));
  }
}

async function write(connection: DuckDBConnection, rows: Dataset, path: string): Promise<void> {
  const whole = (values: ArrayLike<number>): Pick<NamedColumn, 'kind' | 'values'> => ({
    kind: { kind: 'integer', bits: 32, signed: true },
    values: Array.from(values),
  });
  const words = ({ levels, codes }: CategoryColumn): Pick<NamedColumn, 'kind' | 'values'> => ({
    kind: { kind: 'text' },
    values: Array.from(codes, (code) => levels[code] ?? null),
  });
  const chosen = rows.columns.filter(({ name }) => FEATURES.includes(name) || name === 'segment');
  const columns: NamedColumn[] = [
    { name: 'customer', kind: { kind: 'text' }, values: rows.ids.map((id) => id.replace(/\/[^/]*$/, '')) },
    { name: 'observed_on', kind: { kind: 'date' }, values: Array.from(rows.time ?? [], (time) => time / DAY) },
    { name: 'defaulted', ...whole(rows.bad) },
    ...chosen.map((column): NamedColumn => {
      if (column.kind === 'category') return { name: column.name, ...words(column) };
      const values = Array.from(column.values, (value) => (Number.isNaN(value) ? null : value));
      return { name: column.name, kind: { kind: 'float', bits: 64 }, values };
    }),
    ...(await readProtected(connection, rows)).map((column): NamedColumn => ({ name: column.name, ...words(column) })),
  ];
  await duckdbFromArrow(connection, 'observed', tableOfColumns(columns));
  await connection.run(
    `COPY (SELECT observed.*, true_pd FROM observed LEFT JOIN truth ON party_id = customer AND as_of = observed_on
      ORDER BY observed_on, customer) TO ${literal(path)} (FORMAT parquet)`,
  );
  await connection.run('DROP TABLE observed');
}

function specText(features: readonly FeatureDeclaration[]): string {
  return stringify({
    name: 'notebook portfolio',
    target: { column: 'defaulted', bad: [1] },
    horizon: POLICY.horizonMonths,
    time: 'observed_on',
    group: 'customer',
    segment: 'segment',
    protected: ['gender'],
    exclude: ['true_pd'],
    features: features.map(({ name, type, codes, monotone, label, display }) => ({
      name,
      ...(type === 'number' ? {} : { type }),
      ...(codes.length > 0 ? { missing: codes } : {}),
      ...(monotone ? { monotone } : {}),
      ...(display ? { display } : {}),
      ...(label ? { label } : {}),
    })),
  });
}

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Command } from 'commander';
import {
  asOf,
  dataPaths,
  instant,
  isProbityError,
  literal,
  ProbityError,
  systemClock,
  writeFileAtomic,
  type AsOf,
  type Project,
} from '../../base/index.ts';
import { computeFeatures } from '../../features/asof/index.ts';
import {
  catalogueMarkdown,
  catalogueOf,
  loadViews,
  tablesOf,
  warehouseViews,
  type FeatureView,
} from '../../features/views/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { guardedSelect } from '../../models/dataset/index.ts';
import { lawfulRelation } from '../../pipelines/compose/index.ts';
import { createLegalBases, loadBasisPolicy, MODEL_DEVELOPMENT } from '../../records/privacy/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { withMigrated } from '../records-access.ts';

interface BuildOptions {
  readonly asOf?: string;
  readonly out?: string;
  readonly raw?: boolean;
}

/** `probity features`: builds the feature table of a project, and documents the features. */
export function featuresCommand(): Command {
  const features = command('features', 'features as of a date: build the table, print the catalogue');
  features
    .addCommand(
      command('build', 'every feature of every customer known by an instant, as a file')
        .option('--as-of <instant>', 'observation date: only facts known by then count (default: now)')
        .option(
          '--out <file>',
          'file to write: .parquet or .csv (default: features/DATE.parquet under the project’s data)',
        )
        .option(
          '--raw',
          'CSV texts as they are, though a spreadsheet would run them as formulas (default: an apostrophe before)',
        )
        .action(action<BuildOptions>(build)),
    )
    .addCommand(
      command('docs', 'the catalogue of features: Markdown, or JSON with --json')
        .option('--out <file>', 'write the Markdown page to a file')
        .action(action<{ readonly out?: string }>(docs)),
    );
  return features;
}

async function build(context: CommandContext, _args: readonly string[], options: BuildOptions): Promise<void> {
  const at = asOf(options.asOf === undefined ? systemClock.now() : instant(options.asOf));
  const project = await context.project();
  const paths = dataPaths(project);
  const out = options.out
    ? resolve(options.out)
    : join(dirname(paths.snapshots), 'features', `${at.slice(0, 19).replaceAll(':', '')}.parquet`);
  const format = { '.parquet': 'FORMAT parquet, COMPRESSION zstd', '.csv': 'FORMAT csv, HEADER' }[extname(out)];
  if (format === undefined)
    throw new ProbityError('USAGE', 'The file to write ends in .parquet or .csv.', { fix: 'Give --out such a name.' });
  await mkdir(dirname(out), { recursive: true });
  const warehouse = await openWarehouse(paths.warehouse, 'read');
  try {
    const { connection } = warehouse;
    const views = await warehouseViews(connection, project.viewsDir);
    const { rows, features } = await computeFeatures(connection, {
      views,
      asked: `(SELECT DISTINCT party_id, '${at}'::TIMESTAMP AS as_of FROM raw.parties
        WHERE known_from <= '${at}' AND '${at}' < known_until AND happened_at <= '${at}')`,
      into: 'temp.features_built',
      progress: context.progress,
      signal: context.signal,
    });
    const { relation, withheld } = await lawfulTable(connection, project, views, features, at);
    const ordered = `FROM ${relation} ORDER BY party_id`;
    const written =
      extname(out) === '.csv' && options.raw !== true ? await guardedSelect(connection, ordered) : ordered;
    await connection.run(`COPY (${written}) TO ${literal(out)} (${format})`);
    context.result(
      { file: out, asOf: at, customers: rows, features: features.length, withheld },
      [
        `${rows} customers, ${features.length} features as of ${at}: ${out}`,
        ...withheld.map(
          ({ feature, source, customers }) =>
            `withheld for want of a legal basis for ${source}: ${feature} of ${customers} customers`,
        ),
      ].join('\n'),
    );
  } finally {
    warehouse.close();
  }
}

/** The built table without what has no legal basis for `model-development`, as of its instant and now. The operational database is asked only where the policy leaves some to each customer. */
async function lawfulTable(
  connection: DuckDBConnection,
  project: Project,
  views: readonly FeatureView[],
  features: readonly string[],
  at: AsOf,
) {
  const policy = loadBasisPolicy(project.rulesDir);
  const instants = [instant(at), instant(systemClock.now())];
  const table = 'temp.main.features_built';
  if (instants.every((each) => policy.coversAll(MODEL_DEVELOPMENT, each))) return { relation: table, withheld: [] };
  return withMigrated(project, (database) =>
    lawfulRelation(
      connection,
      table,
      { features, lineage: tablesOf(views) },
      { purpose: MODEL_DEVELOPMENT, instants, basis: { policy, bases: createLegalBases(database, project.tenant) } },
    ),
  );
}

async function docs(
  context: CommandContext,
  _args: readonly string[],
  options: { readonly out?: string },
): Promise<void> {
  const views = await documentedViews(context);
  const page = catalogueMarkdown(views);
  if (options.out === undefined) {
    context.result(catalogueOf(views), page);
    return;
  }
  const out = resolve(options.out);
  await writeFileAtomic(out, page);
  context.result({ file: out, ...catalogueOf(views) }, `The catalogue of ${views.length} views: ${out}`);
}

/** The project's views with the attributes that it has imported; outside a project, or before the first import, what there is. */
async function documentedViews(context: CommandContext): Promise<readonly FeatureView[]> {
  let project: Project;
  try {
    project = await context.project();
  } catch (error) {
    if (isProbityError(error, 'PROJECT_NOT_FOUND')) return loadViews();
    throw error;
  }
  const { warehouse: path } = dataPaths(project);
  if (!existsSync(path)) return loadViews({ projectViewsDir: project.viewsDir });
  const warehouse = await openWarehouse(path, 'read');
  try {
    return await warehouseViews(warehouse.connection, project.viewsDir);
  } finally {
    warehouse.close();
  }
}

import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
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
  type Project,
} from '../../base/index.ts';
import { computeFeatures } from '../../features/asof/index.ts';
import {
  catalogueMarkdown,
  catalogueOf,
  loadViews,
  warehouseViews,
  type FeatureView,
} from '../../features/views/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { action, command, type CommandContext } from '../command.ts';

interface BuildOptions {
  readonly asOf?: string;
  readonly out?: string;
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
    await connection.run(`COPY (FROM temp.main.features_built ORDER BY party_id) TO ${literal(out)} (${format})`);
    context.result(
      { file: out, asOf: at, customers: rows, features: features.length },
      `${rows} customers, ${features.length} features as of ${at}: ${out}`,
    );
  } finally {
    warehouse.close();
  }
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

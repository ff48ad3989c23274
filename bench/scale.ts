/**
 * The monthly work over a growing portfolio: `npm run bench:scale -- --project DIR [--sizes 10000,100000,1000000]`. DIR is a project that has a champion
 * and a snapshot, as `npm run demo -- --once` leaves it; a copy of it is worked on. For each size two months are published, both are rescored by
 * the real workflow (Temporal, a worker process), and `probity monitor` compares them; of the second month it records wall time, CPU seconds and peak
 * memory of all processes together, the workflow's history, and bytes on disk. Goal: a million customers of 50 features within 10 minutes
 * and 6 GB on 2 cores.
 */
import { execFile } from 'node:child_process';
import { cpus, loadavg, tmpdir } from 'node:os';
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { compiledEntry, dataPaths, instant, loadProject, type Project } from '../base/index.ts';
import { startStack, type Stack } from '../cli/stack/index.ts';
import { readState } from '../cli/stack/state.ts';
import { readManifest } from '../features/snapshots/index.ts';
import { slotKey } from '../models/registry/index.ts';
import { connectPipelines, rescorePortfolio } from '../pipelines/client.ts';
import { projectCodec } from '../pipelines/payload-codec.ts';
import { projectSlot, rescoreRequest } from '../pipelines/requests.ts';
import { migrate, openDatabase, type Database } from '../records/database/index.ts';
import { createSnapshots } from '../records/registry/index.ts';
import { openStorage, storageRef } from '../records/storage/index.ts';
import { publishMonth } from './scale/book.ts';
import { seatChampion } from './scale/champion.ts';
import { measured } from './scale/measured.ts';

interface Options {
  readonly project: string;
  readonly sizes: string;
  readonly features: string;
  readonly partitions: string;
  readonly keep?: boolean;
  readonly out?: string;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

interface Workplace {
  readonly project: Project;
  readonly stack: Stack;
  readonly database: Database;
  readonly features: readonly string[];
  readonly partitions: number;
}

/** Processes of the stack, which are no children of this one. */
async function stackPids(project: Project): Promise<number[]> {
  const state = await readState(project);
  return [process.pid, ...Object.values(state?.services ?? {}).map(({ pid }) => pid)];
}

async function oneSize(place: Workplace, customers: number, firstMonth: number) {
  const { project, stack, database, features, partitions } = place;
  const { tenant } = project;
  const snapshots = createSnapshots(database, tenant);
  const paths = dataPaths(project);
  const published = await snapshots.newest();
  const origin = (await readdir(paths.snapshots)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const manifests = await Promise.all(origin.map((id) => readManifest(join(paths.snapshots, id))));
  const first = manifests.find(({ content }) => Object.keys(content.tables).length > 0);
  if (!first || !published) throw new Error('the project has no published snapshot');
  const codec = await projectCodec(project);
  const pipelines = await connectPipelines(stack.temporalAddress, project.temporalNamespace, codec);
  const { client } = pipelines;
  const workflowId = `${tenant}/rescore/${slotKey(projectSlot(project))}`;
  const pids = await stackPids(project);
  const roots = () => pids;
  try {
    const month = async (number: number) => {
      const asOf = instant(Date.UTC(2000, number, 1));
      const made = await publishMonth({
        snapshots: paths.snapshots,
        origin: { folder: join(paths.snapshots, first.hash), manifest: first },
        customers,
        features,
        asOf,
        month: number,
      });
      const { snapshotId } = made;
      await snapshots.announce({
        snapshotId,
        ref: storageRef(tenant, 'snapshots', snapshotId),
        asOf,
        factsThrough: published.factsThrough,
        featureViews: published.featureViews,
      });
      await openStorage(project).materialise(storageRef(tenant, 'snapshots', snapshotId));
      const request = { ...rescoreRequest(project, { partitions }), heartbeatTimeoutMs: 60_000 };
      return { made, scored: await measured(roots, () => rescorePortfolio(client, request)) };
    };
    await month(firstMonth);
    const { made, scored } = await month(firstMonth + 1);
    say(`${customers} customers rescored in ${round(scored.seconds)} s`);
    const { raw, historyLength } = await client.workflow.getHandle(workflowId).describe();
    const looked = await measured(roots, () => monitor(project, stack));
    say(`${customers} customers monitored in ${round(looked.seconds)} s`);
    const files = (await readdir(scored.value.folder)).filter((name) => name.endsWith('.parquet'));
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(scored.value.folder, name))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const taken = ({ seconds, cpuSeconds, peakMiB }: typeof looked | typeof scored) => ({
      seconds: round(seconds),
      cpuSeconds: round(cpuSeconds),
      peakMiB,
    });
    const seconds = scored.seconds + looked.seconds;
    const peakMiB = Math.max(scored.peakMiB, looked.peakMiB);
    return {
      customers,
      features: features.length,
      partitions,
      rescore: taken(scored),
      monitor: taken(looked),
      together: { seconds: round(seconds), peakMiB },
      history: { events: historyLength, bytes: Number(raw.workflowExecutionInfo?.historySizeBytes ?? 0) },
      disk: {
        featuresBytesPerCustomer: round(made.bytes / customers),
        scoresBytesPerCustomer: round(bytes / customers),
        scoresBytesPerPartition: Math.round(bytes / partitions),
      },
      met: customers < 1_000_000 ? null : seconds <= 600 && peakMiB <= 6144,
    };
  } finally {
    await pipelines.close();
  }
}

/** `probity monitor`, a process of its own. */
async function monitor(project: Project, { databaseUrl, temporalAddress }: Stack): Promise<void> {
  const env = { ...process.env, PROBITY_DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress };
  const args = [compiledEntry('cli/main.ts'), 'monitor', '--project', project.root, '--json'];
  await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1 << 28 });
}

async function main(options: Options): Promise<void> {
  const root = join(await mkdtemp(join(tmpdir(), 'probity-scale-')), 'project');
  say(`working on a copy in ${root}`);
  // PostgreSQL's files keep their owner, who has to pass through the folders above them.
  await chmod(join(root, '..'), 0o755);
  await promisify(execFile)('cp', ['-a', options.project, root]);
  const project = await loadProject(root, {});
  await rm(dataPaths(project).scores, { recursive: true, force: true });
  const stack = await startStack(project, ({ step }) => say(step));
  try {
    const database = await openDatabase(stack.databaseUrl);
    try {
      await migrate(database);
      const features = await seatChampion(project, database, projectSlot(project), Number(options.features));
      await stack.startWorker();
      const partitions = Number(options.partitions);
      const place: Workplace = { project, stack, database, features, partitions };
      const sizes = [];
      // Months long before the project's own: nothing that it knows of is later than them.
      for (const [at, size] of options.sizes.split(',').map(Number).entries()) {
        sizes.push(await oneSize(place, size, 300 + 2 * at));
        say(JSON.stringify(sizes.at(-1)));
      }
      const machine = { cores: cpus().length, load: loadavg().map((each) => round(each)) };
      const report = `${JSON.stringify({ machine, sizes }, null, 2)}\n`;
      process.stdout.write(report);
      if (options.out !== undefined) await writeFile(options.out, report);
    } finally {
      await database.close();
    }
  } finally {
    await stack.stop();
    if (!options.keep) await rm(join(root, '..'), { recursive: true, force: true });
  }
}

const program = new Command('bench:scale')
  .description('rescoring and monitoring of a growing portfolio')
  .requiredOption('--project <dir>', 'a project with champion and snapshot, as `npm run demo -- --once` leaves it')
  .option('--sizes <list>', 'customers, by comma, ascending', '10000,100000,1000000')
  .option('--features <n>', 'features of the model', '50')
  .option('--partitions <n>', 'buckets of the rescoring', '16')
  .option('--keep', 'leave the copy where it is')
  .option('--out <file>', 'the report as data');
program.parse();
await main(program.opts<Options>());

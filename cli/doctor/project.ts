import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dataPaths, ProbityError, systemClock, type Project } from '../../base/index.ts';
import { openWarehouse, sourceHealth, type SourceHealth } from '../../features/warehouse/index.ts';
import { slotKey } from '../../models/registry/index.ts';
import { connectPipelines } from '../../pipelines/client.ts';
import { lastBackup } from '../../records/backup/index.ts';
import { openDatabase, type Database } from '../../records/database/index.ts';
import { createKeys } from '../../records/keys/index.ts';
import { createChampions, createSnapshots } from '../../records/registry/index.ts';
import { findServices } from '../stack/index.ts';
import { check, type Check } from './check.ts';

const START = 'Start the local stack with `probity up`.';
const DAY_MS = 86_400_000;
const EXPIRES_SOON_DAYS = 14;
const BACKUP_DAYS = 7;

/** The parts of a project: its files, its servers, its warehouse and sources, its snapshot and champions. */
export async function projectChecks(project: Project): Promise<readonly Check[]> {
  const services = await findServices(project);
  const files = await check('project', () => {
    const missing = project.specs.filter((path) => !existsSync(path));
    const found = { where: project.root, version: `${project.tenant}/${project.portfolio}` };
    if (missing.length === 0) return found;
    const fix = 'Mend the paths under `specs` in probity.yaml.';
    return { ...found, state: 'unhealthy' as const, note: `specs missing: ${missing.join(', ')}`, fix };
  });
  const temporal = await check('Temporal server', () => temporalServer(project, services.temporalAddress));
  const backup = await check('last backup', () => backupFinding(project));
  return [files, ...(await database(project, services.databaseUrl)), temporal, ...(await warehouse(project)), backup];
}

/** When the last backup was made on this machine; older than a week is a warning. */
async function backupFinding(project: Project) {
  const last = await lastBackup(project);
  const fix = 'Run `probity backup --out DIR --keys-out OTHER_DIR`.';
  if (last === null) return { state: 'absent' as const, note: 'none was made here', fix };
  const days = Math.floor((Date.now() - Date.parse(last.at)) / DAY_MS);
  const found = { version: last.at, where: last.folder, note: `${days} days ago` };
  return days < BACKUP_DAYS ? found : { ...found, state: 'warning' as const, fix };
}

async function temporalServer(project: Project, address: string | null) {
  if (address === null) return { state: 'absent' as const, note: 'not running', fix: START };
  const pipelines = await connectPipelines(address, project.temporalNamespace, null);
  await pipelines.close();
  return { where: address, note: `namespace ${project.temporalNamespace}` };
}

/** The operational database and what it says about snapshot and champions. */
async function database(project: Project, url: string | null): Promise<readonly Check[]> {
  if (url === null) {
    return [await check('operational database', () => ({ state: 'absent', note: 'not running', fix: START }))];
  }
  const opened: { database?: Database } = {};
  const reachable = await check('operational database', async () => {
    opened.database = await openDatabase(url, { maxConnections: 1 });
    const { hostname, port, pathname } = new URL(url);
    return { where: `${hostname}:${port || '5432'}${pathname}` };
  });
  const { database: open } = opened;
  if (!open) return [reachable];
  try {
    return [
      reachable,
      await check('snapshot', async () => {
        const newest = await createSnapshots(open, project.tenant).newest();
        if (newest === null) return { state: 'absent', note: 'none published yet', fix: 'Run `probity retrain`.' };
        return { version: newest.snapshotId.slice(0, 12), where: newest.ref, note: `as of ${newest.asOf}` };
      }),
      await check('API keys', async () => {
        const keys = await createKeys(open, project.tenant).list({ limit: 100_000 });
        const now = systemClock.now();
        const inForce = keys.filter((key) => key.revokedAt === null && key.expiresAt > now);
        const admins = inForce.filter((key) => key.roles.includes('admin'));
        const note = `${inForce.length} in force, ${admins.length} of an admin`;
        if (keys.length === 0) return { state: 'absent', note: 'none yet', fix: 'Run `probity up`: it makes one.' };
        const replaced = new Set(keys.map((key) => key.replaces));
        const days = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / DAY_MS;
        const soon = inForce.filter(
          ({ keyId, createdAt, expiresAt }) =>
            !replaced.has(keyId) &&
            days(now, expiresAt) < EXPIRES_SOON_DAYS &&
            days(createdAt, expiresAt) > 2 * EXPIRES_SOON_DAYS,
        );
        if (soon.length === 0) return { note };
        const names = soon.map((key) => `${key.keyId} (${key.name})`).join(', ');
        return { state: 'warning', note: `${note}; soon to expire: ${names}`, fix: 'Run `probity keys rotate ID`.' };
      }),
      await check('champion', async () => {
        const standing = await createChampions(open, project.tenant).standing();
        if (standing.length === 0)
          return { state: 'absent', note: 'none yet', fix: 'Run `probity retrain`, then `probity models promote`.' };
        const seats = standing.map((reign) => `${slotKey(reign.slot)} since ${reign.from}`);
        return { version: standing.map((reign) => reign.modelHash.slice(0, 12)).join(', '), note: seats.join('; ') };
      }),
    ];
  } finally {
    await open.close();
  }
}

async function warehouse(project: Project): Promise<readonly Check[]> {
  const path = dataPaths(project).warehouse;
  let sources: readonly SourceHealth[] = [];
  const whole = await check('warehouse', async () => {
    if (!existsSync(path))
      return { state: 'absent', where: path, note: 'nothing imported yet', fix: 'Run `probity import SPEC`.' };
    const opened = await openWarehouse(path, 'read').catch((error: unknown) => {
      if (error instanceof ProbityError && error.code === 'WAREHOUSE_BUSY') return null;
      throw error;
    });
    if (opened === null) return { where: path, note: 'being written; its sources cannot be read now' };
    try {
      sources = await sourceHealth(opened, systemClock.now());
      return { where: path, note: `${sources.length} sources` };
    } finally {
      opened.close();
    }
  });
  return [
    whole,
    ...(await Promise.all(sources.map((source) => check(`source ${source.source}`, () => sourceFinding(source))))),
  ];
}

function sourceFinding(source: SourceHealth) {
  const age =
    source.ageMs === null ? 'never had a row' : `newest fact known ${Math.floor(source.ageMs / DAY_MS)} days ago`;
  const promise = source.freshnessMs === null ? '' : `, promised within ${Math.floor(source.freshnessMs / DAY_MS)}`;
  const thin = source.completeness.filter((column) => column.share < column.expected);
  const empty = thin.map((column) => `; ${column.column} filled in ${Math.floor(column.share * 100)}%`).join('');
  const found = { version: `${source.rows} rows`, where: join(source.table), note: `${age}${promise}${empty}` };
  if (!source.stale && !source.thin) return found;
  const fix = `Ask the owner of ${source.source} for newer or fuller data, and import it; ratings carry a flag meanwhile.`;
  return { ...found, state: 'warning' as const, note: `${source.stale ? 'stale: ' : 'thin: '}${found.note}`, fix };
}

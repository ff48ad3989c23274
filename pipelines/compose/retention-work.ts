import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { sql } from 'kysely';
import { dataPaths, exactGlob, instant, literal, type Instant, type Project } from '../../base/index.ts';
import { idList } from '../../features/erasure/index.ts';
import {
  factsDue,
  keptFrom,
  lookedAtFrom,
  removeFacts,
  windowsFrom,
  type FactRule,
  type FactsDue,
} from '../../features/retention/index.ts';
import { readManifest } from '../../features/snapshots/index.ts';
import { compactWarehouse, openWarehouse } from '../../features/warehouse/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import type { Database } from '../../records/database/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { Champions, Registry, Snapshots } from '../../records/registry/index.ts';
import {
  applyRetention,
  createLegalHolds,
  loadRetentionRules,
  monthsBefore,
  recordRetention,
  retentionDue,
  type RetentionFinding,
} from '../../records/retention/index.ts';
import { storageRef, type Storage } from '../../records/storage/index.ts';
import type { RetentionWork } from '../activities/upkeep.ts';
import { areAlike, datedRuns, type DatedRun } from './score-runs.ts';
import { oldTrainingSets, removeTrainingSet } from './training-set-retention.ts';
import { withWarehouse } from './warehouse-work.ts';

export interface RetentionParts {
  readonly project: Project;
  readonly database: Database;
  readonly storage: Storage;
  readonly snapshots: Snapshots;
  readonly registry: Pick<Registry, 'candidates'>;
  readonly champions: Pick<Champions, 'standing'>;
  /** What goes is said in the audit chain with it. */
  readonly appender: Appender;
  /** The tenant's, opened when first needed. */
  readonly pseudonyms: () => Promise<Pseudonyms>;
}

/** Applies the project's retention rules to the operational database, the warehouse, snapshots, scores and training sets; each part says in the audit chain what goes before it goes. */
export function retentionWork(parts: RetentionParts): RetentionWork & {
  /** What every rule would remove now; changes nothing. */
  due(now: string): Promise<readonly RetentionFinding[]>;
} {
  const { project, database, storage, snapshots, appender } = parts;
  const { tenant, rulesDir, labels } = project;
  const paths = dataPaths(project);
  const rulesOf = () => loadRetentionRules(rulesDir, labels.horizonMonths);
  const scopeOf = async (now: string) => ({
    database,
    tenant,
    rules: rulesOf(),
    now: instant(now),
    pseudonyms: await parts.pseudonyms(),
  });
  const held = async (): Promise<readonly string[]> => [
    ...new Set((await createLegalHolds(database, tenant).standing()).map(({ customerId }) => customerId)),
  ];
  const factRules = (now: string): readonly FactRule[] =>
    Object.entries(rulesOf().facts).map(([table, months]) => ({ table, keptFrom: monthsBefore(instant(now), months) }));
  const findingOf = ({ table, keptFrom, due, held: kept }: FactsDue): RetentionFinding => ({
    kind: `facts/${table}`,
    months: rulesOf().facts[table] ?? 0,
    before: keptFrom,
    due,
    held: kept,
  });
  const scoresDue = async (
    now: string,
  ): Promise<{ readonly finding: RetentionFinding; readonly folders: string[] } | null> => {
    const months = rulesOf()['portfolio-scores'];
    if (months === undefined) return null;
    const before = monthsBefore(instant(now), months);
    const old = await oldScores(paths.scores, before, snapshots);
    const kept = await withHeld(old, await held());
    const folders = old.filter((folder) => !kept.has(folder));
    return { finding: { kind: 'portfolio-scores', months, before, due: folders.length, held: kept.size }, folders };
  };
  const setsParts = { ...parts, tenant, runs: paths.runs };
  const setsDue = async (
    now: string,
  ): Promise<{ readonly finding: RetentionFinding; readonly runs: readonly string[] } | null> => {
    const months = rulesOf()['training-sets'];
    if (months === undefined) return null;
    const before = monthsBefore(instant(now), months);
    const { due, held: kept } = await oldTrainingSets(setsParts, before, new Set(await held()));
    return { finding: { kind: 'training-sets', months, before, due: due.length, held: kept.length }, runs: due };
  };

  return {
    async due(now) {
      const inWarehouse = async (): Promise<readonly FactsDue[]> => {
        if (!existsSync(paths.warehouse)) return [];
        const warehouse = await openWarehouse(paths.warehouse, 'read');
        try {
          return await factsDue(warehouse.connection, factRules(now), await held());
        } finally {
          warehouse.close();
        }
      };
      const files = [await scoresDue(now), await setsDue(now)];
      return [
        ...(await retentionDue(await scopeOf(now))),
        ...files.flatMap((found) => (found === null ? [] : [found.finding])),
        ...(await inWarehouse()).map(findingOf),
      ];
    },

    records: async ({ now, actor }) => applyRetention({ ...(await scopeOf(now)), actor, appender }),

    async facts({ now, actor }, { progress, signal }) {
      progress({ step: 'facts', message: 'removing facts that are not needed any more' });
      if (!existsSync(paths.warehouse)) return { findings: [], publish: false };
      const rules = factRules(now);
      const kept = await held();
      const { findings, whole } = await withWarehouse(paths.warehouse, signal, async (warehouse) => {
        const due = await factsDue(warehouse.connection, rules, kept);
        if (due.some((each) => each.due > 0)) {
          await recordRetention({ appender, actor, now: instant(now) }, due.map(findingOf));
          await removeFacts(warehouse.connection, rules, kept, instant(now));
        }
        const from = await keptFrom(warehouse.connection);
        if (due.some((each) => each.due > 0)) await compactWarehouse(warehouse);
        return { findings: due.map(findingOf), whole: from };
      });
      const newest = await snapshots.newest();
      if (newest === null || whole === null) return { findings, publish: false };
      await removeAcknowledged(database, tenant, rules, newest.factsThrough, kept);
      const { content } = await readManifest(await storage.materialise(newest.ref), newest.snapshotId);
      return { findings, publish: content.keptFrom !== whole || findings.some(({ due }) => due > 0) };
    },

    async snapshots({ progress, signal }) {
      const newest = await snapshots.newest();
      let gone = 0;
      for (const id of await storage.list(tenant, 'snapshots')) {
        signal.throwIfAborted();
        if (!/^[0-9a-f]{64}$/.test(id) || id === newest?.snapshotId) continue;
        progress({ step: 'snapshots', message: id.slice(0, 12) });
        await storage.remove(storageRef(tenant, 'snapshots', id));
        await rm(join(paths.snapshots, id), { recursive: true, force: true });
        gone += 1;
      }
      return gone;
    },

    async scores({ now, actor }) {
      const [scores, sets] = [await scoresDue(now), await setsDue(now)];
      const findings = [scores, sets].flatMap((found) => (found === null ? [] : [found.finding]));
      const gone = findings.filter(({ due }) => due > 0);
      if (gone.length > 0) await recordRetention({ appender, actor, now: instant(now) }, gone);
      for (const folder of scores?.folders ?? []) await rm(folder, { recursive: true, force: true });
      for (const runId of sets?.runs ?? []) await removeTrainingSet(setsParts, runId);
      return findings;
    },
  };
}

/** Acknowledged facts that the warehouse took in and the newest snapshot holds, once their rows there have gone. */
async function removeAcknowledged(
  { db }: Database,
  tenant: string,
  rules: readonly FactRule[],
  through: number,
  held: readonly string[],
): Promise<void> {
  for (const { table, keptFrom } of rules) {
    const cut = windowsFrom(table, keptFrom);
    if (cut === null) continue;
    await sql`delete from facts where tenant = ${tenant} and table_name = ${table} and sequence <= ${through}
      and happened_at < ${cut}::timestamptz and known_from <= ${lookedAtFrom(keptFrom)}::timestamptz
      and entity_id <> all(${[...held]})`.execute(db);
  }
}

/** Folders of finished scores of snapshots as of before an instant, but for the newest of each kind: of default over a horizon, late payment, a term structure. */
async function oldScores(
  scores: string,
  before: Instant,
  snapshots: Pick<Snapshots, 'find'>,
): Promise<readonly string[]> {
  const runs = await datedRuns(scores, snapshots);
  const isNewest = (run: DatedRun): boolean => runs.findLast((other) => areAlike(other, run)) === run;
  return runs.flatMap((run) => (run.asOf < before && !isNewest(run) ? [run.folder] : []));
}

/** Those of the folders that hold scores of customers on legal hold. */
async function withHeld(folders: readonly string[], held: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  if (held.length === 0 || folders.length === 0) return found;
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (const folder of folders) {
      const files = (await readdir(folder)).filter((name) => /^bucket-\d+\.parquet$/.test(name));
      for (const name of files) {
        const reader = await connection.runAndReadAll(
          `SELECT EXISTS (SELECT 1 FROM read_parquet(${literal(exactGlob(join(folder, name)))}) WHERE party_id IN ${idList(held)})`,
        );
        if (reader.getRows()[0]?.[0] === true) found.add(folder);
      }
    }
    return found;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { dataPaths, instant, isProbityError, type Project } from '../../base/index.ts';
import type { CustomerKeys, TableContract } from '../../features/contracts/index.ts';
import type { ErasedCustomers } from '../../features/erasure/index.ts';
import { importFacts } from '../../features/import/index.ts';
import { lookedAtFrom, windowsFrom } from '../../features/retention/index.ts';
import { compareWithSnapshot } from '../../features/snapshots/index.ts';
import { deletedKeys, sourceHealth, standingRows, type Warehouse } from '../../features/warehouse/index.ts';
import {
  asWarehoused,
  concluded,
  loadReconciliationRules,
  MOST_NAMED,
  rowHash,
  rowKey,
  statementStates,
  totalsOf,
  type CopyOfFacts,
  type NamedFacts,
  type Reconciliations,
  type RowValues,
  type StandingFact,
  type StandingRows,
  type Statements,
} from '../../records/reconciliation/index.ts';
import type { Snapshots } from '../../records/registry/index.ts';
import { loadRetentionRules, monthsBefore } from '../../records/retention/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { ReconciliationWork } from '../activities/upkeep.ts';
import { readFactsHead } from './facts-head.ts';
import { withWarehouse } from './warehouse-work.ts';

export interface ReconciliationWorkParts {
  readonly project: Project;
  readonly standing: StandingRows;
  readonly statements: Pick<Statements, 'all'>;
  readonly reconciliations: Pick<Reconciliations, 'keep'>;
  readonly snapshots: Pick<Snapshots, 'newest'>;
  readonly storage: Storage;
  /** Customers whose rows are left out. */
  readonly erased: () => Promise<ErasedCustomers>;
}

const KEYS_AT_ONCE = 1_000;

/** Compares every copy of what sources reported, mends what can be mended from what is here, and puts the day's reconciliation on record. */
export function reconciliationWork(parts: ReconciliationWorkParts): ReconciliationWork {
  const { project, standing, snapshots, storage } = parts;
  const paths = dataPaths(project);
  return {
    async facts({ now }, { progress, signal }) {
      if (!existsSync(paths.warehouse)) return { factsThrough: 0, facts: [], stale: [] };
      return withWarehouse(paths.warehouse, signal, async (warehouse) => {
        const factsThrough = await readFactsHead(warehouse.connection);
        const erased = await parts.erased();
        const facts: CopyOfFacts[] = [];
        for (const { source, contract } of await standing.sources()) {
          signal.throwIfAborted();
          progress({ step: 'facts', message: `${source}: ${contract.name}` });
          const reported = await standing.facts(source, contract, factsThrough);
          const needed = kept(reported, contract, retiredBefore(contract.name, now));
          const { customerKeys } = project;
          facts.push(
            await mended({ warehouse, source, contract, reported: needed, now, signal, erased, customerKeys }),
          );
        }
        const health = await sourceHealth(warehouse, instant(now));
        const stale = health.flatMap((each) => (each.stale ? [{ source: each.source, table: each.table }] : []));
        return { factsThrough, facts, stale };
      });
    },

    async snapshot({ progress, signal }) {
      const newest = await snapshots.newest();
      if (newest === null || !existsSync(paths.warehouse)) return { snapshotId: null, state: 'none', differing: [] };
      const { snapshotId, ref } = newest;
      progress({ step: 'snapshot', message: snapshotId.slice(0, 12) });
      const folder = await storage.materialise(ref).catch((error: unknown) => {
        if (isProbityError(error, 'STORAGE_ALTERED') || isProbityError(error, 'STORAGE_FAILED')) return null;
        throw error;
      });
      const differing =
        folder === null
          ? null
          : await withWarehouse(paths.warehouse, signal, ({ connection }) =>
              compareWithSnapshot(connection, folder, signal),
            );
      if (differing !== null) return { snapshotId, state: differing.length === 0 ? 'agrees' : 'behind', differing };
      await storage.remove(ref);
      await rm(join(paths.snapshots, snapshotId), { recursive: true, force: true });
      return { snapshotId, state: 'damaged', differing: [] };
    },

    async conclude({ now, facts, found, snapshot }) {
      const rules = loadReconciliationRules(project.rulesDir);
      const statements = await statementStates(await parts.statements.all(), standing, rules, instant(now));
      return parts.reconciliations.keep(concluded({ at: now, ...facts, found, snapshot, statements }));
    },
  };

  /** What a retention rule takes out of the warehouse is not missed there. */
  function retiredBefore(table: string, now: string): { readonly happened: string; readonly known: string } | null {
    const months = loadRetentionRules(project.rulesDir, project.labels.horizonMonths).facts[table];
    if (months === undefined) return null;
    const from = monthsBefore(instant(now), months);
    const happened = windowsFrom(table, from);
    return happened === null ? null : { happened, known: lookedAtFrom(from) };
  }
}

type Reported = ReadonlyMap<string, StandingFact>;

function kept(
  reported: Reported,
  contract: TableContract,
  retired: { readonly happened: string; readonly known: string } | null,
): Reported {
  const rows = [...reported].filter(
    ([, fact]) => retired === null || fact.happenedAt >= retired.happened || fact.knownFrom > retired.known,
  );
  return new Map(rows.map(([key, fact]) => [key, { ...fact, values: asWarehoused(contract, fact.values) }]));
}

interface Copy {
  readonly rows: ReadonlyMap<string, RowValues>;
  readonly missing: readonly StandingFact[];
  readonly conflicting: readonly StandingFact[];
  /** Reported rows that another source, or a deletion, has replaced since: not this source's any more. */
  readonly replaced: ReadonlySet<string>;
}

/** Compares what a source reported of a table with the warehouse, imports again what is missing or in conflict, and compares again. */
async function mended(of: {
  readonly warehouse: Warehouse;
  readonly source: string;
  readonly contract: TableContract;
  readonly reported: Reported;
  readonly now: string;
  readonly signal: AbortSignal;
  readonly erased: ErasedCustomers;
  readonly customerKeys: CustomerKeys;
}): Promise<CopyOfFacts> {
  const { warehouse, source, contract, reported, now, signal, erased, customerKeys } = of;
  const before = await copyOf(warehouse.connection, source, contract, reported);
  const wanting = [...before.missing, ...before.conflicting].toSorted((a, b) => a.sequence - b.sequence);
  if (wanting.length > 0)
    await importFacts(
      { warehouse, now: instant(now), signal, erased, customerKeys },
      wanting.map(({ values, happenedAt, knownFrom, ordered }) => ({
        table: contract.name,
        values,
        happenedAt,
        knownFrom,
        source,
        ordered,
      })),
    );
  const after = wanting.length === 0 ? before : await copyOf(warehouse.connection, source, contract, reported);
  const left = [...after.missing, ...after.conflicting];
  const own = [...reported].filter(([key]) => !after.replaced.has(key)).map(([, { values }]) => values);
  return {
    source,
    table: contract.name,
    reported: totalsOf(contract, own),
    warehouse: totalsOf(contract, [...after.rows.values()]),
    missing: named(before.missing),
    conflicting: named(before.conflicting),
    repaired: wanting.length - left.length,
    left: named(left),
    unexpected: [...after.rows.keys()].filter((key) => !reported.has(key)).length,
  };
}

async function copyOf(
  connection: DuckDBConnection,
  source: string,
  contract: TableContract,
  reported: Reported,
): Promise<Copy> {
  const found = await standingRows(connection, contract, { source });
  const rows = new Map(found.map(({ values }) => [rowKey(contract, values), values]));
  const absent = [...reported.keys()].filter((key) => !rows.has(key));
  const replaced = new Set<string>();
  for (let from = 0; from < absent.length; from += KEYS_AT_ONCE) {
    const keys = absent.slice(from, from + KEYS_AT_ONCE).map((key) => JSON.parse(key) as string[]);
    for (const row of await standingRows(connection, contract, { keys })) {
      const key = rowKey(contract, row.values);
      const fact = reported.get(key);
      const isLater = fact === undefined || row.knownFrom >= fact.knownFrom;
      if (isLater || (fact.ordered && row.happenedAt > fact.happenedAt)) replaced.add(key);
    }
    for (const [key, at] of await deletedKeys(connection, contract, keys))
      if (at >= (reported.get(key)?.knownFrom ?? '')) replaced.add(key);
  }
  const missing: StandingFact[] = [];
  const conflicting: StandingFact[] = [];
  for (const [key, fact] of reported) {
    const there = rows.get(key);
    if (there === undefined) {
      if (!replaced.has(key)) missing.push(fact);
    } else if (rowHash(contract, there) !== rowHash(contract, fact.values)) conflicting.push(fact);
  }
  return { rows, missing, conflicting, replaced };
}

function named(facts: readonly StandingFact[]): NamedFacts {
  const sequences = facts.map(({ sequence }) => sequence).sort((a, b) => a - b);
  return { count: facts.length, sequences: sequences.slice(0, MOST_NAMED) };
}

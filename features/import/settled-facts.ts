import type { DuckDBConnection } from '@duckdb/node-api';
import { identifier, literal, type Instant } from '../../base/index.ts';
import { contractOf } from '../contracts/index.ts';
import { rawTable } from '../warehouse/index.ts';
import type { Fact } from './import-facts.ts';

/** A version of a row: when it was so, and from when to when it stood. */
interface Version {
  readonly happenedAt: string;
  readonly knownFrom: string;
  readonly knownUntil: string;
}

/**
 * The facts that became versions, in their order. An ordered fact that happened before the version that stood when it was
 * acknowledged replaces nothing and is left out; so is a version that stood for no time at all, because the next one was acknowledged
 * with it. `addFacts` of snapshots answers the same.
 */
export async function settledFacts(connection: DuckDBConnection, facts: readonly Fact[]): Promise<readonly Fact[]> {
  const stored = await storedVersions(connection, facts);
  const newest = new Map<string, Fact>();
  const settled = new Set<Fact>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const before = newest.get(key);
    const stood = stored.get(key)?.find((version) => stoodAt(version, fact.knownFrom));
    const standing =
      before === undefined || (stood !== undefined && stood.knownFrom > before.knownFrom) ? stood : before;
    if (fact.ordered === true && standing !== undefined && fact.happenedAt < standing.happenedAt) continue;
    if (before !== undefined && before.knownFrom === fact.knownFrom) settled.delete(before);
    newest.set(key, fact);
    settled.add(fact);
  }
  return facts.filter((fact) => settled.has(fact));
}

function keyOf({ table, values }: Pick<Fact, 'table' | 'values'>): string {
  return JSON.stringify([table, ...(contractOf(table)?.key ?? []).map((column) => String(values[column] ?? ''))]);
}

function stoodAt({ knownFrom, knownUntil }: Version, at: Instant): boolean {
  return knownFrom <= at && (knownUntil === 'infinity' || at < knownUntil);
}

/** The warehouse's versions of the rows that ordered facts are about. */
async function storedVersions(
  connection: DuckDBConnection,
  facts: readonly Fact[],
): Promise<ReadonlyMap<string, readonly Version[]>> {
  const versions = new Map<string, Version[]>();
  for (const table of new Set(facts.filter(({ ordered }) => ordered === true).map(({ table }) => table))) {
    const key = contractOf(table)?.key ?? [];
    const texts = key.map((column) => `${identifier(column)}::VARCHAR`);
    const asked = new Set(
      facts
        .filter((fact) => fact.ordered === true && fact.table === table)
        .map(({ values }) => `(${key.map((column) => literal(String(values[column] ?? ''))).join(', ')})`),
    );
    const clock = (column: string): string =>
      `CASE WHEN isfinite(${column}) THEN strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ') ELSE 'infinity' END`;
    const found = await connection.runAndReadAll(
      `SELECT ${[...texts, clock('happened_at'), clock('known_from'), clock('known_until')].join(', ')}
       FROM ${rawTable(table)} WHERE (${texts.join(', ')}) IN (${[...asked].join(', ')})`,
    );
    for (const row of found.getRows()) {
      const cells = row.map(String);
      const [happenedAt = '', knownFrom = '', knownUntil = ''] = cells.slice(key.length);
      const name = JSON.stringify([table, ...cells.slice(0, key.length)]);
      versions.set(name, [...(versions.get(name) ?? []), { happenedAt, knownFrom, knownUntil }]);
    }
  }
  return versions;
}

import { sql } from 'kysely';
import { epochMillis, type Instant, type Tenant } from '../../base/index.ts';
import { contractOf, type TableContract } from '../../features/contracts/index.ts';
import type { Database } from '../database/index.ts';
import { compareTable, type TableStatement } from './compare.ts';
import type { StatementState } from './daily.ts';
import { tableHash } from './row-hash.ts';
import { statementHoursOf, type ReconciliationRules } from './rules.ts';
import type { StandingRows } from './standing.ts';

/** A source's last statement of a table. */
export interface KeptStatement {
  readonly source: string;
  readonly contract: TableContract;
  readonly through: number;
  readonly statedAt: Instant;
  readonly statement: TableStatement;
  readonly contradicts: boolean;
}

/** A statement as a source makes it. */
export type NewStatement = Omit<KeptStatement, 'through'> & { readonly through: number | null };

/** What sources last stated of whole tables: totals without rows. */
export interface Statements {
  /**
   * Keeps statements; each replaces an earlier one of its table, and an older one than that which is there is left out. One that does not say up to which
   * fact it speaks (`through`: null) speaks of all that are there.
   */
  keep(statements: readonly NewStatement[]): Promise<void>;
  all(): Promise<readonly KeptStatement[]>;
}

export function createStatements({ db }: Database, tenant: Tenant): Statements {
  return {
    async keep(statements) {
      if (statements.length === 0) return;
      await db
        .insertInto('source_statements')
        .values(
          statements.map(
            ({ source, contract, through, statedAt, contradicts, statement: { count, sums, hash, rows } }) => ({
              tenant,
              source,
              table_name: contract.name,
              through: sql<number>`coalesce(${through}::bigint, (select sequence from fact_heads where tenant = ${tenant}), 0)`,
              stated_at: statedAt,
              row_count: count,
              sums: JSON.stringify(sums),
              hash: hash ?? (rows === null ? null : tableHash(rows)),
              contradicts,
            }),
          ),
        )
        .onConflict((conflict) =>
          conflict
            .columns(['tenant', 'source', 'table_name'])
            .doUpdateSet((set) => ({
              through: set.ref('excluded.through'),
              stated_at: set.ref('excluded.stated_at'),
              row_count: set.ref('excluded.row_count'),
              sums: set.ref('excluded.sums'),
              hash: set.ref('excluded.hash'),
              contradicts: set.ref('excluded.contradicts'),
            }))
            .whereRef('source_statements.stated_at', '<=', 'excluded.stated_at'),
        )
        .execute();
    },
    async all() {
      const rows = await db
        .selectFrom('source_statements')
        .selectAll()
        .where('tenant', '=', tenant)
        .orderBy('source')
        .orderBy('table_name')
        .execute();
      return rows.flatMap((row) => {
        const contract = contractOf(row.table_name);
        if (contract === undefined) return [];
        return [
          {
            source: row.source,
            contract,
            through: row.through,
            statedAt: row.stated_at.toISOString() as Instant,
            statement: { count: row.row_count, sums: row.sums, hash: row.hash, rows: null },
            contradicts: row.contradicts,
          },
        ];
      });
    },
  };
}

/**
 * How the last statements of sources stand at `now`: compared with the facts that they speak of, and, where those differ, with all that came since (a
 * source that sent what was missing has settled it). Sources of which the rules expect a statement and none came are among them.
 */
export async function statementStates(
  statements: readonly KeptStatement[],
  standing: Pick<StandingRows, 'of'>,
  rules: ReconciliationRules,
  now: Instant,
): Promise<readonly StatementState[]> {
  const states: StatementState[] = [];
  for (const { source, contract, through, statedAt, statement, contradicts } of statements) {
    const first = compareTable(contract, statement, await standing.of(source, contract, through));
    const compared = first.agrees
      ? first
      : compareTable(contract, statement, await standing.of(source, contract, null));
    const { count, sums, hash } = compared;
    const hours = statementHoursOf(source, rules, true);
    states.push({
      source,
      table: contract.name,
      statedAt,
      agrees: compared.agrees && !contradicts,
      late: hours !== null && epochMillis(now) - epochMillis(statedAt) > hours * 3_600_000,
      compared: { count, sums, hash, contradicts },
    });
  }
  const silent = Object.entries(rules.sources).flatMap(([source, hours]) =>
    hours === null || statements.some((each) => each.source === source) ? [] : [source],
  );
  return [
    ...states,
    ...silent.map((source) => ({ source, table: null, statedAt: null, agrees: true, late: true, compared: null })),
  ];
}

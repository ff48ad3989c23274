import { instant, type Instant, type Tenant } from '../../base/index.ts';
import { contractOf, type TableContract } from '../../features/contracts/index.ts';
import type { Database } from '../database/index.ts';
import { rowKey, type RowValues } from './row-hash.ts';

const PAGE = 5_000;

/** The version of a row that stands, by what its source reported. */
export interface StandingFact {
  readonly sequence: number;
  readonly values: RowValues;
  readonly happenedAt: Instant;
  readonly knownFrom: Instant;
  readonly ordered: boolean;
}

/** The rows that stand of one source, by what it reported itself and was acknowledged. */
export interface StandingRows {
  /** Rows of a table, each once; `through`: only of facts up to this sequence. */
  of(source: string, contract: TableContract, through: number | null): Promise<readonly RowValues[]>;
  /** The same rows by key, with the facts that they come of. */
  facts(source: string, contract: TableContract, through: number | null): Promise<ReadonlyMap<string, StandingFact>>;
  /** Which sources reported of which tables. */
  sources(): Promise<readonly { readonly source: string; readonly contract: TableContract }[]>;
}

/** Reads them from the acknowledged facts: of each key the newest version, by the clock that orders it (`Fact.ordered`). */
export function createStandingRows({ db }: Database, tenant: Tenant): StandingRows {
  const facts: StandingRows['facts'] = async (source, contract, through) => {
    const newest = new Map<string, StandingFact>();
    for (let after = 0; ;) {
      let query = db
        .selectFrom('facts')
        .select(['sequence', 'row_values', 'happened_at', 'known_from', 'ordered'])
        .where('tenant', '=', tenant)
        .where('source', '=', source)
        .where('table_name', '=', contract.name)
        .where('sequence', '>', after);
      if (through !== null) query = query.where('sequence', '<=', through);
      const rows = await query.orderBy('sequence').limit(PAGE).execute();
      for (const { sequence, row_values: values, happened_at, known_from, ordered } of rows) {
        after = sequence;
        const key = rowKey(contract, values);
        const standing = newest.get(key);
        const happenedAt = instant(happened_at);
        if (!ordered || standing === undefined || happenedAt >= standing.happenedAt)
          newest.set(key, { sequence, values, happenedAt, knownFrom: instant(known_from), ordered });
      }
      if (rows.length < PAGE) return newest;
    }
  };
  return {
    facts,
    of: async (source, contract, through) =>
      [...(await facts(source, contract, through)).values()].map(({ values }) => values),
    async sources() {
      const rows = await db
        .selectFrom('facts')
        .select(['source', 'table_name'])
        .distinct()
        .where('tenant', '=', tenant)
        .orderBy('source')
        .orderBy('table_name')
        .execute();
      return rows.flatMap(({ source, table_name }) => {
        const contract = contractOf(table_name);
        return contract === undefined ? [] : [{ source, contract }];
      });
    },
  };
}

import type { Tenant } from '../../base/index.ts';
import type { TableContract } from '../../features/contracts/index.ts';
import type { Database } from '../database/index.ts';
import { rowKey, type RowValues } from './row-hash.ts';

const PAGE = 5_000;

/** The rows that stand of one source, by what it reported itself and was acknowledged. */
export interface StandingRows {
  /** Rows of a table, each once; `through`: only of facts up to this sequence. */
  of(source: string, contract: TableContract, through: number | null): Promise<readonly RowValues[]>;
}

/** Reads them from the acknowledged facts: of each key the newest version, by the clock that orders it (`Fact.ordered`). */
export function createStandingRows(database: Database, tenant: Tenant): StandingRows {
  return {
    async of(source, contract, through) {
      const newest = new Map<string, { readonly values: RowValues; readonly happenedAt: number }>();
      for (let after = 0; ;) {
        let query = database.db
          .selectFrom('facts')
          .select(['sequence', 'row_values', 'happened_at', 'ordered'])
          .where('tenant', '=', tenant)
          .where('source', '=', source)
          .where('table_name', '=', contract.name)
          .where('sequence', '>', after);
        if (through !== null) query = query.where('sequence', '<=', through);
        const rows = await query.orderBy('sequence').limit(PAGE).execute();
        for (const { sequence, row_values: values, happened_at, ordered } of rows) {
          after = sequence;
          const key = rowKey(contract, values);
          const standing = newest.get(key);
          const happenedAt = happened_at.getTime();
          if (!ordered || standing === undefined || happenedAt >= standing.happenedAt)
            newest.set(key, { values, happenedAt });
        }
        if (rows.length < PAGE) return [...newest.values()].map(({ values }) => values);
      }
    },
  };
}

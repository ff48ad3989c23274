import type { TableComparison } from './compare.ts';

/** Most facts that are named of each kind. */
export const MOST_NAMED = 100;

/** Facts by their acknowledged sequence, the first of them. */
export interface NamedFacts {
  readonly count: number;
  readonly sequences: readonly number[];
}

/** Totals of the rows that stand of a table. */
export interface Totals {
  readonly count: number;
  /** Sums of columns of money, decimal texts. */
  readonly sums: { readonly [column: string]: string };
  readonly hash: string;
}

/** What a source reported of one table (here) against what the warehouse holds of it. */
export interface CopyOfFacts {
  readonly source: string;
  readonly table: string;
  readonly reported: Totals;
  readonly warehouse: Totals;
  /** Reported and not in the warehouse, when the reconciliation began. */
  readonly missing: NamedFacts;
  /** In the warehouse with other values, when it began. */
  readonly conflicting: NamedFacts;
  /** Of both, those that are as reported now. */
  readonly repaired: number;
  /** Of both, those that the import refused again: see its quarantine. */
  readonly left: NamedFacts;
  /** Rows of the source in the warehouse that it reported by no event: files under the same name. */
  readonly unexpected: number;
}

/** What the warehouse holds of a table against what the newest snapshot does: every version, file sources included. */
export interface CopyOfTable {
  readonly table: string;
  readonly warehouse: { readonly rows: number; readonly sum: string };
  readonly published: { readonly rows: number; readonly sum: string };
}

/** How the newest snapshot compares with the warehouse. */
export interface CopyInSnapshot {
  readonly snapshotId: string | null;
  /** `behind`: the warehouse has changed since; `damaged`: its files are not what was published, and it was removed to be published again. */
  readonly state: 'agrees' | 'behind' | 'damaged' | 'none';
  /** Tables that differ. */
  readonly differing: readonly CopyOfTable[];
}

/** What a source last stated of a table, compared again. */
export interface StatementState {
  readonly source: string;
  /** Null: the source is named in the rules and has stated nothing. */
  readonly table: string | null;
  readonly statedAt: string | null;
  readonly agrees: boolean;
  /** It is older than the rules allow for its source. */
  readonly late: boolean;
  readonly compared: Pick<TableComparison, 'count' | 'sums' | 'hash' | 'contradicts'> | null;
}

/** Kinds of what a person has to look at. */
export const FINDING_KINDS = [
  'facts-refused',
  'snapshot-differs',
  'statement-differs',
  'statement-late',
  'source-stale',
] as const;

/** Something that was not, or cannot be, repaired here. */
export interface ReconciliationFinding {
  readonly kind: (typeof FINDING_KINDS)[number];
  readonly source: string | null;
  readonly table: string | null;
  /** Facts, tables or rows concerned; 0 where it is not about any. */
  readonly count: number;
}

/** One day's reconciliation. */
export interface DailyReconciliation {
  readonly format: 'probity.reconciliation/1';
  readonly at: string;
  /** Facts up to this sequence were in the warehouse's turn; later ones are served from the operational database. */
  readonly factsThrough: number;
  readonly facts: readonly CopyOfFacts[];
  /** How the snapshot was found, and how it is now. */
  readonly found: CopyInSnapshot;
  readonly snapshot: CopyInSnapshot;
  readonly statements: readonly StatementState[];
  readonly findings: readonly ReconciliationFinding[];
}

/** What the parts of a reconciliation found. */
export type ReconciliationParts = Omit<DailyReconciliation, 'format' | 'findings'> & {
  /** Sources of files whose newest fact is older than they promise. */
  readonly stale: readonly { readonly source: string; readonly table: string }[];
};

/** What a person has to look at: facts that the import refuses, a snapshot that differs still, statements that do not agree or did not come, sources that are older than they promise. */
export function concluded({ stale, ...parts }: ReconciliationParts): DailyReconciliation {
  const { facts, snapshot, statements } = parts;
  const findings: ReconciliationFinding[] = [
    ...facts.flatMap(({ source, table, left }) =>
      left.count === 0 ? [] : [{ kind: 'facts-refused' as const, source, table, count: left.count }],
    ),
    ...(snapshot.state === 'agrees' || snapshot.state === 'none'
      ? []
      : [{ kind: 'snapshot-differs' as const, source: null, table: null, count: snapshot.differing.length }]),
    ...statements.flatMap(({ source, table, agrees, compared }) =>
      agrees || compared === null
        ? []
        : [
            {
              kind: 'statement-differs' as const,
              source,
              table,
              count: Math.abs(compared.count.source - compared.count.here),
            },
          ],
    ),
    ...statements.flatMap(({ source, table, late }) =>
      late ? [{ kind: 'statement-late' as const, source, table, count: 0 }] : [],
    ),
    ...stale.map(({ source, table }) => ({ kind: 'source-stale' as const, source, table, count: 0 })),
  ];
  return { format: 'probity.reconciliation/1', ...parts, findings };
}

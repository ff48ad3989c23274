import { exactGlob, identifier, literal } from '../../base/index.ts';
import { verifiedFile } from '../../features/snapshots/index.ts';
import type { FeatureTables } from '../../features/views/index.ts';
import type { Artefact } from '../../models/artefact/index.ts';
import { makeDataset, type Dataset, type FeatureColumn } from '../../models/dataset/index.ts';
import { featureTerms, withAge } from '../../models/monitoring/index.ts';
import type { WithheldOfCustomers } from '../../rating/index.ts';
import { columnsOf, withDuckDB } from './duckdb.ts';
import { lawfulRelation, type LawfulUse } from './lawful-relation.ts';
import type { Scored } from './portfolio-work.ts';

/** The feature that tells the portfolio segment of a customer. */
export const SEGMENT = 'segment';

/** Features that tell exposures and limits. */
const AMOUNTS = ['credit_drawn', 'receivables_open', 'credit_limit'] as const;

/** Customers of a snapshot as a model reads them. */
export interface MonitoredTable {
  readonly customers: readonly string[];
  readonly rows: Dataset;
  /** Features of the model that the table lacks, or that are empty in all rows though chance would not leave them so. */
  readonly vanished: readonly string[];
  readonly segments: readonly (string | null)[];
  /** NaN: not known. */
  readonly exposure: Float64Array;
  readonly limit: Float64Array;
  /** Features without a legal basis, of how many customers. */
  readonly withheld: readonly WithheldOfCustomers[];
}

/** The path of a snapshot's feature table, verified. */
export function featureFile({ snapshot: { folder, manifest } }: Pick<Scored, 'snapshot'>): Promise<string> {
  return verifiedFile(folder, manifest, manifest.content.features);
}

/**
 * The features of the model, exposures and limits of a snapshot's customers in the order of the file, without those of `leftOut`; a feature that is not there is
 * missing in all rows, and one without a legal basis
 * (`lawful`) in the rows that give none. Read chunk by chunk, so that no more is held than eight bytes a number.
 */
export async function readMonitored(
  file: string,
  artefact: Artefact,
  train: Dataset,
  leftOut: ReadonlySet<string>,
  lawful: { readonly use: LawfulUse; readonly lineage: FeatureTables } | null,
): Promise<MonitoredTable> {
  const terms = featureTerms(artefact);
  const published = `read_parquet(${literal(exactGlob(file))})`;
  return withDuckDB(2, async (connection) => {
    const known = await columnsOf(connection, published);
    const used = [...new Set([...terms.map(({ name }) => name), SEGMENT, ...AMOUNTS])].filter((name) =>
      known.has(name),
    );
    const { relation: source, withheld } =
      lawful === null
        ? { relation: published, withheld: [] }
        : await lawfulRelation(connection, published, { features: used, lineage: lawful.lineage }, lawful.use);
    const amount = (name: string): string => (known.has(name) ? `${identifier(name)}::DOUBLE` : 'NULL::DOUBLE');
    const select = terms.map(({ name, type }) => {
      if (!known.has(name)) return type === 'category' ? 'NULL::VARCHAR' : 'NULL::DOUBLE';
      if (type === 'date') return `date_diff('day', DATE '1970-01-01', ${identifier(name)}::DATE)::DOUBLE`;
      return type === 'category' ? `${identifier(name)}::VARCHAR` : `${identifier(name)}::DOUBLE`;
    });
    const columns = [
      'party_id::VARCHAR',
      known.has(SEGMENT) ? `${identifier(SEGMENT)}::VARCHAR` : 'NULL::VARCHAR',
      `CASE WHEN ${amount('credit_drawn')} IS NULL AND ${amount('receivables_open')} IS NULL THEN NULL
        ELSE coalesce(${amount('credit_drawn')}, 0) + coalesce(${amount('receivables_open')}, 0) END`,
      amount('credit_limit'),
      ...select,
    ].map((each, c) => `${each} AS c${c}`);
    const counted = await connection.runAndReadAll(`SELECT count(*)::INTEGER FROM ${source}`);
    const most = Number(counted.getRows()[0]?.[0] ?? 0);
    const customers: string[] = [];
    const segments = textColumn(most);
    const [exposure, limit] = [numberColumn(most), numberColumn(most)];
    const features = terms.map(({ type }) => (type === 'category' ? textColumn(most) : numberColumn(most)));
    const result = await connection.stream(`SELECT ${columns.join(', ')} FROM ${source}`);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const ids = chunk.getColumnValues(0).map(String);
      const kept = ids.flatMap((id, row) => (leftOut.has(id) ? [] : [row]));
      const at = customers.length;
      for (const row of kept) customers.push(ids[row]!);
      [segments, exposure, limit, ...features].forEach((column, c) => {
        column.put(at, chunk.getColumnValues(c + 1), kept);
      });
    }
    const size = customers.length;
    const own = makeDataset({
      rows: size,
      columns: terms.map(({ name }, t) => features[t]!.column(name, size)),
      features: terms.map(({ name }) => train.features.find((each) => each.name === name)!),
      bad: new Uint8Array(size),
      weight: null,
      group: null,
      time: null,
      ids: customers,
    });
    return {
      customers,
      rows: withAge(artefact, own),
      vanished: terms
        .map(({ name }) => name)
        .filter((name) => !known.has(name) || isEmptied(columnNamed(train, name), columnNamed(own, name))),
      segments: segments.texts(size),
      exposure: exposure.values.subarray(0, size),
      limit: limit.values.subarray(0, size),
      withheld,
    };
  });
}

function numberColumn(most: number) {
  const values = new Float64Array(most);
  return {
    values,
    put(at: number, from: readonly unknown[], kept: readonly number[]): void {
      kept.forEach((row, k) => {
        const value = from[row];
        values[at + k] = value === null ? Number.NaN : Number(value);
      });
    },
    column: (name: string, size: number): FeatureColumn => ({ kind: 'number', name, values: values.subarray(0, size) }),
  };
}

function textColumn(most: number) {
  const codes = new Int32Array(most);
  const found = new Map<string, number>();
  const levelsInOrder = () => {
    const levels = [...found.keys()].sort();
    const place = new Map(levels.map((level, l) => [level, l]));
    return { levels, codeOf: Int32Array.from(found.keys(), (level) => place.get(level)!) };
  };
  return {
    put(at: number, from: readonly unknown[], kept: readonly number[]): void {
      kept.forEach((row, k) => {
        const value = from[row];
        if (typeof value !== 'string' || value === '') codes[at + k] = -1;
        else {
          const code = found.get(value) ?? found.size;
          if (code === found.size) found.set(value, code);
          codes[at + k] = code;
        }
      });
    },
    texts(size: number): readonly (string | null)[] {
      const levels = [...found.keys()];
      return Array.from(codes.subarray(0, size), (code) => (code < 0 ? null : levels[code]!));
    },
    column(name: string, size: number): FeatureColumn {
      const { levels, codeOf } = levelsInOrder();
      return {
        kind: 'category',
        name,
        levels,
        codes: codes.subarray(0, size).map((code) => (code < 0 ? -1 : codeOf[code]!)),
      };
    },
  };
}

export function columnNamed({ columns }: Dataset, name: string): FeatureColumn {
  return columns.find((column) => column.name === name)!;
}

/** Natural logarithm of how often chance may leave a column empty before it counts as broken: once in a billion books. */
const LEAST_LIKELY = Math.log(1e-9);

/** Whether a column without any value is so by more than chance, as often as training's was missing. */
function isEmptied(then: FeatureColumn, now: FeatureColumn): boolean {
  const missing = (column: FeatureColumn): number =>
    column.kind === 'number'
      ? column.values.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0)
      : column.codes.reduce((sum, code) => sum + Number(code < 0), 0);
  const [rows, rowsThen] = [sizeOf(now), sizeOf(then)];
  if (rows === 0 || rowsThen === 0 || missing(now) < rows) return false;
  return rows * Math.log(missing(then) / rowsThen) < LEAST_LIKELY;
}

const sizeOf = (column: FeatureColumn): number =>
  column.kind === 'number' ? column.values.length : column.codes.length;

import { identifier } from '../../base/index.ts';
import { CONTRACTS, rawColumns, SYSTEM_COLUMNS } from '../contracts/index.ts';
import { rawTable } from './sql.ts';

/** What the import keeps about itself, beside the raw tables. */
const META = [
  'CREATE SCHEMA IF NOT EXISTS raw',
  'CREATE SCHEMA IF NOT EXISTS meta',
  `CREATE TABLE IF NOT EXISTS meta.imports (
     import_id VARCHAR NOT NULL, spec VARCHAR NOT NULL, digest VARCHAR NOT NULL, status VARCHAR NOT NULL,
     imported_at TIMESTAMP NOT NULL, report JSON NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS meta.quarantine (
     import_id VARCHAR NOT NULL, table_name VARCHAR NOT NULL, source VARCHAR NOT NULL, file VARCHAR,
     row_number BIGINT, column_name VARCHAR, code VARCHAR NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS meta.sources (
     source VARCHAR NOT NULL, table_name VARCHAR NOT NULL, spec VARCHAR NOT NULL, import_id VARCHAR NOT NULL,
     imported_at TIMESTAMP NOT NULL, rows BIGINT NOT NULL, newest_known_from TIMESTAMP, newest_happened_at TIMESTAMP,
     freshness_ms BIGINT, completeness JSON NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS meta.tombstones (
     table_name VARCHAR NOT NULL, key_values VARCHAR[] NOT NULL, known_from TIMESTAMP NOT NULL,
     source VARCHAR NOT NULL, import_id VARCHAR NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS meta.attributes (
     name VARCHAR NOT NULL, type VARCHAR NOT NULL, label_en VARCHAR, label_zh_cn VARCHAR, source VARCHAR NOT NULL)`,
];

/** Statements that bring an empty or older warehouse to the contracts of this version; all are safe to repeat. */
export function schemaStatements(): readonly string[] {
  return [
    ...META,
    ...CONTRACTS.flatMap((contract) => {
      const name = rawTable(contract.name);
      const columns = [
        ...rawColumns(contract)
          .filter(([column]) => !(column in SYSTEM_COLUMNS))
          .map(([column, type]) => `${identifier(column)} ${type}`),
        ...Object.entries(SYSTEM_COLUMNS).map(([column, type]) => `${identifier(column)} ${type}`),
      ];
      return [`CREATE TABLE IF NOT EXISTS ${name} (${columns.join(', ')})`];
    }),
  ];
}

/** Statements that add the columns that a contract has gained since the table was made. */
export function missingColumnStatements(existing: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  return CONTRACTS.flatMap((contract) =>
    rawColumns(contract)
      .filter(([column]) => existing.get(contract.name)?.has(column) === false)
      .map(([column, type]) => `ALTER TABLE ${rawTable(contract.name)} ADD COLUMN ${identifier(column)} ${type}`),
  );
}

import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBTypeId,
  FLOAT,
  INTEGER,
  SMALLINT,
  TIMESTAMP,
  TIMESTAMPTZ,
  TIMESTAMP_MS,
  TIMESTAMP_NS,
  TIMESTAMP_S,
  TINYINT,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
  type DuckDBType,
} from '@duckdb/node-api';
import {
  Binary,
  Bool,
  DataType,
  DateDay,
  Decimal,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  Int8,
  TimeUnit,
  Timestamp,
  Uint16,
  Uint32,
  Uint64,
  Uint8,
  Utf8,
} from 'apache-arrow';

export type Unit = 's' | 'ms' | 'us' | 'ns';

/**
 * What a column holds, whichever library holds it. Between libraries its values are: boolean; number (integers up to 32 bits, floats,
 * dates as days since 1970); bigint (integers of 64 bits, timestamps in their unit since 1970, decimals without their point); string;
 * Uint8Array; and null.
 */
export type Kind =
  | { readonly kind: 'boolean' | 'text' | 'bytes' | 'date' }
  | { readonly kind: 'integer'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  | { readonly kind: 'timestamp'; readonly unit: Unit; readonly utc: boolean }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number };

export type Value = boolean | number | bigint | string | Uint8Array | null;

/** Digits after the point of a second, by unit. */
export const DIGITS: { readonly [unit in Unit]: number } = { s: 0, ms: 3, us: 6, ns: 9 };
const UNITS = [
  [TimeUnit.SECOND, 's'],
  [TimeUnit.MILLISECOND, 'ms'],
  [TimeUnit.MICROSECOND, 'us'],
  [TimeUnit.NANOSECOND, 'ns'],
] as const;

/** The most digits of a decimal in Arrow (128 bits) and DuckDB. */
const MOST_DIGITS = 38;

/** What an Arrow type holds, or null for one that no conversion here carries. */
export function kindOfArrow(type: DataType): Kind | null {
  if (DataType.isDictionary(type)) {
    const kind = kindOfArrow(type.dictionary as DataType);
    return kind?.kind === 'text' ? kind : null;
  }
  if (DataType.isBool(type)) return { kind: 'boolean' };
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return { kind: 'text' };
  if (DataType.isBinary(type)) return { kind: 'bytes' };
  if (DataType.isDate(type)) {
    return type instanceof DateDay ? { kind: 'date' } : { kind: 'timestamp', unit: 'ms', utc: false };
  }
  if (DataType.isInt(type)) return { kind: 'integer', bits: type.bitWidth, signed: type.isSigned };
  if (DataType.isFloat(type)) {
    const bits = [null, 32, 64][type.precision] as 32 | 64 | null | undefined;
    return bits ? { kind: 'float', bits } : null;
  }
  if (DataType.isTimestamp(type)) {
    const { unit, timezone } = type;
    const name = UNITS.find(([each]) => each === unit)?.[1];
    return name ? { kind: 'timestamp', unit: name, utc: Boolean(timezone) } : null;
  }
  if (DataType.isDecimal(type)) {
    const { precision, scale } = type;
    return scale >= 0 && scale <= precision && precision <= MOST_DIGITS ? { kind: 'decimal', precision, scale } : null;
  }
  return null;
}

/** The Arrow type of a kind. */
export function arrowOfKind(kind: Kind): DataType {
  switch (kind.kind) {
    case 'boolean':
      return new Bool();
    case 'text':
      return new Utf8();
    case 'bytes':
      return new Binary();
    case 'date':
      return new DateDay();
    case 'integer': {
      const types = { 8: [Uint8, Int8], 16: [Uint16, Int16], 32: [Uint32, Int32], 64: [Uint64, Int64] } as const;
      return new types[kind.bits][kind.signed ? 1 : 0]();
    }
    case 'float':
      return kind.bits === 32 ? new Float32() : new Float64();
    case 'timestamp': {
      const unit = UNITS.find(([, name]) => name === kind.unit)?.[0] ?? TimeUnit.MICROSECOND;
      return new Timestamp(unit, kind.utc ? 'UTC' : null);
    }
    default:
      return new Decimal(kind.scale, kind.precision, 128);
  }
}

const OF_DUCKDB: ReadonlyMap<DuckDBTypeId, Kind> = new Map<DuckDBTypeId, Kind>([
  [DuckDBTypeId.BOOLEAN, { kind: 'boolean' }],
  [DuckDBTypeId.VARCHAR, { kind: 'text' }],
  [DuckDBTypeId.ENUM, { kind: 'text' }],
  [DuckDBTypeId.BLOB, { kind: 'bytes' }],
  [DuckDBTypeId.DATE, { kind: 'date' }],
  [DuckDBTypeId.TINYINT, { kind: 'integer', bits: 8, signed: true }],
  [DuckDBTypeId.SMALLINT, { kind: 'integer', bits: 16, signed: true }],
  [DuckDBTypeId.INTEGER, { kind: 'integer', bits: 32, signed: true }],
  [DuckDBTypeId.BIGINT, { kind: 'integer', bits: 64, signed: true }],
  [DuckDBTypeId.UTINYINT, { kind: 'integer', bits: 8, signed: false }],
  [DuckDBTypeId.USMALLINT, { kind: 'integer', bits: 16, signed: false }],
  [DuckDBTypeId.UINTEGER, { kind: 'integer', bits: 32, signed: false }],
  [DuckDBTypeId.UBIGINT, { kind: 'integer', bits: 64, signed: false }],
  [DuckDBTypeId.HUGEINT, { kind: 'decimal', precision: MOST_DIGITS, scale: 0 }],
  [DuckDBTypeId.FLOAT, { kind: 'float', bits: 32 }],
  [DuckDBTypeId.DOUBLE, { kind: 'float', bits: 64 }],
  [DuckDBTypeId.TIMESTAMP_S, { kind: 'timestamp', unit: 's', utc: false }],
  [DuckDBTypeId.TIMESTAMP_MS, { kind: 'timestamp', unit: 'ms', utc: false }],
  [DuckDBTypeId.TIMESTAMP, { kind: 'timestamp', unit: 'us', utc: false }],
  [DuckDBTypeId.TIMESTAMP_NS, { kind: 'timestamp', unit: 'ns', utc: false }],
  [DuckDBTypeId.TIMESTAMP_TZ, { kind: 'timestamp', unit: 'us', utc: true }],
]);

/** What a DuckDB type holds, or null for one that no conversion here carries. */
export function kindOfDuckdb(type: DuckDBType): Kind | null {
  if (type.typeId === DuckDBTypeId.DECIMAL) {
    const { width, scale } = type;
    return { kind: 'decimal', precision: width, scale };
  }
  return OF_DUCKDB.get(type.typeId) ?? null;
}

/** The DuckDB type of a kind. Instants with a zone have microseconds only there. */
export function duckdbOfKind(kind: Kind): DuckDBType {
  switch (kind.kind) {
    case 'boolean':
      return BOOLEAN;
    case 'text':
      return VARCHAR;
    case 'bytes':
      return BLOB;
    case 'date':
      return DATE;
    case 'integer': {
      const types = {
        8: [UTINYINT, TINYINT],
        16: [USMALLINT, SMALLINT],
        32: [UINTEGER, INTEGER],
        64: [UBIGINT, BIGINT],
      };
      return types[kind.bits][kind.signed ? 1 : 0] as DuckDBType;
    }
    case 'float':
      return kind.bits === 32 ? FLOAT : DOUBLE;
    case 'timestamp':
      if (kind.utc) return TIMESTAMPTZ;
      return { s: TIMESTAMP_S, ms: TIMESTAMP_MS, us: TIMESTAMP, ns: TIMESTAMP_NS }[kind.unit];
    default:
      return DECIMAL(kind.precision, kind.scale);
  }
}

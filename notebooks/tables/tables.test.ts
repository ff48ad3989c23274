import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { fc, test } from '@fast-check/vitest';
import { Dictionary, Field, Float16, Int32, Schema, Table, Utf8, vectorFromArray } from 'apache-arrow';
import { DataFrame } from 'danfojs-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { columnsOfArrow, tableOfColumns, type NamedColumn } from './arrow-columns.ts';
import {
  arrowFromDanfo,
  arrowFromDuckdb,
  danfoFromArrow,
  danfoFromDuckdb,
  duckdbFromArrow,
  duckdbFromDanfo,
} from './index.ts';
import { DIGITS, type Kind, type Unit, type Value } from './kinds.ts';
import { daysOf, decimalText, timestampOf, timestampText, unscaledOf } from './text.ts';

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => {
  connection.closeSync();
  instance.closeSync();
});

const CHINESE = '违约概率信用评分授信额度账期预警逾期𠮷，。';
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...Array.from(CHINESE)), maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('', ' ', 'null', 'NaN', "it's", '"', '\0'),
);
const within = (bits: number, signed: boolean): fc.Arbitrary<bigint> => {
  const span = 1n << BigInt(bits);
  const min = signed ? -span / 2n : 0n;
  const max = min + span - 1n;
  return fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max, 0n, signed ? -1n : 1n));
};
/** Days and instants that a calendar of text can tell: the years 0 to 9999 and beyond. */
const seconds = fc.bigInt({ min: -8_640_000_000_000n, max: 8_639_999_999_999n });
const unitOf = fc.constantFrom<Unit>('s', 'ms', 'us');

type Typed = { readonly kind: Kind; readonly value: fc.Arbitrary<Value> };
const decimalOf = (precision: number, scale: number): Typed => {
  const bound = 10n ** BigInt(precision) - 1n;
  const value = fc.oneof(fc.bigInt({ min: -bound, max: bound }), fc.constantFrom(bound, -bound, 0n));
  return { kind: { kind: 'decimal', precision, scale }, value };
};
const typed: fc.Arbitrary<Typed> = fc.oneof(
  fc.constant<Typed>({ kind: { kind: 'boolean' }, value: fc.boolean() }),
  fc.constant<Typed>({ kind: { kind: 'text' }, value: text }),
  fc.constant<Typed>({ kind: { kind: 'date' }, value: fc.integer({ min: -99_999_999, max: 99_999_999 }) }),
  fc.tuple(fc.constantFrom(8, 16, 32, 64), fc.boolean()).map(([bits, signed]): Typed => {
    const value = within(bits, signed);
    return {
      kind: { kind: 'integer', bits: bits as 8, signed },
      value: bits === 64 ? value : value.map(Number),
    };
  }),
  fc.constant<Typed>({ kind: { kind: 'float', bits: 64 }, value: fc.double() }),
  fc.constant<Typed>({ kind: { kind: 'float', bits: 32 }, value: fc.float() }),
  fc.tuple(unitOf, fc.boolean()).map(([unit, zone]): Typed => {
    // DuckDB keeps instants of a zone in microseconds.
    const utc = zone && unit === 'us';
    const fine = 10n ** BigInt(DIGITS[unit]);
    const value = fc.tuple(seconds, fc.bigInt({ min: 0n, max: fine - 1n })).map(([at, part]) => at * fine + part);
    return { kind: { kind: 'timestamp', unit, utc }, value };
  }),
  fc.constant<Typed>({
    kind: { kind: 'timestamp', unit: 'ns', utc: false },
    value: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }),
  }),
  fc
    .integer({ min: 1, max: 38 })
    .chain((precision) => fc.tuple(fc.constant(precision), fc.integer({ min: 0, max: precision })))
    .map(([precision, scale]) => decimalOf(precision, scale)),
);
const columnsWith = (rows: number): fc.Arbitrary<NamedColumn[]> =>
  fc
    .array(
      typed.chain(({ kind, value }) =>
        fc
          .array(fc.option(value, { freq: 4 }), { minLength: rows, maxLength: rows })
          .map((values) => ({ kind, values })),
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((columns) => columns.map((column, i): NamedColumn => ({ ...column, name: i === 0 ? '客户 "no"' : `c${i}` })));
const someTable = fc
  .oneof(fc.constant(0), fc.integer({ min: 1, max: 30 }))
  .chain(columnsWith)
  .map((columns) => tableOfColumns(columns));

/** Everything that a table says: names, types, and every value to the last bit. */
const told = (table: Table): unknown => ({
  types: table.schema.fields.map(({ name, type }) => `${name}: ${String(type)}`),
  columns: columnsOfArrow(table).map(({ values }) => values.map((value) => (Object.is(value, -0) ? '-0' : value))),
});

let made = 0;
async function throughDuckdb(table: Table): Promise<Table> {
  const name = `t ${(made += 1)}`;
  expect(await duckdbFromArrow(connection, name, table)).toBe(table.numRows);
  const back = await arrowFromDuckdb(connection, `FROM "${name}"`);
  await connection.run(`DROP TABLE "${name}"`);
  return back;
}

describe('Arrow and DuckDB', () => {
  test.prop([someTable], { numRuns: 200 })(
    'give every value and type back: nulls, dates, big integers, decimals, Chinese',
    async (table) => {
      expect(told(await throughDuckdb(table))).toEqual(told(table));
    },
  );

  it('agree with DuckDB itself on what a value is, beyond one chunk of rows', async () => {
    const query = `SELECT i::BIGINT * 1844674407370955 AS big, (i / 7)::DECIMAL(20, 6) AS dec, DATE '2024-02-29' + i::INTEGER AS day,
      TIMESTAMP '1969-12-31 23:59:59.999999' + INTERVAL (i) MICROSECOND AS at, CASE WHEN i % 3 > 0 THEN '客户' || i END AS name
      FROM range(5000) t(i)`;
    await duckdbFromArrow(connection, 'agree', await arrowFromDuckdb(connection, query));
    const differ = await connection.runAndReadAll(`FROM agree EXCEPT ALL (${query})`);
    expect(differ.getRows()).toEqual([]);
    const table = await arrowFromDuckdb(
      connection,
      `SELECT sum(big) AS total, 'a'::ENUM('a', 'b') AS level FROM agree`,
    );
    expect(table.schema.fields.map(({ type }) => String(type))).toEqual(['Decimal[38e0]', 'Utf8']);
    expect(columnsOfArrow(table)[0]?.values).toEqual([((4999n * 5000n) / 2n) * 1844674407370955n]);
  });

  it('refuse what they do not carry, by column, before a table is made', async () => {
    await expect(
      arrowFromDuckdb(connection, `SELECT [1] AS list, INTERVAL 1 DAY AS span, 1 AS one, 2 AS one`),
    ).rejects.toMatchObject({ problems: [{ at: 'list' }, { at: 'span' }, { at: 'one' }] });
    await expect(
      arrowFromDuckdb(connection, `SELECT '170141183460469231731687303715884105727'::HUGEINT AS huge`),
    ).rejects.toMatchObject({ problems: [{ at: 'huge', message: 'row 1 has more than 38 digits' }] });
    const half = new Table({ half: vectorFromArray([1], new Float16()) });
    await expect(duckdbFromArrow(connection, 'never', half)).rejects.toMatchObject({ problems: [{ at: 'half' }] });
    const instants = tableOfColumns([
      { name: 'at', kind: { kind: 'timestamp', unit: 'ns', utc: true }, values: [0n, 1n] },
    ]);
    await expect(duckdbFromArrow(connection, 'never', instants)).rejects.toMatchObject({ problems: [{ at: 'at' }] });
    await expect(connection.run('FROM never')).rejects.toThrow(/does not exist/);
  });

  it('read dictionaries as text', async () => {
    const levels = new Table({
      level: vectorFromArray(['乙', '甲', null, '乙'], new Dictionary(new Utf8(), new Int32())),
    });
    expect(told(await throughDuckdb(levels))).toMatchObject({ columns: [['乙', '甲', null, '乙']] });
  });
});

describe('Arrow and danfojs', () => {
  test.prop([someTable], { numRuns: 200 })(
    'give every value and type back where integers and decimals go as text',
    (table) => {
      expect(told(arrowFromDanfo(danfoFromArrow(table, { exact: 'text' }), table.schema))).toEqual(told(table));
    },
  );

  test.prop([someTable], { numRuns: 200 })(
    'as numbers give every value back too, or refuse the column by name',
    (table) => {
      let frame: DataFrame;
      try {
        frame = danfoFromArrow(table);
      } catch (error) {
        const { problems } = error as { problems: { at: string }[] };
        const long = columnsOfArrow(table).filter(({ kind, values }) =>
          values.some((value) => {
            if (value === null || (kind.kind !== 'decimal' && kind.kind !== 'integer')) return false;
            return String(value).replace('-', '').length > 15;
          }),
        );
        expect(problems.length).toBeGreaterThan(0);
        expect(long.map(({ name }) => name)).toEqual(expect.arrayContaining(problems.map(({ at }) => at)));
        return;
      }
      expect(told(arrowFromDanfo(frame, table.schema))).toEqual(told(table));
    },
  );

  it('tell null from NaN, and danfojs takes both as missing', () => {
    const table = tableOfColumns([{ name: 'x', kind: { kind: 'float', bits: 64 }, values: [1, null, Number.NaN, 3] }]);
    const frame = danfoFromArrow(table);
    expect(frame.column('x').isNa().values).toEqual([false, true, true, false]);
    expect(told(arrowFromDanfo(frame))).toEqual(told(table));
  });

  it('refuse what a double or a frame would change, every column at once', () => {
    const table = tableOfColumns([
      { name: 'big', kind: { kind: 'integer', bits: 64, signed: true }, values: [9_007_199_254_740_993n] },
      { name: 'money', kind: { kind: 'decimal', precision: 20, scale: 2 }, values: [12345678901234567890n] },
      { name: 'fine', kind: { kind: 'decimal', precision: 20, scale: 2 }, values: [1234567890123n] },
      { name: 'never', kind: { kind: 'date' }, values: [2_147_483_647] },
      { name: 'shape', kind: { kind: 'boolean' }, values: [true] },
    ]);
    expect(() => danfoFromArrow(table)).toThrow(
      expect.objectContaining({
        problems: [{ at: 'shape' }, { at: 'big' }, { at: 'money' }, { at: 'never' }].map(
          (each) => expect.objectContaining(each) as unknown,
        ),
      }) as Error,
    );
  });

  it('refuse cells that are not what the schema says', () => {
    const frame = new DataFrame(
      [
        [1, '2024-02-29', 0.1, 'fine'],
        [1.5, '2023-02-29', 0.123, 'half \uD800'],
      ],
      { columns: ['n', 'day', 'rate', 'name'], dtypes: ['float32', 'string', 'float32', 'string'] },
    );
    const schema = tableOfColumns([
      { name: 'n', kind: { kind: 'integer', bits: 32, signed: true }, values: [] },
      { name: 'day', kind: { kind: 'date' }, values: [] },
      { name: 'rate', kind: { kind: 'decimal', precision: 4, scale: 2 }, values: [] },
      { name: 'name', kind: { kind: 'text' }, values: [] },
    ]).schema;
    expect(() => arrowFromDanfo(frame, schema)).toThrow(
      expect.objectContaining({
        problems: ['n', 'day', 'rate', 'name'].map((at) => expect.objectContaining({ at }) as unknown),
      }) as Error,
    );
    expect(() => arrowFromDanfo(frame, new Schema([new Field('n', new Int32())]))).toThrow(/does not fit the schema/);
  });

  it('take a frame’s own types where no schema is given', () => {
    const frame = new DataFrame(
      [
        [1, 0.5, '违约', true],
        [3_000_000_000, null, null, null],
      ],
      {
        columns: ['n', 'x', 'word', 'flag'],
        dtypes: ['int32', 'float32', 'string', 'boolean'],
      },
    );
    expect(told(arrowFromDanfo(frame))).toEqual({
      types: ['n: Int64', 'x: Float64', 'word: Utf8', 'flag: Bool'],
      columns: [
        [1n, 3_000_000_000n],
        [0.5, null],
        ['违约', null],
        [true, null],
      ],
    });
  });
});

it('a frame of a query, made a table again, is that query', async () => {
  const query = `SELECT * FROM (VALUES (1::SMALLINT, '甲', DATE '2024-02-29', 12.30::DECIMAL(9, 2)), (NULL, NULL, NULL, NULL)) t(n, name, day, amount)`;
  const { schema } = await arrowFromDuckdb(connection, query);
  await duckdbFromDanfo(connection, 'again', await danfoFromDuckdb(connection, query), schema);
  expect((await connection.runAndReadAll(`FROM again EXCEPT ALL (${query})`)).getRows()).toEqual([]);
  expect((await connection.runAndReadAll(`DESCRIBE again`)).getRows().map(([, type]) => type)).toEqual([
    'SMALLINT',
    'VARCHAR',
    'DATE',
    'DECIMAL(9,2)',
  ]);
});

describe('text', () => {
  test.prop([fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.integer({ min: 0, max: 38 })])(
    'of a decimal reads back as it was',
    (value, scale) => {
      expect(unscaledOf(decimalText(value, scale), 38, scale)).toBe(value);
    },
  );

  it('of another form is refused, not bent', () => {
    expect([daysOf('2024-2-9'), daysOf('2024-02-30'), daysOf('29.02.2024'), daysOf('+002024-01-01')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(timestampOf('2024-01-01T00:00:00.1Z', 'us', true)).toBeNull();
    expect(timestampOf('2024-01-01T00:00:00.000001', 'us', true)).toBeNull();
    expect(timestampText(-1n, 'us', true)).toBe('1969-12-31T23:59:59.999999Z');
    expect([
      unscaledOf('1.005', 9, 2),
      unscaledOf(1e21, 9, 2),
      unscaledOf('0x1', 9, 2),
      unscaledOf(1e-7, 9, 7),
    ]).toEqual([null, null, null, 1n]);
  });
});

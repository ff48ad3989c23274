import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { fc } from '@fast-check/vitest';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { literal, sha256 } from '../../base/index.ts';
import { CONTRACTS } from './index.ts';
import { directIdentifierSql, isDirectIdentifier, textRole, type TextRole } from './direct-identifiers.ts';

/** The example of the standard (GB 11643-1999). */
const RESIDENT = '11010519491231002X';

/** Everywhere. */
const DIRECT = [
  'zhao@example.net',
  'a.b+c@mail.example.co.uk',
  'a@b.cn',
  '客户邮箱 zhao@example.net，请回复',
  'write to <zhao@example.net>',
  'zhao＠example.net',
  '+86 139 0000 7731',
  '+8613900007731',
  '+49 (30) 123456',
  'call +49 30 1234567 after five',
  '11010519491231002X',
  '11010519491231002x',
  '身份证11010519491231002X',
  'id 110105194912310021, then 11010519491231002X.',
];
/** In ids of customers and other texts; the number of an order may look so. */
const MOBILE = [
  '13900007731',
  '8613900007731',
  '008613900007731',
  '电话13900007731。',
  'tel: 13900007731',
  '(19900001111)',
];
const GROUPED = ['139-0000-7731', '请拨打 139 0000 7731'];
const KEYS = [
  'C-001',
  'P0000001',
  '',
  '@',
  'a@b',
  '+1',
  '202611270001234567',
  '110105194913310021',
  '110105194912310021',
  'f'.repeat(64),
  '+x 1234567',
  '客户一',
  '0000012345',
  '12900007731',
  '139000077310',
  'C13900007731',
  '1390000773',
  '2026-11-27',
  'grew by +12.5 / 30 - 40',
  '0199fd2c-7c1e-7aa0-8f3e-13900007731a',
  'sales grew from +5 to +12',
];

let instance: DuckDBInstance;
let connection: DuckDBConnection;
beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:');
  connection = await instance.connect();
});
afterAll(() => instance.closeSync());

const ROLES: readonly TextRole[] = ['customer', 'key', 'digest', 'text'];

async function inDuckDb(texts: readonly string[], role: TextRole, elevenDigits = false): Promise<boolean[]> {
  const reader = await connection.runAndReadAll(
    `SELECT ${directIdentifierSql('v', role, { elevenDigits })} FROM (SELECT unnest([${texts.map((text) => literal(text)).join(', ')}]) AS v)`,
  );
  return reader.getRows().map(([direct]) => direct as boolean);
}

it('tells what names a person outright from keys, whole or inside a text', () => {
  for (const role of ['customer', 'key', 'text'] as const) {
    expect(DIRECT.filter((text) => !isDirectIdentifier(text, role))).toEqual([]);
    expect(KEYS.filter((text) => isDirectIdentifier(text, role))).toEqual([]);
  }
});

it('a mobile number is none in the key of an order, nor where a project says that its customers have numbers of eleven digits', () => {
  const direct = (role: TextRole, elevenDigits: boolean) =>
    [...MOBILE, ...GROUPED].filter((text) => isDirectIdentifier(text, role, { elevenDigits }));
  expect(direct('customer', false)).toEqual([...MOBILE, ...GROUPED]);
  expect(direct('text', false)).toEqual([...MOBILE, ...GROUPED]);
  expect(direct('key', false)).toEqual([]);
  expect(direct('customer', true)).toEqual(GROUPED);
});

it('an identity number has to have its check character', () => {
  const others = '0123456789X'.split('').map((check) => RESIDENT.slice(0, 17) + check);
  expect(others.filter((text) => isDirectIdentifier(text))).toEqual([RESIDENT]);
});

it('a digest is a digest: no number, no name, no address', () => {
  const digests = [
    'd41d8cd98f00b204e9800998ecf8427e',
    sha256('x'),
    Buffer.from(sha256('x'), 'hex').toString('base64'),
    Buffer.alloc(16, 7).toString('base64url'),
  ];
  expect(digests.filter((text) => isDirectIdentifier(text, 'digest'))).toEqual([]);
  const details = [
    '13900007731',
    'Zhao Wuji',
    '赵无极',
    'zhao@example.net',
    '11010519491231002X',
    '6222020000000000000',
    '',
  ];
  expect(details.filter((text) => !isDirectIdentifier(text, 'digest'))).toEqual([]);
});

it('TypeScript and DuckDB say the same, whatever stands around', async () => {
  const all = [...DIRECT, ...MOBILE, ...GROUPED, ...KEYS, RESIDENT, sha256('y')];
  for (const role of ROLES)
    for (const elevenDigits of [false, true])
      expect(await inDuckDb(all, role, elevenDigits)).toEqual(
        all.map((text) => isDirectIdentifier(text, role, { elevenDigits })),
      );
  const around = fc.constantFrom('', ' ', 'a', '7', '-', '：', '.', '@', '+', '\n', 'é');
  const core = fc.constantFrom(...DIRECT, ...MOBILE, ...GROUPED, ...KEYS);
  const texts = fc
    .sample(fc.array(fc.oneof(core, around, fc.string({ maxLength: 5 })), { minLength: 1, maxLength: 5 }), {
      numRuns: 2_000,
      seed: 7,
    })
    .map((parts) => parts.join('').replaceAll('\0', ''));
  for (const role of ROLES) {
    const told = await inDuckDb(texts, role);
    expect(texts.filter((text, i) => told[i] !== isDirectIdentifier(text, role))).toEqual([]);
  }
});

it('the role of every text column follows from its contract', () => {
  const of = (role: TextRole) =>
    [
      ...new Set(
        CONTRACTS.flatMap(({ columns }) =>
          columns.filter((each) => each.type === 'text' && textRole(each) === role),
        ).map(({ name }) => name),
      ),
    ].toSorted();
  expect(of('customer')).toEqual(['guarantor_party_id', 'party_id', 'related_party_id']);
  expect(of('digest')).toEqual(['digest']);
  expect(of('key').every((name) => name.endsWith('_id'))).toBe(true);
  expect(of('text')).toContain('text_value');
});

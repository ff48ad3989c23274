import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../base/index.ts';
import { computeFeatures, CONTRACTS, loadViews } from '../features/index.ts';
import { doableAct } from '../rating/advice/doable.ts';
import { loadActs, type Scalar } from '../rating/index.ts';
import { deedOf, KEYS, type Deed } from './support/acts-as-facts.ts';
import { randomHistory } from './support/random-history.ts';
import { insertRaw, rawDatabase, rowsOf, type RawRow } from './support/raw-fixture.ts';

const AT = '2025-07-01T00:00:00.000Z';
const CUSTOMERS = 70;
const acts = loadActs(null).acts;
type Values = ReadonlyMap<string, Scalar>;

/** Histories of every table, with more credit that runs: most drawn lines have a limit and stand above 0, some have none, stand below it, or are of an unknown balance. */
function histories(): readonly RawRow[] {
  const random = seededRandom(21);
  const isRough = Array.from({ length: CUSTOMERS }, () => random.uniform() < 0.3);
  return randomHistory(21, CUSTOMERS).map(({ table, values }): RawRow => {
    if (table !== 'credit_lines') return { table, values };
    const { limit_amount: limit, balance, ends_on: end } = values;
    const running = { ...values, ends_on: random.uniform() < 0.7 ? null : (end ?? null) };
    if (isRough[Number(String(values['party_id']).slice('party-'.length))] === true) return { table, values: running };
    const granted = Number(limit) < 100 ? 1400 : (limit ?? 1400);
    const drawn = random.uniform() < 0.3 ? granted : Math.abs(Number(balance));
    return { table, values: { ...running, limit_amount: granted, balance: drawn } };
  });
}

/** One act done by a copy of a customer, in one size and one way. */
interface Done {
  readonly copy: string;
  readonly party: string;
  readonly act: (typeof acts)[number];
  readonly k: number;
  readonly deed: Deed;
}

let database: Awaited<ReturnType<typeof rawDatabase>>;
let vectors: ReadonlyMap<string, Values>;
const done: Done[] = [];

/** What tables know of a customer who is asked for documents and has offered no guarantee. */
const factsOf = (values: Values): Values =>
  new Map<string, Scalar>([
    ...[...values].map(([name, value]) => [`features.${name}`, value] as const),
    ['customer.documentsMissing', 1],
    ['guarantee.offered', false],
  ]);

async function featuresOf(parties: string): Promise<ReadonlyMap<string, Values>> {
  const asked = `(SELECT party_id, '${AT}'::TIMESTAMP AS as_of FROM ${parties})`;
  await computeFeatures(database.connection, { views: await loadViews(), asked, into: 'wide' });
  const rows = await rowsOf(database.connection, 'wide');
  return new Map(rows.map(({ party_id, ...values }) => [String(party_id), new Map(Object.entries(values)) as Values]));
}

/** Sizes of an act: the least, one between, the greatest. */
const sizesOf = (count: number, at: number): readonly number[] => [
  ...new Set([1, Math.max(1, Math.ceil(count * at)), count]),
];

beforeAll(async () => {
  database = await rawDatabase();
  const { connection } = database;
  const history = histories();
  await insertRaw(connection, history);
  const parties = Array.from({ length: CUSTOMERS }, (_, i) => `party-${i}`);
  await connection.run(
    `CREATE TABLE copies AS SELECT unnest(['${parties.join("','")}']) AS party_id, NULL::VARCHAR AS of`,
  );
  const before = await featuresOf('copies');
  const random = seededRandom(921);
  for (const party of parties) {
    const rows = history.filter(({ values }) => values['party_id'] === party);
    for (const act of acts) {
      const doable = doableAct(act, factsOf(before.get(party) as Values), 2);
      if (doable === null) continue;
      for (const k of sizesOf(doable.count, random.uniform())) {
        const deed = deedOf(act.id, doable.sizeAt(k), { party, rows, at: AT, random });
        done.push({ copy: `${party}/${done.length}`, party, act, k, deed });
      }
    }
  }
  await connection.run(
    `INSERT INTO copies VALUES ${done.map(({ copy, party }) => `('${copy}', '${party}')`).join(', ')}`,
  );
  for (const { name, entity } of CONTRACTS)
    if (entity === 'party_id')
      await connection.run(
        `INSERT INTO raw."${name}" SELECT r.* REPLACE (c.party_id AS party_id) FROM raw."${name}" r JOIN copies c ON c.of = r.party_id`,
      );
  for (const [table, column] of Object.entries(KEYS)) {
    const ends = done.flatMap(({ copy, deed }) =>
      deed.ends.filter((end) => end.table === table).map(({ key }) => `('${copy}', '${key}')`),
    );
    await connection.run(
      `UPDATE raw.${table} r SET known_until = '${AT}'::TIMESTAMP FROM (VALUES ${ends.join(', ')}) ended(party, key)
       WHERE r.party_id = ended.party AND r.${column} = ended.key AND r.known_from <= '${AT}'::TIMESTAMP AND r.known_until > '${AT}'::TIMESTAMP`,
    );
  }
  await insertRaw(
    connection,
    done.flatMap(({ copy, deed }) =>
      deed.adds.map(({ table, values }) => ({ table, values: { ...values, party_id: copy } })),
    ),
  );
  vectors = await featuresOf('copies');
}, 60_000);
afterAll(() => database?.close());

/** Whether two values are the same, numbers within a thousand-millionth of themselves. */
function isSame(a: Scalar, b: Scalar): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-3);
}

/** What an act says of a customer's features, and what the views make of the facts once it is done. */
function outcomes() {
  return done.flatMap(({ copy, party, act, k }) => {
    const [before, after] = [vectors.get(party) as Values, vectors.get(copy) as Values];
    const doable = doableAct(act, factsOf(before), 2);
    if (doable === null) throw new Error('an act that was done can be done');
    const left = doable.unfollowed(k);
    return [...before].map(([name, was]) => {
      const field = `features.${name}`;
      const isNamed = left.includes(field);
      const said = doable.writes.includes(field) ? doable.valueAt(field, k) : was;
      const is = after.get(name) ?? null;
      return { act, name, isAll: doable.isAll(k), isNamed, was, said, is, size: doable.sizeAt(k), copy };
    });
  });
}

describe('acts', () => {
  it('say of every feature of every view what the view makes of the facts once they are done, or name it as left as it is', () => {
    const wrong = outcomes().filter(({ isNamed, said, is }) => !isNamed && !isSame(said, is));
    expect(
      wrong.map(({ act, name, copy, size, was, said, is }) => ({ act: act.id, name, copy, size, was, said, is })),
    ).toEqual([]);
    for (const act of acts.filter(({ effects, unfollowed = [] }) =>
      [...unfollowed, ...effects.map(({ field }) => field)].some((field) => field.startsWith('features.')),
    ))
      expect(done.filter((each) => each.act.id === act.id).length, act.id).toBeGreaterThan(20);
  });

  it('name no feature and follow none that does not move', () => {
    const moved = outcomes().filter(({ was, is }) => !isSame(was, is));
    const unmoved = acts.flatMap(({ id, effects, unfollowed = [], unfollowedInPart = [] }) => [
      ...effects
        .filter(({ field }) => field.startsWith('features.'))
        .filter(
          ({ field }) =>
            !moved.some(({ act, name, isNamed }) => act.id === id && `features.${name}` === field && !isNamed),
        )
        .map(({ field }) => `${id} follows ${field}`),
      ...unfollowed
        .filter((field) => !moved.some(({ act, name }) => act.id === id && `features.${name}` === field))
        .map((field) => `${id} names ${field}`),
      ...unfollowedInPart
        .filter(
          (field) => !moved.some(({ act, name, isAll }) => act.id === id && `features.${name}` === field && !isAll),
        )
        .map((field) => `${id} names ${field} in part`),
    ]);
    expect(unmoved).toEqual([]);
  });
});

import { seededRandom, type Random } from '../../base/index.ts';
import { CONTRACTS, type Column, type TableContract } from '../../features/contracts/index.ts';
import type { RawRow } from './raw-fixture.ts';

const DAY = 86_400_000;
const START = Date.parse('2023-01-01');
const DAYS = 900;

/** Texts that views look for, by column; other texts are arbitrary. */
const TEXTS: { readonly [column: string]: readonly string[] } = {
  category: ['salary', 'cash', 'penalty', 'other'],
  creditor: ['self', 'bank-a', 'bank-b'],
  indicator: ['gdp_growth', 'unemployment', 'insolvency_rate', 'interest_rate', 'price_index'],
  industry: ['*', 'C10'],
  region: ['*', 'north'],
  segment: ['retail', 'sme'],
  account_id: ['A', 'B'],
};

/** How many rows of each table a customer has, about; others have two. */
const ROWS: { readonly [table: string]: number } = { transactions: 20, invoices: 6, payments: 8, behaviour_events: 6 };

/**
 * A random history of every table: random values, lags between the two clocks, several versions and tombstones. Every row is a fact
 * of its own; two rows of one key are versions, the earlier one known until the later one.
 */
export function randomHistory(seed: number, customers: number): readonly RawRow[] {
  const random = seededRandom(seed);
  return CONTRACTS.flatMap((contract) => {
    const parties = contract.entity === null ? [''] : Array.from({ length: customers }, (_, i) => `party-${i}`);
    return parties.flatMap((party) => {
      const count =
        contract.name === 'parties'
          ? 1
          : contract.entity === null
            ? 40
            : random.integer(2 * (ROWS[contract.name] ?? 2));
      const keys = new Set<string>();
      return Array.from({ length: count }, (_, n) => versions(contract, party, n, random)).filter(([first]) => {
        const key = contract.key.map((name) => first?.values[name]).join('/');
        return first !== undefined && !keys.has(key) && keys.add(key);
      });
    });
  }).flat();
}

/** What was known at `instant`, and nothing of what came after: the rows as they stood then. */
export function knownBy(rows: readonly RawRow[], instant: string): readonly RawRow[] {
  const limit = new Date(`${instant.replace(' ', 'T')}${instant.includes(' ') ? 'Z' : ''}`).toISOString();
  return rows
    .filter(({ values }) => String(values['known_from']) <= limit)
    .map(({ table, values }) =>
      String(values['known_until']) > limit
        ? { table, values: { ...values, known_until: 'infinity' } }
        : { table, values },
    );
}

function versions(contract: TableContract, party: string, n: number, random: Random): RawRow[] {
  const happened = Math.floor(random.uniform() * DAYS) * DAY;
  const first = row(contract, party, n, happened, random);
  let known = happened + Math.floor(random.uniform() ** 3 * 120) * DAY;
  const rows: RawRow[] = [];
  const more = random.uniform() < 0.3 ? 1 + random.integer(2) : 0;
  for (let version = 0; version <= more; version++) {
    const until = known + (1 + random.integer(200)) * DAY + random.integer(DAY);
    const stands = version === more && random.uniform() < 0.95;
    const values =
      version === 0 ? first : { ...row(contract, party, n, happened, random), ...pick(first, contract.key) };
    rows.push({
      table: contract.name,
      values: { ...values, known_from: at(known), known_until: stands ? 'infinity' : at(until) },
    });
    known = until;
  }
  return rows;
}

function row(contract: TableContract, party: string, n: number, happened: number, random: Random): RawRow['values'] {
  const values: Record<string, string | number | boolean | null> = { happened_at: at(happened) };
  for (const column of contract.columns) values[column.name] = cell(contract, column, party, n, happened, random);
  return values;
}

function cell(contract: TableContract, column: Column, party: string, n: number, happened: number, random: Random) {
  const { name } = column;
  if (name === 'party_id') return party;
  if (!column.required && random.uniform() < 0.15) return null;
  if (column.values) return column.values[random.integer(column.values.length)] ?? null;
  const texts = TEXTS[name];
  if (texts) return texts[random.integer(texts.length)] ?? null;
  if (contract.key.includes(name) && column.type === 'text') return `${contract.name}-${party}-${n}`;
  if (column.references) return `${column.references}-${party}-${random.integer(4)}`;
  const from = START + happened;
  switch (column.type) {
    case 'money':
      return ((random.integer(200_000) - (column.min === 0 ? 0 : 60_000)) / 100).toFixed(2);
    case 'integer':
      return random.integer(60);
    case 'number':
      return name === 'score_min' ? 0 : random.uniform();
    case 'flag':
      return random.uniform() < 0.5;
    case 'date':
      return new Date(from + (random.integer(120) - 20) * DAY).toISOString().slice(0, 10);
    case 'instant':
      return new Date(from).toISOString();
    default:
      return `text-${random.integer(5)}`;
  }
}

function pick(values: RawRow['values'], names: readonly string[]): RawRow['values'] {
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
}

function at(offset: number): string {
  return new Date(START + offset).toISOString();
}

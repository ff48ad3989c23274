import type { Random } from '../../base/index.ts';
import type { RawRow } from './raw-fixture.ts';

/** What doing an act leaves in the raw tables: rows that come to be known at the instant, and versions that end then. */
export interface Deed {
  readonly adds: readonly RawRow[];
  /** Versions that stand at the instant and end with it. */
  readonly ends: readonly { readonly table: string; readonly key: string }[];
}

/** The column by which a version that ends is known. */
export const KEYS: { readonly [table: string]: string } = {
  credit_lines: 'credit_line_id',
  documents: 'document_id',
  liabilities: 'liability_id',
};

const cents = (value: unknown): number => Math.round(Number(value ?? 0) * 100);
const money = (amount: number): string => (amount / 100).toFixed(2);

/** A customer's rows of one table as they stand at an instant. */
function standing(rows: readonly RawRow[], table: string, at: string): readonly RawRow['values'][] {
  return rows.flatMap(({ table: own, values }) => {
    const { known_from: from, known_until: until, happened_at: happened } = values;
    const stands = String(from) <= at && at < String(until) && String(happened) <= at;
    return own === table && stands ? [values] : [];
  });
}

/** Orders in which debts can be paid. */
function inSomeOrder<T>(items: readonly T[], dayOf: (item: T) => string, random: Random): readonly T[] {
  const oldestFirst = items.toSorted((a, b) => (dayOf(a) < dayOf(b) ? -1 : 1));
  return random.uniform() < 0.6 ? oldestFirst : oldestFirst.toReversed();
}

/** Takes a sum off amounts, each in turn down to nothing. */
function spread(sum: number, amounts: readonly number[]): readonly number[] {
  let left = sum;
  return amounts.map((amount) => {
    const taken = Math.min(left, amount);
    left -= taken;
    return taken;
  });
}

/** Lines that run, with what is drawn on each. */
function runningLines(rows: readonly RawRow[], at: string) {
  return standing(rows, 'credit_lines', at)
    .filter(({ ends_on: end }) => end === null || String(end) >= at.slice(0, 10))
    .map((values) => ({ values, balance: cents(values['balance']) }));
}

/** Pays overdue invoices that are not disputed, each in one payment or in two. */
function payOverdue(rows: readonly RawRow[], at: string, sum: number, random: Random): Deed {
  const payments = standing(rows, 'payments', at);
  const paidOn = (invoice: unknown): number =>
    payments.reduce((total, { invoice_id: id, amount }) => total + (id === invoice ? cents(amount) : 0), 0);
  const overdue = standing(rows, 'invoices', at)
    .filter(({ due_on: due, disputed }) => String(due) < at.slice(0, 10) && disputed !== true)
    .map((values) => ({ values, open: cents(values['amount']) - paidOn(values['invoice_id']) }))
    .filter(({ open }) => open > 0);
  const chosen = inSomeOrder(overdue, ({ values }) => String(values['due_on']), random);
  const inTwo = random.uniform() < 0.3;
  const adds = spread(
    sum,
    chosen.map(({ open }) => open),
  ).flatMap((paid, i) => {
    const parts = inTwo && paid > 1 ? [1, paid - 1] : [paid];
    return parts
      .filter((part) => part > 0)
      .map((part, n): RawRow => {
        const { party_id, invoice_id } = chosen[i]?.values ?? {};
        return paymentOf({ party_id: party_id ?? null, invoice_id: invoice_id ?? null }, part, `${i}-${n}`, at);
      });
  });
  return { adds, ends: [] };
}

function paymentOf(of: RawRow['values'], amount: number, id: string, at: string): RawRow {
  return {
    table: 'payments',
    values: { ...of, payment_id: `paid-${id}`, amount: money(amount), happened_at: at, known_from: at },
  };
}

/** A further version of a debt with a lower balance; the instalments stay, or fall with it. */
function lowered(
  table: 'credit_lines' | 'liabilities',
  values: RawRow['values'],
  balance: number,
  fallsToo: boolean,
  at: string,
): RawRow {
  const { instalment } = values;
  const share = cents(values['balance']) === 0 ? 1 : balance / cents(values['balance']);
  const due = fallsToo && instalment !== null ? money(Math.round(cents(instalment) * share)) : (instalment ?? null);
  return {
    table,
    values: { ...values, balance: money(balance), instalment: due, known_from: at, known_until: 'infinity' },
  };
}

/** Repays what is drawn, line after line, with payments on record for the lines or without. */
function repayDrawn(rows: readonly RawRow[], at: string, sum: number, random: Random): Deed {
  const drawn = runningLines(rows, at).filter(({ balance }) => balance > 0);
  const chosen = inSomeOrder(drawn, ({ values }) => String(values['happened_at']), random);
  const [fallsToo, isPaid] = [random.uniform() < 0.5, random.uniform() < 0.5];
  const taken = spread(
    sum,
    chosen.map(({ balance }) => balance),
  );
  const repaid = chosen.flatMap((line, i) => ((taken[i] ?? 0) > 0 ? [{ ...line, part: taken[i] ?? 0 }] : []));
  return {
    adds: repaid.flatMap(({ values, balance, part }, i) => {
      const { party_id, credit_line_id } = values;
      const line = { party_id: party_id ?? null, credit_line_id: credit_line_id ?? null };
      const payment = paymentOf(line, part, `line-${i}`, at);
      return [lowered('credit_lines', values, balance - part, fallsToo, at), ...(isPaid ? [payment] : [])];
    }),
    ends: repaid.map(({ values }) => ({ table: 'credit_lines', key: String(values['credit_line_id']) })),
  };
}

function repayOthers(rows: readonly RawRow[], at: string, sum: number, random: Random): Deed {
  const owed = standing(rows, 'liabilities', at).filter(
    ({ creditor, balance }) => creditor !== 'self' && cents(balance) > 0,
  );
  const chosen = inSomeOrder(owed, ({ happened_at: happened }) => String(happened), random);
  const fallsToo = random.uniform() < 0.5;
  const taken = spread(
    sum,
    chosen.map(({ balance }) => cents(balance)),
  );
  const repaid = chosen.flatMap((values, i) => ((taken[i] ?? 0) > 0 ? [{ values, part: taken[i] ?? 0 }] : []));
  return {
    adds: repaid.map(({ values, part }) =>
      lowered('liabilities', values, cents(values['balance']) - part, fallsToo, at),
    ),
    ends: repaid.map(({ values }) => ({ table: 'liabilities', key: String(values['liability_id']) })),
  };
}

/** A guarantee, of a party whose relation to the customer is on record or of nobody that is named. */
function offerGuarantee(party: string, at: string, random: Random): Deed {
  const since = { party_id: party, happened_at: at, known_from: at };
  const amount = money(100_000 + random.integer(900_000));
  const guarantee = { table: 'guarantees', values: { ...since, guarantee_id: 'given', kind: 'guarantee', amount } };
  const relation = { related_party_id: 'guarantor-given', relation: 'guarantor' };
  const related = { table: 'party_relations', values: { ...since, ...relation } };
  return { adds: random.uniform() < 0.5 ? [guarantee] : [guarantee, related], ends: [] };
}

/** A document that is new, or one that has run out, renewed. */
function handIn(party: string, rows: readonly RawRow[], at: string, random: Random): Deed {
  const expires = '2030-01-01';
  const [expired] = standing(rows, 'documents', at).filter(
    ({ expires_on: end }) => end !== null && String(end) < at.slice(0, 10),
  );
  if (expired === undefined || random.uniform() < 0.3) {
    const values = { party_id: party, document_id: 'handed-in', kind: 'licence', expires_on: expires };
    return { adds: [{ table: 'documents', values: { ...values, happened_at: at, known_from: at } }], ends: [] };
  }
  const renewed = { ...expired, expires_on: expires, known_from: at, known_until: 'infinity' };
  return {
    adds: [{ table: 'documents', values: renewed }],
    ends: [{ table: 'documents', key: String(expired['document_id']) }],
  };
}

/**
 * Does one of the package's acts as facts, in one of the ways in which it can be done, drawn by chance. `size`: in major units, null where the act has
 * none; `rows`: the customer's own, with both clocks. Acts on the request alone leave nothing in the raw tables.
 */
export function deedOf(
  act: string,
  size: number | null,
  { party, rows, at, random }: { readonly party: string; readonly rows: readonly RawRow[]; at: string; random: Random },
): Deed {
  const sum = cents(size);
  switch (act) {
    case 'pay-overdue':
      return payOverdue(rows, at, sum, random);
    case 'repay-drawn':
      return repayDrawn(rows, at, sum, random);
    case 'repay-other-creditors':
      return repayOthers(rows, at, sum, random);
    case 'offer-guarantee':
      return offerGuarantee(party, at, random);
    case 'hand-in-documents':
      return handIn(party, rows, at, random);
    case 'ask-for-less':
    case 'shorten-term':
      return { adds: [], ends: [] };
    default:
      throw new Error(`The act ${act} is not one that a test knows how to do.`);
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal, packageRoot } from '../../../base/index.ts';
import { parseFlat } from '../../../features/specs/parse-flat.ts';
import { loadFlat, type Dataset } from '../../../models/dataset/index.ts';

/** Months within which a charge-off counts. */
export const HORIZON = 12;

/** Months from the last payment to the default: one until the next is due, and four that it stays open (a charge-off after 120 days and more). */
export const LAG = 5;

/** All loans with what was known of each at its grant, and what became of it. Months count from January of the year 0. */
export interface Book {
  /** Features by loan; its `bad` is empty, as an outcome depends on who asks when (`outcomeAt`). */
  readonly rows: Dataset;
  /** Month of issue. */
  readonly vintage: Int32Array;
  /** Month of default, rebuilt; NaN: none. */
  readonly defaultMonth: Float64Array;
}

/**
 * What is known of a loan at the end of a month: null while its window of twelve months is open, whatever has happened to it so far; afterwards whether it
 * defaulted within. So nothing that happens after `month` can change the answer.
 */
export function outcomeAt(vintage: number, defaultMonth: number, month: number): boolean | null {
  return vintage + HORIZON > month ? null : defaultMonth <= vintage + HORIZON;
}

/** `2011-03` of a month. */
export const monthName = (month: number): string =>
  `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The first day of a month, ISO date. */
export const firstDay = (month: number): string => `${monthName(month)}-01`;

const up = (name: string) => `  - { name: ${name}, monotone: increasing }`;

/** The product's spec of the book: `bad` is written at the training date, from what was known then. */
export const SPEC = `
name: lending-club-followed
id: loan
time: issue_d
target: { column: bad, bad: ['1'], good: ['0'] }
horizon: ${HORIZON}
features:
${['loan_amnt', 'term', 'annual_inc', 'dti', 'mths_since_last_delinq', 'mths_since_last_record', 'open_acc', 'pub_rec', 'revol_bal', 'revol_util', 'total_acc', 'pub_rec_bankruptcies', 'months_since_first_credit'].map((name) => `  - { name: ${name}, type: number }`).join('\n')}
${['delinq_2yrs', 'inq_last_6mths'].map(up).join('\n')}
${['emp_length', 'home_ownership', 'verification_status', 'purpose', 'addr_state'].map((name) => `  - { name: ${name}, type: category }`).join('\n')}
`;

/**
 * Reads the published loans, rebuilds their defaults, and writes to `out`: book.csv (features alone) and train.csv (the loans up to the vintage
 * `trainedTo`, with their outcomes as known at the end of the month `trainedAt`).
 */
export async function readBook(
  source: string,
  out: string,
  {
    trainedAt,
    trainedTo,
    lag = LAG,
  }: { readonly trainedAt: number; readonly trainedTo: number; readonly lag?: number },
): Promise<{ readonly book: Book; readonly train: string }> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    await connection.run(`SET VARIABLE lag = ${lag}`);
    await connection.run(`CREATE VIEW source AS SELECT * FROM read_csv(${literal(source)})`);
    await connection.run(readFileSync(join(packageRoot(), 'bench', 'monitoring', 'lending-club', 'book.sql'), 'utf8'));
    const [all, train] = [join(out, 'book.csv'), join(out, 'train.csv')];
    await connection.run(
      `COPY (SELECT * EXCLUDE (vintage, default_month), NULL AS bad FROM book ORDER BY loan) TO ${literal(all)} (HEADER)`,
    );
    // The law of `outcomeAt`, as vintages up to trainedTo have closed by trainedAt.
    if (trainedTo + HORIZON > trainedAt) throw new RangeError('Training vintages must have matured.');
    await connection.run(
      `COPY (SELECT * EXCLUDE (vintage, default_month), coalesce(default_month <= vintage + ${HORIZON}, false)::INTEGER AS bad
             FROM book WHERE vintage <= ${trainedTo} ORDER BY loan) TO ${literal(train)} (HEADER)`,
    );
    const read = await connection.runAndReadAll(
      'SELECT vintage::INTEGER, default_month::DOUBLE FROM book ORDER BY loan',
    );
    const found = read.getRows() as [number, number | null][];
    const { dataset } = await loadFlat(all, parseFlat(SPEC), { requireTarget: false });
    return {
      book: {
        rows: dataset,
        vintage: Int32Array.from(found, ([vintage]) => vintage),
        defaultMonth: Float64Array.from(found, ([, month]) => month ?? Number.NaN),
      },
      train,
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

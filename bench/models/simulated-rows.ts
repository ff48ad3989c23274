import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../base/index.ts';

const NUMBERS = 24;
const CATEGORIES = 6;

export const SIMULATED_SPEC = `name: simulated
id: row_id
target: {column: bad, bad: [1]}
`;

/**
 * Writes a CSV of made-up applications: 24 numbers (skewed, one in fifty missing) and 6 categories of 5 to 30 levels, a default rate of about
 * 8 %, and an outcome that follows bent shapes and two interactions. The same rows each time.
 */
export async function simulateRows(path: string, rows: number): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const uniform = (k: number): string => `((hash(i * 1000 + ${k}) >> 11)::DOUBLE / 9007199254740992e0)`;
  const normal = (k: number): string =>
    `(sqrt(-2 * ln(greatest(${uniform(k)}, 1e-12))) * cos(2 * pi() * ${uniform(k + 500)}))`;
  const raw = Array.from({ length: NUMBERS }, (_, k) => `${normal(k)} AS z${k}`);
  const levels = Array.from({ length: CATEGORIES }, (_, k) => `hash(i * 1000 + ${900 + k}) % ${5 * (k + 1)} AS l${k}`);
  const shown = [
    ...Array.from(
      { length: NUMBERS },
      (_, k) =>
        `CASE WHEN hash(i * 1000 + ${700 + k}) % 50 = 0 THEN NULL ELSE round(${k % 3 === 0 ? `exp(7 + z${k})` : `100 * z${k}`}, 2) END AS x${k}`,
    ),
    ...Array.from({ length: CATEGORIES }, (_, k) => `'level ' || l${k} AS c${k}`),
  ];
  const logOdds = `-2.4 + 0.7 * z0 - 0.5 * abs(z1) + 0.6 * least(z2, 0) + 0.4 * sin(2 * z3) + 0.35 * z4 * z5 + 0.3 * (z6 > 0.5 AND l0 = 1)::INTEGER + 0.2 * (l1 % 3) + 0.25 * z7 + 0.15 * z8 - 0.1 * z9`;
  try {
    await connection.run(
      `COPY (SELECT i AS row_id, ${shown.join(', ')}, (${uniform(999)} < 1 / (1 + exp(-(${logOdds}))))::INTEGER AS bad
        FROM (SELECT i, ${[...raw, ...levels].join(', ')} FROM range(${rows}) n(i))) TO ${literal(path)} (FORMAT csv, HEADER)`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

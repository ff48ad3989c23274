import { CONTRACTS } from '../features/contracts/index.ts';

/** Tables of which a fact may change after it was first told: several versions of one key are several rows. */
const CHANGING = new Set(['contacts', 'credit_lines', 'liabilities', 'financial_statements', 'market_series']);

/** The relational import spec of a simulated portfolio: every table, column by column, with both clocks. */
export function portfolioSpec(tables: readonly string[]): string {
  const lines = [
    '# Import spec of a simulated portfolio: every column has its canonical name already.',
    'name: demo',
    'currency: EUR',
    'tables:',
  ];
  for (const contract of CONTRACTS) {
    if (!tables.includes(contract.name)) continue;
    lines.push(
      `  - table: ${contract.name}`,
      `    source: { glob: '${contract.name}/*.parquet' }`,
      `    mode: ${CHANGING.has(contract.name) ? 'upsert' : 'append'}`,
      '    columns:',
      ...contract.columns.map((column) => `      ${column.name}: ${column.name}`),
      '    happened: happened_at',
      '    known: { column: known_at }',
      '    expected: { freshness: P45D }',
    );
  }
  return `${lines.join('\n')}\n`;
}

import { CONTRACTS, type TableContract } from '../features/contracts/index.ts';

/** Tables of which a fact may change after it was first told: several versions of one key are several rows. */
const CHANGING = new Set([
  'contacts',
  'credit_lines',
  'documents',
  'liabilities',
  'financial_statements',
  'market_series',
]);

/** Tables that grow every month, so that silence of 45 days means a broken source. */
const FLOWING = new Set([
  'transactions',
  'behaviour_events',
  'orders',
  'invoices',
  'payments',
  'credit_lines',
  'communications',
]);

/** The relational import spec of a simulated portfolio: every table, column by column, with both clocks. */
export function portfolioSpec(): string {
  const lines = [
    '# Import spec of a simulated portfolio: every column has its canonical name already.',
    'name: demo',
    'currency: EUR',
    'tables:',
    ...CONTRACTS.filter(({ name }) => name !== 'party_attributes').flatMap(entry),
    ...attribute('acquisition_channel', 'category', 'text_value', 'Acquisition channel', '获客渠道'),
    ...attribute('loyalty_points', 'number', 'number_value', 'Loyalty points', '积分'),
  ];
  return `${lines.join('\n')}\n`;
}

function entry(contract: TableContract): string[] {
  return [
    `  - table: ${contract.name}`,
    `    source: { glob: '${contract.name}/*.parquet' }`,
    `    mode: ${CHANGING.has(contract.name) ? 'upsert' : 'append'}`,
    '    columns:',
    ...contract.columns.map((column) => `      ${column.name}: ${column.name}`),
    ...CLOCKS,
    ...(FLOWING.has(contract.name) ? ['    expected: { freshness: P45D }'] : []),
  ];
}

const CLOCKS = ['    happened: happened_at', '    known: { column: known_at }'];

/** A custom attribute of the portfolio's own: a feature without code. */
function attribute(name: string, type: string, column: string, en: string, zh: string): string[] {
  return [
    '  - table: party_attributes',
    `    name: demo.${name}`,
    "    source: { glob: 'party_attributes/*.parquet' }",
    `    filter: name = '${name}'`,
    '    columns: { party_id: party_id }',
    ...CLOCKS,
    `    attributes: [{ name: ${name}, type: ${type}, column: ${column}, label: { en: ${en}, zh-CN: ${zh} } }]`,
  ];
}

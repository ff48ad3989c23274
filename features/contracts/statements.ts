import type { TableContract } from './contract.ts';

const money = (name: string, meaning: string) => ({ name, type: 'money', meaning }) as const;

export const financialStatements: TableContract = {
  name: 'financial_statements',
  label: { en: 'financial statements', 'zh-CN': '财务报表' },
  meaning: 'Annual or interim accounts; happened_at is the end of the period. A restatement is a new version.',
  key: ['party_id', 'period_end', 'kind'],
  entity: 'party_id',
  columns: [
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'period_end', type: 'date', required: true, meaning: 'last day of the period' },
    { name: 'kind', type: 'code', required: true, values: ['annual', 'interim'], meaning: 'annual or interim' },
    { name: 'published_on', type: 'date', meaning: 'date of publication' },
    { name: 'audited', type: 'flag', meaning: 'whether an auditor signed' },
    money('revenue', 'sales'),
    money('operating_profit', 'profit before interest and tax'),
    money('net_profit', 'profit after tax'),
    money('interest_expense', 'interest paid'),
    money('cash', 'cash and equivalents'),
    money('current_assets', 'current assets'),
    money('inventory', 'inventory'),
    money('receivables', 'trade receivables'),
    money('total_assets', 'total assets'),
    money('current_liabilities', 'current liabilities'),
    money('total_liabilities', 'total liabilities'),
    money('equity', 'equity'),
    money('operating_cash_flow', 'cash from operations'),
  ],
  ordered: [['period_end', 'published_on']],
};

export const taxRecords: TableContract = {
  name: 'tax_records',
  label: { en: 'tax records', 'zh-CN': '纳税记录' },
  meaning: 'Tax returns and arrears; happened_at is the end of the period.',
  key: ['party_id', 'period_end'],
  entity: 'party_id',
  columns: [
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'period_end', type: 'date', required: true, meaning: 'last day of the period' },
    { name: 'published_on', type: 'date', meaning: 'date of filing' },
    money('taxable_income', 'income declared'),
    money('tax_due', 'tax due'),
    money('tax_arrears', 'tax unpaid after its due date'),
  ],
};

export const marketSeries: TableContract = {
  name: 'market_series',
  label: { en: 'market figures', 'zh-CN': '市场行情数据' },
  meaning: 'Indicators by industry and region; happened_at is the period. A revision is a new version.',
  key: ['indicator', 'industry', 'region', 'period'],
  entity: null,
  columns: [
    {
      name: 'indicator',
      type: 'text',
      required: true,
      meaning: 'gdp_growth, unemployment, insolvency_rate, interest_rate, price_index',
    },
    { name: 'industry', type: 'text', required: true, meaning: 'industry code, `*` for all' },
    { name: 'region', type: 'text', required: true, meaning: 'region code, `*` for all' },
    { name: 'period', type: 'date', required: true, meaning: 'first day of the period' },
    { name: 'value', type: 'number', required: true, meaning: 'value of the indicator' },
  ],
};

export const outcomes: TableContract = {
  name: 'outcomes',
  label: { en: 'past defaults and repayments', 'zh-CN': '历史违约与还款结果' },
  meaning: 'What became of a customer: happened_at is when. Read by labels, never by features.',
  key: ['party_id', 'subject_id', 'kind'],
  entity: 'party_id',
  columns: [
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'subject_id', type: 'text', required: true, meaning: 'loan, invoice or customer that it concerns' },
    { name: 'kind', type: 'text', required: true, meaning: 'status, dpd, default, write_off, insolvency' },
    { name: 'status', type: 'text', meaning: 'status code of the source' },
    { name: 'days_past_due', type: 'integer', min: 0, meaning: 'days past due at happened_at' },
    { name: 'amount', type: 'money', meaning: 'amount concerned' },
  ],
};

import type { TableContract } from './contract.ts';

export const creditLines: TableContract = {
  name: 'credit_lines',
  label: { en: 'credit granted', 'zh-CN': '授信信息' },
  meaning: 'Credit that we grant: limits, loans; each change of limit or balance is a version.',
  key: ['credit_line_id'],
  entity: 'party_id',
  columns: [
    { name: 'credit_line_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    {
      name: 'kind',
      type: 'code',
      required: true,
      values: ['trade', 'card', 'loan', 'overdraft'],
      meaning: 'kind of credit',
    },
    { name: 'limit_amount', type: 'money', min: 0, meaning: 'limit, or principal of a loan' },
    { name: 'balance', type: 'money', meaning: 'drawn' },
    { name: 'instalment', type: 'money', min: 0, meaning: 'payment due a month' },
    { name: 'term_months', type: 'integer', min: 0, meaning: 'term of a loan' },
    { name: 'granted_on', type: 'date', meaning: 'date of grant' },
    { name: 'ends_on', type: 'date', meaning: 'last day' },
  ],
  ordered: [['granted_on', 'ends_on']],
};

export const guarantees: TableContract = {
  name: 'guarantees',
  label: { en: 'guarantees and collateral', 'zh-CN': '担保与抵质押物' },
  meaning: 'Guarantees and collateral for a customer.',
  key: ['guarantee_id'],
  entity: 'party_id',
  columns: [
    { name: 'guarantee_id', type: 'text', required: true, meaning: 'key' },
    {
      name: 'party_id',
      type: 'text',
      required: true,
      references: 'parties',
      meaning: 'the customer who is guaranteed',
    },
    { name: 'guarantor_party_id', type: 'text', meaning: 'the guarantor, where it is a party' },
    {
      name: 'kind',
      type: 'code',
      required: true,
      values: ['guarantee', 'mortgage', 'pledge', 'deposit', 'insurance'],
      meaning: 'kind',
    },
    { name: 'amount', type: 'money', required: true, min: 0, meaning: 'amount covered' },
    { name: 'ends_on', type: 'date', meaning: 'last day of validity' },
  ],
};

export const liabilities: TableContract = {
  name: 'liabilities',
  label: { en: 'debt at other creditors', 'zh-CN': '其他机构负债' },
  meaning: 'Debt at other creditors; never our own credit lines.',
  key: ['liability_id'],
  entity: 'party_id',
  columns: [
    { name: 'liability_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    {
      name: 'creditor',
      type: 'text',
      meaning: 'who lends; `self` marks our own credit seen in a bureau report, which is not counted again',
    },
    { name: 'kind', type: 'text', meaning: 'mortgage, card, consumer, trade, leasing, other' },
    { name: 'balance', type: 'money', min: 0, meaning: 'owed' },
    { name: 'instalment', type: 'money', min: 0, meaning: 'payment due a month' },
    {
      name: 'evidence',
      type: 'code',
      values: ['declared', 'verified'],
      meaning: 'declared by the customer, or verified',
    },
  ],
};

export const bureauReports: TableContract = {
  name: 'bureau_reports',
  label: { en: 'credit bureau reports', 'zh-CN': '征信报告' },
  meaning: 'Reports of credit bureaus; happened_at is when it was pulled.',
  key: ['report_id'],
  entity: 'party_id',
  columns: [
    { name: 'report_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'provider', type: 'text', required: true, meaning: 'the bureau' },
    { name: 'pulled_at', type: 'instant', required: true, meaning: 'when it was pulled' },
    { name: 'valid_days', type: 'integer', min: 0, meaning: 'older than this counts as missing, with its own code' },
    { name: 'score', type: 'number', meaning: "the bureau's score" },
    { name: 'score_min', type: 'number', meaning: 'lowest value of its scale' },
    { name: 'score_max', type: 'number', meaning: 'highest value of its scale' },
    { name: 'enquiries', type: 'integer', min: 0, meaning: 'enquiries in the last twelve months' },
    { name: 'defaults', type: 'integer', min: 0, meaning: 'defaults on file' },
  ],
};

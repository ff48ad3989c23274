import type { TableContract } from './contract.ts';

export const orders: TableContract = {
  name: 'orders',
  label: { en: 'orders', 'zh-CN': '订单' },
  meaning: 'Orders of a customer; happened_at is when it was placed.',
  key: ['order_id'],
  entity: 'party_id',
  columns: [
    { name: 'order_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'amount', type: 'money', required: true, min: 0, meaning: 'order value' },
    {
      name: 'status',
      type: 'code',
      values: ['open', 'delivered', 'cancelled', 'returned'],
      meaning: 'state as last known',
    },
  ],
};

export const commercialContracts: TableContract = {
  name: 'commercial_contracts',
  label: { en: 'contracts of sale', 'zh-CN': '购销合同' },
  meaning: 'Contracts of sale on credit; happened_at is when it was signed.',
  key: ['contract_id'],
  entity: 'party_id',
  columns: [
    { name: 'contract_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'signed_on', type: 'date', meaning: 'date of signature' },
    { name: 'ends_on', type: 'date', meaning: 'last day' },
    { name: 'amount', type: 'money', min: 0, meaning: 'contract value' },
    { name: 'payment_days', type: 'integer', min: 0, max: 3650, meaning: 'payment term in days' },
    {
      name: 'performance',
      type: 'code',
      values: ['pending', 'fulfilled', 'late', 'breached'],
      meaning: 'how it is being kept',
    },
  ],
  ordered: [['signed_on', 'ends_on']],
};

export const invoices: TableContract = {
  name: 'invoices',
  label: { en: 'invoices', 'zh-CN': '发票' },
  meaning: 'Receivables; happened_at is the issue date. A dated correction is a new version.',
  key: ['invoice_id'],
  entity: 'party_id',
  columns: [
    { name: 'invoice_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'issued_on', type: 'date', required: true, meaning: 'date of issue' },
    { name: 'due_on', type: 'date', required: true, meaning: 'last day for paying in time' },
    { name: 'amount', type: 'money', required: true, min: 0, meaning: 'amount owed' },
    { name: 'disputed', type: 'flag', meaning: 'whether the customer disputes it' },
  ],
  ordered: [['issued_on', 'due_on']],
};

export const payments: TableContract = {
  name: 'payments',
  label: { en: 'payments', 'zh-CN': '付款记录' },
  meaning: 'Money received against invoices or credit lines; happened_at is the value date.',
  key: ['payment_id'],
  entity: 'party_id',
  columns: [
    { name: 'payment_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'invoice_id', type: 'text', references: 'invoices', meaning: 'the invoice that it settles' },
    { name: 'credit_line_id', type: 'text', references: 'credit_lines', meaning: 'the loan or line that it settles' },
    { name: 'amount', type: 'money', required: true, min: 0, meaning: 'amount paid' },
  ],
};

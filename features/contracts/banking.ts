import type { TableContract } from './contract.ts';

export const accounts: TableContract = {
  name: 'accounts',
  label: { en: 'accounts', 'zh-CN': '账户信息' },
  meaning: 'Accounts of a customer: current, savings, card, loan.',
  key: ['account_id'],
  entity: 'party_id',
  columns: [
    { name: 'account_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    {
      name: 'kind',
      type: 'code',
      required: true,
      values: ['current', 'savings', 'card', 'loan', 'trade'],
      meaning: 'kind of account',
    },
    { name: 'opened_on', type: 'date', meaning: 'date of opening' },
    { name: 'closed_on', type: 'date', meaning: 'date of closing' },
  ],
  ordered: [['opened_on', 'closed_on']],
};

export const transactions: TableContract = {
  name: 'transactions',
  label: { en: 'account movements', 'zh-CN': '账户流水' },
  meaning: 'Movements on accounts; happened_at is the booking time.',
  key: ['transaction_id'],
  entity: 'party_id',
  columns: [
    { name: 'transaction_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'account_id', type: 'text', meaning: 'the account' },
    { name: 'direction', type: 'code', required: true, values: ['in', 'out'], meaning: 'money in or out' },
    { name: 'amount', type: 'money', required: true, min: 0, meaning: 'amount, positive' },
    { name: 'balance', type: 'money', meaning: 'balance of the account after it' },
    { name: 'category', type: 'text', meaning: 'salary, cash, transfer, household, interest, penalty, loan, other' },
  ],
};

export const behaviourEvents: TableContract = {
  name: 'behaviour_events',
  label: { en: 'logins, contacts and complaints', 'zh-CN': '客户行为记录' },
  meaning: 'What a customer did: logins, contacts, complaints, cancelled orders, returns, changes of details.',
  key: ['event_id'],
  entity: 'party_id',
  columns: [
    { name: 'event_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    {
      name: 'kind',
      type: 'code',
      required: true,
      values: [
        'login',
        'contact',
        'complaint',
        'order_cancelled',
        'return',
        'details_changed',
        'failed_payment',
        'other',
      ],
      meaning: 'what happened',
    },
    { name: 'amount', type: 'money', meaning: 'amount at stake, where one is' },
  ],
};

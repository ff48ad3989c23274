import type { TableContract } from './contract.ts';

export const parties: TableContract = {
  name: 'parties',
  label: { en: 'customer details', 'zh-CN': '客户基本信息' },
  meaning: 'Customers, people and companies; happened_at is when the relation began.',
  key: ['party_id'],
  entity: 'party_id',
  columns: [
    { name: 'party_id', type: 'text', required: true, meaning: 'pseudonymous key of the customer' },
    { name: 'kind', type: 'code', required: true, values: ['person', 'company'], meaning: 'person or company' },
    { name: 'segment', type: 'text', meaning: 'the portfolio segment for peers and model slots' },
    { name: 'industry', type: 'text', meaning: 'industry code of a company, occupation group of a person' },
    { name: 'region', type: 'text', meaning: 'region code' },
    { name: 'born_on', type: 'date', meaning: 'birth date of a person, founding date of a company' },
    { name: 'gender', type: 'code', values: ['female', 'male', 'other'], meaning: 'protected: for validation only' },
    { name: 'employees', type: 'integer', min: 0, meaning: 'number of employees of a company' },
  ],
};

export const partyRelations: TableContract = {
  name: 'party_relations',
  label: { en: 'relations between customers', 'zh-CN': '客户关联关系' },
  meaning: 'Who belongs to, owns or guarantees whom.',
  key: ['party_id', 'related_party_id', 'relation'],
  entity: 'party_id',
  columns: [
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'related_party_id', type: 'text', required: true, meaning: 'the other party' },
    {
      name: 'relation',
      type: 'code',
      required: true,
      values: ['group', 'owner', 'guarantor', 'household'],
      meaning: 'what the other is to the customer',
    },
    { name: 'share', type: 'number', min: 0, max: 1, meaning: 'share owned, 0 to 1' },
  ],
};

export const partyAttributes: TableContract = {
  name: 'party_attributes',
  label: { en: 'further customer details', 'zh-CN': '客户补充信息' },
  meaning: "The project's own attributes of a customer: a feature each, without code.",
  key: ['party_id', 'name'],
  entity: 'party_id',
  columns: [
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'name', type: 'text', required: true, meaning: 'attribute name, as declared in the import spec' },
    { name: 'number_value', type: 'number', meaning: 'value of a number attribute' },
    { name: 'text_value', type: 'text', meaning: 'value of a category attribute' },
  ],
};

export const contacts: TableContract = {
  name: 'contacts',
  label: { en: 'contact details', 'zh-CN': '联系方式' },
  meaning: 'Contact details, as pseudonymous digests; a new version is a change of details.',
  key: ['contact_id'],
  entity: 'party_id',
  columns: [
    { name: 'contact_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    {
      name: 'kind',
      type: 'code',
      required: true,
      values: ['address', 'phone', 'email', 'person'],
      meaning: 'what kind of contact',
    },
    {
      name: 'digest',
      type: 'text',
      form: 'digest',
      meaning: 'keyed digest of the detail, in hexadecimal or base64: equal details, equal digests',
    },
  ],
};

export const communications: TableContract = {
  name: 'communications',
  label: { en: 'letters, calls and messages', 'zh-CN': '往来沟通记录' },
  meaning: 'Letters, calls and messages with a customer.',
  key: ['communication_id'],
  entity: 'party_id',
  columns: [
    { name: 'communication_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    {
      name: 'channel',
      type: 'code',
      required: true,
      values: ['letter', 'phone', 'email', 'message', 'visit'],
      meaning: 'how',
    },
    {
      name: 'direction',
      type: 'code',
      required: true,
      values: ['in', 'out'],
      meaning: 'from the customer, or to them',
    },
    {
      name: 'topic',
      type: 'code',
      values: ['service', 'complaint', 'reminder', 'promise', 'other'],
      meaning: 'what about',
    },
    { name: 'answered', type: 'flag', meaning: 'whether it reached the other side' },
  ],
};

export const staffAssignments: TableContract = {
  name: 'staff_assignments',
  label: { en: 'responsible staff', 'zh-CN': '客户经理信息' },
  meaning: 'The staff responsible for a customer.',
  key: ['party_id', 'role'],
  entity: 'party_id',
  columns: [
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    {
      name: 'role',
      type: 'code',
      required: true,
      values: ['sales', 'credit', 'collection', 'deputy'],
      meaning: 'responsible for what',
    },
    { name: 'staff_id', type: 'text', required: true, meaning: 'key of the member of staff' },
  ],
};

export const documents: TableContract = {
  name: 'documents',
  label: { en: 'documents', 'zh-CN': '客户文件资料' },
  meaning: 'Documents in the credit file.',
  key: ['document_id'],
  entity: 'party_id',
  columns: [
    { name: 'document_id', type: 'text', required: true, meaning: 'key' },
    { name: 'party_id', type: 'text', required: true, references: 'parties', meaning: 'the customer' },
    { name: 'kind', type: 'text', required: true, meaning: 'licence, identity, statement, contract' },
    { name: 'issued_on', type: 'date', meaning: 'date of issue' },
    { name: 'expires_on', type: 'date', meaning: 'last day of validity' },
  ],
  ordered: [['issued_on', 'expires_on']],
};

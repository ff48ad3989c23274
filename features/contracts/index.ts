/** The canonical tables that every source is mapped onto. Any subset of them may be present. */
import { accounts, behaviourEvents, transactions } from './banking.ts';
import type { TableContract } from './contract.ts';
import { DERIVED } from './derived.ts';
import { bureauReports, creditLines, guarantees, liabilities } from './credit.ts';
import {
  communications,
  contacts,
  documents,
  parties,
  partyAttributes,
  partyRelations,
  staffAssignments,
} from './parties.ts';
import { commercialContracts, invoices, orders, payments } from './sales.ts';
import { financialStatements, marketSeries, outcomes, taxRecords } from './statements.ts';

export * from './contract.ts';
export * from './derived.ts';
export * from './direct-identifiers.ts';

/** Every contract, in an order in which references point backwards. */
export const CONTRACTS: readonly TableContract[] = [
  parties,
  partyRelations,
  partyAttributes,
  contacts,
  communications,
  staffAssignments,
  documents,
  accounts,
  transactions,
  behaviourEvents,
  orders,
  commercialContracts,
  invoices,
  creditLines,
  payments,
  guarantees,
  liabilities,
  bureauReports,
  financialStatements,
  taxRecords,
  marketSeries,
  outcomes,
];

const byName = new Map(CONTRACTS.map((contract) => [contract.name, contract]));

/** The contract of a table, or undefined where no such table is known. */
export function contractOf(table: string): TableContract | undefined {
  return byName.get(table);
}

const derived = new Map(DERIVED.map((contract) => [contract.name, contract]));

/** The contract of a table that a signal may read: canonical or derived. */
export function signalTableOf(name: string): TableContract | undefined {
  return contractOf(name) ?? derived.get(name);
}

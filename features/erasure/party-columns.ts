import { CONTRACTS, type TableContract } from '../contracts/index.ts';

/** Whether a column holds ids of customers: the customer of the row, or another one that it names. */
export function isPartyColumn(name: string): boolean {
  return /(^|_)party_id$/.test(name);
}

/** The columns of a contract that hold ids of customers. */
export function partyColumns(contract: TableContract): readonly string[] {
  return contract.columns.map(({ name }) => name).filter(isPartyColumn);
}

/** Those that name another customer and are no part of the row's key: the row can stand without the name. */
export function namedParties(contract: TableContract): readonly string[] {
  return partyColumns(contract).filter((name) => name !== contract.entity && !contract.key.includes(name));
}

/** All of them, over all contracts. */
export const PARTY_COLUMNS: readonly string[] = [...new Set(CONTRACTS.flatMap(partyColumns))];

/** Name of the list of erasures in a tenant's audit folder. */
export const erasureListName = 'erasures.jsonl';

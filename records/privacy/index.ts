/** Personal data: sealed under envelope keys, used on a legal basis, looked at on record, erased for good. */
export * from './accesses.ts';
export * from './apply-erasures.ts';
export * from './basis-check.ts';
export * from './basis-policy.ts';
export * from './erase-records.ts';
export * from './erasures.ts';
export * from './erasures-file.ts';
export * from './further-rows.ts';
export * from './grounds.ts';
export * from './holdings.ts';
export * from './legal-basis.ts';
export * from './master-keys.ts';
export * from './other-tables.ts';
export * from './sealed-texts.ts';
export * from './shown.ts';
export * from './vault.ts';

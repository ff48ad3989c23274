/** Portfolio reports on record: named by their content, never changed, their customers' names erasable. */
export * from './portfolio-reports.ts';
export * from './customer-reports.ts';
export * from './control-reports.ts';

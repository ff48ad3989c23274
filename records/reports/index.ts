/** Portfolio reports on record: named by their content, never changed, their customers' names erasable. */
export * from './portfolio-reports.ts';

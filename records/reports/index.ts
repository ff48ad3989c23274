/** Reports on record, named by their content and never changed: of portfolios, whose customers' names are erasable, and of models. */
export * from './monitoring-actions.ts';
export * from './monitoring-gaps.ts';
export * from './monitoring-reports.ts';
export * from './portfolio-reports.ts';
export * from './customer-reports.ts';
export * from './control-reports.ts';

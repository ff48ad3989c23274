/** Protected attributes: the list as data by jurisdiction, which columns they are, and what a model that uses one may be used for. */
export * from './attributes.ts';
export * from './guard.ts';
export * from './bands.ts';
export * from './project-policy.ts';

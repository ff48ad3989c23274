/** Monitoring a model, as pure functions: distances, estimated performance, and the sequential detector under one alarm budget. */
export * from './betting.ts';
export * from './detector.ts';
export * from './distances.ts';
export * from './domain.ts';
export * from './estimated.ts';
export * from './followed-pd.ts';
export * from './look.ts';
export * from './matured.ts';
export * from './movement.ts';
export * from './observations.ts';
export * from './report.ts';
export * from './schedule.ts';
export * from './verdict.ts';
export * from './watch.ts';

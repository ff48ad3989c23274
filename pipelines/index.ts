/** When things happen: ask for workflows, watch and decide them, schedule them, run a worker. Activities are the worker's own. */
export * from './client.ts';
export * from './erasure.ts';
export type * from './messages.ts';
export * from './payload-codec.ts';
export * from './requests.ts';
export * from './schedules.ts';
export * from './task-queues.ts';
export { findTemporalExecutable, temporalExecutable } from './temporal-executable.ts';

/** Checkpoints: signed statements of where a chain stood, outside the database, and their anchors with a second party. */
export * from './anchors.ts';
export * from './checkpoint.ts';
export { appendDurably, checkpointFolder, newestCheckpoint, readCheckpoints, type ReadCheckpoints } from './files.ts';
export * from './keeper.ts';
export * from './keys.ts';
export { requestTimeStamp, verifyTimeStamp, type TimeStamp } from './time-stamp.ts';

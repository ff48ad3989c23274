/** Backup of a whole project at one point, sealed, its keys apart; and restoring it into an empty folder. */
export * from './backup-key.ts';
export * from './create-backup.ts';
export * from './last-backup.ts';
export * from './restore-backup.ts';
export type { Manifest } from './manifest.ts';

import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { PEERS } from './systems.ts';
import type { Fold } from './folds.ts';

const note = z.looseObject({
  key: z.string().optional(),
  auc: z.number().optional(),
  error: z.string().optional(),
  train_seconds: z.number().optional(),
});

/** What stands beside stored predictions: what they depend on, measures, seconds, or why there are none. */
export type StoredNote = z.infer<typeof note>;

/** Where a system's predictions of a fold are kept: one PD a line under a header, and a note beside. */
function placeOf(fold: Fold, system: string): { readonly pd: string; readonly note: string } {
  const kind = (PEERS as readonly string[]).includes(system) ? 'peers' : 'ours';
  const folder = join(dirname(fold.spec), kind, fold.fold);
  return { pd: join(folder, `${system}.csv`), note: join(folder, `${system}.json`) };
}

/** The note of a system on a fold, or null where it was not run. */
export function readNote(fold: Fold, system: string): StoredNote | null {
  const path = placeOf(fold, system).note;
  return existsSync(path) ? note.parse(JSON.parse(readFileSync(path, 'utf8'))) : null;
}

/** The stored PDs in the order of the test rows, or null where there are none. */
export function readPredictions(fold: Fold, system: string): Float64Array | null {
  const found = readNote(fold, system);
  const path = placeOf(fold, system).pd;
  if (found === null || found.error !== undefined || !existsSync(path)) return null;
  return Float64Array.from(readFileSync(path, 'utf8').trimEnd().split('\n').slice(1), Number);
}

/** Stores predictions and their note, the note last: it says that they are whole. */
export function storePredictions(fold: Fold, system: string, pd: Float64Array | null, note: StoredNote): void {
  const place = placeOf(fold, system);
  mkdirSync(dirname(place.pd), { recursive: true });
  const write = (path: string, text: string): void => {
    writeFileSync(`${path}.partial`, text);
    renameSync(`${path}.partial`, path);
  };
  if (pd) write(place.pd, `pd\n${Array.from(pd).join('\n')}\n`);
  write(place.note, `${JSON.stringify({ portfolio: fold.split, fold: fold.fold, system, ...note })}\n`);
}

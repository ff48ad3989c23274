import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { birthOf } from './process-birth.mjs';

/** Notes a program that set-up started, so that the next set-up can end it should this one be killed; call the answer at its end. */
export async function note(folder, pid) {
  await mkdir(folder, { recursive: true });
  const path = join(folder, String(pid));
  await writeFile(path, String(await birthOf(pid)));
  return () => rm(path, { force: true });
}

/** Ends what a killed set-up left running (each program with its children). Call it with the lock held. */
export async function endLeftovers(folder) {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const path = join(folder, name);
    const birth = await readFile(path, 'utf8').catch(() => null);
    if (birth !== null && birth !== 'null' && birth === (await birthOf(Number(name)))) {
      try {
        process.kill(-Number(name), 'SIGKILL');
      } catch {
        // it has just ended
      }
    }
    await rm(path, { force: true });
  }
}

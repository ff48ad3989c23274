import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { birthOf } from './process-birth.mjs';

/**
 * Holds a lock file while `work` runs, so that two set-ups take turns. The file names its owner's process; a lock whose owner is gone
 * is broken. `onWait` hears the owner's process id once when there is something to wait for.
 */
export async function withLock(path, work, onWait = () => {}, pauseMs = 200) {
  await mkdir(dirname(path), { recursive: true });
  const mine = JSON.stringify({
    pid: process.pid,
    birth: await birthOf(process.pid),
    token: randomBytes(8).toString('hex'),
  });
  let told = false;
  while (!(await take(path, mine))) {
    const owner = await readFile(path, 'utf8').catch(() => null);
    if (owner === null) continue;
    if (!(await ownerLives(owner))) {
      await breakLock(path, owner);
      continue;
    }
    if (!told) onWait(JSON.parse(owner).pid);
    told = true;
    await sleep(pauseMs);
  }
  try {
    return await work();
  } finally {
    if ((await readFile(path, 'utf8').catch(() => null)) === mine) await rm(path, { force: true });
  }
}

/** A lock appears whole or not at all: it is written beside and linked into place. */
async function take(path, mine) {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(mine);
    await file.close();
    await link(temporary, path);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function breakLock(path, seen) {
  const aside = `${path}.${randomBytes(6).toString('hex')}.stale`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  // Another breaker may have been first and taken the lock: what was moved is then alive, and goes back.
  if ((await readFile(aside, 'utf8')) !== seen) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
}

async function ownerLives(text) {
  try {
    const { pid, birth } = JSON.parse(text);
    process.kill(pid, 0);
    return (await birthOf(pid)) === birth;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

import { join } from 'node:path';
import { noteProgramsIn } from './command.mjs';
import { createDisplay } from './display.mjs';
import { endLeftovers } from './leftovers.mjs';
import { withLock } from './lock.mjs';
import { probityHome, ROOT } from './places.mjs';
import { allDone, runSteps } from './steps.mjs';
import { buildStep } from './steps/build.mjs';
import { checkNode } from './steps/node.mjs';
import { packagesStep } from './steps/packages.mjs';
import { postgresStep } from './steps/postgres.mjs';
import { temporalStep } from './steps/temporal.mjs';
import { tensorflowStep } from './steps/tensorflow.mjs';

/** All steps of this package's set-up, in an order in which each comes after those it needs. */
export function ourSteps(root = ROOT, home = probityHome()) {
  const logs = join(root, '.probity', 'setup');
  return [
    packagesStep(root, logs),
    temporalStep(root, home, logs),
    tensorflowStep(root, home, logs),
    postgresStep(root, logs),
    buildStep(root, logs),
  ];
}

/**
 * Brings everything into place: quick where nothing is to be done, one set-up at a time per clone and per cache, and at any kill
 * the next one goes on from what is complete.
 */
export async function setUp({ steps, root = ROOT, home = probityHome(), display = createDisplay(), signal } = {}) {
  checkNode();
  const all = steps ?? ourSteps(root, home);
  if (await allDone(all)) return display.close();
  const wait = (pid) => display.say(`another set-up is at work (process ${pid}); waiting for it`);
  const clone = join(root, '.probity', 'setup.lock');
  const run = async () => {
    const programs = join(root, '.probity', 'setup-programs');
    await endLeftovers(programs);
    noteProgramsIn(programs);
    await runSteps(all, display, signal);
  };
  try {
    await withLock(clone, () => withLock(join(home, 'setup.lock'), run, wait), wait);
  } finally {
    display.close();
  }
}

/**
 * A step of the set-up:
 * - `name`; `after`: names of the steps that must end before it;
 * - `isDone()`: whether there is nothing to do, asked again by every set-up, quick;
 * - `run({report, signal})`: does the work, from wherever a killed run left it, and answers a line about what it did.
 */

/** True where no step has anything to do; steps are asked in order, so that a later one may rely on an earlier one. */
export async function allDone(steps) {
  for (const step of steps) if (!(await step.isDone())) return false;
  return true;
}

/** Runs each step as soon as those before it have ended; at the first failure the others are stopped, and it is thrown. */
export async function runSteps(steps, display, outer = new AbortController().signal) {
  const failure = new AbortController();
  const signal = AbortSignal.any([outer, failure.signal]);
  const ends = new Map();
  const run = async (step) => {
    await Promise.all((step.after ?? []).map((name) => ends.get(name)));
    signal.throwIfAborted();
    if (await step.isDone()) return;
    display.start(step.name);
    const message = await step.run({ report: (state) => display.report(step.name, state), signal });
    display.end(step.name, message ?? 'done');
  };
  let first;
  for (const step of steps) {
    ends.set(
      step.name,
      run(step).catch((error) => {
        first ??= error;
        failure.abort(error);
        throw error;
      }),
    );
  }
  await Promise.allSettled(ends.values());
  if (first) throw first;
  outer.throwIfAborted();
}

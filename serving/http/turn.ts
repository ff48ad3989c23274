/**
 * A wait for the end of the present turn of the event loop, one for all that wait in it: requests that arrived together then go on together, and the code of each
 * step stays in the processor's caches from one to the next (docs/decisions/0165). Who is alone waits for nothing else.
 */
export function sharedTurn(): () => Promise<void> {
  let turn: Promise<void> | null = null;
  return () =>
    (turn ??= new Promise((resolve) => {
      setImmediate(() => {
        turn = null;
        resolve();
      });
    }));
}

/** A failure that a person can act on: what could not be done, why, and what to do. */
export class SetupFailure extends Error {
  /** @param {string} what @param {string} why @param {string} fix */
  constructor(what, why, fix) {
    super(what);
    this.name = 'SetupFailure';
    this.why = why;
    this.fix = fix;
  }
}

/** The lines that a person reads: every failure says what, why and what to do. */
export function failureText(error) {
  if (error instanceof SetupFailure) return `set-up failed: ${error.message}\nwhy: ${error.why}\nfix: ${error.fix}\n`;
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `set-up failed: ${text}\nfix: run it again; it goes on where it stopped.\n`;
}

/** What has been opened and is to be closed, the last first. */
export interface Closers {
  /** Takes note of how to close what was opened just now. */
  push(close: () => Promise<void>): void;
  /** Closes all of it, whatever fails on the way; then throws the first failure. Calling it again closes nothing twice. */
  close(): Promise<void>;
}

export function createClosers(): Closers {
  const opened: (() => Promise<void>)[] = [];
  return {
    push: (close) => void opened.push(close),
    async close() {
      const failures: unknown[] = [];
      for (const close of opened.splice(0).toReversed()) await close().catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
  };
}

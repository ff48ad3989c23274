import { isProbityError, messageOf } from '../../base/index.ts';

/**
 * One part of the installation or the project. `absent` is not a fault: nothing of it is there yet (no champion before the first
 * retraining), or it is not started. `warning`: it works, and someone should look (a source that is late); only `unhealthy` is broken.
 */
export interface Check {
  readonly part: string;
  readonly state: 'healthy' | 'warning' | 'unhealthy' | 'absent';
  readonly version: string | null;
  readonly where: string | null;
  /** What was found, where there is more to say than healthy. */
  readonly note: string | null;
  /** What to do; null for a healthy part. */
  readonly fix: string | null;
}

/** What a probe found out; the part's name and the rest are filled in. */
export type Finding = Partial<Omit<Check, 'part'>>;

/** Runs a probe; an error of its own becomes an unhealthy part with the error's message and fix. */
export async function check(part: string, probe: () => Promise<Finding> | Finding): Promise<Check> {
  const empty = { state: 'healthy', version: null, where: null, note: null, fix: null } as const;
  try {
    return { part, ...empty, ...(await probe()) };
  } catch (error) {
    const fix = isProbityError(error) ? error.fix : 'Run `npm run setup` in the package.';
    return { part, ...empty, state: 'unhealthy', note: messageOf(error).split('\n')[0] ?? null, fix };
  }
}

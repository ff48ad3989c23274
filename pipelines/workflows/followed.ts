import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  defineQuery,
  defineUpdate,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { ProbityError } from '../../base/errors.ts';

/** Something that is followed until it is closed: a pure law of states and events, and where its steps are stored. */
export interface Followed<S, E> {
  /** The name of the query that answers it, and what messages call it. */
  readonly name: string;
  readonly state: S;
  /** Events that it has seen. */
  readonly revision: number;
  /** The state after an event; the same object where nothing changes. Throws a ProbityError where its law refuses. */
  apply(now: string, state: S, event: E): S;
  isClosed(state: S): boolean;
  /** When, ISO, the clock acts on it where nothing else happens. */
  wakesAt(state: S): string;
  /** What the clock does then. */
  timePassed(state: S): E;
  save(step: { readonly state: S; readonly revision: number; readonly event: E; readonly at: string }): Promise<void>;
}

/** Where the following ended: closed, or to be continued as a new run because its history has grown long. */
export interface FollowedSoFar<S> {
  readonly state: S;
  readonly revision: number;
  readonly isClosed: boolean;
}

/**
 * Follows it: people and applications act by the update `act`, refused by the law before anything enters history; each step is stored
 * before it is answered; an instant that passes is an event of the clock.
 */
export async function follow<S, E>(followed: Followed<S, E>): Promise<FollowedSoFar<S>> {
  let current = followed.state;
  let { revision } = followed;
  const now = (): string => new Date(Date.now()).toISOString();
  const isClosed = (): boolean => followed.isClosed(current);

  const take = async (event: E): Promise<void> => {
    const at = now();
    const after = followed.apply(at, current, event);
    if (after === current) return;
    current = after;
    revision++;
    await followed.save({ state: current, revision, event, at });
  };

  setHandler(defineQuery<S>(followed.name), () => current);
  setHandler(
    defineUpdate<S, [E]>('act'),
    async (event) => {
      await take(event);
      return current;
    },
    {
      validator: (event) => {
        try {
          followed.apply(now(), current, event);
        } catch (error) {
          throw refusal(error, followed.name);
        }
      },
    },
  );

  while (!isClosed()) {
    const wakes = followed.wakesAt(current);
    const moved = await condition(
      () => isClosed() || followed.wakesAt(current) !== wakes || workflowInfo().continueAsNewSuggested,
      Math.max(1, Date.parse(wakes) - Date.now()),
    );
    if (!moved) await take(followed.timePassed(current));
    else if (!isClosed() && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      return { state: current, revision, isClosed: isClosed() };
    }
  }
  await condition(allHandlersFinished);
  return { state: current, revision, isClosed: true };
}

function refusal(error: unknown, name: string): Error {
  if (!(error instanceof ProbityError))
    return ApplicationFailure.nonRetryable(`This is no event of a ${name}.`, 'INVALID_INPUT');
  const details = [{ fix: error.fix, problems: error.problems }];
  return ApplicationFailure.create({ message: error.message, type: error.code, nonRetryable: true, details });
}

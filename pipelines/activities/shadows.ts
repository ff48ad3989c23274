import type { PipelineDependencies } from './dependencies.ts';
import { withHeartbeat } from './heartbeat.ts';

/** Activities of shadow scoring; a batch that was stored is not scored again. */
export function shadowActivities({ shadows }: PipelineDependencies) {
  return {
    /** Scores the next recorded ratings, `most` for each shadow, and moves the shadows' places in the chain. */
    scoreShadows: (request: {
      most: number;
    }): Promise<{
      readonly read: number;
      readonly scored: number;
      readonly skipped: number;
      readonly more: boolean;
    }> => withHeartbeat((context) => shadows.scoreNext(request, context)),
  };
}

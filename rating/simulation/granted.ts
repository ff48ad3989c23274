import type { CaseVerdict } from '../cases/index.ts';
import { approves, type Decision } from '../decision/index.ts';
import type { Override } from '../overrides/index.ts';

/** Whether credit was given in the end: as an override said that ever stood, else as the case's verdict says, else as the decision itself. */
export function wasGranted(
  was: Pick<Decision, 'outcome'>,
  verdict: CaseVerdict | null,
  override: Pick<Override, 'to' | 'stoodFrom'> | null,
): boolean {
  if (override !== null && override.stoodFrom !== null) return approves({ outcome: override.to });
  return approves({ outcome: verdict ?? was.outcome });
}

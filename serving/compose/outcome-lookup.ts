import { isProbityError, type Instant } from '../../base/index.ts';
import type { AskedOutcome, OutcomeLookup } from '../overrides/desk.ts';

/** Until when outcomes are known; or that they are not, and why. */
export type OutcomesKnown = { readonly knownUntil: Instant } | { readonly knownUntil: null; readonly why: string };

/** What became of those asked for, as far as it is known: of nobody where it is not looked up, or cannot be read now. Throws what else goes wrong. */
export async function outcomesOf(
  asked: readonly AskedOutcome[],
  lookup: OutcomeLookup | null,
  nobody: string,
): Promise<{
  readonly outcomes: OutcomesKnown;
  readonly badOf: (asked: AskedOutcome) => boolean | null;
  readonly badAt: (asked: AskedOutcome) => Instant | null;
}> {
  const without = (why: string) => ({ outcomes: { knownUntil: null, why }, badOf: () => null, badAt: () => null });
  if (asked.length === 0) return without(nobody);
  if (lookup === null) return without('Outcomes were not looked up.');
  try {
    const { cutoff, badOf, badAt } = await lookup(asked);
    return { outcomes: { knownUntil: cutoff }, badOf, badAt };
  } catch (error) {
    const absent = (['WAREHOUSE_MISSING', 'WAREHOUSE_BUSY', 'INVALID_INPUT'] as const).some((code) =>
      isProbityError(error, code),
    );
    if (!absent) throw error;
    return without((error as Error).message);
  }
}

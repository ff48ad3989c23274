import { WARNING_LEVELS, type WarningLevel } from '../warnings/levels.ts';
import type { EarlyWarning } from '../warnings/warning.ts';

/** Warnings that stand, and what is at stake: each customer's exposure once, however many warnings there are. */
export interface WarningsPart {
  readonly warnings: number;
  readonly customers: number;
  /** Major units; what is not known counts as 0. */
  readonly exposure: number;
}

/** The warnings that stood when a report was made. */
export interface OpenWarnings extends WarningsPart {
  readonly byLevel: readonly (WarningsPart & { readonly name: WarningLevel })[];
  /** By code, the most frequent first. */
  readonly byCode: readonly (WarningsPart & { readonly name: string })[];
  /** That nobody has acknowledged. */
  readonly notAcknowledged: number;
  /** Of which a deadline has passed. */
  readonly overdue: number;
}

/** What stands of these warnings at an instant, with exposures as the book has them, or where it does not know a customer, as the warning does. */
export function openWarningsOf(
  warnings: readonly EarlyWarning[],
  exposureOf: (customerId: string) => number | null,
  at: string,
): OpenWarnings {
  const open = warnings.filter(({ state }) => state !== 'closed');
  const part = (of: readonly EarlyWarning[]): WarningsPart => {
    const exposures = new Map<string, number>();
    for (const { customerId, exposure } of of)
      exposures.set(customerId, exposureOf(customerId) ?? exposures.get(customerId) ?? exposure ?? 0);
    return {
      warnings: of.length,
      customers: exposures.size,
      exposure: [...exposures.values()].reduce((sum, each) => sum + each, 0),
    };
  };
  const codes = [...new Set(open.map(({ code }) => code))].toSorted((a, b) => (a < b ? -1 : 1));
  return {
    ...part(open),
    byLevel: WARNING_LEVELS.map((name) => ({ name, ...part(open.filter(({ level }) => level === name)) })),
    byCode: codes
      .map((name) => ({ name, ...part(open.filter(({ code }) => code === name)) }))
      .toSorted((a, b) => b.warnings - a.warnings),
    notAcknowledged: open.filter(({ acknowledgedAt }) => acknowledgedAt === null).length,
    overdue: open.filter(
      ({ state, acknowledgeBy, closeBy }) => closeBy < at || (state === 'open' && acknowledgeBy < at),
    ).length,
  };
}

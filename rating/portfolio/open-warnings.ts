import { WARNING_LEVELS, type WarningLevel } from '../warnings/levels.ts';
import type { ConcernedCustomer, EarlyWarning } from '../warnings/warning.ts';

/** Warnings that stand, and what is at stake: each customer's exposure once, however many warnings there are. */
export interface WarningsPart {
  readonly warnings: number;
  readonly customers: number;
  /** Major units; what is not known counts as 0. */
  readonly exposure: number;
}

/** A warning that stands, and everybody whom it concerns where a group or a ring shares it (absent: its customer alone). */
export interface StandingWarning extends EarlyWarning {
  readonly concerned?: readonly ConcernedCustomer[];
}

/** Everybody whom a warning that stands concerns, with the exposure that it tells of each. */
export const concernedCustomers = ({
  customerId,
  exposure,
  concerned,
}: StandingWarning): readonly ConcernedCustomer[] => concerned ?? [{ customerId, exposure }];

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
  warnings: readonly StandingWarning[],
  exposureOf: (customerId: string) => number | null,
  at: string,
): OpenWarnings {
  const open = warnings.filter(({ state }) => state !== 'closed');
  const part = (of: readonly StandingWarning[]): WarningsPart => {
    const exposures = new Map<string, number | null>();
    for (const { customerId, exposure } of of.flatMap(concernedCustomers))
      exposures.set(customerId, exposureOf(customerId) ?? exposures.get(customerId) ?? exposure);
    return {
      warnings: of.length,
      customers: exposures.size,
      exposure: [...exposures.values()].reduce<number>((sum, each) => sum + (each ?? 0), 0),
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

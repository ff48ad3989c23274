import type { EarlyWarning } from './warning.ts';

/** Who looks after a customer, as the data on responsible staff say. */
export interface ResponsibleStaff {
  readonly owner: string;
  readonly deputy: string | null;
}

/** A new warning in the hands of who looks after its customer; where nobody is known to, as it was: with who looks after the segment. */
export function inHandsOf(raised: EarlyWarning, staff: ResponsibleStaff | null): EarlyWarning {
  return staff === null ? raised : { ...raised, owner: staff.owner, deputy: staff.deputy };
}

/** An assignment of staff to a customer, in the order in which they came to be known. */
export interface StaffAssignment {
  readonly role: string;
  readonly staffId: string;
  /** It was replaced by a later one. */
  readonly ended: boolean;
}

/** Who is responsible for the credit of a customer, else for its collection or sales, and that one's deputy: the newest of each that stands; null: nobody is. */
export function responsibleOf(assignments: readonly StaffAssignment[]): ResponsibleStaff | null {
  const newest = (role: string): string | null =>
    assignments.findLast((each) => each.role === role && !each.ended)?.staffId ?? null;
  const owner = newest('credit') ?? newest('collection') ?? newest('sales');
  const deputy = newest('deputy');
  return owner === null ? null : { owner, deputy: deputy === owner ? null : deputy };
}

import type { Instant, Problem } from '../../base/index.ts';
import {
  CREDIT_DECISION,
  holdsSource,
  type BasisPolicy,
  type LegalBases,
  type LegalBasis,
} from '../../records/privacy/index.ts';

/** On what legal bases customers' data are used: the policy for everyone, and what customers gave and took back. */
export interface BasisDesk extends Pick<LegalBases, 'record' | 'withdraw'> {
  readonly policy: BasisPolicy;
  of(customerId: string): Promise<readonly LegalBasis[]>;
  /** Those of the tables that may not be used for a credit decision as of an instant, by customer. It asks the database only about tables that the policy leaves to each customer. */
  lacking(
    customerIds: readonly string[],
    tables: Iterable<string>,
    at: string,
  ): Promise<ReadonlyMap<string, readonly string[]>>;
}

export function basisDesk(policy: BasisPolicy, bases: LegalBases): BasisDesk {
  return {
    policy,
    record: (basis) => bases.record(basis),
    withdraw: (...given) => bases.withdraw(...given),
    of: (customerId) => bases.of(customerId),
    async lacking(customerIds, asked, at) {
      const open = policy.lacking(asked, CREDIT_DECISION, at);
      if (open.length === 0) return new Map();
      const allowed = await bases.allowedSources(customerIds, CREDIT_DECISION, at);
      return new Map(
        customerIds.map((id) => [id, open.filter((table) => !holdsSource(allowed.get(id), table))] as const),
      );
    },
  };
}

/** A basis as the API answers it. */
export function basisAnswer({ subject, ...basis }: LegalBasis) {
  return { ...basis, of: subject === null ? ('everyone' as const) : ('customer' as const) };
}

/** Problems of the bounds of a basis that is granted. */
export function boundProblems(from: Instant, until: Instant | null): Problem[] {
  return until !== null && until <= from ? [{ at: 'until', message: 'It ends before it begins.' }] : [];
}

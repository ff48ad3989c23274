import { ProbityError } from '../../base/index.ts';
import type { Agreements, AgreementStep, StoredAgreement } from '../../records/agreements/index.ts';

/** Agreements in memory, for tests of the server alone. */
export function memoryAgreements(): Agreements {
  const all = new Map<string, { readonly stored: StoredAgreement; readonly steps: readonly AgreementStep[] }>();
  const found = (where: (one: StoredAgreement) => boolean) =>
    [...all.values()].map(({ stored }) => stored).filter(where);
  return {
    async agree(agreement) {
      const { agreementId, state, agreedBy, agreedAt } = agreement;
      const known = all.get(agreementId);
      if (known !== undefined) return known.stored;
      const stored = { agreement, revision: 0 };
      all.set(agreementId, { stored, steps: [{ revision: 0, state, actor: agreedBy, at: agreedAt }] });
      return stored;
    },
    async close(after, revision, actor) {
      const known = all.get(after.agreementId);
      if (known === undefined) throw new ProbityError('NOT_FOUND', 'no such agreement');
      if (known.stored.revision !== revision) throw new ProbityError('CONFLICT', 'changed meanwhile');
      const stored = { agreement: after, revision: revision + 1 };
      const step = { revision: revision + 1, state: after.state, actor, at: after.closedAt ?? '' };
      all.set(after.agreementId, { stored, steps: [...known.steps, step] });
      return stored;
    },
    find: async (agreementId) => all.get(agreementId)?.stored ?? null,
    steps: async (agreementId) => all.get(agreementId)?.steps ?? [],
    ofCustomer: async (customerId) =>
      found(({ agreement }) => agreement.customerId === customerId).sort((a, b) =>
        a.agreement.due < b.agreement.due ? 1 : -1,
      ),
    openAmong: async (customerIds) => [
      ...new Set(
        found(({ agreement: { customerId, state } }) => state === 'open' && customerIds.includes(customerId)).map(
          ({ agreement }) => agreement.customerId,
        ),
      ),
    ],
    madeWithin: async (from, until, limit) =>
      found(({ agreement: { agreedAt } }) => agreedAt >= from && agreedAt < until).slice(0, limit),
    dueBy: async (day) => found(({ agreement: { state, due } }) => state === 'open' && due <= day),
  };
}

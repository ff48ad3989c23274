import type { Other } from '../../features/signals/index.ts';
import type { SignalEvidence, SignalTrigger } from '../../rating/index.ts';
import type { SignalMember } from '../../records/signals/index.ts';

/** Whether a trigger speaks of a customer and its group together. */
const isConcentration = ({ signals }: SignalTrigger): boolean => Object.hasOwn(signals, 'concentration_share');

/** Who else is concerned by triggers of customers: their members to keep, and of one trigger how many and for how much. */
export function concernedBy(
  triggers: ReadonlyMap<string, readonly SignalTrigger[]>,
  others: readonly Other[],
): {
  readonly members: readonly SignalMember[];
  of(id: string, trigger: SignalTrigger): SignalEvidence['others'];
} {
  const members = others.map(({ id, other, kind, exposure }): SignalMember => ({
    subject: id,
    kind,
    memberId: other,
    exposure: triggers.get(id)?.some(isConcentration) ? exposure : null,
  }));
  const byCustomer = new Map<string, SignalMember[]>();
  for (const member of members) byCustomer.set(member.subject, [...(byCustomer.get(member.subject) ?? []), member]);
  return {
    members,
    of(id, trigger) {
      const all = byCustomer.get(id) ?? [];
      if (isConcentration(trigger)) {
        const held = all.flatMap(({ exposure }) => (exposure === null ? [] : [exposure]));
        return held.length === 0
          ? null
          : { customers: held.length, exposure: held.reduce((sum, each) => sum + each, 0) };
      }
      const sharing = trigger.code === 'IDENTITY_SHARED' ? all.filter(({ kind }) => kind === 'identity').length : 0;
      return sharing === 0 ? null : { customers: sharing, exposure: null };
    },
  };
}

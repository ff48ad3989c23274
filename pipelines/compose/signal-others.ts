import type { Other } from '../../features/signals/index.ts';
import type { SignalEvidence, SignalTrigger } from '../../rating/index.ts';
import type { Circle, SignalMember } from '../../records/signals/index.ts';

/** With whom a customer shares a warning: a trigger that speaks of a customer and its group together, or of equal identity data; null: with nobody. */
function circleKindOf({ code, signals }: SignalTrigger): Circle['kind'] | null {
  if (Object.hasOwn(signals, 'concentration_share')) return 'group';
  return code === 'IDENTITY_SHARED' ? 'identity' : null;
}

/** Who else is concerned by triggers of customers: their members to keep, and of one trigger how many, for how much, and whose warning it is. */
export function concernedBy(
  triggers: ReadonlyMap<string, readonly SignalTrigger[]>,
  others: readonly Other[],
): {
  readonly members: readonly SignalMember[];
  of(id: string, trigger: SignalTrigger): { readonly others: SignalEvidence['others']; readonly circle: Circle | null };
} {
  const byCustomer = new Map<string, Other[]>();
  for (const other of others) byCustomer.set(other.id, [...(byCustomer.get(other.id) ?? []), other]);
  const counts = (id: string, { kind }: Other): boolean =>
    triggers.get(id)?.some((trigger) => circleKindOf(trigger) === kind) ?? false;
  return {
    members: others.map((other): SignalMember => ({
      subject: other.id,
      kind: other.kind,
      memberId: other.other,
      exposure: counts(other.id, other) ? other.exposure : null,
    })),
    of(id, trigger) {
      const kind = circleKindOf(trigger);
      const circle = (byCustomer.get(id) ?? []).filter(
        (other) => other.kind === kind && (kind !== 'group' || other.exposure !== null || other.isHead),
      );
      if (kind === null || circle.length === 0) return { others: null, circle: null };
      const held = circle.flatMap(({ exposure }) => (exposure === null ? [] : [exposure]));
      const heads = circle.flatMap(({ isHead, other }) => (isHead ? [other] : [])).toSorted();
      return {
        others: {
          customers: kind === 'group' ? held.length : circle.length,
          exposure: held.length === 0 ? null : held.reduce((sum, each) => sum + each, 0),
        },
        circle: { kind, subject: heads[0] ?? id },
      };
    },
  };
}

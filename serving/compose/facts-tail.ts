import type { Instant } from '../../base/index.ts';
import type { Fact, Facts } from '../../records/facts/index.ts';

/** The facts acknowledged after a snapshot was made, kept in memory and topped up at every look: one short query, whoever acknowledged them. */
export interface FactsTail {
  /** Facts up to now; of one customer, or of all. Facts of tables without a customer are always included. */
  facts(partyIds: readonly string[]): Promise<{ readonly facts: readonly Fact[]; readonly through: number }>;
}

const page = 10_000;

/** Follows `facts` after `sequence`. */
export function followFacts(facts: Pick<Facts, 'since'>, sequence: number): FactsTail {
  const byParty = new Map<string, Fact[]>();
  let through = sequence;
  let reading: Promise<void> | null = null;

  const read = async (): Promise<void> => {
    for (;;) {
      const next = await facts.since(through, { limit: page });
      for (const fact of next) {
        const party = partyOf(fact);
        const known = byParty.get(party);
        if (known === undefined) byParty.set(party, [fact]);
        else known.push(fact);
        through = Math.max(through, fact.sequence);
      }
      if (next.length < page) return;
    }
  };

  return {
    async facts(partyIds) {
      // A read that began before this call may miss what was acknowledged just before it: wait it out, then read anew.
      if (reading !== null) await reading.catch(() => {});
      reading ??= read().finally(() => {
        reading = null;
      });
      await reading;
      const shared = byParty.get('') ?? [];
      const own = partyIds.flatMap((id) => (id === '' ? [] : (byParty.get(id) ?? [])));
      return { facts: [...shared, ...own], through };
    },
  };
}

function partyOf(fact: Fact): string {
  const party = fact.values['party_id'];
  return typeof party === 'string' ? party : '';
}

/** The present, never before the moment at which the newest fact acknowledged here became known, should the database's clock be ahead. */
export function presentAfter(now: () => Instant): { now(): Instant; readonly seen: (knownFrom: Instant) => void } {
  let latest: Instant | null = null;
  return {
    now() {
      const present = now();
      return latest !== null && latest > present ? latest : present;
    },
    seen(knownFrom) {
      if (latest === null || knownFrom > latest) latest = knownFrom;
    },
  };
}

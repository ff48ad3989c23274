import { worstLevel, type Sighting } from '../../rating/index.ts';
import { newsOf, type Circle, type SharedWarning, type TriggerBody } from '../../records/signals/index.ts';

/**
 * What the triggers of the customers of a group or a ring show together: the worst level, the exposure of all, the rows of all. Values and facts are the subject's own where it
 * stands among them; of another customer the values alone, and facts about nobody in particular: what was seen of each customer is read with the customers of the warning,
 * where an erasure removes it.
 */
export function sharedSighting(told: TriggerBody, { kind, subject }: Circle, shared: SharedWarning): Sighting {
  const { standing, customers, exposure } = shared;
  const own = standing.find(({ customerId }) => customerId === subject)?.body ?? null;
  const { look, at, evidence } = own ?? told;
  const bodies = standing.length === 0 ? [told] : standing.map(({ body }) => body);
  const others = customers.filter(({ customerId }) => customerId !== subject);
  const signals = {
    ...evidence,
    rows: [...new Set(bodies.flatMap((body) => body.evidence.rows))].toSorted(),
    facts: own === null ? evidence.facts.filter(({ key }) => key === '*') : evidence.facts,
    others: { customers: others.length, exposure: sumOf(others) },
    circle: kind,
  };
  const level = worstLevel(bodies.map((body) => body.level));
  const ratingId = `${look}.${newsOf({ level, evidence: signals }).slice(0, 8)}`;
  return { ratingId, level, exposure, pd: own?.pd ?? null, grade: own?.grade ?? null, at, signals };
}

/** The exposure of these, free of what binary fractions leave behind; null: not known of anybody. */
function sumOf(customers: SharedWarning['customers']): number | null {
  const known = customers.flatMap(({ exposure }) => exposure ?? []);
  return known.length === 0 ? null : Math.round(known.reduce((sum, each) => sum + each, 0) * 1e6) / 1e6;
}

/** Whether a sighting of a shared warning tells more, or other, than the one before. */
export const isNews = (sighting: Sighting, before: Sighting): boolean =>
  sighting.signals === undefined ||
  before.signals === undefined ||
  newsOf({ level: sighting.level, evidence: sighting.signals }) !==
    newsOf({ level: before.level, evidence: before.signals });

import type { FeatureView } from '../views/feature-view.ts';
import type { AddedFact } from './added-facts.ts';
import { rowKey, type Asked, type FeatureRow, type Lane } from './lane.ts';

/** What one caller asks for. */
export interface Request {
  readonly views: readonly FeatureView[];
  readonly asked: readonly Asked[];
  readonly added: readonly AddedFact[];
}

interface Waiting extends Request {
  readonly key: string;
  /** The facts added to each customer, as text; under '' those of tables without customer. */
  readonly facts: ReadonlyMap<string, string>;
  readonly resolve: (rows: readonly FeatureRow[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Most (customer, instant) pairs that requests of different callers share a round with. */
const SHARED_ROUND = 256;

/**
 * Spreads requests over lanes. Requests that wait together are computed in one round where they want the same views and do not
 * differ in the facts added to a customer: a round of fifty costs little more than a round of one, and a row's value does not
 * depend on the rows beside it.
 */
export function inRounds(
  lanes: readonly Lane[],
  holding: <T>(buckets: readonly number[], work: () => Promise<T>) => Promise<T>,
): { compute(request: Request): Promise<readonly FeatureRow[]>; drained(): Promise<void> } {
  const idle = [...lanes];
  const pending: Waiting[] = [];
  const running = new Set<Promise<void>>();

  const run = async (lane: Lane, { views, asked, added }: Request) =>
    holding([...new Set(asked.map(({ bucket }) => bucket))], () => lane.compute(views, asked, added));

  const serve = async (lane: Lane, round: readonly Waiting[]): Promise<void> => {
    try {
      const rows = await run(lane, merged(round));
      const byKey = new Map(rows.map((row) => [rowKey(row.partyId, row.asOf), row]));
      for (const each of round) each.resolve(each.asked.flatMap(({ id, asOf }) => byKey.get(rowKey(id, asOf)) ?? []));
    } catch (error) {
      if (round.length === 1) round[0]?.reject(error);
      // One caller's bad fact must not fail the others: each is tried by itself.
      else for (const each of round) await run(lane, each).then(each.resolve, each.reject);
    } finally {
      idle.push(lane);
      pump();
    }
  };

  const pump = (): void => {
    while (pending.length > 0) {
      const lane = idle.pop();
      if (!lane) return;
      const served = serve(lane, nextRound(pending));
      running.add(served);
      void served.finally(() => running.delete(served));
    }
  };

  return {
    compute: (request) =>
      new Promise((resolve, reject) => {
        const key = request.views.map((view) => view.hash).join();
        pending.push({ ...request, key, facts: factsByParty(request.added), resolve, reject });
        pump();
      }),
    async drained() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** Takes the first request and those behind it that fit beside it. */
function nextRound(pending: Waiting[]): readonly Waiting[] {
  const first = pending.shift();
  if (!first) return [];
  const round = [first];
  const facts = new Map(first.facts);
  const parties = new Set(first.asked.map(({ id }) => id));
  let size = first.asked.length;
  for (let index = 0; index < pending.length && size < SHARED_ROUND;) {
    const next = pending[index] as Waiting;
    const fits =
      next.key === first.key &&
      size + next.asked.length <= SHARED_ROUND &&
      facts.get('') === next.facts.get('') &&
      next.asked.every(({ id }) => !parties.has(id) || facts.get(id) === next.facts.get(id));
    if (!fits) {
      index += 1;
      continue;
    }
    pending.splice(index, 1);
    round.push(next);
    size += next.asked.length;
    for (const { id } of next.asked) parties.add(id);
    for (const [id, text] of next.facts) facts.set(id, text);
  }
  return round;
}

function merged(round: readonly Waiting[]): Request {
  const [first] = round;
  if (first && round.length === 1) return first;
  const asked = new Map(round.flatMap((each) => each.asked.map((one) => [rowKey(one.id, one.asOf), one])));
  const added = new Map(round.flatMap((each) => each.added.map((fact) => [fact.sequence, fact])));
  return { views: first?.views ?? [], asked: [...asked.values()], added: [...added.values()] };
}

function factsByParty(added: readonly AddedFact[]): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const fact of [...added].sort((a, b) => a.sequence - b.sequence)) {
    const party = String(fact.values['party_id'] ?? '');
    facts.set(party, `${facts.get(party) ?? ''},${fact.sequence}`);
  }
  return facts;
}

import { canJoin, type Choice, type Option } from './options.ts';
import type { Advisor } from './advisor.ts';
import type { Reach } from './reach.ts';
import type { TargetBounds } from './target.ts';

/** Why nothing reached: the rules allow no combination, the score falls short under all, or limit and terms do. */
export type ShortOf = 'rules' | 'score' | 'limit';

export interface SearchResult<T> {
  /** The cheapest combination that holds, with what `verify` made of it; null: none. */
  readonly found: { readonly choices: readonly Choice[]; readonly cost: number; readonly verified: T } | null;
  /** Where none was found. */
  readonly shortOf: ShortOf;
}

/** The blend's log-odds before bounds, now. */
interface Start {
  readonly unbounded: number;
  readonly target: TargetBounds;
  readonly atMost: number;
}

/**
 * The cheapest combination of at most `atMost` acts that reaches the target, exactly: all combinations in order of size, cut off where the costs so far are no
 * lower than the best found, or where even the best that is left cannot bring the log-odds down far enough. Of equal costs the one with fewer acts wins, then the
 * one whose acts come first. What is found is verified before it counts.
 */
export async function searchCheapest<T>(
  advisor: Advisor,
  options: readonly Option[],
  reach: Reach,
  { unbounded, target, atMost }: Start,
  verify: (choices: readonly Choice[]) => Promise<T | null>,
): Promise<SearchResult<T>> {
  const alone: number[] = [];
  for (const { choices } of options) for (const choice of choices) alone[choice.id] = await reach.alone(choice);
  const joins = options.map((a) => options.map((b) => a !== b && canJoin(a, b)));
  const meet = joins.map((row, a) => row.map((joined, b) => joined && reach.meets(a, b)));
  const slack = meet.map((row, a) => row.map((met, b) => (met ? reach.slack(a, b) : 0)));
  const menus = options.map(({ choices }, o) => {
    const byCost = choices.toSorted((a, b) => a.cost - b.cost || a.k - b.k);
    return reach.isPlain(o, (other) => meet[o]?.[other] === true) ? withoutTwins(byCost, alone) : byCost;
  });
  const most = menus.map((menu) => Math.max(0, ...menu.map(({ id }) => alone[id] ?? 0)));
  const usesScore = !advisor.holdsUp;
  let best: SearchResult<T>['found'] = null;
  let isScoreMet = false;
  let mayScoreBeMet = false;

  const slackOf = (chosen: readonly number[]): number => {
    const [a = -1, b = -1, c = -1] = chosen;
    const two = (x: number, y: number): number => slack[x]?.[y] ?? 0;
    return two(a, b) + two(a, c) + two(b, c) + (c < 0 ? 0 : reach.slackOfThree(a, b, c));
  };

  /** By how much the log-odds fall. */
  const fallOf = async (choices: readonly Choice[]): Promise<number> => {
    const [a, b, c] = choices;
    if (a !== undefined && b !== undefined && c !== undefined && reach.slackOfThree(a.option, b.option, c.option) > 0)
      return reach.fall(choices);
    let fall = 0;
    for (const [i, one] of choices.entries()) {
      fall += alone[one.id] ?? 0;
      for (const other of choices.slice(i + 1)) {
        if (meet[one.option]?.[other.option] !== true) continue;
        const more = reach.together(one, other, alone);
        fall += typeof more === 'number' ? more : await more;
      }
    }
    return fall;
  };

  const consider = async (choices: readonly Choice[]): Promise<void> => {
    if (reach.isTooThin(choices)) return;
    const asked = reach.policy(choices);
    const policy = asked instanceof Promise ? await asked : asked;
    if (!policy.isOpen) return;
    const final = reach.bounded(unbounded - (await fallOf(choices)), policy.bounds);
    if (final > target.logOdds) return;
    isScoreMet = true;
    const within = reach.ends.cheapest(choices, final);
    const held = within instanceof Promise ? await within : within;
    if (held === null) return;
    const cost = held.reduce((sum, choice) => sum + choice.cost, 0);
    if (best !== null && cost >= best.cost) return;
    const verified = await verify(held);
    if (verified !== null) best = { choices: held, cost, verified };
  };

  const descend = async (chosen: readonly Choice[], left: number, cost: number, fall: number): Promise<void> => {
    const from = chosen.at(-1)?.option ?? -1;
    for (let o = from + 1; o < menus.length; o++) {
      if (!chosen.every(({ option }) => joins[option]?.[o] === true)) continue;
      const names = [...chosen.map(({ option }) => option), o];
      const free = menus.map((_, x) => x).filter((x) => x > o && names.every((name) => joins[name]?.[x] === true));
      const bonus = slackOf(names);
      const isSettled = left === 1 || !free.some((x) => reach.ends.touches(x));
      const further = left > 1 ? furthest(free, names, most, slack, left - 1, reach) : 0;
      for (const choice of menus[o] ?? []) {
        const total = cost + choice.cost;
        if (best !== null && total >= best.cost) break;
        const down = fall + (alone[choice.id] ?? 0);
        if (usesScore && unbounded - down - bonus - further > target.logOdds) continue;
        if (usesScore && isSettled) {
          // Nothing that may still be chosen touches limit and terms: they say how far the score has to come.
          const asked = reach.ends.ceiling([...chosen, choice]);
          const ceiling = typeof asked === 'number' ? asked : await asked;
          mayScoreBeMet ||= unbounded - down - bonus <= target.logOdds;
          if (unbounded - down - bonus - further > ceiling) continue;
        }
        if (left === 1) await consider([...chosen, choice]);
        else if (free.length > 0) await descend([...chosen, choice], left - 1, total, down);
      }
    }
  };
  for (let size = 1; size <= Math.min(atMost, options.length); size++) await descend([], size, 0, 0);
  const shortOf = async (): Promise<ShortOf> => {
    if (isScoreMet) return 'limit';
    if (!(await isAnyOpen(menus, joins, reach, atMost))) return 'rules';
    return mayScoreBeMet ? 'limit' : 'score';
  };
  return { found: best, shortOf: await shortOf() };
}

/** Choices that change nothing but the score, and that as much as a cheaper one, are left out. */
function withoutTwins(byCost: readonly Choice[], alone: readonly number[]): readonly Choice[] {
  const seen = new Set<string>();
  return byCost.filter(({ id, lost }) => {
    const key = `${alone[id]} ${lost}`;
    return !seen.has(key) && seen.add(key).size > 0;
  });
}

/** At most how far `left` more of the options that are free can bring the log-odds down. */
function furthest(
  free: readonly number[],
  chosen: readonly number[],
  most: readonly number[],
  slack: readonly (readonly number[])[],
  left: number,
  reach: Reach,
): number {
  const gains = free
    .map((x) => (most[x] ?? 0) + chosen.reduce((sum, o) => sum + (slack[o]?.[x] ?? 0), 0))
    .sort((a, b) => b - a);
  let total = gains.slice(0, left).reduce((sum, gain) => sum + gain, 0);
  if (left === 2) {
    let pair = 0;
    for (const x of free)
      for (const y of free)
        if (x < y) pair = Math.max(pair, (slack[x]?.[y] ?? 0) + reach.slackOfThree(chosen[0] ?? -1, x, y));
    total += pair;
  } else if (chosen.length === 2)
    total += Math.max(0, ...free.map((x) => reach.slackOfThree(chosen[0] ?? -1, chosen[1] ?? -1, x)));
  return total;
}

/** Whether policy leaves the target open under any combination. */
async function isAnyOpen(
  menus: readonly (readonly Choice[])[],
  joins: readonly (readonly boolean[])[],
  reach: Reach,
  atMost: number,
): Promise<boolean> {
  const touching = menus.flatMap((menu, o) => (reach.touchesPolicy(o) ? [menu] : []));
  const isOpen = async (choices: readonly Choice[]): Promise<boolean> => {
    if ((await reach.policy(choices)).isOpen) return true;
    if (choices.length === atMost) return false;
    for (const menu of touching)
      for (const choice of menu) {
        if (choice.option <= (choices.at(-1)?.option ?? -1)) continue;
        if (!choices.every(({ option }) => joins[option]?.[choice.option] === true)) continue;
        if (await isOpen([...choices, choice])) return true;
      }
    return false;
  };
  return isOpen([]);
}

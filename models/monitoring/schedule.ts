import { createHmac } from 'node:crypto';

/** One customer's only part in a year of looks. */
export type Part =
  | { readonly kind: 'looked-at'; readonly day: number; readonly place: number }
  | { readonly kind: 'compared-with'; readonly place: number };

/**
 * The part of a customer in a year: half of the customers are looked at, each on one day of the year alone, and the other half are what they are
 * compared with, as they were at the reference instant. Drawn by HMAC-SHA-256 of the customer under the year's key.
 *
 * Why so: customers stay in the book and are like themselves from day to day, so looks at the whole book on two days are not independent, and
 * no correction for it is exact. Looks at different customers are. Each customer is used once, so the days' observations are
 * independent whatever a customer's own history is like, and ageing, entry and exit of customers are no drift while the book as a whole
 * stays as it was.
 */
export function partOf(key: string, customerId: string, days: number): Part {
  const digest = createHmac('sha256', key).update(customerId).digest('hex');
  const place = Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
  if (place >= 0.5) return { kind: 'compared-with', place: 2 * place - 1 };
  return { kind: 'looked-at', day: Math.floor(2 * place * days), place: 2 * place };
}

/** A customer that is looked at, and the one that it is compared with. */
export interface Pair {
  readonly day: number;
  readonly now: string;
  readonly before: string;
}

/**
 * Pairs those looked at, in the order of their places, with those compared with, in the order of theirs: no customer is in two pairs. Who is
 * left over on either side has no part. `now` and `before` are the customers of the book at either time; nobody needs to be in both.
 *
 * With `seasons` (12: months) a pair's two places lie in the same part of the year. A compared-with customer is then read on their own day (`dayOfYear`) a year
 * before, so that a season is no drift: what is bet against is "the book of this part of the year is as it was in that part a year before".
 */
export function pairsOf(
  key: string,
  now: readonly string[],
  before: readonly string[],
  days: number,
  seasons = 1,
): readonly Pair[] {
  const placed = <K extends Part['kind']>(ids: readonly string[], kind: K) =>
    [...new Set(ids)]
      .map((id) => ({ id, part: partOf(key, id, days) }))
      .filter((one): one is { id: string; part: Extract<Part, { kind: K }> } => one.part.kind === kind)
      .sort((a, b) => a.part.place - b.part.place || (a.id < b.id ? -1 : 1));
  const others = Array.from({ length: seasons }, (): { readonly id: string }[] => []);
  const seasonOf = (part: Part): number => Math.floor((dayOfYear(part, days) * seasons) / days);
  for (const { id, part } of placed(before, 'compared-with')) others[seasonOf(part)]!.push({ id });
  const taken = others.map(() => 0);
  return placed(now, 'looked-at').flatMap(({ id, part }) => {
    const season = seasonOf(part);
    const other = others[season]![taken[season]!++];
    return other === undefined ? [] : [{ day: part.day, now: id, before: other.id }];
  });
}

/** The day of the year, from 0, that a customer's place falls on: that of their look, or, a year before, that of being compared with. */
export function dayOfYear({ place }: Part, days: number): number {
  return Math.floor(place * days);
}

/** How far looks have come: the last day that was looked at (-1: none), and the place of the last one compared with. */
export interface Turns {
  readonly day: number;
  readonly before: number;
}

/** Those looked at whose day lies after the last look, up to and with this one, in the order of their places. */
export function lookedAtBy(
  key: string,
  ids: Iterable<string>,
  after: number,
  day: number,
  days: number,
): readonly string[] {
  return due(key, ids, days, (part) => part.kind === 'looked-at' && part.day > after && part.day <= day);
}

/**
 * The pairs of a look on a day, for looks that are stored one by one: those looked at whose day has come since the last look, with those compared with whose
 * place has come and who were in no pair yet. Both in the order of their places, so that who came or left meanwhile puts nobody into a second pair.
 * Who is looked at and finds no partner is not looked at.
 */
export function pairsByDay(
  key: string,
  now: Iterable<string>,
  before: Iterable<string>,
  turns: Turns,
  day: number,
  days: number,
): { readonly pairs: readonly Pair[]; readonly turns: Turns } {
  const looked = lookedAtBy(key, now, turns.day, day, days);
  const others = due(
    key,
    before,
    days,
    (part) => part.kind === 'compared-with' && part.place > turns.before && part.place * days < day + 1,
  );
  const pairs = looked.slice(0, others.length).map((id, i): Pair => ({ day, now: id, before: others[i]! }));
  const last = pairs.at(-1);
  return { pairs, turns: { day, before: last === undefined ? turns.before : partOf(key, last.before, days).place } };
}

function due(key: string, ids: Iterable<string>, days: number, is: (part: Part) => boolean): readonly string[] {
  const found: { readonly id: string; readonly place: number }[] = [];
  for (const id of new Set(ids)) {
    const part = partOf(key, id, days);
    if (is(part)) found.push({ id, place: part.place });
  }
  return found.sort((a, b) => a.place - b.place || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

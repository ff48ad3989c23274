import { z } from 'zod';

/** Facts beside features that an act can change, by the names that tables know them by. */
export const ACT_FACTS = [
  'request.amount',
  'request.termDays',
  'customer.overdueAmount',
  'customer.existingExposure',
  'customer.documentsMissing',
  'guarantee.offered',
] as const;
const SIZED_FACTS: readonly string[] = ACT_FACTS.slice(0, 4);

const feature = z.string().regex(/^features\..+$/, 'Features are named as tables name them: features.<name>.');
const field = z.union([z.enum(ACT_FACTS), feature]);
/** A field that a size can be taken from or added to. */
const sized = field.refine((name) => name.startsWith('features.') || SIZED_FACTS.includes(name), 'It has no amount.');
const texts = z.strictObject({ en: z.string().min(1).max(300), 'zh-CN': z.string().min(1).max(300) });

/** Followed only where a product of fields equals another field, as far as these are known: else the others do not tell what it becomes, and it is left as it is. */
const where = z.strictObject({ product: z.array(sized).min(1).max(2), equals: sized }).optional();

/** How one field follows the size of an act. A field that is not known stays so. */
const effect = z.discriminatedUnion('follows', [
  /** It falls, or rises, by the size, down to `floor` or up to `ceiling`. */
  z.strictObject({
    field: sized,
    follows: z.literal('size'),
    floor: z.number().optional(),
    ceiling: z.number().optional(),
  }),
  /**
   * A ratio: it changes as the sum of `of` does over the sum of `to` (one, where left out); missing once the sum of `to` is 0 or less.
   * Where `positive`, fields that are not known or below 0 count as 0 (`greatest(coalesce(x, 0), 0)`); else all have to be known.
   */
  z.strictObject({
    field: feature,
    follows: z.literal('ratio'),
    of: z.array(sized).default([]),
    to: z.array(sized).default([]),
    positive: z.literal(true).optional(),
    where,
  }),
  /** A difference: it changes by as much as the field `by` does; missing once that is. */
  z.strictObject({ field: sized, follows: z.literal('shift'), by: sized }),
  /** A count: the share of it, rounded up, that is left of the sum of `of`. */
  z.strictObject({ field: feature, follows: z.literal('count'), of: z.array(sized).min(1) }),
  /** It takes a value (null: a feature becomes missing): with any size, or only where all is done that can be. Documents missing can only become none, guarantees only be offered. */
  z.strictObject({
    field,
    follows: z.literal('set'),
    value: z.union([z.number(), z.string(), z.boolean(), z.null()]),
    when: z.enum(['any', 'all']).default('any'),
    where,
  }),
]);

type Effect = z.output<typeof effect>;

/** What the field at the start of a chain of shifts follows; not sound where the chain turns in a circle, or starts at no effect or at a `set`. */
function shiftsFrom(
  name: string,
  by: ReadonlyMap<string, Effect>,
): { readonly root: Effect['follows'] | null; readonly isSound: boolean } {
  let at = by.get(name);
  for (let links = 0; at?.follows === 'shift'; links++) {
    if (links > by.size) return { root: null, isSound: false };
    at = by.get(at.by);
  }
  return { root: at?.follows ?? null, isSound: at !== undefined && at.follows !== 'set' };
}

const act = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
    /** Whether a customer can really do it. Acts of others are never advised. */
    actionable: z.boolean(),
    /** What the size is taken from or added to, in the unit of these fields: the one of them that leaves most to do. Null: done or not. */
    size: z
      .strictObject({
        of: z.array(sized).min(1),
        direction: z.enum(['lower', 'raise']),
        unit: z.enum(['money', 'days', 'number']),
        /** Sizes are whole multiples of it; all that there is to do is a size too. */
        step: z.number().positive(),
        /** How far it may be lowered or raised. */
        bound: z.number(),
        /** At most this share of what is there now. */
        shareAtMost: z.number().positive().max(1).default(1),
      })
      .nullable(),
    pace: z.strictObject({
      /** Days until anything is done. */
      firstDays: z.int().min(0).max(3660),
      /** Units a day from then on; null: all at once. */
      perDay: z.number().positive().nullable(),
      /** Days within which it must be done. */
      withinDays: z.int().min(0).max(3660),
    }),
    /** What it costs the customer, in one unit for all acts. */
    cost: z.strictObject({ fixed: z.number().min(0).max(1e12), perUnit: z.number().min(0).max(1e12) }),
    effects: z.array(effect).min(1).max(20),
    /** Features that it moves, in a way that the other features do not tell: they are left as they are, and an advice says so where they are read. */
    unfollowed: z.array(feature).max(20).optional(),
    /** The same where a part is done; a feature that is `set` where all is done can be named here. */
    unfollowedInPart: z.array(feature).max(20).optional(),
    /** Sentences with `{size}`, `{to}`, `{currency}` and `{date}`; `all` is for doing all that there is to do. */
    texts,
    all: texts.optional(),
  })
  .superRefine(({ size, effects, pace, unfollowed = [], unfollowedInPart = [] }, context) => {
    const complain = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const by = new Map<string, (typeof effects)[number]>();
    effects.forEach((one, i) => {
      if (by.has(one.field)) complain(['effects', i, 'field'], 'Two effects change this field.');
      by.set(one.field, one);
      if (size === null && one.follows !== 'set')
        complain(['effects', i, 'follows'], 'An act without a size can only set fields.');
      if (one.follows === 'set' && (one.field === 'customer.documentsMissing' ? one.value !== 0 : false))
        complain(['effects', i, 'value'], 'Documents missing can only become 0.');
      if (one.follows === 'set' && (one.field === 'guarantee.offered' ? one.value !== true : false))
        complain(['effects', i, 'value'], 'A guarantee can only be offered: true.');
      if (one.follows === 'set' && SIZED_FACTS.includes(one.field) && typeof one.value !== 'number')
        complain(['effects', i, 'value'], 'A number is needed.');
      if (one.follows === 'set' && one.value === null && !one.field.startsWith('features.'))
        complain(['effects', i, 'value'], 'Only a feature can become missing.');
      if (one.follows === 'ratio' && one.of.length + one.to.length === 0)
        complain(['effects', i], 'A ratio follows at least one field.');
      if (one.follows === 'ratio' && one.positive === true && one.of.length > 0 && one.to.length > 0)
        complain(['effects', i, 'positive'], 'Only of fields on one side of a ratio.');
    });
    effects.forEach((one, i) => {
      if (one.follows === 'shift') {
        if (!shiftsFrom(one.field, by).isSound)
          complain(['effects', i, 'by'], `${one.by} leads to no field that follows the size, a ratio or a count.`);
        return;
      }
      if (one.follows !== 'ratio' && one.follows !== 'count') return;
      for (const name of [...one.of, ...('to' in one ? one.to : [])])
        if (by.has(name) && shiftsFrom(name, by).root !== 'size')
          complain(['effects', i], `${name} does not follow the size itself, so nothing can follow it.`);
    });
    for (const name of size?.of ?? [])
      if (by.get(name)?.follows !== 'size') complain(['size', 'of'], `No effect takes the size from ${name}.`);
    [...unfollowed, ...unfollowedInPart].forEach((name, i, all) => {
      const list = i < unfollowed.length ? 'unfollowed' : 'unfollowedInPart';
      const at = [list, i < unfollowed.length ? i : i - unfollowed.length];
      const effect = by.get(name);
      const isSetByAll = list === 'unfollowedInPart' && effect?.follows === 'set' && effect.when === 'all';
      if (effect !== undefined && !isSetByAll) complain(at, 'An effect changes this field.');
      if (all.indexOf(name) < i) complain(at, 'This feature is named twice.');
    });
    if (size === null && unfollowedInPart.length > 0)
      complain(['unfollowedInPart'], 'An act without a size has no parts.');
    if (size === null && pace.perDay !== null) complain(['pace', 'perDay'], 'An act without a size has no pace.');
    if (pace.firstDays > pace.withinDays) complain(['pace'], 'It could never be done in time.');
  });

/** What customers can do, as data: acts with their effects, pace, direction limits and costs. */
export const actsSchema = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    /** Acts that one advice joins at most. */
    atMost: z.int().min(1).max(3),
    /** Which fields keep acts apart that both change them: every field where left out, or only what model and rules read. */
    apartBy: z.literal('read-fields').optional(),
    acts: z.array(act).max(40),
  })
  .superRefine(({ acts }, context) => {
    acts.forEach(({ id }, i) => {
      if (acts.findIndex((other) => other.id === id) < i)
        context.addIssue({ code: 'custom', path: ['acts', i, 'id'], message: 'This id stands twice.' });
    });
  });

export type ActsFile = z.output<typeof actsSchema>;
export type Act = ActsFile['acts'][number];
export type ActEffect = Act['effects'][number];

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

/** How one field follows the size of an act. A field that is not known stays so. */
const effect = z.discriminatedUnion('follows', [
  /** It falls, or rises, by the size, down to `floor` or up to `ceiling`. */
  z.strictObject({
    field: sized,
    follows: z.literal('size'),
    floor: z.number().optional(),
    ceiling: z.number().optional(),
  }),
  /** A ratio: it changes as the sum of `of` does over the sum of `to` (one, where left out); missing once the sum of `to` is 0 or less. */
  z.strictObject({
    field: feature,
    follows: z.literal('ratio'),
    of: z.array(sized).default([]),
    to: z.array(sized).default([]),
  }),
  /** A count: the share of it, rounded up, that is left of the sum of `of`. */
  z.strictObject({ field: feature, follows: z.literal('count'), of: z.array(sized).min(1) }),
  /** It takes a value: with any size, or only where all is done that can be. Documents missing can only become none, guarantees only be offered. */
  z.strictObject({
    field,
    follows: z.literal('set'),
    value: z.union([z.number(), z.string(), z.boolean()]),
    when: z.enum(['any', 'all']).default('any'),
  }),
]);

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
    /** Sentences with `{size}`, `{to}`, `{currency}` and `{date}`; `all` is for doing all that there is to do. */
    texts,
    all: texts.optional(),
  })
  .superRefine(({ size, effects, pace }, context) => {
    const complain = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const by = new Map<string, string>();
    effects.forEach((one, i) => {
      if (by.has(one.field)) complain(['effects', i, 'field'], 'Two effects change this field.');
      by.set(one.field, one.follows);
      if (size === null && one.follows !== 'set')
        complain(['effects', i, 'follows'], 'An act without a size can only set fields.');
      if (one.follows === 'set' && (one.field === 'customer.documentsMissing' ? one.value !== 0 : false))
        complain(['effects', i, 'value'], 'Documents missing can only become 0.');
      if (one.follows === 'set' && (one.field === 'guarantee.offered' ? one.value !== true : false))
        complain(['effects', i, 'value'], 'A guarantee can only be offered: true.');
      if (one.follows === 'set' && SIZED_FACTS.includes(one.field) && typeof one.value !== 'number')
        complain(['effects', i, 'value'], 'A number is needed.');
      if (one.follows === 'ratio' && one.of.length + one.to.length === 0)
        complain(['effects', i], 'A ratio follows at least one field.');
    });
    effects.forEach((one, i) => {
      if (one.follows !== 'ratio' && one.follows !== 'count') return;
      for (const name of [...one.of, ...('to' in one ? one.to : [])])
        if (by.has(name) && by.get(name) !== 'size')
          complain(['effects', i], `${name} does not follow the size itself, so nothing can follow it.`);
    });
    for (const name of size?.of ?? [])
      if (by.get(name) !== 'size') complain(['size', 'of'], `No effect takes the size from ${name}.`);
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

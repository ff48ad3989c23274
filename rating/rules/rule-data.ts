import { z } from 'zod';
import type { Json } from '../../base/index.ts';
import { parseData } from '../parse-data.ts';

/** `decision.json`: blend, cutoffs, limits' handling, validity: how the tables' answers become a decision. */
export const decisionFile = (gradeCodes: readonly string[]) => {
  const pd = z.number().gt(0).max(1);
  const cutoffs = z
    .strictObject({
      /** PDs below it are approved. */
      approveBelow: pd,
      /** PDs from here on are declined; between the two a person decides. */
      declineFrom: pd,
    })
    .refine(({ approveBelow, declineFrom }) => approveBelow <= declineFrom, {
      path: ['declineFrom'],
      message: 'It must not lie below approveBelow.',
    });
  const outcome = z.enum(['approve', 'condition', 'refer', 'decline']);
  const days = z.int().min(0).max(3660);
  return z.strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
    version: z.int().min(1),
    currency: z.strictObject({ code: z.string().regex(/^[A-Z]{3}$/), minorDigits: z.int().min(0).max(4) }),
    blend: z.strictObject({
      /** How much the expert points count beside the model: 0 not at all, 1 as written. */
      weight: z.number().min(0).max(10),
      /** So many expert points double the odds of being good. */
      pointsToDoubleOdds: z.number().positive(),
    }),
    cutoffs: cutoffs.safeExtend({
      /** Other cutoffs for a segment. */
      segments: z.record(z.string(), cutoffs).default({}),
    }),
    data: z.strictObject({
      /** Ratings with a smaller share of known features are referred. */
      referKnownShareBelow: z.number().min(0).max(1),
      /** What a source that is late or emptier than expected does. */
      stale: outcome,
    }),
    /** Where no model rates (`rulesOnlyModel`): what that asks for, and the best grade or class that it leaves; null: any. Absent: refer, and none better than the class `middle`. */
    rulesOnly: z
      .strictObject({
        outcome: z.enum(['refer', 'condition', 'note']),
        noBetterThan: z.enum([...gradeCodes, 'high', 'middle', 'low']).nullable(),
      })
      .exactOptional(),
    limits: z.strictObject({
      /** Limits are rounded down to a multiple of this, in major units. */
      step: z.number().positive(),
      /** What a request above the available limit does where part of it could be granted, and where nothing could. */
      partly: outcome,
      nothing: outcome,
      /** The smallest amount worth granting, in major units. */
      least: z.number().min(0),
    }),
    /** Days that a rating is valid, by class of the final grade, and for single grades otherwise. */
    validityDays: z.strictObject({
      high: days,
      middle: days,
      low: days,
      grades: z.partialRecord(z.enum(gradeCodes), days).default({}),
    }),
  });
};

export type DecisionFile = z.output<ReturnType<typeof decisionFile>>;

const loss = z.strictObject({
  /** Loss given default: the share of the exposure at default that is not recovered. */
  lgd: z.number().min(0).max(1),
  /** The same under the guarantee that was offered. */
  lgdGuaranteed: z.number().min(0).max(1),
  /** Exposure at default as a multiple of the exposure asked for. */
  exposureAtDefault: z.number().min(0).max(10),
});

/** `loss.json`: LGD and EAD by segment; `otherwise` for segments not named. */
export const lossFile = z.strictObject({
  name: z.string().min(1),
  version: z.int().min(1),
  otherwise: loss,
  segments: z.record(z.string(), loss).default({}),
});

export type LossFile = z.output<typeof lossFile>;
export type LossParameters = z.output<typeof loss>;

const day = z.iso.date();
const ascending = (periods: readonly { readonly from: string }[]): boolean =>
  periods.every(({ from }, i) => i === 0 || (periods[i - 1]?.from ?? '') < from);

/** `regimes.json`: the macro regime by period, and the regime of each industry by period; tables ask for both as `regime.*`. */
export const regimesFile = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    macro: z.strictObject({
      values: z.array(z.string().min(1)).min(1),
      /** Before the first period. */
      otherwise: z.string(),
      periods: z.array(z.strictObject({ from: day, value: z.string() })).default([]),
    }),
    industry: z.strictObject({
      values: z.array(z.string().min(1)).min(1),
      /** For industries not named, and before the first period. */
      otherwise: z.string(),
      /** The feature that holds a customer's industry. */
      feature: z.string().nullable(),
      periods: z.array(z.strictObject({ from: day, of: z.record(z.string(), z.string()) })).default([]),
    }),
  })
  .superRefine(({ macro, industry }, context) => {
    const complain = (path: PropertyKey[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const check = (path: PropertyKey[], value: string, values: readonly string[]): void => {
      if (!values.includes(value)) complain(path, `This is none of the values: ${values.join(', ')}.`);
    };
    check(['macro', 'otherwise'], macro.otherwise, macro.values);
    check(['industry', 'otherwise'], industry.otherwise, industry.values);
    macro.periods.forEach(({ value }, i) => check(['macro', 'periods', i, 'value'], value, macro.values));
    industry.periods.forEach(({ of }, i) => {
      for (const [name, value] of Object.entries(of))
        check(['industry', 'periods', i, 'of', name], value, industry.values);
    });
    if (!ascending(macro.periods)) complain(['macro', 'periods'], 'Periods must ascend.');
    if (!ascending(industry.periods)) complain(['industry', 'periods'], 'Periods must ascend.');
  });

export type RegimesFile = z.output<typeof regimesFile>;

/** The regimes of an instant (ISO) and an industry. */
export function regimesAt(
  { macro, industry }: RegimesFile,
  at: string,
  industryOf: string | null,
): { readonly macro: string; readonly industry: string } {
  const day = at.slice(0, 10);
  const period = industry.periods.findLast(({ from }) => from <= day);
  const named = industryOf !== null && period !== undefined && Object.hasOwn(period.of, industryOf);
  return {
    macro: macro.periods.findLast(({ from }) => from <= day)?.value ?? macro.otherwise,
    industry: named ? (period.of[industryOf] ?? industry.otherwise) : industry.otherwise,
  };
}

/** The losses of a rule set. Throws INVALID_SPEC with every problem. */
export function readLossFile(files: { readonly 'loss.json': Json }): LossFile {
  return parseData(lossFile, files['loss.json'], 'loss.json');
}

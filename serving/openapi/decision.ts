import { z } from 'zod';
import { JURISDICTIONS, TABLE_KINDS } from '../../rating/index.ts';

const outcome = z.enum(['approve', 'condition', 'refer', 'decline']);
const money = z.string().describe('Decimal text in major units.');

/** A grade of the master scale, of the model's PD or of the final one. */
export const gradeSchema = z.strictObject({
  code: z.string(),
  name: z.string(),
  class: z.enum(['high', 'middle', 'low']),
  pdFrom: z.number(),
  pdBelow: z.number(),
});

/** The decision in the answer of POST /v1/ratings. */
export const decisionAnswerSchema = z
  .strictObject({
    outcome: outcome.describe(
      'The decision that was made: of the override, or the verdict of the case, where one is in force, else that of model and rules. An approval is `condition` where a limit that a review lowered grants less than was asked for.',
    ),
    name: z.string(),
    ofModelAndRules: outcome.describe('What model and rules decided.'),
    reasons: z
      .array(
        z.strictObject({
          kind: z.enum(['feature', 'criterion', 'rule', 'bound', 'override']),
          text: z.string().describe('The value, and what good looks like; or what the rule says.'),
          about: z.string().describe('The feature, the criterion, or the code of the rule.'),
          goodValue: z
            .union([z.number(), z.string(), z.null()])
            .describe(
              'Of a feature: a value at which it costs no more than on average; null where any known one does. Of a criterion that asks for one number or text: one at which it is not below its reference.',
            ),
          points: z
            .number()
            .nullable()
            .describe('What the final score gains when this alone is put right; null for rules.'),
        }),
      )
      .describe(
        'Why the decision is what it is: what a person decided first, where that is in force; rules that ask for it first, and alone where no cutoff of the score asks for it, too; then the features and criteria that, put right together, move the final score furthest, at most four in all.',
      ),
    boundary: z
      .strictObject({
        kind: z.enum(['cutoff', 'grade', 'rule', 'override', 'none']),
        text: z.string(),
        reached: z
          .boolean()
          .describe(
            'Whether the decision is another one when features and criteria named are put right together: deciding anew says so.',
          ),
      })
      .describe('What the decision turned on: a cutoff of PD, the next better grade, rules alone, or nothing better.'),
    pd: z.number().min(0).max(1).describe('Final: model and rules blended.'),
    score: z.int(),
    grade: gradeSchema,
    logOdds: z.number(),
    parts: z
      .array(
        z.strictObject({
          kind: z.enum(['model', 'criterion', 'bound']),
          about: z.string().nullable().describe('The criterion, or the grade that bounds.'),
          text: z.string().nullable(),
          points: z.number().nullable().describe('Expert points; more are safer.'),
          logOdds: z.number(),
        }),
      )
      .describe('What makes up `logOdds`: added in any order they are it to the last bit.'),
    rules: z
      .array(
        z.strictObject({
          table: z.string(),
          row: z.string(),
          outcome: z.enum(['decline', 'refer', 'condition', 'note']),
          code: z.string(),
          text: z.string(),
          noBetterThan: z.string().nullable().describe('The best grade, or class, that the rule allows.'),
          noWorseThan: z.string().nullable(),
        }),
      )
      .describe('The rows of policy that accepted the facts.'),
    causes: z
      .array(
        z.strictObject({
          source: z.enum(['policy', 'cutoff', 'data', 'limit', 'terms']),
          code: z.string(),
          outcome,
          text: z.string(),
          binding: z.boolean().describe('The decision is what it is because of this.'),
          missing: z.array(z.string()),
        }),
      )
      .describe('Everything that asked for an outcome, worst first; the decision is the worst.'),
    conditions: z.array(z.string()),
    warnings: z.array(
      z.strictObject({ code: z.string(), severity: z.enum(['info', 'warning', 'critical']), text: z.string() }),
    ),
    limit: z.strictObject({
      currency: z.string(),
      total: money,
      existing: money,
      available: money,
      requested: money.nullable(),
      granted: money
        .nullable()
        .describe('What of the amount asked for may be drawn; null where nothing was asked for or a person decides.'),
    }),
    expired: z
      .string()
      .nullable()
      .describe('That the validity had ended when this was answered, in words: it supports no limit. Null: it stands.'),
    limitInForce: z
      .strictObject({ currency: z.string(), total: money, available: money, granted: money.nullable() })
      .describe('What of `limit` holds when this is answered: all of it, and nothing once the validity has ended.'),
    terms: z.strictObject({
      days: z.int(),
      prepayment: z.number().min(0).max(1),
      guaranteeNeeded: z.boolean(),
    }),
    priceFloor: z
      .strictObject({
        ratePerYear: z.number().describe('Share of the exposure a year.'),
        expectedLoss: money.nullable().describe('PD × LGD × EAD over the horizon, rounded up.'),
        pd: z.number(),
        lgd: z.number(),
        ead: money.nullable(),
        segment: z.string(),
      })
      .describe('The least that a price must bring to cover the expected loss.'),
    validUntil: z.string().describe('ISO 8601, UTC'),
    latePayment: z
      .strictObject({ probability: z.number(), horizonMonths: z.int() })
      .nullable()
      .describe('The risk of paying late, where such a model is live.'),
    missing: z.strictObject({
      features: z.array(z.string()).describe('Features of the model that are not known.'),
      documents: z.array(z.string()),
      sources: z.array(z.string()),
      rules: z
        .array(
          z.strictObject({
            field: z
              .string()
              .describe('The fact as tables name it: `features.annual_revenue`, `customer.overdueAmount`.'),
            label: z.string(),
            readBy: z.array(
              z.strictObject({
                kind: z.enum([...TABLE_KINDS, 'cutoffs', 'loss']),
                table: z.string(),
              }),
            ),
          }),
        )
        .describe('Facts that the rules read and did not find, whether or not the model has them.'),
    }),
    rulesInForce: z.strictObject({
      name: z.string(),
      version: z.int(),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
      engine: z.string(),
      loss: z.string(),
      regimes: z.strictObject({ name: z.string(), macro: z.string(), industry: z.string() }),
    }),
  })
  .describe('What is decided, by model and rules together.');

/** What a customer is told, in the answer where the query asks for it. */
export const noticeSchema = z
  .strictObject({
    language: z.enum(['en', 'zh-CN']),
    jurisdiction: z.enum(JURISDICTIONS),
    outcome,
    opening: z.string(),
    expired: z.string().optional().describe('That the validity had ended when this was told. Absent: it stood.'),
    reasons: z.array(z.string()),
    boundary: z.string(),
    conditions: z
      .array(z.string())
      .optional()
      .describe(
        'What holds where a person approved a referral: amount, conditions, terms. Absent: a person set nothing.',
      ),
    advice: z.array(z.string()),
    rights: z.array(z.string()).describe('What the law asks to be told.'),
  })
  .describe('What the customer is told, sentence by sentence; with `?notice=` only.');

const scalar = z.union([z.number(), z.string(), z.boolean(), z.null()]);

/** Advice on a decision. */
export const adviceSchema = z
  .strictObject({
    target: z
      .strictObject({ outcome, grade: z.string().nullable() })
      .nullable()
      .describe('What the acts reach, or better; null: nothing better is left.'),
    found: z
      .strictObject({
        acts: z
          .array(
            z.strictObject({
              id: z.string(),
              text: z.string(),
              size: z.number().nullable().describe('In `unit`; null: done or not.'),
              unit: z.enum(['money', 'days', 'number']).nullable(),
              isAll: z.boolean().describe('It is all that there is to do.'),
              due: z.string().describe('ISO date by which it is done at the act’s pace.'),
              cost: z.number(),
              changes: z.array(z.strictObject({ field: z.string(), from: scalar, to: scalar })),
            }),
          )
          .min(1)
          .max(3),
        cost: z.number().describe('Of all acts: the least that reaches the target.'),
        due: z.string(),
        after: z
          .strictObject({
            outcome,
            name: z.string(),
            pd: z.number(),
            score: z.int(),
            grade: gradeSchema,
            limit: z.strictObject({ currency: z.string(), total: money, granted: money.nullable() }),
            terms: z.strictObject({ days: z.int(), prepayment: z.number(), guaranteeNeeded: z.boolean() }),
          })
          .describe('Decided anew on the customer after all acts, all else being equal.'),
      })
      .nullable(),
    none: z
      .strictObject({
        kind: z.enum(['best', 'no-act', 'rules', 'data', 'score', 'limit']),
        codes: z.array(z.string()).describe('The rules that decide, where they do.'),
      })
      .nullable()
      .describe('Why there is no advice; `texts` says it in words.'),
    texts: z.array(z.string()),
    by: z.strictObject({
      name: z.string(),
      version: z.int(),
      recorded: z.boolean().describe('These acts are in the rating’s evidence, so the advice is always the same.'),
    }),
  })
  .describe(
    'The cheapest change that the customer can really make to reach the target, by the decision of model and rules.',
  );
export const ratingAdviceSchema = z.strictObject({ ratingId: z.string(), ...adviceSchema.shape });

/** The override in the answer of a rating. */
export const overrideInRatingSchema = z
  .strictObject({
    ratingId: z.string().describe('The rating that it was decided on.'),
    carried: z.boolean().describe('It is of an earlier rating of the customer, and still stands.'),
    inForce: z.boolean().describe('It takes the place of this decision now.'),
    notCarried: z
      .enum(['same-outcome', 'referred', 'barred', 'worse-decision', 'better-decision', 'more-exposure'])
      .nullable()
      .describe('Why one of an earlier rating does not hold here.'),
    state: z.enum(['second', 'stands', 'refused', 'revoked']),
    from: outcome,
    to: z.enum(['approve', 'condition', 'decline']),
    amount: money.nullable(),
    reasonCode: z.string(),
    reason: z.string(),
    proposedBy: z.string(),
    verdict: z
      .strictObject({
        caseId: z.string(),
        decidedBy: z.array(z.string()).describe('Who agreed in the case, the first first.'),
        reasons: z.array(z.strictObject({ code: z.string(), text: z.string() })),
        conditions: z.array(z.strictObject({ code: z.string(), text: z.string(), note: z.string().nullable() })),
        terms: z
          .strictObject({ days: z.int(), prepayment: z.number(), guaranteeNeeded: z.boolean() })
          .nullable()
          .describe('Null: those of the rating.'),
      })
      .optional()
      .describe('Where it is the verdict of the case that a referral opened; absent: it is an override.'),
    review: z
      .strictObject({ reviewId: z.string(), conclusion: z.enum(['lower', 'end']), limit: z.string() })
      .optional()
      .describe('The sign-off of a review that ended credit, or caps the limit in total; absent: none.'),
    stoodFrom: z.string().nullable().describe('ISO 8601, UTC; null: it was never in force.'),
    expiresAt: z.string().describe('ISO 8601, UTC'),
  })
  .describe('A person’s decision in the place of this one, or proposed for it.');

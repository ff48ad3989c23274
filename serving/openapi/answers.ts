import { z } from 'zod';
import { ROLES } from '../../base/index.ts';
import { adviceSchema, decisionAnswerSchema, gradeSchema, noticeSchema, overrideInRatingSchema } from './decision.ts';

const probability = z.number().gt(0).lt(1);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const scalar = z.union([z.number(), z.string(), z.null()]);
const iso = z.string().describe('ISO 8601, UTC');

/** What proves later that a rating was given. */
export const receiptSchema = z.strictObject({
  sequence: z.int().min(1).describe('Place in the audit chain.'),
  hash,
  at: iso.describe('When it was recorded, ISO 8601, UTC.'),
});

/** What a step answers: the thing as it stands then, with what proves the step. */
export const steppedSchema = <T extends z.ZodRawShape>(thing: z.ZodObject<T>) =>
  z.strictObject({
    ...thing.shape,
    receipt: receiptSchema
      .nullable()
      .describe(
        'Where the step stands in the audit chain: `probity audit verify --receipt` checks it. Null: it changed nothing.',
      ),
  });

const reasonSchema = z.strictObject({
  text: z.string(),
  features: z.array(z.string()).min(1).max(2),
  pointsLost: z.number().describe('Points below the average customer’s.'),
});

/** The risk of paying late, beside the PD. */
const latePaymentSchema = z
  .strictObject({
    lateDays: z.int().describe('A payment counts as late from so many days after it was due.'),
    horizonMonths: z.int(),
    probability,
    reasons: z.array(reasonSchema).describe('What raises this risk most above the average customer’s, worst first.'),
    model: z.strictObject({ name: z.string(), hash, championOf: z.enum(['today', 'then']), slot: z.string() }),
  })
  .describe('Where a model of it is live. It moves neither PD nor grade; rules may read it as `late.pd`.');

/** The next review of a customer. */
export const nextReviewSchema = z.strictObject({
  at: iso.describe('When it is due.'),
  reviewId: z.string().nullable().describe('The review that stands; null: it is not open yet.'),
});

/** What POST /v1/ratings answers. */
export const ratingAnswerSchema = z.strictObject({
  ratingId: z.string().nullable().describe('Finds the rating again; null for a dry run.'),
  receipt: receiptSchema
    .nullable()
    .describe(
      'Keep it: `probity audit verify --receipt` proves by it that the rating is in the records, unchanged. Null for a dry run.',
    ),
  customerId: z.string().nullable(),
  asOf: iso,
  pd: probability.describe('The model’s probability of default within `horizonMonths`.'),
  horizonMonths: z.int(),
  score: z.int().describe('Points; higher is safer.'),
  grade: gradeSchema,
  reasons: z
    .array(reasonSchema)
    .describe('What costs the most points against the average customer of the training population, worst first.'),
  flags: z
    .array(
      z.strictObject({
        code: z.string(),
        about: z.string().nullable().describe('The source that it is about, or null.'),
        text: z.string(),
        features: z
          .array(
            z.strictObject({
              name: z.string(),
              value: scalar,
              trained: z
                .strictObject({ from: z.number(), to: z.number() })
                .nullable()
                .describe(
                  'Smallest and largest value seen in training; null for categories. Dates are days since 1970.',
                ),
            }),
          )
          .describe('The features that it is about, those furthest outside first; empty for sources and thin data.'),
      }),
    )
    .describe('What to know about what the rating rests on; a code about features stands once and lists them.'),
  missing: z.array(z.string()).describe('Features of the model that are not known.'),
  withheld: z
    .array(z.strictObject({ feature: z.string(), source: z.string() }))
    .describe(
      'Features that were not used, as there was no legal basis for a source table of theirs as of then; they count as not known.',
    ),
  rulesOnly: z
    .strictObject({
      since: iso,
      reportId: z.string().nullable().describe('The report of monitoring that called for it; null: a person did.'),
      populationOf: hash.describe('The model whose population’s PD stood in; none of its features was read for it.'),
      text: z.string(),
    })
    .optional()
    .describe(
      'Where no model rates, as its inputs broke: `pd`, `score` and `grade` are the average’s; rules alone tell customers apart, under `decision`.',
    ),
  latePayment: latePaymentSchema.optional(),
  decision: decisionAnswerSchema,
  override: overrideInRatingSchema.nullable(),
  termStructure: z
    .array(
      z.strictObject({
        horizonMonths: z.int(),
        available: z.boolean(),
        pd: z.number().min(0).max(1).nullable(),
        source: z
          .enum(['term-structure', 'champion'])
          .nullable()
          .describe('Whose PD it is: the hazard model’s wherever one is live and has it.'),
        championPd: probability
          .nullable()
          .describe('The champion’s PD, where this is its horizon: what decides and is graded.'),
        text: z.string().nullable().describe('Why it is not available.'),
      }),
    )
    .optional()
    .describe(
      'PDs over horizons: those of `?horizons=`, or, where a hazard model is live, every one that it has. Never extrapolated, never scaled to the champion’s.',
    ),
  termStructureModel: z
    .strictObject({
      name: z.string(),
      hash,
      slot: z.string(),
      championOf: z.enum(['today', 'then']),
      championSince: iso,
      stepMonths: z.int().describe('Months of one step of age.'),
      longestMonths: z.int().describe('The longest age that was observed; beyond it no PD is available.'),
      text: z.string().describe('How its PDs stand to the champion’s.'),
    })
    .optional()
    .describe('Where a hazard model is live. It moves neither PD nor grade nor decision.'),
  nextReview: nextReviewSchema
    .nullable()
    .optional()
    .describe('With `?review=true` only: when the customer is reviewed next; null: not in the calendar (yet).'),
  advice: adviceSchema.optional(),
  notice: noticeSchema.optional(),
  model: z.strictObject({
    name: z.string(),
    hash,
    championOf: z.enum(['today', 'then']).describe('Whose champion rated: today’s, or the past instant’s.'),
    championSince: iso,
    slot: z.string(),
    slotChosenBecause: z.string(),
  }),
  features: z
    .strictObject({ snapshotId: z.string(), snapshotAsOf: iso, factsThrough: z.int() })
    .nullable()
    .describe('What the features were computed from; null where they came in the request.'),
  standards: z.strictObject({ points: z.string(), masterScale: z.string(), policy: z.string() }),
  logOdds: z.number(),
  intercept: z.number(),
  contributions: z
    .array(
      z.strictObject({
        features: z.array(z.string()).min(1).max(2),
        values: z.array(scalar),
        contribution: z.number(),
        reference: z.number().describe('Mean contribution in the training population.'),
      }),
    )
    .optional()
    .describe(
      'With `?contributions=true` only: `intercept` plus these, added from left to right, is `logOdds` to the last bit.',
    ),
});

/** Every error. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  fix: z.string(),
  problems: z.array(z.strictObject({ at: z.string(), message: z.string(), fix: z.string().optional() })),
  requestId: z.string().optional(),
});

/** What POST /v1/events answers. */
export const eventsAnswerSchema = z.strictObject({
  acknowledged: z.int(),
  facts: z.array(
    z.strictObject({
      sequence: z.int().describe('`features.factsThrough` of a rating that saw it is at least this.'),
      knownFrom: iso,
      repeated: z.boolean().describe('Its key was known: nothing was added.'),
      differs: z.boolean().describe('What is stored under its key says something else, and stands.'),
    }),
  ),
});

const roles = z.array(z.enum(ROLES));

/** A key without its secret. */
export const keySchema = z.strictObject({
  keyId: z.string().regex(/^[a-z0-9]{12}$/),
  name: z.string(),
  roles,
  operations: z.array(z.string()).nullable().describe('The only operations that it may call; null: all of its roles’.'),
  purpose: z
    .string()
    .nullable()
    .describe('What looks by it at data of customers are for; null: the purpose of each operation.'),
  createdAt: iso,
  createdBy: z.string(),
  expiresAt: iso,
  revokedAt: iso.nullable(),
  revokedBy: z.string().nullable(),
  replaces: z.string().nullable().describe('The key that it took over from.'),
  lastUsedAt: iso.nullable().describe('To the minute.'),
});

/** A key that was just made. */
export const issuedKeySchema = z.strictObject({
  key: z
    .string()
    .nullable()
    .describe(
      'What its holder sends as `Authorization: Bearer KEY`. In this answer and nowhere else: null where the same Idempotency-Key came again.',
    ),
  ...keySchema.shape,
});

/** What GET /v1/me answers. */
export const meSchema = z.strictObject({
  tenant: z.string(),
  actor: z.string().describe('How records name who acted.'),
  roles,
  operations: z.array(z.string()).describe('Every operation that this key or token may call.'),
  keyId: z.string().nullable(),
  issuer: z.string().nullable().describe('Who issued the token; null for a key.'),
  expiresAt: iso,
});

/** What GET /v1/models/champion answers. */
export const championSchema = z.strictObject({
  champions: z.array(
    z.strictObject({
      slot: z.string(),
      since: iso,
      rulesOnly: z
        .strictObject({ since: iso, reportId: z.string().nullable() })
        .nullable()
        .describe('Since when rules alone rate in its place, and by which report of monitoring (null: by a person).'),
      model: z.strictObject({
        name: z.string(),
        hash,
        target: z.looseObject({}).describe('What the model says the probability of.'),
        features: z.array(
          z.strictObject({
            name: z.string(),
            type: z.string(),
            label: z.record(z.string(), z.string()).nullable(),
            display: z.string().nullable(),
          }),
        ),
        trainedOn: z.strictObject({
          rows: z.int(),
          bads: z.int(),
          period: z.looseObject({}).nullable(),
          trainingSetHash: z.string(),
          featureViews: z.record(z.string(), z.string()),
        }),
        outOfFold: z.looseObject({ auc: z.number(), logLoss: z.number() }),
      }),
    }),
  ),
  snapshot: z.strictObject({ id: z.string(), asOf: iso }).nullable(),
  points: z.looseObject({}).describe('The scale of points.'),
  masterScale: z.looseObject({
    grades: z.array(z.looseObject({ code: z.string(), name: z.string(), pdBelow: z.number() })),
  }),
});

/** What GET /v1/models/challengers answers. */
export const challengersSchema = z.strictObject({
  shadows: z.array(
    z.strictObject({
      shadowId: z.string().describe('Also the key under which its customers are drawn.'),
      slot: z.string(),
      candidateId: z.string(),
      modelHash: hash,
      share: z.number().describe('Share of the slot’s customers whose ratings it scores.'),
      actor: z.string(),
      startedAt: iso,
      endedAt: iso.nullable(),
      endedBy: z.string().nullable(),
      after: z.int().describe('Ratings behind this record of the audit chain are scored,'),
      until: z.int().nullable().describe('up to and with this one; null: still going on.'),
      through: z.int().describe('How far the chain has been read.'),
      scored: z.int(),
      skipped: z.record(z.string(), z.int()).describe('Ratings that it said nothing of, by reason.'),
    }),
  ),
  splits: z.array(
    z.strictObject({
      splitId: z.string().describe('Also the key under which the customers’ arms are drawn.'),
      slot: z.string(),
      candidateId: z.string(),
      modelHash: hash,
      share: z.number().describe('Share of the slot’s customers that it decides for.'),
      actor: z.string(),
      reason: z.string().nullable(),
      from: iso,
      championFrom: iso.describe('The reign that it began in; with that it ends.'),
      until: iso.nullable(),
      endedBy: z.string().nullable(),
      endReason: z.string().nullable(),
    }),
  ),
});

/** What /healthz answers. */
export const statusSchema = z.strictObject({ status: z.string() });

/** What /readyz answers. */
export const readinessSchema = statusSchema.extend({
  customers: z
    .boolean()
    .describe('Whether customers can be rated by their ids: a snapshot is taken up. False: by features alone.'),
});

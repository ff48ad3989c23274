import { JURISDICTIONS } from '../../rating/index.ts';
import { problem, type JsonObject } from './schema.ts';

/** What the query of a rating may ask for beside it. */
export const notice: JsonObject = {
  name: 'notice',
  in: 'query',
  description: 'Adds `notice`: what the customer is told of the decision, as this law asks.',
  schema: { type: 'string', enum: [...JURISDICTIONS] },
};
export const advice: JsonObject = {
  name: 'advice',
  in: 'query',
  description: 'Adds `advice`: the cheapest change that the customer can make to reach the target.',
  schema: { type: 'boolean', default: false },
};
export const target: JsonObject = {
  name: 'target',
  in: 'query',
  description:
    'What advice is to reach: an outcome, with a grade where wanted (`approve:B1`); default: the next better.',
  schema: { type: 'string', pattern: '^(approve|condition|refer)(:[^\\s:]{1,20})?$' },
};
export const horizons: JsonObject = {
  name: 'horizons',
  in: 'query',
  description: 'The months of `termStructure`: the PD over each of them, or that it is not available. 12,24,36',
  schema: { type: 'string', pattern: '^[1-9]\\d{0,2}(,[1-9]\\d{0,2}){0,19}$' },
};
export const contributions: JsonObject = {
  name: 'contributions',
  in: 'query',
  description:
    'Adds `contributions`: what each term and pair added to the log-odds, exact. In a batch, to NDJSON answers.',
  schema: { type: 'boolean', default: false },
};
export const review: JsonObject = {
  name: 'review',
  in: 'query',
  description: 'Adds `nextReview`: when the customer is reviewed next.',
  schema: { type: 'boolean', default: false },
};

const keyHeader = (description: string): JsonObject => ({
  name: 'Idempotency-Key',
  in: 'header',
  description,
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
});

export const idempotencyKey = keyHeader(
  'Recorded once for a key: the same request again answers the same rating, another one is refused (409).',
);
/** Of operations that make what has an id. */
export const makesOnce = keyHeader(
  'Made once for a key: the same request again answers what it made, another one is refused (409).',
);
export const usedForAnother = problem('The Idempotency-Key was used for another request.');

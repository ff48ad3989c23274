import { inQuery, problem, type JsonObject } from './schema.ts';

/** The language of texts. */
export const language: JsonObject = {
  name: 'Accept-Language',
  in: 'header',
  description: 'en (default) or zh-CN',
  schema: { type: 'string' },
};

/** What the query of a rating may ask for beside it. */
export const notice = inQuery('notice', 'Adds `notice`: what the customer is told of the decision, as this law asks.');
export const advice = inQuery(
  'advice',
  'Adds `advice`: the cheapest change that the customer can make to reach the target.',
);
export const target = inQuery(
  'target',
  'What advice is to reach: an outcome, with a grade where wanted (`approve:B1`); default: the next better.',
);
export const horizons = inQuery(
  'horizons',
  'The months of `termStructure`: the PD over each of them, or that it is not available. 12,24,36',
);
export const contributions = inQuery(
  'contributions',
  'Adds `contributions`: what each term and pair added to the log-odds, exact. In a batch, to NDJSON answers.',
);
export const review = inQuery('review', 'Adds `nextReview`: when the customer is reviewed next.');

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

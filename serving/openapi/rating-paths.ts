import { cloudEventTypes } from '../events/cloud-events.ts';
import { mostEvents } from '../events/facts.ts';
import {
  advice,
  contributions,
  horizons,
  idempotencyKey,
  language,
  notice,
  review,
  target,
} from './rating-parameters.ts';
import { content, problem, ref, type JsonObject } from './schema.ts';

const ndjson = 'application/x-ndjson';
const arrow = 'application/vnd.apache.arrow.stream';
const bytes: JsonObject = { type: 'string', format: 'binary' };

/** The operations that rate, tell of models, and take facts in. */
export const ratingPaths: JsonObject = {
  '/v1/ratings': {
    post: {
      operationId: 'rate',
      summary: 'Rate a customer as of an instant, or a set of features',
      parameters: [language, notice, advice, target, horizons, contributions, review, idempotencyKey],
      requestBody: { required: true, ...content('application/json', ref('RatingRequest')) },
      responses: {
        200: { description: 'The rating.', ...content('application/json', ref('Rating')) },
        404: problem('No such customer as of that instant.'),
        409: problem('The Idempotency-Key was used for another request.'),
        410: problem('The customer, or the rating that the Idempotency-Key stands for, was erased.'),
        422: problem('No matching slot, no champion then, or refused by policy.'),
      },
    },
  },
  '/v1/ratings/{ratingId}': {
    get: {
      operationId: 'recordedRating',
      summary: 'A recorded rating, recomputed from its evidence and compared with the answer that was given',
      parameters: [
        language,
        notice,
        advice,
        target,
        horizons,
        contributions,
        review,
        { name: 'ratingId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } },
      ],
      responses: {
        200: { description: 'The rating.', ...content('application/json', ref('Rating')) },
        404: problem('No such rating.'),
        410: problem('The rating was erased.'),
      },
    },
  },
  '/v1/ratings/{ratingId}/advice': {
    get: {
      operationId: 'ratingAdvice',
      summary: 'What the customer could do about a recorded decision, from its evidence: always the same',
      parameters: [
        language,
        target,
        { name: 'ratingId', in: 'path', required: true, schema: { type: 'string', maxLength: 40 } },
      ],
      responses: {
        200: { description: 'The advice, or why there is none.', ...content('application/json', ref('Advice')) },
        404: problem('No such rating.'),
        410: problem('The rating was erased.'),
      },
    },
  },
  '/v1/ratings:batch': {
    post: {
      operationId: 'rateBatch',
      summary: 'Rate a stream of rows; one answer a row, in order, errors included. Read while you send.',
      parameters: [language, contributions],
      requestBody: { required: true, content: { [ndjson]: { schema: bytes }, [arrow]: { schema: bytes } } },
      responses: {
        200: { description: 'The answers.', content: { [ndjson]: { schema: bytes }, [arrow]: { schema: bytes } } },
      },
    },
  },
  '/v1/models/champion': {
    get: {
      operationId: 'champion',
      summary: 'The champion of each slot, its features, and the scales',
      parameters: [language],
      responses: {
        200: { description: 'The champions.', ...content('application/json', ref('Champions')) },
      },
    },
  },
  '/v1/models/challengers': {
    get: {
      operationId: 'challengers',
      summary: 'The challengers beside champions: shadows and what they have scored, and traffic splits',
      responses: {
        200: { description: 'The challengers, newest first.', ...content('application/json', ref('Challengers')) },
      },
    },
  },
  '/v1/events': {
    post: {
      operationId: 'events',
      summary: 'Report facts, as rows or as CloudEvents 1.0; acknowledged means durable, and seen by the next rating',
      requestBody: {
        required: true,
        content: {
          'application/json': { schema: ref('Events') },
          [cloudEventTypes.single]: { schema: ref('CloudEvent') },
          [cloudEventTypes.batch]: {
            schema: { type: 'array', items: ref('CloudEvent'), minItems: 1, maxItems: mostEvents },
          },
        },
      },
      responses: {
        201: { description: 'Acknowledged.', ...content('application/json', ref('Acknowledgement')) },
        410: problem('Some facts are about customers who were erased; none was stored.'),
      },
    },
  },
};

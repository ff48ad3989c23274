import { z } from 'zod';
import { isoInstant, isJsonObject, plainText } from '../http/parse.ts';
import { factsSchema, requestSchema } from './decision-request.ts';

/** Body of POST /v1/ratings, and each row of a batch. */
export const ratingRequestSchema = z
  .strictObject({
    customerId: plainText(200)
      .min(1)
      .optional()
      .meta({ description: 'The customer to rate; features are computed as of then.' }),
    features: z
      .custom<{ readonly [name: string]: unknown }>(isJsonObject, 'Send an object: feature names and values.')
      .optional()
      .meta({
        description: 'Feature values by name, instead of a customer; names left out are missing.',
        type: 'object',
        additionalProperties: { type: ['number', 'string', 'boolean', 'null'] },
      }),
    asOf: isoInstant
      .optional()
      .meta({ description: 'Rate with what was known by then; default: now. Not in the future.' }),
    model: z
      .enum(['today', 'then'])
      .optional()
      .meta({ description: 'For a past instant: today’s champion (default), or the champion of that instant.' }),
    portfolio: plainText(63).min(1).optional().meta({ description: 'Portfolio whose slots are asked.' }),
    segment: plainText(63)
      .min(1)
      .optional()
      .meta({ description: 'Segment for the choice of slot, with `features`; a customer’s own is known.' }),
    horizonMonths: z.int().min(1).max(600).optional().meta({ description: 'Months that the PD is to be over.' }),
    request: requestSchema.optional().meta({ description: 'What is asked for, for the decision.' }),
    facts: factsSchema
      .optional()
      .meta({ description: 'What is known of the customer beside features; what is left out is not known.' }),
    dryRun: z
      .boolean()
      .optional()
      .meta({ description: 'Rate without recording: no ratingId, no receipt, nothing to prove later.' }),
  })
  .superRefine((request, context) => {
    const { customerId, features, segment } = request;
    if ((customerId === undefined) === (features === undefined))
      context.addIssue({ code: 'custom', path: [], message: 'Send either customerId or features.' });
    if (customerId !== undefined && segment !== undefined)
      context.addIssue({ code: 'custom', path: ['segment'], message: 'A customer’s segment is taken from the data.' });
  });

export type RatingRequest = z.output<typeof ratingRequestSchema>;

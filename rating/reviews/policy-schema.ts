import { z } from 'zod';

const months = z.int().min(1).max(60);

/** When customers are reviewed, as data. Amounts are in major units of the rule set's currency. */
export const reviewPolicySchema = z.strictObject({
  name: z.string().min(1),
  version: z.int().min(1),
  /** Months from one review to the next, by the class of the grade. */
  months: z.strictObject({ high: months, middle: months, low: months }),
  /** Exposures from `from` on are reviewed at least every so many months; null: exposure does not matter. */
  large: z.strictObject({ from: z.number().min(0), months }).nullable(),
  /** Days before its due date that a periodic review is opened. */
  leadDays: z.int().min(0).max(90),
  /** Days within which a review is due that an event opened. */
  eventDays: z.int().min(1).max(90),
  /** Days before a review is due on which it is reminded of. */
  remindDays: z.array(z.int().min(0).max(90)).max(10).default([7, 1]),
  /** Days that a limit which a review lowered, or an end of credit, stands at most where no later review says otherwise. */
  standsDays: z.int().min(1).max(3660).default(730),
  /** What opens a review at once. */
  events: z.strictObject({
    /** A grade worse by so many than at the last review; null: no such event. */
    gradesWorse: z.int().min(1).nullable(),
    /** More is drawn than the limit supports. */
    limitBreach: z.boolean(),
    /** A document on file has expired. */
    documentLapsed: z.boolean(),
    /** A guarantor who is a customer has a grade worse by so many (as `gradesWorse`). */
    guarantorWorse: z.boolean(),
    /** A dispute of the customer was upheld. */
    disputeUpheld: z.boolean().default(true),
  }),
});

export type ReviewPolicy = z.output<typeof reviewPolicySchema>;

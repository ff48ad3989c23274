import { z } from 'zod';
import { ROLES } from '../../base/roles.ts';
import { WARNING_LEVELS } from './levels.ts';

const text = z.strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) });
const code = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);
/** A minute: a deadline of less would have the clock act on a warning without a rest. */
const LEAST_HOURS = 1 / 60;
const hours = z
  .number()
  .min(LEAST_HOURS)
  .max(24 * 365);
const days = z
  .number()
  .min(LEAST_HOURS / 24)
  .max(365);

const level = z.strictObject({
  label: text,
  /** Hours within which somebody must acknowledge it. */
  acknowledgeHours: hours,
  /** Days within which it must be closed. */
  closeDays: days,
});

const measure = z.strictObject({
  code,
  label: text,
  /** What is to be done, in words. */
  text,
  /** Who carries it out: the ERP, told by an instruction that it confirms, or a person, who confirms it. */
  by: z.enum(['erp', 'person']),
  /** Exposure up to which it runs without an approval, in major units of the rule set's currency; null: always needs one. */
  automaticUpTo: z.number().min(0).nullable(),
  /** The role, or a higher one, that may approve it. */
  approval: z.enum(ROLES),
  /** Days within which it must be carried out once it is approved. */
  dueDays: days,
  undoable: z.boolean(),
  /** Whether closing the warning takes it back where it is in force. */
  untilClosed: z.boolean().default(false),
});

const response = z.strictObject({
  /** Code of the warning; null: any. */
  warning: z.string().min(1).nullable(),
  /** Level from which on; null: any. */
  from: z.enum(WARNING_LEVELS).nullable(),
  measures: z.array(code).min(1),
});

const staff = z.strictObject({
  /** The segment of customers that they look after; null: all others. */
  segment: z.string().min(1).nullable(),
  owner: z.string().min(1),
  deputy: z.string().min(1).nullable(),
});

/**
 * How early warnings are handled, as data: deadlines by level, the catalogue of countermeasures, which are recommended against what, who looks
 * after whom, and who may act. Amounts are in major units of the rule set's currency.
 */
export const warningHandlingSchema = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    levels: z.strictObject({ watch: level, warning: level, critical: level }),
    /** Roles that act on warnings, from the lowest; what is ignored goes one up. */
    ladder: z.array(z.enum(ROLES)).min(1),
    /** Hours that the next of the ladder has, once a warning was ignored or is overdue. */
    escalationHours: hours,
    /** Days for which a warning can be put off, at most. */
    snoozeDays: days,
    /** Whether a warning whose trigger has ceased closes by itself where no countermeasure was taken. */
    ceasedCloses: z.boolean(),
    measures: z.array(measure).min(1),
    /** The first that fits a warning recommends its countermeasures. */
    responses: z.array(response).min(1),
    staff: z.array(staff),
  })
  .superRefine(({ measures, responses, ladder, staff: people }, context) => {
    const complain = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const known = new Set(measures.map((each) => each.code));
    measures.forEach((each, i) => {
      if (measures.findIndex((other) => other.code === each.code) < i)
        complain(['measures', i, 'code'], 'This countermeasure stands twice.');
      if (each.untilClosed && !each.undoable)
        complain(['measures', i, 'untilClosed'], 'What cannot be undone does not end with the warning.');
      if (!ladder.includes(each.approval))
        complain(['measures', i, 'approval'], 'The role is not one of the ladder: nobody could approve it.');
    });
    responses.forEach((each, i) =>
      each.measures.forEach((name, j) => {
        if (!known.has(name)) complain(['responses', i, 'measures', j], 'This countermeasure is not in the catalogue.');
      }),
    );
    if (new Set(ladder).size < ladder.length) complain(['ladder'], 'A role stands twice.');
    people.forEach((each, i) => {
      if (people.findIndex((other) => other.segment === each.segment) < i)
        complain(['staff', i, 'segment'], 'This segment stands twice.');
    });
  });

export type WarningHandling = z.output<typeof warningHandlingSchema>;
export type Countermeasure = WarningHandling['measures'][number];

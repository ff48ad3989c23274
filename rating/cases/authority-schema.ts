import { z } from 'zod';
import { ROLES } from '../../base/roles.ts';

/** At least a minute: with less, the clock would hand cases on without a rest. */
const hours = z
  .number()
  .min(1 / 60)
  .max(24 * 365);

/**
 * Who may decide a referred case, as data. Amounts are in major units of the rule set's currency: a level decides exposures up to its own
 * amount (null: any).
 */
export const authoritySchema = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    levels: z
      .array(
        z.strictObject({
          queue: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
          role: z.enum(ROLES),
          upTo: z.number().min(0).nullable(),
        }),
      )
      .min(1),
    /** Exposures from here on need two people (four eyes); null: none does. */
    fourEyesFrom: z.number().min(0).nullable(),
    /** Hours until a case that nobody decided goes to the next level. */
    deadlineHours: hours,
    /** Hours that the next level has, then. */
    escalationHours: hours,
  })
  .superRefine(({ levels }, context) => {
    const complain = (at: number, message: string): void =>
      context.addIssue({ code: 'custom', path: ['levels', at], message });
    levels.forEach(({ upTo, queue }, i) => {
      const last = i === levels.length - 1;
      if (last !== (upTo === null)) complain(i, 'The last level, and no other, decides any amount (upTo: null).');
      const before = levels[i - 1]?.upTo;
      if (!last && before !== undefined && before !== null && upTo !== null && upTo <= before)
        complain(i, 'Levels must ascend by their amounts.');
      if (levels.findIndex((other) => other.queue === queue) < i) complain(i, 'This queue stands twice.');
    });
  });

export type AuthorityLimits = z.output<typeof authoritySchema>;

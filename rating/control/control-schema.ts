import { z } from 'zod';

const text = z.strictObject({ en: z.string().min(1), 'zh-CN': z.string().min(1) });
const share = z.number().min(0).max(1);

/**
 * What the control report holds teams to, as data. Who is in no team counts as the rest.
 */
export const controlPolicySchema = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    /** Customers below which nothing is concluded. */
    minimumSample: z.int().min(2).max(10_000),
    /** Level of the intervals. */
    level: z.number().min(0.5).max(0.999),
    teams: z
      .array(
        z.strictObject({
          code: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/),
          label: text,
          /** People, as records name who acts. */
          members: z.array(z.string().min(1)).default([]),
          /** Queues of reviews whose unassigned reviews are theirs. */
          queues: z.array(z.string().min(1)).default([]),
        }),
      )
      .max(200),
    targets: z.strictObject({
      /** At most this share of reviews is overdue. */
      reviewsOverdue: share,
      /** At least this share of warnings is acted on in time. */
      warningsInTime: share,
    }),
  })
  .superRefine(({ teams }, context) => {
    const complain = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    teams.forEach(({ code, members, queues }, i) => {
      if (code === REST || teams.findIndex((other) => other.code === code) < i)
        complain(['teams', i, 'code'], 'This team stands twice, or has the name of the rest.');
      for (const member of members)
        if (teams.slice(0, i).some((other) => other.members.includes(member)))
          complain(['teams', i, 'members'], 'One of these people is in an earlier team, too.');
      for (const queue of queues)
        if (teams.slice(0, i).some((other) => other.queues.includes(queue)))
          complain(['teams', i, 'queues'], 'One of these queues is an earlier team’s, too.');
    });
  });

export type ControlPolicy = z.output<typeof controlPolicySchema>;

/** The team of all who are in none. */
export const REST = 'rest';

import { z } from 'zod';
import { LANGUAGES } from '../../base/language.ts';
import { ROLES } from '../../base/roles.ts';
import { WARNING_LEVELS } from '../warnings/levels.ts';

/** The reports that people may subscribe to. */
export const REPORT_KINDS = ['portfolio', 'customer', 'control'] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** From which level on something goes out by e-mail as well; `never`: it stays in the inbox. */
const emailFrom = z.enum([...WARNING_LEVELS, 'never']);

/** Minutes that e-mails wait for each other, to come as one; 0: each comes at once. */
const digestMinutes = z
  .int()
  .min(0)
  .max(7 * 24 * 60);

const person = z.strictObject({
  /** As records name who acts, and as the staff of warnings are named: the subject of a token, or `key:NAME`. */
  actor: z.string().min(1).max(200),
  email: z.email(),
  language: z.enum(LANGUAGES),
  /** What is told to one of these roles goes to this person, too. */
  roles: z.array(z.enum(ROLES)).default([]),
  /** Null: as everybody. */
  emailFrom: emailFrom.nullable().default(null),
  /** Null: as everybody. */
  digestMinutes: digestMinutes.nullable().default(null),
});

/**
 * Who is told of what, and how, as data. Everything is in the inbox of its recipient, a person or a role; this says what leaves by e-mail as well, to
 * whom, and who gets which report.
 */
export const alertingSchema = z
  .strictObject({
    name: z.string().min(1),
    version: z.int().min(1),
    emailFrom,
    digestMinutes: digestMinutes.default(0),
    /** Minutes after which an e-mail that no server took is undeliverable: the next in line is told. */
    giveUpMinutes: z
      .number()
      .min(1)
      .max(7 * 24 * 60),
    people: z.array(person).max(10_000),
    /** Roles that are told of alarms of models. */
    monitoring: z.array(z.enum(ROLES)).min(1),
    /** Roles that are told of what a daily reconciliation could not mend. */
    reconciliation: z.array(z.enum(ROLES)).min(1).default(['admin']),
    /** Roles that are told of webhooks whose receiver takes nothing. */
    webhooks: z.array(z.enum(ROLES)).min(1).default(['admin']),
    /** Hours before the deadline of a referred case from which those whose turn it is are told that it is near. */
    caseNearHours: z
      .number()
      .min(0)
      .max(24 * 30)
      .default(4),
    subscriptions: z.array(z.strictObject({ report: z.enum(REPORT_KINDS), role: z.enum(ROLES), email: z.boolean() })),
  })
  .superRefine(({ people, subscriptions }, context) => {
    people.forEach(({ actor }, i) => {
      if (people.findIndex((other) => other.actor === actor) < i)
        context.addIssue({ code: 'custom', path: ['people', i, 'actor'], message: 'This person stands twice.' });
    });
    subscriptions.forEach(({ report, role }, i) => {
      if (subscriptions.findIndex((other) => other.report === report && other.role === role) < i)
        context.addIssue({ code: 'custom', path: ['subscriptions', i], message: 'This subscription stands twice.' });
    });
  });

export type Alerting = z.output<typeof alertingSchema>;
export type AlertedPerson = Alerting['people'][number];

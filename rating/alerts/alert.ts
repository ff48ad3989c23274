import { sha256 } from '../../base/hash.ts';
import type { Role } from '../../base/roles.ts';
import { WARNING_LEVELS, type WarningLevel } from '../warnings/levels.ts';
import type { Texts } from '../texts.ts';
import type { ModelAlarm } from './alarms.ts';
import type { AlertedPerson, Alerting, ReportKind } from './alerting-schema.ts';

/** Whose inbox something is in: one person's, or that of everybody with a role. */
export type Recipient =
  { readonly kind: 'person'; readonly name: string } | { readonly kind: 'role'; readonly name: Role };

/** What people are told of. */
export const ALERT_KINDS = [
  'warning',
  'monitoring',
  'report',
  'reconciliation',
  'webhook',
  'dispute',
  'case',
  'review',
] as const;

/** Why somebody is told. */
export const ALERT_CAUSES = [
  'raised',
  'escalated',
  'woken',
  'assigned',
  'approval-needed',
  'measure-failed',
  'alarm',
  'report',
  'left',
  'given-up',
  'due-soon',
  'overdue',
] as const;
export type AlertCause = (typeof ALERT_CAUSES)[number];

/** What the text of an alert is made of: no name of a customer, for it leaves by e-mail. Amounts in major units. */
export interface AlertFacts {
  /** Code of the warning or alarm, or which report. */
  readonly code: string;
  /** What that means; null: the code says it. */
  readonly meaning: Texts | null;
  readonly exposure: number | null;
  /** By when it is to be acknowledged or acted on; null: by no time. */
  readonly dueBy: string | null;
  /** Countermeasures, as the catalogue names them. */
  readonly measures: readonly string[];
}

/** Something that one recipient is told, once. */
export interface Alert {
  /** Hash of what is told and to whom: telling it twice is telling it once. */
  readonly alertId: string;
  readonly kind: (typeof ALERT_KINDS)[number];
  readonly cause: AlertCause;
  /** Id of the warning, alarm, report, or of what is due. */
  readonly about: string;
  readonly level: WarningLevel;
  readonly customerId: string | null;
  readonly to: Recipient;
  /** Who is told where it cannot be delivered, in turn. */
  readonly next: readonly Recipient[];
  /** Who could not be reached before; empty: nobody. */
  readonly insteadOf: string;
  readonly facts: AlertFacts;
  /** ISO. */
  readonly at: string;
}

/** An alert named by what is told; `key` tells apart what may be told again of the same thing. */
export function alertOf(alert: Omit<Alert, 'alertId' | 'insteadOf'>, key: string): Alert {
  const { kind, cause, about, to } = alert;
  return {
    ...alert,
    alertId: sha256(`${kind} ${about} ${cause} ${key} ${to.kind} ${to.name}`).slice(0, 32),
    insteadOf: '',
  };
}

/** The alert for the next in line where nobody could be reached; null: there is none. */
export function escalatedAlert(alert: Alert, at: string): Alert | null {
  const [to, ...next] = alert.next;
  if (to === undefined) return null;
  const alertId = sha256(`${alert.alertId} undeliverable ${to.kind} ${to.name}`).slice(0, 32);
  return { ...alert, alertId, to, next, insteadOf: alert.to.name, at };
}

/** A person whom an e-mail tells of an alert, and when. */
export interface MailedPerson extends AlertedPerson {
  /** ISO instant from which it is sent: at once, or with others as one. */
  readonly mailAt: string;
}

const MINUTE = 60_000;

/**
 * When a person is told of an alert by e-mail: at the end of the person's digest (periods count from 1970, so that what waits comes together), or at once where it is critical, or
 * is to be acted on before that.
 */
export function mailAt({ level, facts, at }: Pick<Alert, 'level' | 'facts' | 'at'>, digestMinutes: number): string {
  const period = digestMinutes * MINUTE;
  if (period === 0 || level === 'critical') return at;
  const end = (Math.floor(Date.parse(at) / period) + 1) * period;
  return facts.dueBy !== null && Date.parse(facts.dueBy) <= end ? at : new Date(end).toISOString();
}

/** Who is told of an alert by e-mail: the person, or those with the role, as far as data give an address and its level is one for e-mails. */
export function mailedPeople(
  alert: Pick<Alert, 'kind' | 'level' | 'to' | 'facts' | 'at'>,
  alerting: Alerting,
): readonly MailedPerson[] {
  return addressedPeople(alert, alerting).map((person) => ({
    ...person,
    mailAt: mailAt(alert, person.digestMinutes ?? alerting.digestMinutes),
  }));
}

function addressedPeople(
  { kind, level, to, facts }: Pick<Alert, 'kind' | 'level' | 'to' | 'facts'>,
  alerting: Alerting,
): readonly AlertedPerson[] {
  const { people, subscriptions } = alerting;
  const addressed = people.filter(({ actor, roles }) =>
    to.kind === 'person' ? actor === to.name : roles.includes(to.name),
  );
  if (kind === 'report')
    return subscriptions.some(({ report, role, email }) => email && report === facts.code && role === to.name)
      ? addressed
      : [];
  return addressed.filter(({ emailFrom }) => {
    const from = emailFrom ?? alerting.emailFrom;
    return from !== 'never' && WARNING_LEVELS.indexOf(level) >= WARNING_LEVELS.indexOf(from);
  });
}

/** What the roles that follow models are told of an alarm. */
export function monitoringAlerts(alarm: ModelAlarm, { monitoring }: Alerting): readonly Alert[] {
  const { alarmId: about, level, code, meaning, at } = alarm;
  return roleAlerts(monitoring, { kind: 'monitoring', cause: 'alarm', about, level, code, meaning, at });
}

/** What each of some roles is told, of no customer; where one of them cannot be reached, the one after it is. `key` as in `alertOf`. */
function roleAlerts(
  roles: readonly Role[],
  told: Pick<Alert, 'kind' | 'cause' | 'about' | 'level' | 'at'> & Pick<AlertFacts, 'code' | 'meaning'>,
  key = '',
): readonly Alert[] {
  const { kind, cause, about, level, at, code, meaning } = told;
  return roles.map((role, i) =>
    alertOf(
      {
        kind,
        cause,
        about,
        level,
        customerId: null,
        to: { kind: 'role', name: role },
        next: roles.slice(i + 1, i + 2).map((name) => ({ kind: 'role', name })),
        facts: { code, meaning, exposure: null, dueBy: null, measures: [] },
        at,
      },
      key,
    ),
  );
}

/** A webhook that was paused because its receiver took nothing. */
export interface GivenUpWebhook {
  readonly webhookId: string;
  readonly name: string;
  /** Since when it is paused, ISO. */
  readonly at: string;
}

/** What the roles that run webhooks are told of one that was given up: until somebody lets it go on, nobody is told of changes through it, instructions included. */
export function webhookAlerts(
  { webhookId: about, name, at }: GivenUpWebhook,
  { webhooks }: Alerting,
): readonly Alert[] {
  const meaning = {
    en: `The webhook "${name}" is paused: its receiver is gone, or took nothing for a day. Instructions do not reach it.`,
    'zh-CN': `Webhook“${name}”已暂停：接收端已下线，或连续一天未接收。处置指令无法送达。`,
  };
  const told = { kind: 'webhook', cause: 'given-up', about, level: 'critical', code: 'WEBHOOK', meaning, at } as const;
  return roleAlerts(webhooks, told, at);
}

/** What a daily reconciliation left for people to look at. */
export interface UnsettledReconciliation {
  readonly reconciliationId: string;
  readonly at: string;
  readonly findings: readonly {
    readonly kind: string;
    readonly source: string | null;
    readonly table: string | null;
    readonly count: number;
  }[];
}

/**
 * What the roles that follow data are told of reconciliations (newest first, at most `limit` were read): of each, what the one before it did not leave.
 * Of the oldest that was read, nothing, where there may be older ones: it was told of before.
 */
export function reconciliationAlerts(
  days: readonly UnsettledReconciliation[],
  limit: number,
  { reconciliation }: Alerting,
): readonly Alert[] {
  return days.flatMap(({ reconciliationId: about, at, findings }, day) => {
    const before = days[day + 1]?.findings ?? (days.length < limit ? [] : findings);
    const known = new Set(before.map(findingName));
    const fresh = findings.filter((each) => !known.has(findingName(each)));
    if (fresh.length === 0) return [];
    const meaning = leftText(fresh);
    return roleAlerts(reconciliation, {
      kind: 'reconciliation',
      cause: 'left',
      about,
      level: 'warning',
      code: 'RECONCILIATION',
      meaning,
      at,
    });
  });
}

type Finding = UnsettledReconciliation['findings'][number];

const findingName = ({ kind, source, table }: Finding): string => JSON.stringify([kind, source, table]);

/** Each kind of finding with how many sources and tables it is about. */
function leftText(findings: readonly Finding[]): Texts {
  const counts = [...new Set(findings.map(({ kind }) => kind))].map((kind) => ({
    words: RECONCILIATION_WORDS[kind],
    count: findings.filter((each) => each.kind === kind).length,
  }));
  return {
    en: counts.map(({ words, count }) => `${words?.en ?? ''}: ${count}`).join('; '),
    'zh-CN': counts.map(({ words, count }) => `${words?.['zh-CN'] ?? ''}：${count}`).join('；'),
  };
}

/** What each kind of finding means. */
const RECONCILIATION_WORDS: { readonly [kind: string]: Texts } = {
  'facts-refused': { en: 'Reported facts that the import refuses', 'zh-CN': '已上报但导入被拒的数据' },
  'snapshot-differs': { en: 'The snapshot differs from the warehouse', 'zh-CN': '快照与数据仓库不一致' },
  'statement-differs': { en: 'A source states other figures', 'zh-CN': '数据源对账不符' },
  'statement-late': { en: 'A source has not stated what it holds', 'zh-CN': '数据源未按期提交对账单' },
  'source-stale': { en: 'A source is older than it promises', 'zh-CN': '数据源更新超期' },
};

/** What the roles that subscribed to a report are told of a new one. */
export function reportAlerts(
  report: {
    readonly reportId: string;
    readonly report: ReportKind;
    readonly customerId: string | null;
    readonly at: string;
  },
  { subscriptions }: Alerting,
): readonly Alert[] {
  const { reportId: about, report: code, customerId, at } = report;
  return subscriptions
    .filter((each) => each.report === code)
    .map(({ role }) =>
      alertOf(
        {
          kind: 'report',
          cause: 'report',
          about,
          level: 'watch',
          customerId,
          to: { kind: 'role', name: role },
          next: [],
          facts: { code, meaning: null, exposure: null, dueBy: null, measures: [] },
          at,
        },
        '',
      ),
    );
}

import type { Logger } from 'pino';
import { epochMillis, instant, type Clock, type MailConfig, type Tenant } from '../../base/index.ts';
import {
  escalatedAlert,
  instructionsOf,
  mailedPeople,
  modelAlarms,
  monitoringAlerts,
  reconciliationAlerts,
  warningAlerts,
  webhookAlerts,
  type Alert,
  type Alerting,
  type EarlyWarning,
  type GivenUpWebhook,
  type ModelLook,
  type Texts,
  type UnsettledReconciliation,
  type WarningHandling,
} from '../../rating/index.ts';
import { createAlertMails, createAlerts, createToldWarnings } from '../../records/alerts/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import { instructionRecord, recordOfAlert, triggerRecord } from '../../records/changes/index.ts';
import type { Database } from '../../records/database/index.ts';
import type { Pseudonyms } from '../../records/ratings/index.ts';
import type { AlertDesk } from '../alerts/desk.ts';
import { alertMailSource } from '../alerts/outbox.ts';
import { startOutbox } from '../mail/outbox.ts';
import { smtpMailer } from '../mail/smtp.ts';
import { deadlineStep, type DeadlineLaw } from './deadline-alerts.ts';
import { lookLoop } from './look-loop.ts';

/** The inboxes of a project, and the loop behind them. */
export interface RunningAlerts {
  readonly desk: AlertDesk;
  start(): void;
  close(): Promise<void>;
}

const AT_ONCE = 200;
const LOOK_MS = 250;
const ALARMS_MS = 5_000;
/** Of every slot some days of looks, however many slots a tenant follows. */
const LOOKS = 2_000;
const DAYS = 10;
/** What is older has been told; it may have gone by a retention rule, whose least is a month. */
const TOLD_MS = 27 * 86_400_000;
/** E-mails on their way at once: a mail server takes its time for each. */
const PARALLEL = 4;

/**
 * Composes who is told of warnings: a loop finds steps of warnings that nobody was told of, puts instructions to the ERP into the audit chain, and
 * alerts for people into inboxes in one transaction with their e-mails, which an outbox sends.
 * Any number of servers may run it: an alert is named by what it tells and to whom.
 */
export function composeAlerts(of: {
  readonly tenant: Tenant;
  readonly database: Database;
  readonly alerting: Alerting;
  readonly handling: WarningHandling;
  /** What codes of warnings mean, as the rules in force say. */
  readonly meanings: () => Promise<ReadonlyMap<string, Texts>>;
  readonly appender: Pick<Appender, 'append'>;
  readonly pseudonyms: Pseudonyms;
  /** The newest looks at models, newest first. */
  readonly looks: (limit: number) => Promise<readonly ModelLook[]>;
  /** The newest daily reconciliations, newest first. */
  readonly reconciliations: (limit: number) => Promise<readonly UnsettledReconciliation[]>;
  /** Webhooks that were paused because their receiver took nothing. */
  readonly givenUpWebhooks: () => Promise<readonly GivenUpWebhook[]>;
  /** Whose turn disputes, cases and reviews are; null: nobody is told of their deadlines. */
  readonly deadlines: DeadlineLaw | null;
  readonly mail: MailConfig | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly lookMs?: number;
}): RunningAlerts {
  const {
    tenant,
    database,
    alerting,
    handling,
    meanings,
    looks,
    reconciliations,
    givenUpWebhooks,
    appender,
    pseudonyms,
    mail,
    clock,
    logger,
    lookMs = LOOK_MS,
  } = of;
  const mailed =
    mail === null ? () => [] : (alert: Parameters<typeof mailedPeople>[0]) => mailedPeople(alert, alerting);
  const alerts = createAlerts(database, tenant, mailed);
  const mails = createAlertMails(database, tenant, mailed, escalatedAlert);
  const warnings = createToldWarnings(database, tenant, mailed);
  const outbox =
    mail === null
      ? null
      : startOutbox({
          source: alertMailSource(mails, alerting, handling),
          mailer: smtpMailer(mail),
          clock,
          logger,
          lookMs,
          parallel: PARALLEL,
        });

  /** Puts into the chain what the change feed, and with it the ERP and webhooks, is to be told of. Again, it changes nothing. */
  const record = async (warning: EarlyWarning): Promise<void> => {
    const subject = pseudonyms.of(warning.customerId);
    const records = instructionsOf(warning).map((each) => instructionRecord(subject, each));
    // Of what a rating shows the rating tells.
    if ('signals' in warning.raisedBy) {
      records.unshift(triggerRecord(subject, warning, true));
      if (warning.ceasedAt !== null || warning.state === 'closed') records.push(triggerRecord(subject, warning, false));
    }
    for (const each of records) await appender.append(each);
  };
  /** Alerts of the last days whose records this process has put there, so that they are not asked for again at every look. */
  const recorded = new Set<string>();
  /** Puts into the chain what systems are to be told of alerts. Again, it changes nothing. */
  const recordAlerts = async (found: readonly Alert[]): Promise<void> => {
    for (const alert of found) {
      const told = recordOfAlert(alert.customerId === null ? null : pseudonyms.of(alert.customerId), alert);
      const key = told?.once?.key;
      if (told === null || key === undefined || recorded.has(key)) continue;
      await appender.append(told);
      if (alert.kind !== 'warning') recorded.add(key);
    }
  };
  const tell = async (): Promise<void> => {
    for (;;) {
      const untold = await warnings.untold(AT_ONCE);
      if (untold.length === 0) return;
      await Promise.all(untold.map(({ warning }) => record(warning)));
      const texts = await meanings();
      const at = clock.now();
      const found = untold.flatMap(({ warning, events, told }) =>
        warningAlerts(warning, events, told, { handling, meaning: texts.get(warning.code) ?? null, at }),
      );
      await recordAlerts(found);
      await warnings.tell(
        untold.map(({ warning: { warningId }, revision }) => ({ warningId, revision })),
        found,
      );
      void outbox?.flush();
      if (untold.length < AT_ONCE) return;
    }
  };
  let lookFrom = 0;
  const tellAlarms = async (): Promise<void> => {
    if (Date.now() < lookFrom) return;
    const alarms = modelAlarms(await looks(LOOKS), LOOKS);
    const found = [
      ...alarms.flatMap((alarm) => monitoringAlerts(alarm, alerting)),
      ...reconciliationAlerts(await reconciliations(DAYS), DAYS, alerting),
      ...(await givenUpWebhooks()).flatMap((webhook) => webhookAlerts(webhook, alerting)),
    ];
    const from = instant(epochMillis(clock.now()) - TOLD_MS);
    const recent = found.filter(({ at }) => at >= from);
    await recordAlerts(recent);
    await alerts.put(recent);
    // Models and copies of data are looked at by the day.
    lookFrom = Date.now() + ALARMS_MS;
  };
  const tellDeadlines =
    of.deadlines === null
      ? []
      : [
          deadlineStep(
            { tenant, database, alerting, mailed, clock, told: () => void outbox?.flush(), everyMs: of.lookMs },
            of.deadlines,
          ),
        ];
  const loop = lookLoop('alerts', [tell, tellAlarms, ...tellDeadlines], { logger, lookMs });
  return {
    desk: { ...alerts, handling, counts: () => mails.counts() },
    start: () => loop.start(),
    async close() {
      await loop.stop();
      await outbox?.close();
    },
  };
}

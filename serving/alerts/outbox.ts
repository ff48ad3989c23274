import { instant, sha256 } from '../../base/index.ts';
import { alertText, digestText, mailAt, type Alerting, type WarningHandling } from '../../rating/index.ts';
import type { AlertMail, AlertMails } from '../../records/alerts/index.ts';
import type { Outgoing, OutboxSource } from '../mail/outbox.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
/** E-mails of digests that are joined at once, at most. */
const MOST_JOINED = 200;

/**
 * The e-mails of alerts that wait to be sent, each in the language of whom it tells; those that waited for a person's digest as one letter. Who has no address any more is
 * not reached.
 */
export function alertMailSource(
  mails: Pick<AlertMails, 'claim' | 'settle'>,
  alerting: Alerting,
  handling: WarningHandling,
): OutboxSource {
  const giveUpMs = alerting.giveUpMinutes * 60_000;
  const people = new Map(alerting.people.map((person) => [person.actor, person]));
  /** When it was to be sent. */
  const dueAt = ({ alert, actor }: AlertMail): string =>
    mailAt(alert, people.get(actor)?.digestMinutes ?? alerting.digestMinutes);
  const outgoing = (joined: readonly [AlertMail, ...AlertMail[]]): Outgoing => {
    const [first] = joined;
    const person = people.get(first.actor);
    const alerts = joined.map(({ alert }) => alert);
    const text = (language: NonNullable<typeof person>['language']) =>
      joined.length === 1 ? alertText(first.alert, handling, language) : digestText(alerts, handling, language);
    const from = Math.min(...joined.map((mail) => Math.max(Date.parse(mail.createdAt), Date.parse(dueAt(mail)))));
    const ids = alerts.map(({ alertId }) => alertId).toSorted();
    return {
      id: sha256(`${ids.join(' ')} ${first.actor}`).slice(0, 32),
      attempts: Math.max(...joined.map(({ attempts }) => attempts)),
      letter: person === undefined ? null : { to: person.email, ...text(person.language) },
      retryAt: (at, attempts) => {
        const next = Date.parse(at) + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
        return next > from + giveUpMs ? null : instant(next);
      },
      settle: async ({ at, ...fate }) => {
        for (const mail of joined) await mails.settle(mail, fate, at);
      },
    };
  };
  return {
    async claim(now, until, limit) {
      const claimed = await mails.claim(now, until, alerting.people.some(isDigested(alerting)) ? MOST_JOINED : limit);
      const digests = new Map<string, [AlertMail, ...AlertMail[]]>();
      const alone: AlertMail[] = [];
      for (const mail of claimed) {
        const digest = digests.get(mail.actor);
        if (dueAt(mail) === mail.alert.at) alone.push(mail);
        else if (digest === undefined) digests.set(mail.actor, [mail]);
        else digest.push(mail);
      }
      return [...alone.map((mail) => outgoing([mail])), ...[...digests.values()].map(outgoing)];
    },
  };
}

const isDigested =
  ({ digestMinutes }: Alerting) =>
  (person: Alerting['people'][number]): boolean =>
    (person.digestMinutes ?? digestMinutes) > 0;

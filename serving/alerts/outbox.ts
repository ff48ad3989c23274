import { instant, sha256 } from '../../base/index.ts';
import { alertText, type Alerting, type WarningHandling } from '../../rating/index.ts';
import type { AlertMails } from '../../records/alerts/index.ts';
import type { Outgoing, OutboxSource } from '../mail/outbox.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** The e-mails of alerts that wait to be sent, each in the language of whom it tells. Who has no address any more is not reached. */
export function alertMailSource(
  mails: Pick<AlertMails, 'claim' | 'settle'>,
  alerting: Alerting,
  handling: WarningHandling,
): OutboxSource {
  const giveUpMs = alerting.giveUpMinutes * 60_000;
  const people = new Map(alerting.people.map((person) => [person.actor, person]));
  return {
    async claim(now, until, limit) {
      const claimed = await mails.claim(now, until, limit);
      return claimed.map((mail): Outgoing => {
        const person = people.get(mail.actor);
        return {
          id: sha256(`${mail.alert.alertId} ${mail.actor}`).slice(0, 32),
          attempts: mail.attempts,
          letter:
            person === undefined ? null : { to: person.email, ...alertText(mail.alert, handling, person.language) },
          retryAt: (at, attempts) => {
            const next = Date.parse(at) + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempts - 1));
            return next > Date.parse(mail.createdAt) + giveUpMs ? null : instant(next);
          },
          settle: ({ at, ...fate }) => mails.settle(mail, fate, at),
        };
      });
    },
  };
}

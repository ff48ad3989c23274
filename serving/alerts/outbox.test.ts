import { describe, expect, it } from 'vitest';
import { instant } from '../../base/index.ts';
import { alertingSchema, loadAlerting, loadWarningHandling, type Alert } from '../../rating/index.ts';
import type { AlertMail } from '../../records/alerts/index.ts';
import { alertMailSource } from './outbox.ts';

const at = '2026-03-01T08:10:00.000Z';
const due = instant('2026-03-01T09:00:00.000Z');
const alerting = alertingSchema.parse({
  ...loadAlerting(null),
  people: [
    { actor: 'li', email: 'li@example.com', language: 'en', digestMinutes: 60 },
    { actor: 'wang', email: 'wang@example.cn', language: 'zh-CN' },
  ],
});

function mail(alertId: string, actor: string, level: Alert['level'] = 'warning', attempts = 0): AlertMail {
  const facts = { code: 'PD_HIGH', meaning: null, exposure: null, dueBy: null, measures: [] };
  const to = { kind: 'person', name: actor } as const;
  const alert: Alert = {
    alertId,
    kind: 'warning',
    cause: 'raised',
    about: `w-${alertId}`,
    level,
    customerId: 'C-1',
    to,
    next: [],
    insteadOf: '',
    facts,
    at,
  };
  return { alert, actor, attempts, createdAt: at };
}

/** What a source makes of e-mails that are due, and what is settled of each. */
async function sourceOf(mails: readonly AlertMail[]) {
  const settled: string[] = [];
  const asked: number[] = [];
  const source = alertMailSource(
    {
      claim: async (_, __, limit) => {
        asked.push(limit);
        return mails;
      },
      settle: async ({ alert, actor }, { kind }) => void settled.push(`${alert.alertId} ${actor} ${kind}`),
    },
    alerting,
    loadWarningHandling(null),
  );
  return { letters: await source.claim(due, due, 20), settled, asked };
}

describe('e-mails of one person’s digest', () => {
  it('leave as one letter, critical ones and those of others apart, and each is settled as the letter was', async () => {
    const { letters, settled, asked } = await sourceOf([
      mail('1', 'li'),
      mail('2', 'li', 'critical'),
      mail('3', 'wang'),
      mail('4', 'li'),
    ]);
    expect(asked[0]).toBeGreaterThan(20);
    expect(letters.map(({ letter }) => [letter?.to, letter?.subject])).toEqual([
      ['li@example.com', '[Critical] New warning: PD_HIGH'],
      ['wang@example.cn', '[预警] 新预警：PD_HIGH'],
      ['li@example.com', '2 alerts: [Warning] New warning: PD_HIGH'],
    ]);
    for (const reference of ['w-1', 'w-4']) expect(letters[2]?.letter?.text).toContain(`Reference: ${reference}`);
    await letters[2]?.settle({ kind: 'sent', at: due });
    expect(settled).toEqual(['1 li sent', '4 li sent']);
  });

  it('have one name in whatever order they were claimed, and the name of a letter of their own alone', async () => {
    const idsOf = async (...mails: readonly AlertMail[]) => (await sourceOf(mails)).letters.map(({ id }) => id);
    const [one] = await idsOf(mail('1', 'li'), mail('4', 'li'));
    expect(await idsOf(mail('4', 'li'), mail('1', 'li'))).toEqual([one]);
    expect(await idsOf(mail('1', 'li'))).not.toEqual([one]);
  });

  it('are given up so long after they were to be sent, not after they were told of', async () => {
    const [letter] = (await sourceOf([mail('1', 'li', 'warning', 3), mail('4', 'li')])).letters;
    expect(letter?.attempts).toBe(3);
    const after = (minutes: number) => instant(Date.parse(due) + minutes * 60_000);
    expect(letter?.retryAt(after(alerting.giveUpMinutes - 6), 9)).not.toBeNull();
    expect(letter?.retryAt(after(alerting.giveUpMinutes), 9)).toBeNull();
  });
});

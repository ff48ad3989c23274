import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followedWarnings } from '../pipelines/followed.ts';
import { loadWarningHandling, raiseWarning, type WarningHandling } from '../rating/index.ts';
import { deploy, queues, type Deployment } from './pipelines-deployment.ts';
import { until } from './pipelines-environment.ts';

let deployment: Deployment;
const client = () => deployment.server.client.client;
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const manager = { actor: 'wang', roles: ['credit-manager'] } as const;
const erp = { actor: 'erp', roles: ['applicant-system'] } as const;

/** A new warning whose workflow runs. */
async function raised(handling: WarningHandling = loadWarningHandling(null)) {
  const at = new Date().toISOString();
  const sighting = { ratingId: '1-aa', level: 'warning', exposure: 8000, pd: 0.09, grade: 'C1', at } as const;
  const request = { warningId: randomUUID(), customerId: 'c-1', segment: null, code: 'PD_HIGH', sighting };
  const input = { tenant: 'acme', queues, warning: raiseWarning(request, handling, at), handling };
  await followedWarnings.follow(client(), input);
  return input;
}

beforeAll(async () => {
  deployment = await deploy();
});
afterAll(() => deployment?.close());

describe('the workflow of an early warning', () => {
  it('takes what people, the ERP and later ratings do, stores each step once, and ends', async () => {
    const input = await raised();
    const { warningId, measures, lastSeen } = input.warning;
    await followedWarnings.follow(client(), input);
    const act = (event: Parameters<typeof followedWarnings.act>[3]) =>
      followedWarnings.act(client(), 'acme', warningId, event);
    await act({ kind: 'acknowledge', ...officer });
    // The very rating that raised it is no second sighting.
    await act({ kind: 'seen', sighting: lastSeen });
    const close = { kind: 'close', outcome: 'agreed', reason: 'instalments agreed', ...officer } as const;
    await expect(act(close)).rejects.toMatchObject({ code: 'WARNING_REFUSED', problems: [{ at: 'measures' }] });
    await act({ kind: 'confirm', measureId: measures[0]!.measureId, ...erp });
    await act({ kind: 'ceased', ratingId: '2-bb' });
    const closed = await act(close);
    expect(closed).toMatchObject({ state: 'closed', outcome: 'agreed' });
    expect(await client().workflow.getHandle(followedWarnings.workflowId('acme', warningId)).result()).toEqual(closed);
    expect(deployment.world.calls.filter((call) => call.startsWith(`warning ${warningId}`))).toEqual(
      ['acknowledge', 'confirm', 'ceased', 'close'].map((kind, i) => `warning ${warningId} ${i + 1} ${kind}`),
    );
    expect(await followedWarnings.read(client(), 'acme', warningId)).toEqual(closed);
    await deployment.record('warning-closed', followedWarnings.workflowId('acme', warningId));
  });

  it('goes up the ladder when nobody acknowledges it, and wakes up again when it was put off', async () => {
    const hours = 1 / 3600;
    const handling = loadWarningHandling(null);
    const { levels } = handling;
    const impatient = {
      ...handling,
      levels: { ...levels, warning: { ...levels.warning, acknowledgeHours: hours } },
    };
    const { warningId } = (await raised(impatient)).warning;
    const ignored = await until(async () => {
      const now = await followedWarnings.read(client(), 'acme', warningId);
      return now.ignored ? now : null;
    });
    expect(ignored).toMatchObject({ role: 'credit-manager', escalations: 1, state: 'open' });
    await expect(
      followedWarnings.act(client(), 'acme', warningId, { kind: 'acknowledge', ...officer }),
    ).rejects.toMatchObject({
      code: 'WARNING_REFUSED',
    });
    const soon = new Date(Date.now() + 1500).toISOString();
    const put = { kind: 'snooze', until: soon, reason: 'payment promised', ...manager } as const;
    expect(await followedWarnings.act(client(), 'acme', warningId, put)).toMatchObject({ state: 'snoozed' });
    await until(
      async () => (await followedWarnings.read(client(), 'acme', warningId)).state === 'acknowledged' || null,
    );
    await deployment.record('warning-escalated', followedWarnings.workflowId('acme', warningId));
  });
});

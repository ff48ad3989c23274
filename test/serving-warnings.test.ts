import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadWarningHandling, raiseWarning, warningHandlingSchema, type WarningLevel } from '../rating/index.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { problemSchema } from '../serving/openapi/answers.ts';
import { warningSchema, warningStepSchema, warningWithEventsSchema } from '../serving/openapi/warning-paths.ts';
import { byName } from './serving/by-name.ts';
import { now, usualWorld, type World } from './serving/world.ts';

let world: World;
let server: RunningServer;

const handling = loadWarningHandling(null);
const warn = (warningId: string, customerId: string, level: WarningLevel = 'warning', exposure = 8000): void => {
  const sighting = { ratingId: '1-00112233445566aa', level, exposure, pd: 0.09, grade: 'C1', at: now };
  world.warned.push(raiseWarning({ warningId, customerId, segment: null, code: 'PD_HIGH', sighting }, handling, now));
};

beforeEach(async () => {
  world = usualWorld();
  warn('1-aa-pd-high', 'C-001');
  warn('2-bb-pd-high', 'C-002', 'critical', 90_000);
  warn('3-cc-pd-high', 'C-003');
  server = await startServer({ ...world.deps, authenticate: byName }, { port: 0 });
});
afterEach(() => server.close());

async function ask(method: string, path: string, body?: unknown, as = 'li:credit-officer') {
  const response = await fetch(server.url + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), authorization: `Bearer ${as}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

describe('early warnings over the API', () => {
  it('are listed page by page, by state, level and customer', async () => {
    type Page = { items: { warningId: string }[]; nextCursor: string | null };
    const ids = async (query: string) => {
      const { body } = await ask('GET', `/v1/warnings?${query}`);
      return (body as Page).items.map(({ warningId }) => warningId);
    };
    expect(await ids('level=critical')).toEqual(['2-bb-pd-high']);
    expect(await ids('customerId=C-003')).toEqual(['3-cc-pd-high']);
    expect(await ids('state=closed')).toEqual([]);
    const first = (await ask('GET', '/v1/warnings?limit=2')).body as Page;
    const second = (await ask('GET', `/v1/warnings?limit=2&cursor=${first.nextCursor}`)).body as Page;
    expect([first.items.length, second.items.map(({ warningId }) => warningId)]).toEqual([2, ['3-cc-pd-high']]);
    warningSchema.parse(first.items[0]);
    expect((await ask('GET', '/v1/warnings?level=dire')).status).toBe(400);
    expect((await ask('GET', '/v1/warnings', undefined, 'shop:applicant-system')).status).toBe(403);
  });

  it('are acted on as who asks; the ERP confirms what it was told, and what is on the way holds the warning open', async () => {
    const at = '/v1/warnings/1-aa-pd-high';
    const act = (body: object, as?: string) => ask('POST', `${at}/events`, body, as);
    const [instruction] = world.warned[0]!.measures;
    expect((await act({ kind: 'acknowledge' }, 'eve:viewer')).status).toBe(403);
    expect((await act({ kind: 'acknowledge' })).body).toMatchObject({ state: 'acknowledged', owner: 'key:li' });
    const early = await act({ kind: 'close', outcome: 'paid', reason: 'settled' });
    expect([early.status, problemSchema.parse(early.body)]).toMatchObject([
      409,
      { code: 'WARNING_REFUSED', problems: [{ at: 'measures' }] },
    ]);
    const { measureId } = instruction!;
    expect((await act({ kind: 'confirm', measureId }, 'erp:applicant-system')).status).toBe(200);
    expect((await act({ kind: 'acknowledge' }, 'erp:applicant-system')).status).toBe(409);
    const closed = await act({ kind: 'close', outcome: 'paid', reason: 'settled' });
    expect(warningStepSchema.parse(closed.body)).toMatchObject({ state: 'closed', outcome: 'paid' });
    expect(problemSchema.parse((await act({ kind: 'acknowledge' })).body).code).toBe('WARNING_CLOSED');
    const read = warningWithEventsSchema.parse((await ask('GET', at)).body);
    expect(read.events.map(({ kind, actor }) => [kind, actor])).toEqual([
      ['acknowledge', 'key:li'],
      ['confirm', 'key:erp'],
      ['close', 'key:li'],
    ]);
  });

  it('refuse what is incomplete, unknown, or names somebody else as the actor', async () => {
    const act = (body: object) => ask('POST', '/v1/warnings/1-aa-pd-high/events', body);
    for (const body of [
      { kind: 'close', outcome: 'paid' },
      { kind: 'acknowledge', reason: 'why' },
      { kind: 'acknowledge', actor: 'boss' },
      { kind: 'seen', sighting: {} },
      { kind: 'snooze', until: 'soon', reason: 'x' },
    ])
      expect((await act(body)).status, JSON.stringify(body)).toBe(400);
    expect((await ask('GET', '/v1/warnings/9-ff-pd-high')).status).toBe(404);
    expect((await ask('GET', '/v1/warnings/..%2Fx')).status).toBe(404);
  });

  it('come with the catalogue of countermeasures in both languages', async () => {
    const { body } = await ask('GET', '/v1/warnings:handling');
    const read = warningHandlingSchema.parse(body);
    expect(read.measures.every(({ label }) => label.en !== '' && /\p{Script=Han}/u.test(label['zh-CN']))).toBe(true);
  });
});

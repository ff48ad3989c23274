import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { instant, packageRoot, ROLES, type Json, type Tenant } from '../base/index.ts';
import { defaultAuthority, openCase } from '../rating/index.ts';
import { createCases } from '../records/cases/index.ts';
import type { Authenticator } from '../serving/access/index.ts';
import { receiptSchema } from '../serving/openapi/answers.ts';
import { recordedAnswers } from '../serving/openapi/recorded-answers.ts';
import { openApiDocument } from '../serving/openapi/document.ts';
import { RECORD_EXAMPLES } from '../serving/openapi/record-examples.ts';
import { anyoneIsAdmin } from './serving/world.ts';
import { answerProblems } from './support/answer-schema.ts';
import { askExamples } from './support/ask-examples.ts';
import { customer, PERSON } from './support/planted-person.ts';
import { plantRecords, type PlantedRecords } from './support/planted-records.ts';
import { probity } from './support/rated-project.ts';
import { runningProject, type RunningProject } from './support/running-project.ts';

const DAY = 86_400_000;
/** The day on which the document's examples are asked. */
const SHOWN_AT = Date.parse('2026-06-01T12:00:00.000Z');

let running: RunningProject;
let planted: PlantedRecords;
const startedAt = Date.now();

/** `Bearer ROLE`: somebody of that role; `Bearer examples`: an admin who is also a credit officer. */
function byRole(real: Authenticator): Authenticator {
  return async (authorization) => {
    const role = ROLES.find((each) => authorization === `Bearer ${each}`);
    if (role === undefined && authorization !== 'Bearer examples') return real(authorization);
    const admin = await anyoneIsAdmin(authorization);
    if (!('principal' in admin)) return admin;
    const who =
      role === undefined ? { roles: ['admin', 'credit-officer', 'credit-manager'] as const } : { roles: [role] };
    return {
      principal: { ...admin.principal, ...who, tenant: 'acme' as Tenant, actor: `key:${role ?? 'dpo'}` as never },
    };
  };
}

beforeAll(async () => {
  running = await runningProject({ alter: (deps) => ({ ...deps, authenticate: byRole(deps.authenticate) }) });
  planted = await plantRecords(running);
}, 120_000);
afterAll(() => running?.close());

/** What the planted records are called in the document. */
const SHOWN: readonly (readonly [string, string])[] = [
  [PERSON.id, 'C-042'],
  [PERSON.name, 'Zhao Wuji'],
  [PERSON.note, 'Pays in cash at times'],
  [PERSON.reason, 'The accounts of last year are missing'],
];

/** An answer without what differs from one day to the next: ids, hashes, secrets, and instants, which keep their distance in days from now. */
function steady(text: string): string {
  // Instants to the nearest day from now, days and midnights by the calendar: what is told does not turn with the time of day.
  const moved = (at: number): number =>
    at % DAY === 0 ? movedDay(at) : SHOWN_AT + Math.round((at - startedAt) / DAY) * DAY;
  const movedDay = (at: number): number => SHOWN_AT + (Math.floor(at / DAY) - Math.floor(startedAt / DAY)) * DAY;
  const near = (at: number): boolean => Math.abs(at - startedAt) < 800 * DAY && at > Date.parse('2026-06-02');
  let shown = text;
  for (const [from, to] of SHOWN) shown = shown.replaceAll(from, to);
  return (
    shown
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => (near(Date.parse(at)) ? instant(moved(Date.parse(at))) : at))
      .replaceAll(/"(\d{4}-\d\d-\d\d)"/g, (all, on: string) =>
        near(Date.parse(on)) ? `"${instant(movedDay(Date.parse(on))).slice(0, 10)}"` : all,
      )
      .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '01a0e0f0-0000-7000-8000-000000000001')
      .replaceAll(/\b[0-9a-f]{64}\b/g, 'a'.repeat(64))
      .replaceAll(/\b[0-9a-f]{32}\b/g, 'a'.repeat(32))
      .replaceAll(/\b(\d+)-[0-9a-f]{16}\b/g, '17-3f5e6a7b8c9d0e1f')
      // A loop may put others into the chain before.
      .replaceAll(/"receipt":\{"sequence":\d+/g, '"receipt":{"sequence":42')
      .replaceAll(/whsec_[\w+/=-]+/g, 'whsec_c2hvd24gb25jZSBhbmQgbmV2ZXIgYWdhaW4h')
      .replaceAll(/key:[a-z0-9]{12}\b/g, 'key:dpo')
      .replaceAll(/"nextCursor":"[\w-]+"/g, '"nextCursor":"WyJpbmJveCIsWyIyMDI2LTA2LTAxIl1d"')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '2026-06-01 16:00 UTC')
      .replaceAll(/\/shared\/[\w.-]+/g, '/shared/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA')
  );
}

/** What a loop may or may not have come to by then (warnings that a look at signals raised, a case that the desk opened first): asked, and recorded once. */
const MOVING = [
  'readCase',
  'readWarning',
  'actOnWarning',
  'inbox',
  'inboxCount',
  'makeCustomerReport',
  'listCustomerReports',
  'readCustomerReport',
] as const;

/** Long lists and files are shown by their beginning. */
function brief(value: Json, name = ''): Json {
  if (Array.isArray(value)) return value.slice(0, 2).map((each) => brief(each));
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  const shown = name === 'files' ? entries.filter(([file]) => file === 'loss.json') : entries;
  return Object.fromEntries(shown.map(([key, each]) => [key, brief(each, key)])) as Json;
}

it('every example on records that stand is answered as the document says (npx vitest run test/serving-record-examples.test.ts -u records)', async () => {
  const first = (ids: readonly string[]): string => ids[0] ?? '';
  const ids = {
    ...Object.fromEntries(Object.entries(planted).map(([name, known]) => [name, first(known)])),
    portfolioReportId: planted.reportId[0],
    monitoringReportId: planted.reportId[2],
  };
  const inDays = (days: number, from = startedAt): string => instant(from + days * DAY);
  const times = (from: number) => ({ d14: inDays(14, from), dm30: inDays(-30, from), dm0: inDays(0, from) });
  const answers = await askExamples(running.url, RECORD_EXAMPLES, {
    steady,
    known: { planted: { ids }, time: { in: times(startedAt) } },
    authorization: 'Bearer examples',
  });
  const before = recordedAnswers();
  const document = openApiDocument();
  for (const id of MOVING)
    for (const [name, answer] of Object.entries(before[id] ?? {})) {
      const { status } = RECORD_EXAMPLES[id]?.[name] ?? { status: 0 };
      // What is no longer of the document's schema is recorded anew.
      if (answers[id]?.[name] !== undefined && answerProblems(document, id, status, answer).length === 0)
        answers[id][name] = answer;
    }
  const shown = {
    planted: { ids: { customerId: 'C-042' } },
    time: { in: times(SHOWN_AT) },
    ...(brief(answers) as object),
  };
  await expect(`${JSON.stringify(shown, null, 2)}\n`).toMatchFileSnapshot(
    join(packageRoot(), 'serving', 'openapi', 'record-examples.json'),
  );
}, 60_000);

const manager = 'Bearer credit-manager';

/** The receipt of an answer that must have done what it was asked for. */
async function receiptOf(path: string, body: object, status = 200): Promise<object> {
  const answer = await running.ask('POST', path, body, { authorization: manager });
  expect([path, answer.status, answer.text.slice(0, 500)]).toEqual([path, status, expect.any(String)]);
  return receiptSchema.parse(answer.body?.['receipt']);
}

const verify = (receipts: readonly object[]) =>
  probity(running.project, 'audit', 'verify', ...receipts.flatMap((each) => ['--receipt', JSON.stringify(each)]));

it('every step of a case, review, warning and dispute, and every row of an Arrow batch, has a receipt that audit verify checks', async () => {
  const [, ratingId = ''] = planted.ratingId;
  const opened = { caseId: ratingId, ratingId, customerId: 'C-001', exposure: 9, causes: [], requestedBy: 'crm' };
  const { database, project } = running;
  // The command line finds the database by the project's file.
  await appendFile(join(project.root, 'probity.yaml'), `database: ${JSON.stringify(project.databaseUrl)}\n`);
  await createCases(database, project.tenant).open(openCase(opened, defaultAuthority(), new Date().toISOString()));
  const dispute = await running.ask('POST', customer('/disputes'), {
    about: { kind: 'rating', ratingId: planted.ratingId[0] },
    claim: 'The order was cancelled',
  });
  const disputes = customer(`/disputes/${String(dispute.body?.['disputeId'])}/events`);
  const steps = [
    receiptSchema.parse(dispute.body?.['receipt']),
    await receiptOf(disputes, { kind: 'withdraw', reason: 'settled' }),
    await receiptOf(`/v1/cases/${ratingId}/events`, { kind: 'claim' }),
    await receiptOf(`/v1/cases/${ratingId}/events`, { kind: 'withdraw', reason: 'asked twice' }),
    await receiptOf(`/v1/reviews/${planted.reviewId[0]}/events`, { kind: 'claim' }),
    await receiptOf('/v1/warnings/warning-1/events', { kind: 'acknowledge' }),
  ];

  const batch = await fetch(`${running.url}/v1/ratings:batch`, {
    method: 'POST',
    headers: {
      authorization: manager,
      'content-type': 'application/x-ndjson',
      accept: 'application/vnd.apache.arrow.stream',
    },
    body: '{"features":{"days_late":3}}\n{"features":{"days_late":4},"dryRun":true}\n{"features":{"days_late":5}}\n',
  });
  const answered = [...tableFromIPC(new Uint8Array(await batch.arrayBuffer()))].map((row) => ({
    sequence: row['record_sequence'] === null ? null : Number(row['record_sequence']),
    hash: row['record_hash'] as string | null,
    at: row['record_at'] as string | null,
  }));
  expect(answered[1]).toEqual({ sequence: null, hash: null, at: null });
  const ofRows = [answered[0], answered[2]].map((each) => receiptSchema.parse(each));

  const receipts = [...steps, ...ofRows];
  expect(new Set(receipts.map((each) => JSON.stringify(each))).size).toBe(receipts.length);
  expect(await verify(receipts)).toMatchObject({ code: 0, json: { ok: true, receipts: receipts.length } });
  for (const each of [steps[2], ofRows[1]])
    expect(await verify([{ ...each, hash: '0'.repeat(64) }])).toMatchObject({ code: 1, json: { ok: false } });
}, 60_000);

it('what a request makes is made once for its Idempotency-Key, also where it comes twice at once; a secret is told the first time alone', async () => {
  const ask = (path: string, body: object, key: string) =>
    running.ask('POST', path, body, { authorization: 'Bearer examples', 'idempotency-key': key });
  const { files } = (await running.ask('GET', '/v1/rules')).body as { files: { 'loss.json': Json } };
  const key = await ask('/v1/keys', { name: 'once', roles: ['viewer'], days: 9 }, 'a');
  const keyId = String(key.body?.['keyId']);
  const expiresAt = instant(Date.now() + DAY);
  const cases: readonly (readonly [path: string, body: object, other: object, id: string, secret: string | null])[] = [
    ['/v1/keys', { name: 'two', roles: ['viewer'] }, { name: 'three', roles: ['viewer'] }, 'keyId', 'key'],
    [`/v1/keys/${keyId}/rotate`, { days: 20 }, { days: 30 }, 'keyId', 'key'],
    [
      '/v1/webhooks',
      { name: 'once', url: 'https://hooks.example.com/x', types: ['limit'] },
      { name: 'other', url: 'https://hooks.example.com/x', types: ['limit'] },
      'webhookId',
      'secret',
    ],
    [
      '/v1/rules/proposals',
      { files: { 'loss.json': files['loss.json'] } },
      { files: {}, note: 'x' },
      'proposalId',
      null,
    ],
    [
      `/v1/ratings/${planted.ratingId[1]}/notices`,
      { language: 'en', jurisdiction: 'other', channel: 'handed-over' },
      { language: 'zh-CN', jurisdiction: 'other', channel: 'handed-over' },
      'noticeId',
      null,
    ],
    [
      customer('/report-links'),
      { audience: 'partner', language: 'en', expiresAt },
      { audience: 'internal', language: 'en', expiresAt },
      'linkId',
      null,
    ],
  ];
  for (const [path, body, other, id, secret] of cases) {
    const answers = [...(await Promise.all([ask(path, body, 'b'), ask(path, body, 'b')])), await ask(path, body, 'b')];
    expect([path, answers.map(({ status, text }) => (status === 201 ? 201 : text))]).toEqual([path, [201, 201, 201]]);
    expect([path, new Set(answers.map((answer) => answer.body?.[id])).size]).toEqual([path, 1]);
    if (secret === null) expect(answers[2]?.body).toEqual(answers[0]?.body);
    else expect([path, answers.filter((answer) => answer.body?.[secret] !== null).length]).toEqual([path, 1]);
    const refused = await ask(path, other, 'b');
    expect([path, refused.status, refused.body?.['code']]).toEqual([path, 409, 'IDEMPOTENCY_CONFLICT']);
  }
}, 60_000);

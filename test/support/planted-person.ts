import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect } from 'vitest';
import { dataPaths, type Project } from '../../base/index.ts';
import { makeDataset, saveDataset } from '../../models/dataset/index.ts';
import { refreshFeatures } from '../../pipelines/index.ts';
import { defaultAuthority, loadWarningHandling, openCase, raiseWarning } from '../../rating/index.ts';
import { createAgreements } from '../../records/agreements/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { createCases } from '../../records/cases/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import { until } from '../pipelines-environment.ts';
import type { RunningProject } from './running-project.ts';

/** A person whose every detail is found nowhere else. */
export const PERSON = {
  id: 'PLANTED-CUSTOMER-9F3K',
  name: 'Planted Person Zhao Wuji',
  residentNumber: '11010519491231002X',
  phone: '+86 139 0000 7731',
  email: 'planted.person@example.net',
  note: 'Planted note: sold the blue boat',
  reason: 'Planted reason: knows the family Zhao',
} as const;

/** Another one, of whom only requests and sources speak: what is said of this person must be in no log. */
export const STRANGER = {
  id: 'PLANTED-STRANGER-4T8W',
  name: 'Planted Stranger Qian Xiaoman',
  residentNumber: '11010519491231003X',
  phone: '+86 138 0000 5512',
  email: 'planted.stranger@example.net',
  note: 'Planted remark: keeps two sets of books',
} as const;

/** What is needed to ask after the person again. */
export interface Planted {
  readonly ratingId: string;
  readonly sharedPath: string;
}

/** The address of something about the person. */
export const customer = (path: string): string => `/v1/customers/${PERSON.id}${path}`;

/** An instant so many days from now. */
const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

/** Puts all about the person into a project, by the API, through pipelines and people. */
export async function plantPerson(running: RunningProject): Promise<Planted> {
  const { database, project, pipelines } = running;
  const ask: RunningProject['ask'] = (...request) => running.ask(...request);
  await running.writeSource(`${PERSON.id},retail,1984-05-17,2021-03-01\n`);
  const happenedAt = '2026-01-05T00:00:00Z';
  const fact = (table: string, values: object, key: string) => ({
    table,
    values,
    happenedAt,
    idempotencyKey: `${key}-${JSON.stringify(values).includes('C-001') ? 'C-001' : PERSON.id}`,
  });
  const events = [
    fact('parties', { party_id: PERSON.id, kind: 'person', segment: 'retail' }, 'a'),
    fact(
      'invoices',
      { party_id: PERSON.id, invoice_id: 'I-1', issued_on: '2026-01-05', due_on: '2026-02-05', amount: '10' },
      'b',
    ),
    fact(
      'invoices',
      { party_id: 'C-001', invoice_id: 'I-2', issued_on: '2026-01-05', due_on: '2026-02-05', amount: '10' },
      'f',
    ),
    fact('party_relations', { party_id: 'C-001', related_party_id: PERSON.id, relation: 'household' }, 'c'),
    fact(
      'guarantees',
      { guarantee_id: 'G-1', party_id: 'C-001', guarantor_party_id: PERSON.id, kind: 'guarantee', amount: '5' },
      'd',
    ),
  ];
  const sent = await ask('POST', '/v1/events', { events });
  expect(sent.status, sent.text).toBe(201);
  const { name, residentNumber } = PERSON;
  const file: readonly (readonly [string, string, object])[] = [
    ['PUT', '/file/identity/identity', { kind: 'person', name, country: 'CN', residentNumber }],
    ['POST', '/file/contact', { channel: 'phone', value: PERSON.phone }],
    ['POST', '/file/contact', { channel: 'email', value: PERSON.email }],
    ['POST', '/file/note', { text: PERSON.note }],
  ];
  for (const [method, path, body] of file)
    expect((await ask(method, customer(path), { body })).status).toBeLessThan(300);
  const refreshed = await refreshFeatures(pipelines.client, running.scope);
  await until(async () => ((await ask('GET', '/readyz')).body?.['customers'] === true ? true : null));
  // What came after the snapshot is read from the tail of facts.
  await ask('POST', '/v1/events', {
    events: [fact('orders', { order_id: 'O-1', party_id: PERSON.id, amount: '7', status: 'open' }, 'e')],
  });
  const rated = await until(async () => {
    const answer = await ask(
      'POST',
      '/v1/ratings',
      { customerId: PERSON.id },
      { 'idempotency-key': `rate-${PERSON.id}` },
    );
    return answer.status === 200 ? answer : null;
  });
  const ratingId = String(rated.body?.['ratingId']);
  expect(rated.body).toMatchObject({ customerId: PERSON.id });
  expect(refreshed.snapshotId).toMatch(/^[0-9a-f]{64}$/);
  // Whatever was decided, a case and an override of it hold what people wrote.
  const opened = {
    caseId: ratingId,
    ratingId,
    customerId: PERSON.id,
    exposure: 900,
    causes: ['CUTOFF'],
    requestedBy: 'crm',
  };
  await createCases(database, project.tenant).open(openCase(opened, defaultAuthority(), new Date().toISOString()));
  await until(async () => ((await ask('GET', `/v1/cases/${ratingId}`)).status === 200 ? true : null));
  await ask('POST', `/v1/cases/${ratingId}/events`, { kind: 'ask-documents', documents: [PERSON.reason] });
  const decided = await ask('POST', `/v1/cases/${ratingId}/events`, { kind: 'withdraw', reason: PERSON.reason });
  expect(decided.status, decided.text).toBe(200);
  const sighting = {
    ratingId,
    level: 'warning',
    exposure: null,
    pd: 0.09,
    grade: 'C1',
    at: '2026-01-01T00:00:00.000Z',
  } as const;
  const raised = { warningId: 'warning-1', customerId: PERSON.id, segment: null, code: 'PD_HIGH', sighting };
  const warnings = createWarnings(database, project.tenant);
  await warnings.raise(raiseWarning(raised, loadWarningHandling(null), sighting.at));
  const proposed = await ask('POST', '/v1/warnings/warning-1/events', {
    kind: 'snooze',
    until: inDays(5),
    reason: PERSON.reason,
  });
  expect(proposed.status, proposed.text).toBe(200);
  await createOverrides(database, project.tenant, createAppender(database, project.tenant)).step(ratingId, () => ({
    ratingId,
    from: 'refer',
    to: 'approve',
    amountMinor: null,
    exposure: 900,
    reasonCode: 'NEW_INFORMATION',
    reason: { en: 'New information', 'zh-CN': '新信息' },
    note: PERSON.reason,
    requestedBy: 'key:crm',
    proposedBy: 'key:officer',
    proposedAt: new Date().toISOString(),
    expiresAt: inDays(9),
    level: 0,
    state: 'second',
    opinions: [],
    stoodFrom: null,
    closedAt: null,
    under: { policy: 'planted', authority: 'planted' },
  }));
  await createAgreements(database, project.tenant).agree({
    agreementId: 'agreement-1',
    customerId: PERSON.id,
    ratingId,
    state: 'open',
    due: inDays(30).slice(0, 10),
    agreedBy: 'li',
    agreedAt: new Date().toISOString(),
    closedAt: null,
    target: { outcome: 'approve', grade: null },
    acts: [],
    texts: [{ en: PERSON.reason, 'zh-CN': PERSON.reason }],
    before: { outcome: 'refer', grade: 'C1', pd: 0.1, score: 500 },
    promised: { outcome: 'approve', grade: 'B3', pd: 0.05, score: 520 },
  } as never);
  const link = await ask('POST', customer('/report-links'), {
    audience: 'internal',
    language: 'en',
    expiresAt: inDays(1),
  });
  const sharedPath = String(link.body?.['path']);
  expect((await ask('GET', sharedPath)).text).toContain(PERSON.name);
  expect((await ask('GET', customer(`/file?purpose=${encodeURIComponent(`about ${PERSON.id}`)}`))).status).toBe(200);
  await plantFiles(project);
  return { ratingId, sharedPath };
}

/** What a retraining, a rescoring and `features build` leave in files. */
async function plantFiles(project: Project): Promise<void> {
  const { runs, scores, snapshots } = dataPaths(project);
  await mkdir(join(runs, 'run-1', 'training-set'), { recursive: true });
  const ids = [`${PERSON.id}/2026-01-01`, 'C-001/2026-01-01'];
  const dataset = makeDataset({
    rows: 2,
    columns: [{ kind: 'number', name: 'x', values: Float64Array.of(1, 2) }],
    features: [{ name: 'x', type: 'number', codes: [], monotone: null, label: null }] as never,
    bad: Uint8Array.of(0, 1),
    weight: null,
    group: null,
    time: null,
    ids,
  });
  await saveDataset(dataset, join(runs, 'run-1', 'training-set', 'train.arrow'));
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await mkdir(join(scores, 'request-1'), { recursive: true });
  await mkdir(join(dirname(snapshots), 'features'), { recursive: true });
  const rows = `(SELECT unnest(['C-001', '${PERSON.id}']) AS party_id, unnest([0.1, 0.3]) AS pd, TIMESTAMP '2026-01-01' AS as_of)`;
  await connection.run(`COPY ${rows} TO '${join(scores, 'request-1', 'bucket-000000.parquet')}' (FORMAT parquet)`);
  await connection.run(
    `COPY ${rows} TO '${join(dirname(snapshots), 'features', '20260101.parquet')}' (FORMAT parquet)`,
  );
  connection.closeSync();
  const stamp = { file: 'bucket-000000.parquet', hash: 'x', rows: 2, sumPd: 0.4 };
  await writeFile(join(scores, 'request-1', 'bucket-000000.json'), JSON.stringify(stamp));
  const manifest = { snapshotId: 's', modelHash: 'm', rows: 2, meanPd: 0.2, files: [stamp] };
  await writeFile(join(scores, 'request-1', 'manifest.json'), JSON.stringify(manifest));
}

import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defaultAuthority, loadWarningHandling, openReview, raiseWarning } from '../rating/index.ts';
import { createAppender, storedRecord } from '../records/audit/index.ts';
import { createOverrides } from '../records/overrides/index.ts';
import { createDataAccesses } from '../records/privacy/index.ts';
import { createRatings, pseudonymsUnder } from '../records/ratings/index.ts';
import { createReviews } from '../records/reviews/index.ts';
import { createWarnings } from '../records/warnings/index.ts';
import { startTestDatabase, type TestDatabase } from '../test/support/database.ts';
import { ratedProject, type RatedProject } from '../test/support/rated-project.ts';
import { overridesCommand } from './commands/overrides.ts';
import { reviewsCommand } from './commands/reviews.ts';
import { warningsCommand } from './commands/warnings.ts';
import { customersOfRatings, recordCliLook } from './looks.ts';

let server: TestDatabase;
let project: RatedProject;
let ratingId: string;
const now = new Date().toISOString();

beforeAll(async () => {
  server = await startTestDatabase();
  project = await ratedProject(server.database, server.url);
  const { database } = server;
  const { tenant } = project.project;
  const appender = createAppender(database, tenant);
  const evidence = JSON.stringify({
    inputs: { asOf: now, request: { customerId: 'C-rated' } },
    answer: { pd: 0.1, score: 500, grade: 'C1' },
  });
  const ratings = createRatings(database, tenant, appender, pseudonymsUnder(Buffer.alloc(32, 1)));
  ({ ratingId } = await ratings.record({ customerId: 'C-rated', evidence }));
  const sighting = { ratingId, level: 'warning', exposure: null, pd: 0.09, grade: 'C1', at: now } as const;
  for (const customerId of ['C-1', 'C-2']) {
    const raised = { warningId: `warning-${customerId}`, customerId, segment: null, code: 'PD_HIGH', sighting };
    await createWarnings(database, tenant).raise(raiseWarning(raised, loadWarningHandling(null), now));
  }
  const rating = {
    ratingId,
    asOf: now,
    pd: 0.1,
    score: 500,
    grade: 'C1',
    outcome: 'refer',
    limit: 0,
    exposure: 1,
    validUntil: now,
  };
  const findings = { now: rating, before: null, changes: [], lapsedDocuments: [] };
  const opened = { reviewId: 'review-1', customerId: 'C-3', because: ['date'], findings, dueAt: now } as const;
  await createReviews(database, tenant).open(openReview(opened, defaultAuthority(), now));
  await createOverrides(database, tenant, appender).step(ratingId, () => ({
    ratingId,
    from: 'refer',
    to: 'approve',
    amountMinor: null,
    exposure: 900,
    reasonCode: 'NEW_INFORMATION',
    reason: { en: 'New information', 'zh-CN': '新信息' },
    note: 'x',
    requestedBy: 'key:crm',
    proposedBy: 'key:officer',
    proposedAt: now,
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    level: 0,
    state: 'second',
    opinions: [],
    stoodFrom: null,
    closedAt: null,
    under: { policy: 'p', authority: 'a' },
  }));
});
afterAll(async () => {
  await project?.remove();
  await server?.stop();
});

async function run(command: typeof warningsCommand, ...words: string[]): Promise<string> {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0),
  );
  const before = process.exitCode;
  try {
    await command().parseAsync([...words, '--project', project.project.root], { from: 'user' });
    return written.join('');
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}
const looksAt = async (customerId: string) =>
  (await createDataAccesses(server.database, project.project.tenant).of(customerId)).map(
    ({ actor, purpose, what }) => `${actor} ${purpose} ${what}`,
  );
const me = `cli:${userInfo().username}`;

describe('a command that shows data of customers', () => {
  it('puts a look at each of them on record, for its purpose or the usual one of the same address', async () => {
    expect(await run(warningsCommand, 'list')).toContain('C-1');
    expect(await run(warningsCommand, 'show', 'warning-C-2', '--purpose', 'call of the customer')).toContain('C-2');
    expect(await looksAt('C-1')).toEqual([`${me} warning-follow-up warnings`]);
    expect(await looksAt('C-2')).toEqual([`${me} warning-follow-up warnings`, `${me} call of the customer warnings`]);
    expect(await run(reviewsCommand, 'list')).toContain('C-3');
    expect(await run(reviewsCommand, 'show', 'review-1', '--purpose', 'audit 2026')).toContain('C-3');
    expect(await looksAt('C-3')).toEqual([`${me} customer-review reviews`, `${me} audit 2026 reviews`]);
    expect(await run(overridesCommand, 'list', '--purpose', 'month end')).toContain('NEW_INFORMATION');
    expect(await looksAt('C-rated')).toEqual([`${me} month end overrides`]);
  });

  it('shows nothing where the look cannot be put on record', async () => {
    const shown = await run(warningsCommand, 'list', '--purpose', ' ');
    expect([shown.includes('C-1'), shown.includes('purpose')]).toEqual([false, true]);
    expect(await looksAt('C-1')).toHaveLength(1);
  });

  it('names whom a rating is of by its evidence; an erased one is nobody’s', async () => {
    const { tenant } = project.project;
    expect(await customersOfRatings(server.database, tenant, [ratingId, 'nobody', '9-0000000000000000'])).toEqual([
      { customerId: 'C-rated' },
    ]);
    await recordCliLook(server.database, tenant, 'recordedRating', {}, [{ customerId: 'C-4' }]);
    expect(await looksAt('C-4')).toEqual([`${me} rating-inquiry rating`]);
    expect((await storedRecord(server.database, tenant, 1))?.kind).toBe('rating');
  });
});

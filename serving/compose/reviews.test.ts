import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { instant, ProbityError, sha256, type Instant, type Tenant } from '../../base/index.ts';
import {
  applyDisputeEvent,
  applyReviewEvent,
  defaultAuthority,
  defaultStandards,
  loadDisputeDeadlines,
  loadReviewPolicy,
  openDispute,
  overrideInForce,
  type ReviewEvent,
} from '../../rating/index.ts';
import { createAppender, storedRecords } from '../../records/audit/index.ts';
import { createChangeFeed, createGrantedLimits, FEED_START } from '../../records/changes/index.ts';
import { createCreditFiles, type CreditFiles } from '../../records/credit-file/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createVault, openMasterKeys } from '../../records/privacy/index.ts';
import { createRatings, pseudonymsUnder } from '../../records/ratings/index.ts';
import { createReviewCalendar, createReviews } from '../../records/reviews/index.ts';
import { startTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { reviewedEvidence, type ReviewedFigures } from '../../test/support/reviewed-evidence.ts';
import type { ReviewDesk } from '../reviews/desk.ts';
import { composeReviews } from './reviews.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const authority = defaultAuthority();
const pseudonyms = pseudonymsUnder(Buffer.alloc(32, 7));
const officer = { actor: 'li', roles: ['credit-officer'] } as const;
const DAY_MS = 86_400_000;

let server: TestDatabase;
let folder: string;
let tenant: Tenant;
let runs = 0;
let now: Instant;
let desk: ReviewDesk;
let rerated: string[];
let askers: (readonly string[])[];
let isListingDown: boolean;
beforeAll(async () => {
  server = await startTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'probity-reviews-'));
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  tenant = `tenant-${runs++}` as Tenant;
  now = instant(Date.now());
  rerated = [];
  askers = [];
  isListingDown = false;
});
afterEach(() => desk.end());

const later = (days: number): void => void (now = instant(Date.parse(now) + days * DAY_MS));
const appender = () => createAppender(server.database, tenant);
const overrides = () => createOverrides(server.database, tenant, appender());
const law = overrideInForce({ never: [] });
const ratings = () => createRatings(server.database, tenant, appender(), pseudonyms);
let figures: ReviewedFigures;

/** Records a decision that holds for some days; asked for again with a key, it is the same. */
async function rated(customerId: string, key?: string): Promise<string> {
  const evidence = reviewedEvidence(customerId, now, figures);
  const once = key === undefined ? {} : { once: { key, fingerprint: sha256(key) } };
  return (await ratings().record({ customerId, evidence, ...once })).ratingId;
}

/** The newest ratings of a customer, where the list can be read. */
async function listed(customerId: string, limit: number): Promise<readonly string[]> {
  if (isListingDown) throw new ProbityError('DATABASE_UNREACHABLE', 'The list cannot be read.');
  return ratings().newestOf(customerId, limit);
}

let files: CreditFiles;
async function begin(): Promise<void> {
  const reviews = createReviews(server.database, tenant);
  const followed = new Set<string>();
  files = createCreditFiles(
    server.database,
    tenant,
    createVault(
      server.database,
      tenant,
      await openMasterKeys(join(folder, `${tenant}.json`)),
      pseudonymsUnder(Buffer.alloc(32, 7)),
    ),
  );
  desk = composeReviews({
    clock: { now: () => now },
    calendar: createReviewCalendar(server.database, tenant),
    reviews,
    records: { ...ratings(), newestOf: listed },
    policy: loadReviewPolicy(null),
    authority,
    scale: defaultStandards().masterScale,
    logger: pino({ level: 'silent' }),
    feed: createChangeFeed(server.database, tenant),
    files,
    overrides: overrides(),
    appender: appender(),
    pseudonyms,
    workflows: {
      follow: async ({ reviewId }) => void followed.add(reviewId),
      async act(reviewId: string, event: ReviewEvent) {
        const stored = await reviews.find(reviewId);
        if (stored === null || !followed.has(reviewId)) throw new ProbityError('WORKFLOW_NOT_FOUND', 'none');
        const after = applyReviewEvent(now, stored.review, event, authority);
        await reviews.save(after, stored.revision + 1, event, now);
        return after;
      },
    },
    lookMs: 20,
  });
  desk.begin(async (request, actor, key, onBehalfOf) => {
    askers.push(onBehalfOf);
    rerated.push(`${request.customerId} ${actor} ${key}`);
    return rated(request.customerId ?? '', `system ${key}`);
  });
}

/** A dispute of a customer that was opened and decided now. */
async function decided(customerId: string, ending: 'upheld' | 'rejected'): Promise<void> {
  const disputes = createDisputes(server.database, tenant);
  const about = { kind: 'rating', ratingId: 'any' } as const;
  const given = { disputeId: `dispute-of-${customerId}`, customerId, about, claim: 'paid in time', openedBy: 'wang' };
  const { laws, default: jurisdiction } = loadDisputeDeadlines(null);
  const opened = openDispute({ ...given, jurisdiction }, laws[jurisdiction]!, now);
  await disputes.open(opened);
  const event = { kind: 'decide', ...officer, ending, reason: 'the bank says so', correction: null } as const;
  await disputes.save(applyDisputeEvent(now, opened, event), 1, event, now);
}

const standing = async () => (await desk.page({ limit: 100, state: 'standing' })).map(({ review }) => review);

describe('the desk of reviews', () => {
  it('opens a review when it is due, once, on a fresh rating, with what changed; it stands in the credit file until it is signed off', async () => {
    figures = { grade: 'B1', exposureMinor: 1000, days: 365 };
    const first = await rated('c-1');
    await begin();
    await expect
      .poll(async () => (await createReviewCalendar(server.database, tenant).place()).sequence)
      .toBeGreaterThan(0);
    expect(await standing()).toEqual([]);
    later(180);
    figures = { ...figures, exposureMinor: 2000 };
    await expect.poll(async () => (await standing()).length).toBe(1);
    const [review] = await standing();
    expect(review).toMatchObject({
      reviewId: `review-${first}`,
      because: ['date'],
      queue: 'officer',
      findings: { before: { ratingId: first }, changes: [{ name: 'days_late', before: 10, after: 20 }] },
    });
    expect(review!.findings.now.ratingId).not.toBe(first);
    expect(rerated).toEqual([`c-1 system:reviews review-${first}`]);
    const filed = async () => (await files.of('c-1')).map(({ kind, body }) => [kind, body]);
    await expect.poll(filed).toEqual([['review', expect.objectContaining({ state: 'open', assignee: 'officer' })]]);
    await desk.act(review!.reviewId, { kind: 'sign-off', conclusion: 'keep', reason: 'accounts seen', ...officer });
    await expect
      .poll(filed)
      .toEqual([
        [
          'review',
          expect.objectContaining({ state: 'signed-off', signedOffBy: 'li', conclusion: 'keep: accounts seen' }),
        ],
      ]);
    await desk.end();
    await begin();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await standing()).toEqual([]);
    const kinds = [];
    for await (const { kind } of storedRecords(server.database, tenant)) kinds.push(kind);
    expect(kinds).toEqual(['rating', 'rating', 'review']);
    await expect(desk.act(review!.reviewId, { kind: 'claim', ...officer })).rejects.toMatchObject({
      code: 'REVIEW_CLOSED',
    });
    await expect(desk.find('review-9')).rejects.toMatchObject({ code: 'UNKNOWN_REVIEW' });
  });

  it('lists causes that are new or gone, terms that changed, and entries of the file that came, changed or went since', async () => {
    await begin();
    const put = (kind: 'note' | 'document', entryId: string, body: object) =>
      files.put({ customerId: 'c-1', kind, entryId, actor: 'li', happenedAt: null, body } as never);
    const document = { kind: 'licence', issuedOn: '2020-01-01', expiresOn: '2099-12-31' };
    await put('document', 'licence', document);
    await put('note', 'old', { text: 'paid late once' });
    await put('note', 'same', { text: 'a good customer' });
    await new Promise((resolve) => setTimeout(resolve, 20));
    now = instant(Date.now());
    figures = { grade: 'B1', exposureMinor: 1000, days: 365, causes: ['LATE', 'SEASON'] };
    await rated('c-1');
    await expect.poll(async () => (await desk.next('c-1'))?.reviewId).toBeNull();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await put('document', 'licence', { ...document, expiresOn: '2098-12-31' });
    await files.remove({ customerId: 'c-1', kind: 'note', entryId: 'old', actor: 'li' });
    await put('note', 'new', { text: 'moved' });
    await put('note', 'gone again', { text: 'a slip' });
    await files.remove({ customerId: 'c-1', kind: 'note', entryId: 'gone again', actor: 'li' });
    later(180);
    figures = { ...figures, causes: ['SEASON', 'DOCUMENTS'], termDays: 14 };
    await expect.poll(async () => (await standing()).length).toBe(1);
    const findings = (await standing())[0]?.findings;
    const terms = { prepayment: 0, guaranteeNeeded: false };
    expect(findings?.decision).toEqual({
      causes: { added: ['DOCUMENTS'], gone: ['LATE'] },
      terms: { before: { days: 30, ...terms }, after: { days: 14, ...terms } },
    });
    expect(findings?.entries?.map(({ entryId, change }) => [entryId, change])).toEqual([
      ['licence', 'changed'],
      ['old', 'removed'],
      ['new', 'added'],
    ]);
  });

  it('opens on the newest rating where what to ask cannot be read', async () => {
    figures = { grade: 'B1', exposureMinor: 1000, days: 365 };
    const first = await rated('c-1');
    isListingDown = true;
    await begin();
    await expect.poll(async () => (await desk.next('c-1'))?.reviewId).toBeNull();
    const review = await desk.open('c-1', { actor: 'key:li', reason: 'press report', dueAt: null });
    expect([review.findings.now.ratingId, rerated]).toEqual([first, []]);
  });

  it('opens one that a person asks for, at once and once, and tells the feed of reminders and lateness', async () => {
    figures = { grade: 'B1', exposureMinor: 1000, days: 365 };
    const first = await rated('c-1');
    await begin();
    const asked = { actor: 'key:li', reason: 'press report', dueAt: null };
    await expect(desk.open('nobody', asked)).rejects.toMatchObject({ code: 'REVIEW_REFUSED' });
    await expect.poll(async () => (await desk.next('c-1'))?.reviewId).toBeNull();
    expect((await desk.next('c-1'))?.at.slice(0, 4)).toMatch(/^20/);
    const review = await desk.open('c-1', asked);
    expect(review).toMatchObject({ because: ['request'], asked: { actor: 'key:li', reason: 'press report' } });
    expect(review.findings.before?.ratingId).toBe(first);
    // The loop may look at the same time: asked under one key, which records one rating.
    expect([...new Set(rerated)]).toEqual([`c-1 system:reviews ${review.reviewId}`]);
    // It is asked as the newest rating was, for who asked for the review.
    for (const each of askers) expect(each).toEqual(['key:shop', 'key:li']);
    expect(await desk.next('c-1')).toEqual({ at: review.dueAt, reviewId: review.reviewId });
    await expect(desk.open('c-1', asked)).rejects.toMatchObject({ code: 'REVIEW_REFUSED' });
    // A request that a review of before has overtaken stands in nobody's way.
    const calendar = createReviewCalendar(server.database, tenant);
    const ask = async (askId: string, at: string) =>
      (await calendar.ask('c-1', { askId, actor: 'li', reason: 'press', at, dueAt: null }))?.asked?.askId;
    expect([await ask('first', now), await ask('second', now)]).toEqual(['first', 'first']);
    await calendar.reviewed({ ...review, closedAt: instant(Date.parse(now) + 1) });
    expect(await ask('third', now)).toBe('third');
    await calendar.answered('c-1', 'third');
    const reviews = createReviews(server.database, tenant);
    await reviews.save(review, 1, { kind: 'reminder', dueAt: review.dueAt }, now);
    await reviews.save(review, 2, { kind: 'deadline-passed' }, now);
    await reviews.save(review, 3, { kind: 'claim', ...officer }, now);
    const told = async () =>
      (await createChangeFeed(server.database, tenant).read(FEED_START, { limit: 100, types: ['review'] })).changes;
    await expect.poll(async () => (await told()).length).toBe(2);
    const { reviewId } = review;
    expect(await told()).toMatchObject([
      { customerId: 'c-1', after: { reviewId, event: 'reminder', dueAt: review.dueAt } },
      { customerId: 'c-1', after: { reviewId, event: 'late', dueAt: null } },
    ]);
  });

  it('takes no rating as of long ago for the present: a look back begins no period and opens nothing', async () => {
    figures = { grade: 'B1', exposureMinor: 1000, days: 365 };
    later(-400);
    await rated('c-1');
    later(400);
    await begin();
    await expect
      .poll(async () => (await createReviewCalendar(server.database, tenant).place()).sequence)
      .toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await standing()).toEqual([]);
    expect(rerated).toEqual([]);
  });

  it('opens at once where the grade fell, a document lapsed, a guarantor got worse, or a dispute was upheld', async () => {
    figures = { grade: 'A1', exposureMinor: 1000, days: 365 };
    for (const customer of ['fell', 'lapsed', 'guaranteed', 'guarantor', 'disputed', 'rejected']) await rated(customer);
    await begin();
    const entry = (kind: 'document' | 'guarantee', customerId: string, body: object) =>
      files.put({ customerId, kind, happenedAt: now, actor: 'li', body });
    await entry('guarantee', 'guaranteed', {
      kind: 'corporate',
      guarantor: 'G',
      guarantorId: 'guarantor',
      amount: '1',
      currency: 'CNY',
    });
    const tomorrow = new Date(Date.parse(now) + DAY_MS).toISOString().slice(0, 10);
    await entry('document', 'lapsed', { kind: 'licence', expiresOn: tomorrow });
    await expect
      .poll(async () => (await createReviewCalendar(server.database, tenant).place()).sequence)
      .toBeGreaterThan(0);
    later(1);
    for (const customer of ['disputed', 'rejected']) {
      await decided(customer, customer === 'disputed' ? 'upheld' : 'rejected');
      await rated(customer);
    }
    figures = { ...figures, grade: 'B1' };
    await rated('fell');
    await rated('guarantor');
    await desk.end();
    await begin();
    await expect
      .poll(async () => (await standing()).map(({ customerId }) => customerId).toSorted())
      .toEqual(['disputed', 'fell', 'guaranteed', 'guarantor', 'lapsed']);
    expect((await standing()).find(({ customerId }) => customerId === 'disputed')!.because).toEqual(['event']);
    const of = async (customer: string) => (await standing()).find(({ customerId }) => customerId === customer)!;
    expect((await of('fell')).because).toEqual(['grade']);
    expect((await of('guaranteed')).because).toContain('event');
    expect((await of('lapsed')).findings.lapsedDocuments).toMatchObject([{ kind: 'licence', expiresOn: tomorrow }]);
  });

  it('opens for a document that lapsed while no server ran', async () => {
    figures = { grade: 'A1', exposureMinor: 1000, days: 365 };
    await rated('c-1');
    await begin();
    const inTwoDays = new Date(Date.parse(now) + 2 * DAY_MS).toISOString().slice(0, 10);
    const body = { kind: 'licence', expiresOn: inTwoDays };
    await files.put({ customerId: 'c-1', kind: 'document', happenedAt: now, actor: 'li', body });
    const calendar = createReviewCalendar(server.database, tenant);
    // Looked at, and not due: the next look is months away.
    await expect.poll(() => calendar.toLookAt(instant(Date.parse(now) + 30 * DAY_MS), 1)).toEqual([]);
    await expect.poll(async () => (await calendar.toLookAt(instant(Date.parse(now) + 400 * DAY_MS), 1)).length).toBe(1);
    await desk.end();
    later(9);
    await begin();
    await expect.poll(async () => (await standing()).map(({ because }) => because)).toEqual([['event']]);
  });

  it('lowers or ends the limit in force by its sign-off, once, in the feed and for later ratings, until the next review or a person says otherwise', async () => {
    figures = { grade: 'B1', exposureMinor: 1000, days: 365 };
    await rated('c-1');
    await begin();
    const feed = createChangeFeed(server.database, tenant, law);
    const told = async (type: 'limit' | 'hold') =>
      (await feed.read(FEED_START, { limit: 100, types: [type] })).changes.map(({ after }) => after);
    const granted = createGrantedLimits(server.database, tenant, async () => pseudonyms, law);
    const limit = async () => (await granted.of(['c-1'], now)).get('c-1')?.limit ?? null;
    const totals = async () => (await told('limit')).map((each) => (each as { totalMinor: number }).totalMinor);
    const signOff = async (conclusion: 'lower' | 'end' | 'keep', to: number | null) => {
      const { reviewId, findings } = await desk.open('c-1', { actor: 'key:li', reason: 'press', dueAt: null });
      const event = { kind: 'sign-off', conclusion, limit: to, reason: 'late since May', ...officer } as const;
      const after = await desk.act(reviewId, event);
      expect(after).toMatchObject({ state: 'signed-off', limit: conclusion === 'end' ? 0 : to });
      now = instant(Date.parse(now) + 1);
      // Filed: the next one can be opened.
      await expect
        .poll(async () => (await createReviewCalendar(server.database, tenant).find('c-1'))!.lastReviewAt)
        .toBe(after.closedAt);
      return { reviewId, ratingId: findings.now.ratingId };
    };
    await expect.poll(async () => (await desk.next('c-1'))?.reviewId).toBeNull();
    const lowered = await signOff('lower', 300);
    expect(await totals()).toEqual([100_000, 30_000]);
    expect(await told('limit')).toMatchObject([
      {},
      { override: { ratingId: lowered.ratingId, reviewId: lowered.reviewId } },
    ]);
    expect([await told('hold'), await limit()]).toEqual([[], 300]);
    // A later rating that rules give more: the limit stays, and nothing is told. So it does where a review keeps it.
    await rated('c-1');
    await signOff('keep', null);
    expect([await totals(), await limit()]).toEqual([[100_000, 30_000], 300]);
    const ended = await signOff('end', null);
    expect([await totals(), await limit()]).toEqual([[100_000, 30_000, 0], null]);
    expect(await told('hold')).toMatchObject([{ held: true, outcome: 'decline', causes: ['REVIEW_ENDED'] }]);
    // Each is one step, however often the loop comes by, and one that stands in its place goes.
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await overrides().steps(ended.ratingId)).toHaveLength(1);
    // A person who revokes it gives back what the review before it left, and revoking that, what rules give.
    for (const { ratingId } of [ended, lowered])
      await overrides().step(ratingId, (before) => ({ ...before!, state: 'revoked', closedAt: now }));
    expect(await totals()).toEqual([100_000, 30_000, 0, 30_000, 100_000]);
    expect(await limit()).toBe(1_000);
    const ends = (await files.of('c-1')).map(({ body }) => (body as { conclusion: string }).conclusion);
    expect(ends).toContain('lower to 300: late since May');
  });

  it('says in the feed that an expired rating supports no limit, once, until the customer is rated again', async () => {
    figures = { grade: 'A1', exposureMinor: 1000, days: 10 };
    await rated('c-1');
    await begin();
    const limits = async () => {
      const { changes } = await createChangeFeed(server.database, tenant).read(FEED_START, {
        limit: 100,
        types: ['limit'],
      });
      return changes.map(({ after }) => (after as { totalMinor: number }).totalMinor);
    };
    await expect.poll(limits).toEqual([100_000]);
    later(11);
    await expect.poll(limits).toEqual([100_000, 0]);
    now = instant(Date.now());
    later(11);
    await rated('c-1');
    await expect.poll(limits).toEqual([100_000, 0, 100_000]);
  });
});

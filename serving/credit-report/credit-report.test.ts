import { describe, expect, it } from 'vitest';
import { instant, LANGUAGES } from '../../base/index.ts';
import { creditReport, loadAudiences, type FileEntry, type ReportedRating } from '../../records/credit-file/index.ts';
import { creditReportPage } from './page.ts';

const at = instant('2026-05-01T09:00:00Z');
const entry = (kind: FileEntry['kind'], body: object): FileEntry =>
  ({
    customerId: 'c-1',
    kind,
    entryId: kind,
    version: 1,
    happenedAt: at,
    knownFrom: at,
    knownUntil: null,
    removed: false,
    actor: 'li',
    body,
    open: {},
  }) as unknown as FileEntry;

const file = [
  entry('identity', {
    kind: 'company',
    name: '<b>深圳腾讯</b>',
    country: 'CN',
    unifiedSocialCreditCode: '9144030071526726XG',
    legalRepresentative: '马化腾',
  }),
  entry('contact', { channel: 'phone', value: '+86 755 8601 3388' }),
  entry('document', { kind: 'business licence', issuedOn: '2024-01-01', expiresOn: '2034-01-01' }),
  entry('guarantee', { kind: 'bank', guarantor: 'Bank of X', amount: '500000.00', currency: 'CNY' }),
  entry('review', { dueOn: '2026-11-01', because: ['date', 'exposure'], assignee: 'li', state: 'open' }),
  entry('note', { text: 'pays after reminders\nonly' }),
];
const rating = (day: string, score: number): ReportedRating => ({
  at: instant(day),
  ratingId: `r-${day}`,
  pd: 0.0213,
  horizonMonths: 12,
  score,
  grade: 'B2',
  decision: 'condition',
  limit: '120000.00 CNY',
  validUntil: instant('2026-12-31'),
  reasons: [{ en: 'utilisation is 93 %, good is below 40 %', 'zh-CN': '额度使用率为 93%，良好为低于 40%' }],
});
const ratings = [rating('2026-04-01', 588), rating('2026-01-01', 604), rating('2025-10-01', 597)];
const audiences = loadAudiences();
const nextReview = { at: '2026-09-01T00:00:00.000Z', reviewId: null };
const reportFor = (audience: string, of = file) => creditReport(audiences, audience, 'c-1', { file: of, ratings }, at);

describe('the next review', () => {
  it('stands in the report of who sees reviews, and in no other', () => {
    const of = (audience: string) =>
      creditReport(audiences, audience, 'c-1', { file, ratings }, at, [], nextReview).nextReview;
    expect([of('internal'), of('partner')]).toEqual([{ at: nextReview.at }, null]);
    const page = (language: 'en' | 'zh-CN') =>
      creditReportPage(
        creditReport(audiences, 'internal', 'c-1', { file, ratings }, at, [], nextReview),
        audiences,
        language,
      );
    expect(page('en')).toContain('Next review due 2026-09-01');
    expect(page('zh-CN')).toContain('下次复审日期 2026-09-01');
  });
});

describe('a credit report', () => {
  it('shows an audience the keys of its profile and no other', () => {
    const partner = reportFor('partner');
    expect(partner.parts.identity[0]).not.toHaveProperty('legalRepresentative');
    expect(partner.parts.contact).toEqual([]);
    expect(partner.parts.note).toEqual([]);
    expect(Object.keys(partner.parts.rating[0] ?? {}).sort()).toEqual(['at', 'decision', 'grade']);
    expect(JSON.stringify(reportFor('customer'))).not.toContain('pays after reminders');
    expect(JSON.stringify(reportFor('internal'))).toContain('pays after reminders');
  });

  it('says that older ratings are on record, to who sees ratings', () => {
    const told = (audience: string) =>
      creditReport(audiences, audience, 'c-1', { file, ratings, hasOlderRatings: true }, at);
    expect(told('internal').olderRatings).toBe(true);
    expect(creditReportPage(told('internal'), audiences, 'zh-CN')).toContain('更早的评级已存档');
    const blind = { ...audiences, blind: { ...audiences['internal']!, rating: [] } };
    expect(creditReport(blind, 'blind', 'c-1', { file, ratings, hasOlderRatings: true }, at)).not.toHaveProperty(
      'olderRatings',
    );
    expect(reportFor('internal')).not.toHaveProperty('olderRatings');
  });

  it('shows no limit of a newest rating that has expired, and what it once was in the history', () => {
    const after = instant('2027-01-01');
    const limits = (of: ReportedRating[]) =>
      creditReport(audiences, 'internal', 'c-1', { file, ratings: of }, after).parts.rating.map(
        (each) => each['limit'],
      );
    expect(limits(ratings)).toEqual(['expired', '120000.00 CNY', '120000.00 CNY']);
    expect(
      creditReportPage(creditReport(audiences, 'internal', 'c-1', { file, ratings }, after), audiences, 'zh-CN'),
    ).toContain('已过期');
    expect(reportFor('internal').parts.rating[0]).toMatchObject({ limit: '120000.00 CNY' });
  });

  it('refuses an audience without a profile', () => {
    for (const name of ['everybody', 'constructor', '__proto__'])
      expect(() => reportFor(name)).toThrow(/no such audience/);
  });

  it('of an erased customer shows what is left, and says so', () => {
    const erased = file.map((each): FileEntry => ({ ...each, body: null, open: { country: 'CN' } }));
    const report = reportFor('internal', erased);
    expect(report.erased).toBe(true);
    const page = creditReportPage(report, audiences, 'zh-CN');
    expect(page).toContain('个人信息已被删除');
    expect(page).not.toContain('马化腾');
  });

  it('is one page without scripts or network, its data escaped, in every language', () => {
    for (const language of LANGUAGES) {
      const page = creditReportPage(reportFor('internal'), audiences, language);
      expect(page).toContain(`lang="${language}"`);
      expect(page).not.toMatch(/<script|https?:|<b>深圳腾讯/);
      expect(page).toContain('&#60;b&#62;深圳腾讯');
    }
    expect(creditReportPage(reportFor('internal'), audiences, 'zh-CN')).toContain('有条件批准');
  });
});

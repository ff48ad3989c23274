import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ProbityError } from '../../base/index.ts';
import { creditReport, loadAudiences } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-audiences-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const write = (content: unknown) => writeFile(join(folder, 'audiences.json'), JSON.stringify(content));

const insurer = {
  name: { en: 'Insurer', 'zh-CN': '保险公司' },
  identity: ['name', 'unifiedSocialCreditCode', 'bornOn'],
  contact: [],
  document: [],
  guarantee: 'all',
  rating: ['at', 'grade'],
  review: [],
  note: [],
};

it('a project’s own profiles take the place of the package’s, and decide what a report shows', async () => {
  expect(Object.keys(loadAudiences(folder))).toEqual(Object.keys(loadAudiences()));
  await write({ insurer });
  const audiences = loadAudiences(folder);
  expect(audiences).toEqual({ insurer: { ...insurer, agreement: [] } });
  const rating = {
    at: '2026-06-01T00:00:00.000Z' as never,
    ratingId: '1-ab',
    pd: 0.1,
    horizonMonths: 12,
    score: 600,
    grade: 'B1',
    decision: null,
    limit: null,
    validUntil: null,
    reasons: [],
  };
  const report = creditReport(audiences, 'insurer', 'c-1', { file: [], ratings: [rating] }, rating.at);
  expect(report.parts.rating).toEqual([{ at: rating.at, grade: 'B1' }]);
  expect(() => creditReport(audiences, 'internal', 'c-1', { file: [], ratings: [] }, rating.at)).toThrow(ProbityError);
});

it('names every problem of the file at once', async () => {
  await write({ insurer: { ...insurer, identity: ['nmae'], rating: ['pd', 'odds'], mood: [] }, 'No Name': insurer });
  let problems: readonly { readonly at: string }[] = [];
  try {
    loadAudiences(folder);
  } catch (error) {
    expect(error).toMatchObject({ code: 'INVALID_SPEC' });
    ({ problems } = error as ProbityError);
  }
  const places = problems.map(({ at }) => at).join(' ');
  for (const place of ['insurer.identity', 'insurer.rating', 'mood', 'No Name']) expect(places).toContain(place);
  await writeFile(join(folder, 'audiences.json'), '{');
  expect(() => loadAudiences(folder)).toThrow(/cannot be read as JSON/);
  await write({});
  expect(() => loadAudiences(folder)).toThrow(ProbityError);
});

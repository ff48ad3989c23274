import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../base/index.ts';
import { parseEvidence, reviewedRating, triggeringEvidence } from '../rating/index.ts';
import { ratedFacts } from '../records/changes/index.ts';
import { ratedPoint } from '../records/reports/rated-points.ts';

const ratings = join(packageRoot(), 'test', 'ratings-corpus', 'ratings');
const receipt = { sequence: 1, hash: '0'.repeat(64), at: '2026-01-01T00:00:00.000Z' };

it('whoever follows decisions can read every one of the corpus: reviews, warnings, the change feed, reports on customers', async () => {
  const readers = {
    reviews: (text: string) => reviewedRating('1-aa', text),
    warnings: triggeringEvidence,
    changes: ratedFacts,
    reports: (evidence: string) =>
      ratedPoint({ ratingId: '1-aa', receipt, evidence } as Parameters<typeof ratedPoint>[0]),
  };
  const unread: string[] = [];
  let read = 0;
  for (const name of await readdir(ratings)) {
    const text = await readFile(join(ratings, name), 'utf8');
    const { engine, inputs } = parseEvidence(text);
    const { request } = inputs as { readonly request?: { readonly customerId?: string } };
    if (!engine.startsWith('probity.decision/') || request?.customerId === undefined) continue;
    read += 1;
    for (const [reader, of] of Object.entries(readers))
      if (of(text) === null) unread.push(`${reader}: ${engine} ${name}`);
  }
  expect(read).toBeGreaterThanOrEqual(66);
  expect(unread).toEqual([]);
});

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canonicalJson, LANGUAGES, packageRoot, type Json } from '../base/index.ts';
import {
  boundaryText,
  decisionReasonText,
  explain,
  parseEvidence,
  pointsPerLogOdds,
  replay,
  type DecisionReason,
  type Explained,
} from '../rating/index.ts';

const corpus = join(packageRoot(), 'test', 'ratings-corpus');
const told = join(corpus, 'told');

const parts = new Map<string, Promise<unknown>>();
function part(_role: string, hash: string): Promise<unknown> {
  const known =
    parts.get(hash) ??
    readFile(join(corpus, 'parts', `${hash}.json`), 'utf8').then((text) => JSON.parse(text) as unknown);
  parts.set(hash, known);
  return known;
}

function aboutOf(reason: DecisionReason): Json {
  switch (reason.kind) {
    case 'feature':
      return { about: reason.name, gain: reason.gain, good: reason.remedy.value, points: reason.points };
    case 'criterion':
      return { about: reason.remedy.name, gain: reason.gain, points: reason.points };
    case 'rule':
      return { about: reason.cause.code };
    case 'bound':
      return { about: reason.policy.code };
    default:
      return { about: reason.override.reasonCode };
  }
}

/** All that is said of why a decision was made. */
function toldOf(explained: Explained): Json {
  const explanation = explain(explained);
  const { boundary, distance, reaches, together, reasons } = explanation;
  const perLogOdds = pointsPerLogOdds(explained.standards.points);
  return {
    figures: { boundary: boundary.kind, distance, reaches, reasons: reasons.map(aboutOf), together },
    texts: LANGUAGES.map((language) => ({
      boundary: boundaryText(explanation, perLogOdds, language),
      reasons: reasons.map((reason) => decisionReasonText(reason, explained, language)),
    })),
  };
}

/** Sentences that are told in better words since: by those that the corpus holds. What they say is the same, and figures never change. */
const REWORDED: readonly (readonly [was: string, is: string])[] = [
  ['Data are late or incomplete: erp. Missing: erp.', 'Data are late or incomplete: erp.'],
  ['数据延迟或不完整：erp。缺少：erp。', '数据延迟或不完整：erp。'],
  ['Missing: days_late, customer_since.', 'Missing: Days late; customer since.'],
  ['缺少：days_late、customer_since。', '缺少：逾期天数；customer since。'],
];
const inPresentWords = (kept: string): string => REWORDED.reduce((text, [was, is]) => text.replaceAll(was, is), kept);

/**
 * What every old decision was said to have been made for, in figures and words. Files here are never changed and never removed: other reasons need
 * an engine of their own, other words a line above. `PROBITY_WRITE_CORPUS=1` adds what ratings without a file are told.
 */
it('every decision of the corpus is explained as it always was', async () => {
  await mkdir(told, { recursive: true });
  let decisions = 0;
  for (const name of (await readdir(join(corpus, 'ratings'))).sort()) {
    const { explained } = await replay(parseEvidence(await readFile(join(corpus, 'ratings', name), 'utf8')), part);
    if (explained === null) continue;
    decisions++;
    const path = join(told, name);
    const text = canonicalJson(toldOf(explained));
    if (process.env['PROBITY_WRITE_CORPUS'] === '1' && !existsSync(path)) await writeFile(path, text, { flag: 'wx' });
    expect([name, text]).toEqual([name, inPresentWords(await readFile(path, 'utf8'))]);
  }
  expect(decisions).toBeGreaterThanOrEqual(115);
});

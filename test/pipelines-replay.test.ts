import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { workflowBundle } from '../pipelines/bundle.ts';
import { parseHistory } from '../pipelines/histories/format.ts';
import { HISTORIES } from '../pipelines/histories/record.ts';

const names = (await readdir(HISTORIES)).filter((name) => name.endsWith('.json'));
const load = (name: string) => readFile(join(HISTORIES, name), 'utf8');
const replay = async (text: string) =>
  Worker.runReplayHistory({ workflowBundle: { codePath: await workflowBundle() } }, parseHistory(text));

describe("today's workflow code", () => {
  it('has histories of every workflow and ending to agree with', () => {
    for (const ending of ['promoted', 'rejected', 'expired', 'superseded', 'cancelled', 'failed', 'unchanged']) {
      expect(names).toContain(`retrain-${ending}.json`);
    }
    expect(names).toContain('rescore-continued.json');
    expect(names).toContain('rescore-finished.json');
    expect(names).toContain('refresh.json');
    expect(names).toContain('shadow.json');
    expect(names).toContain('scheduled-retrain.json');
    expect(names).toContain('erase-customers.json');
    expect(names).toContain('retention.json');
    expect(names).toContain('reconcile.json');
    for (const name of [
      'monitor',
      'monitor-alarm',
      'monitor-slots',
      'rescore-by-slot',
      'signals-any-champion',
      'risk-report',
    ])
      expect(names).toContain(`${name}.json`);
    for (const ending of ['decided', 'escalated']) expect(names).toContain(`case-${ending}.json`);
    for (const ending of ['closed', 'escalated']) expect(names).toContain(`warning-${ending}.json`);
    expect(names).toContain('webhook-delivered.json');
    for (const ending of ['signed-off', 'escalated', 'reminded']) expect(names).toContain(`review-${ending}.json`);
    for (const look of ['looked', 'touched']) expect(names).toContain(`signals-${look}.json`);
  });

  it.each(names)('replays %s', async (name) => {
    await replay(await load(name));
  });

  it('is told apart from code that does something else', async () => {
    const text = await load('retrain-promoted.json');
    await expect(replay(text.replaceAll('"buildTrainingSet"', '"trainAtOnce"'))).rejects.toBeInstanceOf(
      DeterminismViolationError,
    );
  });
});

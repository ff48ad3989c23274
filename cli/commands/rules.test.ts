import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contentHash, loadProject, type Json } from '../../base/index.ts';
import { parseFlat } from '../../features/specs/parse-flat.ts';
import { artefactOf } from '../../models/artefact/arbitrary.ts';
import { saveArtefact } from '../../models/artefact/index.ts';
import type { RuleFiles, RulesEffect } from '../../rating/index.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres.ts';
import { cell, editedRules, scoredBy, type RuleEdits } from '../../test/support/rules.ts';
import { cliActor, withKeys } from '../keys-access.ts';
import { rulesCommand } from './rules.ts';

let folder: string;
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
  folder = await mkdtemp(join(tmpdir(), 'probity-rules-'));
  await writeFile(join(folder, 'probity.yaml'), `tenant: acme\ndatabase: ${JSON.stringify(postgres.url)}\n`);
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(...words: string[]): Promise<{ readonly out: string; readonly code: number | string | undefined }> {
  const written: string[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => written.push(String(text)) > 0),
  );
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await rulesCommand().parseAsync([...words, '--project', folder], { from: 'user' });
    return { out: written.join(''), code: process.exitCode };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
  }
}

const keys = new Map<string, string>();

/** The same by who holds a key of this name. */
async function as(name: string, ...words: string[]): ReturnType<typeof run> {
  const project = await loadProject(folder, {});
  const roles = name === 'vic' ? (['viewer'] as const) : (['credit-manager'] as const);
  const wanted = { name, roles, operations: null, days: 1, actor: 'test' };
  const known =
    keys.get(name) ?? (await withKeys(project, postgres.url, async (all) => (await all.create(wanted)).written));
  keys.set(name, known);
  vi.stubEnv('PROBITY_KEY', known);
  try {
    return await run(...words);
  } finally {
    vi.unstubAllEnvs();
  }
}

/** A folder that holds the files that the edits change. */
async function folderOf(name: string, edits: RuleEdits): Promise<string> {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  const files = editedRules(edits);
  for (const file of Object.keys(edits) as (keyof RuleFiles)[])
    await writeFile(join(path, file), JSON.stringify(files[file]));
  return path;
}

describe('probity rules', () => {
  it('validate and test tell what is sound, and every problem where it is not', async () => {
    expect((await run('validate')).out).toMatch(/default@1 is sound: \d+ rows/);
    expect((await run('test')).out).toContain('All 14 hold.');
    const gap = await folderOf('gap', { 'limits.json': { [cell(0, 'i1')]: '< 0.004' } });
    const { out, code } = await run('validate', gap);
    expect(code).toBe(1);
    expect(out).toContain('limits.json limits: No row accepts final.pd: 0.004 or between 0.004 and 0.005.');
    expect((await run('validate', join(folder, 'nothing'))).code).toBe(1);
  });

  it('are refused by name where they read a protected attribute, at validation and before anything is submitted', async () => {
    const gender = await folderOf('gender', scoredBy('gender'));
    for (const step of ['validate', 'test', 'submit']) {
      const { out, code } = await run(step, gender);
      expect([step, code]).toEqual([step, 1]);
      expect(out).toContain('score.json guarantee, column features.gender');
      expect(out).toContain('sex or gender');
    }
    expect((JSON.parse((await run('list', '--json')).out) as { proposals: unknown[] }).proposals).toEqual([]);
  });

  it('know who acts by this machine or by a key, never by what they are told, and nobody is two people', async () => {
    const path = await folderOf('two', { 'decision.json': { version: 20 } });
    const submit = async (by: (...words: string[]) => ReturnType<typeof run>) =>
      JSON.parse((await by('submit', path, '--json')).out) as { proposalId: string; author: string };
    const [ours, hers] = [await submit(run), await submit((...words) => as('ann', ...words))];
    expect([ours.author, hers.author]).toEqual([cliActor(), 'key:ann']);
    // This machine's user is not a second person to themselves, under a key neither, nor to who holds a key.
    expect((await run('approve', ours.proposalId)).code).toBe(1);
    expect((await as('bob', 'approve', ours.proposalId)).out).toContain('who may hold the key, too');
    expect((await run('approve', hers.proposalId)).out).toContain('who may be the user of this machine, too');
    expect((await as('vic', 'approve', hers.proposalId)).out).toContain('FORBIDDEN');
    vi.stubEnv('PROBITY_KEY', 'no key');
    expect((await run('approve', hers.proposalId)).out).toContain('UNAUTHENTICATED');
    vi.unstubAllEnvs();
    expect((await as('bob', 'reject', hers.proposalId, '--reason', 'no')).code).toBe(0);
    expect((await run('reject', ours.proposalId, '--reason', 'withdrawn')).code).toBe(0);
  });

  it('take a change from files to force by two people, and roll it back', async () => {
    const submit = async (version: number) => {
      const path = await folderOf(`v${version}`, { 'decision.json': { version } });
      const { out } = await as('ann', 'submit', path, '--note', `version ${version}`, '--json');
      return (JSON.parse(out) as { proposalId: string }).proposalId;
    };
    const [first, second] = [await submit(2), await submit(3)];
    expect(await as('ann', 'approve', first)).toMatchObject({ code: 1 });
    expect((await as('bob', 'approve', first)).out).toContain('is in force from');
    expect((await as('bob', 'approve', second, '--reason', 'seen')).out).toContain('is in force from');
    expect((await run('show', second)).out).toMatch(/approve +\S+ by key:bob: seen/);
    expect((await run('rollback', '--reason', 'too strict')).out).toContain('is in force again');
    const listed = JSON.parse((await run('list', '--json')).out) as {
      history: { how: string }[];
      proposals: unknown[];
    };
    expect(listed.history.map(({ how }) => how)).toEqual(['rollback', 'approve', 'approve']);
    expect((await run('list')).out).toContain('default@3');
    const third = await submit(4);
    expect((await run('reject', third, '--reason', 'no')).out).toContain('is rejected');
  });

  it('simulate-effect counts what would be decided otherwise, and the approval keeps it', async () => {
    const spec = parseFlat('name: small\ntarget: {column: bad, bad: [1]}\nfeatures: [{name: late, type: number}]');
    const term = { name: 'late', type: 'number', encoding: { kind: 'number', codes: [], edges: [30] } } as const;
    const more = {
      shape: [0, -1, 3],
      support: [0, 1, 1],
      band: null,
      monotone: null,
      range: [0, 90],
      label: null,
    } as const;
    const made = artefactOf({ intercept: -4, terms: [{ ...term, ...more, range: [0, 90] }], pairs: [] });
    const specHash = contentHash(spec as unknown as Json);
    const model = join(folder, 'model');
    await saveArtefact({ ...made, provenance: { ...made.provenance, specHash } }, model);
    await writeFile(join(model, 'spec.json'), JSON.stringify(spec));
    const input = join(folder, 'rows.csv');
    await writeFile(input, `late\n${Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : 60)).join('\n')}\n`);
    const next = await folderOf('wider', { 'decision.json': { version: 9, 'cutoffs.approveBelow': 0.3 } });
    const same = await folderOf('same', { 'decision.json': { version: 1 } });
    const call = ['simulate-effect', next, '--against', same, '--model', model, '--input', input, '--amount', 'late'];
    const { out, code } = await run(...call, '--json');
    expect(code ?? 0, out).toBe(0);
    const effect = JSON.parse(out) as RulesEffect;
    expect(effect.decisions).toBe(100);
    expect(effect.before.outcomes).toEqual({ approve: 0, condition: 70, refer: 30, decline: 0 });
    expect(effect.shifts).toEqual([{ from: 'refer', to: 'condition', count: 30 }]);
    expect(effect.before.grantedMinor).toBe(0);
    expect(effect.after.grantedMinor).toBe(30 * 60 * 100);
    expect((await run(...call)).out).toContain('Decided otherwise: 30 from refer to condition.');
    const kept = join(folder, 'effect.json');
    await writeFile(kept, out);
    const submitted = JSON.parse((await as('ann', 'submit', next, '--json')).out) as { proposalId: string };
    await as('bob', 'approve', submitted.proposalId, '--effect', kept);
    const shown = JSON.parse((await run('show', submitted.proposalId, '--json')).out) as { events: { effect: Json }[] };
    expect(shown.events[1]?.effect).toEqual(JSON.parse(await readFile(kept, 'utf8')));
  });
});

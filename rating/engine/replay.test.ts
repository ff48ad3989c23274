import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { canonicalJson, contentHash, type Json, type ProbityError } from '../../base/index.ts';
import { artefactArbitrary } from '../../models/artefact/arbitrary.ts';
import { artefactHash } from '../../models/artefact/index.ts';
import { smallArtefact } from '../../test/serving/world.ts';
import { ENGINES, evidenceText, parseEvidence, recompute, replay, type Evidence } from './index.ts';

import {
  decided,
  engines,
  hazardArtefact,
  lateArtefact,
  loader,
  rated,
  ruleFiles,
  standards,
} from '../../test/support/recorded-ratings.ts';

const late = { days_late: 45, sector: 'mining', customer_since: '2025-01-01' };

/** Every single place in a JSON value, as a copy of the whole in which it alone is different. */
function changed(value: Json): { readonly at: string; readonly value: Json }[] {
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return [
      ...items.flatMap((item, i) =>
        changed(item).map((one) => ({
          at: `[${i}]${one.at}`,
          value: items.map((old, k) => (k === i ? one.value : old)),
        })),
      ),
      { at: '[+]', value: [...items, 'more'] },
    ];
  }
  if (typeof value === 'object' && value !== null) {
    const object = value as { readonly [key: string]: Json };
    const entries = Object.entries(object);
    return [
      ...entries.flatMap(([key, item]) =>
        changed(item).map((one) => ({ at: `.${key}${one.at}`, value: { ...object, [key]: one.value } })),
      ),
      ...entries.map(([key]) => ({
        at: `.${key} removed`,
        value: Object.fromEntries(entries.filter(([other]) => other !== key)),
      })),
    ];
  }
  if (typeof value === 'number') return [{ at: '', value: value + 1 }];
  if (typeof value === 'boolean') return [{ at: '', value: !value }];
  return [{ at: '', value: value === null ? 'something' : `${value}x` }];
}

/** The same with the keys of every object sorted. */
function inOrder(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => inOrder(item));
  if (typeof value !== 'object' || value === null) return value;
  const object = value as { readonly [key: string]: Json };
  return Object.fromEntries(
    Object.keys(object)
      .sort()
      .map((key) => [key, inOrder(object[key] ?? null)]),
  );
}

describe.each(engines)('replay by $engine', ({ engine: name, recorded }) => {
  it('finds the keys of answers in the order of canonical JSON as they are made: sorting them would cost as much as a rating', async () => {
    const { answer } = await recorded(smallArtefact(), late);
    expect(JSON.stringify(answer)).toBe(JSON.stringify(inOrder(answer)));
  });

  test.prop([artefactArbitrary.filter(({ model }) => model.terms.length > 0), fc.array(fc.double()), fc.string()])(
    'gives the same bytes for any model and values',
    async (artefact, numbers, text) => {
      const values = Object.fromEntries(
        artefact.model.terms.map(({ name }, i) => [name, i % 3 === 2 ? text : (numbers[i] ?? null)]),
      );
      const given = await recorded(artefact, values);
      const evidence = parseEvidence(evidenceText(given));
      expect(evidenceText(given)).toBe(canonicalJson({ format: 'probity.evidence/1', ...given }));
      const { bytes } = await replay(evidence, loader(artefact));
      expect(bytes).toBe(canonicalJson(evidence.answer));
    },
  );

  it('fails when any single one of the inputs is altered, features among them', async () => {
    const evidence = await recorded(smallArtefact(), late);
    const alterations = changed(evidence.inputs);
    expect(alterations.length).toBeGreaterThan(40);
    expect(alterations.map(({ at }) => at)).toContain('.values.days_late');
    for (const { at, value } of alterations) {
      const outcome = await replay({ ...evidence, inputs: value }, loader(smallArtefact())).then(
        () => 'replayed',
        (error: { code?: string }) => error.code,
      );
      expect([at, outcome]).toEqual([at, at === '.horizonMonths' ? 'HORIZON_MISMATCH' : 'EVIDENCE_ALTERED']);
    }
  });

  it('fails when any single part of the answer was altered, and names it', async () => {
    const evidence = await recorded(smallArtefact(), late);
    for (const { at, value } of changed(evidence.answer)) {
      const failed = await replay({ ...evidence, answer: value }, loader(smallArtefact())).catch((e: unknown) => e);
      expect([at, (failed as { code?: string }).code]).toEqual([at, 'EVIDENCE_ALTERED']);
      const problems = (failed as { problems: { at: string }[] }).problems.map((problem) => problem.at);
      expect(problems).toEqual([/^\.(\w+)/.exec(at)?.[1]]);
    }
  });

  it('fails when the artefact or the standards are not those that rated, whatever they would answer', async () => {
    const evidence = await recorded(smallArtefact(), late);
    const altered = { code: 'EVIDENCE_ALTERED' };
    await expect(replay(evidence, loader(smallArtefact(1)))).rejects.toMatchObject(altered);
    // The same figures, but another name or another provenance: still not the artefact that rated.
    await expect(replay(evidence, loader({ ...smallArtefact(), name: 'renamed' }))).rejects.toMatchObject(altered);
    const scales = { ...standards, points: { ...standards.points, baseScore: 601 } };
    await expect(replay(evidence, loader(smallArtefact(), scales))).rejects.toMatchObject(altered);
    const other = { ...evidence.parts, model: artefactHash(smallArtefact(1)) };
    await expect(replay({ ...evidence, parts: other }, loader(smallArtefact(1)))).rejects.toMatchObject(altered);
    const rescaled = { ...evidence.parts, standards: contentHash(scales as unknown as Json) };
    await expect(replay({ ...evidence, parts: rescaled }, loader(smallArtefact(), scales))).rejects.toMatchObject(
      altered,
    );
    await expect(
      replay({ ...evidence, parts: { model: evidence.parts['model'] ?? '' } }, loader(smallArtefact())),
    ).rejects.toMatchObject(altered);
  });

  it('fails when a model that stands beside is another', async () => {
    const evidence = await recorded(smallArtefact(), late);
    for (const role of ['late', 'term']) {
      if (evidence.parts[role] === undefined) continue;
      const renamed = { ...(role === 'late' ? lateArtefact : hazardArtefact), name: 'renamed' };
      const load = async (asked: string) => (asked === role ? renamed : loader(smallArtefact())(asked));
      const altered = { code: 'EVIDENCE_ALTERED' };
      await expect(replay(evidence, load)).rejects.toMatchObject(altered);
      const parts = { ...evidence.parts, [role]: artefactHash(renamed) };
      await expect(replay({ ...evidence, parts }, load)).rejects.toMatchObject(altered);
      const { [role]: _, ...fewer } = evidence.parts;
      await expect(replay({ ...evidence, parts: fewer }, loader(smallArtefact()))).rejects.toMatchObject(altered);
    }
  });

  it('fails when another engine that is known is named', async () => {
    const evidence = await recorded(smallArtefact(), late);
    for (const engine of ENGINES.keys()) {
      if (engine === name) continue;
      const failed = await replay({ ...evidence, engine }, loader(smallArtefact())).catch((e: unknown) => e);
      expect([engine, (failed as { code?: string }).code]).toEqual([engine, 'EVIDENCE_ALTERED']);
      const { basis } = evidence.answer as { basis: object };
      const answer = { ...(evidence.answer as object), basis: { ...basis, engine } } as unknown as Json;
      const both = await replay({ ...evidence, engine, answer }, loader(smallArtefact())).catch((e: unknown) => e);
      expect([engine, (both as { code?: string }).code]).toEqual([engine, 'EVIDENCE_ALTERED']);
    }
  });

  it('fails when the engine is another, known or not', async () => {
    const evidence = await recorded(smallArtefact(), late);
    await expect(replay({ ...evidence, engine: 'probity.rating/0' }, loader(smallArtefact()))).rejects.toMatchObject({
      code: 'ENGINE_UNKNOWN',
    });
    const stolen = evidence.answer as { basis: { engine: string } };
    const answer = { ...stolen, basis: { ...stolen.basis, engine: 'probity.rating/0' } };
    await expect(replay({ ...evidence, answer }, loader(smallArtefact()))).rejects.toMatchObject({
      code: 'EVIDENCE_ALTERED',
    });
  });

  it('computes before it reads the stored answer', async () => {
    const { engine, inputs, parts } = await recorded(smallArtefact(), late);
    expect(engine).toBe(name);
    const order: string[] = [];
    const watched: Evidence = {
      engine,
      inputs,
      parts,
      get answer(): Json {
        order.push('answer read');
        return null;
      },
    };
    const load = async (role: string) => {
      order.push(`${role} loaded`);
      return loader(smallArtefact())(role);
    };
    await expect(replay(watched, load)).rejects.toMatchObject({ code: 'EVIDENCE_ALTERED' });
    const loaded = Object.keys(parts).map((role) => `${role} loaded`);
    expect(order.slice(0, loaded.length).sort()).toEqual(loaded.sort());
    expect(order[loaded.length]).toBe('answer read');
  });

  it('reads only what is evidence', () => {
    for (const text of ['', '{}', 'null', '{"format":"probity.evidence/2"}'])
      expect(() => parseEvidence(text)).toThrow(expect.objectContaining({ code: 'EVIDENCE_ALTERED' }));
  });
});

it('fails when the rules are not those that decided, whatever they would answer', async () => {
  const evidence = await decided(smallArtefact(), late);
  const text = JSON.stringify(ruleFiles);
  const loosened = JSON.parse(text.replace('"approveBelow":', '"approveBelow": 0.011, "was":')) as unknown;
  expect(JSON.stringify(loosened)).not.toBe(text);
  const load = async (role: string): Promise<unknown> => (role === 'rules' ? loosened : loader(smallArtefact())(role));
  await expect(replay(evidence, load)).rejects.toMatchObject({
    code: expect.stringMatching(/EVIDENCE_ALTERED|INVALID_RULES/) as string,
  });
  const parts = { ...evidence.parts, rules: 'd'.repeat(64) };
  await expect(replay({ ...evidence, parts }, loader(smallArtefact()))).rejects.toMatchObject({
    code: 'EVIDENCE_ALTERED',
  });
});

describe('the program that runs the tables', () => {
  const load = loader(smallArtefact());
  const THEN = '@gorules/zen-engine 0.40.0';
  /** A decision of a time when another version of zen was installed. */
  async function decidedThen(): Promise<Evidence> {
    const { engine, inputs, parts } = await decided(smallArtefact(), late);
    const { decision, ...rest } = inputs as { readonly decision: object } & { readonly [key: string]: Json };
    const basis = { engine, inputs: { ...rest, decision: { ...decision, tables: THEN } } as unknown as Json, parts };
    return { ...basis, answer: (await recompute(basis, load)).answer };
  }

  it('is told, then and now: another one now is no failure while the bytes agree', async () => {
    const { tables } = await replay(await decided(smallArtefact(), late), load);
    expect(tables?.installed).toMatch(/^@gorules\/zen-engine \d+\.\d+\.\d+$/);
    expect(tables?.recorded).toBe(tables?.installed);
    const evidence = parseEvidence(evidenceText(await decidedThen()));
    const old = await replay(evidence, load);
    expect(old.tables).toEqual({ recorded: THEN, installed: tables?.installed });
    expect(old.bytes).toBe(canonicalJson(evidence.answer));
    expect((await replay(rated(smallArtefact(), late), load)).tables).toBeNull();
  });

  it('cannot be exchanged in the evidence, and is named where the bytes differ and it is another now', async () => {
    const [now, then] = [await decided(smallArtefact(), late), await decidedThen()];
    const failure = async (evidence: Evidence): Promise<{ code: string; at: readonly string[] }> =>
      replay(evidence, load).then(
        () => ({ code: 'replayed', at: [] }),
        (error: ProbityError) => ({ code: error.code, at: error.problems.map(({ at }) => at) }),
      );
    const code = 'EVIDENCE_ALTERED';
    expect(await failure({ ...now, inputs: then.inputs })).toEqual({ code, at: ['basis', 'tables'] });
    expect(await failure({ ...then, inputs: now.inputs })).toEqual({ code, at: ['basis'] });
    const answer = { ...(then.answer as object), score: 1 } as unknown as Json;
    expect(await failure({ ...then, answer })).toEqual({ code, at: ['score', 'tables'] });
  });
});

describe('a rating without features that had no legal basis', () => {
  const withheld = [{ feature: 'days_late', source: 'invoices' }];
  const known = { sector: 'mining', customer_since: 5_000 };

  it('gives the same bytes, says what was withheld, and cannot be told from evidence that says otherwise', async () => {
    const evidence = rated(smallArtefact(), known, { withheld });
    expect(evidence.answer).toMatchObject({
      withheld,
      missing: ['days_late'],
      flags: expect.arrayContaining([{ code: 'WITHHELD', about: null, features: ['days_late'] }]),
    });
    const { bytes } = await replay(parseEvidence(evidenceText(evidence)), loader(smallArtefact()));
    expect(bytes).toBe(canonicalJson(evidence.answer));
    const { withheld: _, ...inputs } = evidence.inputs as { readonly [key: string]: Json };
    const altered = replay({ ...evidence, inputs }, loader(smallArtefact()));
    await expect(altered).rejects.toMatchObject({ code: 'EVIDENCE_ALTERED' });
  });

  it('is, without any, the evidence that it always was', () => {
    expect(evidenceText(rated(smallArtefact(), known))).not.toContain('withheld');
  });
});

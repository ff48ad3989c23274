import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isProbityError } from '../../base/index.ts';
import { OUTCOMES, type Outcome } from '../decision/index.ts';
import {
  grantedUnder,
  isLoosening,
  laterDecision,
  loadOverrideLaw,
  notCarried,
  OVERRIDE_TARGETS,
  type Override,
} from './index.ts';

const law = loadOverrideLaw(null);

describe('an override and later decisions on the customer', () => {
  const override = (from: Outcome, to: 'approve' | 'condition' | 'decline', exposure: number | null = 500) =>
    ({ from, to, exposure, amountMinor: to === 'decline' ? null : 40_000 }) as Override;
  const decision = (outcome: Outcome, more: { amountMinor?: number | null; owed?: number; code?: string } = {}) => ({
    outcome,
    causes: [{ code: more.code ?? 'PD_ABOVE_CUTOFF', outcome }],
    request: { amountMinor: more.amountMinor === undefined ? 40_000 : more.amountMinor },
    currency: { code: 'CNY', minorDigits: 2 },
    limit: { existingMinor: more.owed ?? 0, grantedMinor: 0, availableMinor: 0 },
  });
  const why = (of: Override, later: ReturnType<typeof decision>) =>
    notCarried(of, laterDecision(later as never), law.policy);

  it('hold together towards a better outcome for what the person saw: no worse a decision, no more at stake, nothing barred', () => {
    const approved = override('decline', 'approve');
    expect(why(approved, decision('decline'))).toBeNull();
    expect(why(approved, decision('condition'))).toBeNull();
    expect(why(approved, decision('approve'))).toBe('same-outcome');
    expect(why(approved, decision('refer'))).toBe('referred');
    expect(why(approved, decision('decline', { code: 'SANCTIONS_HIT' }))).toBe('barred');
    expect(why(override('condition', 'approve'), decision('decline'))).toBe('worse-decision');
    expect(why(approved, decision('decline', { owed: 10_000 }))).toBeNull();
    expect(why(approved, decision('decline', { owed: 10_001 }))).toBe('more-exposure');
    expect(why(approved, decision('decline', { amountMinor: null }))).toBeNull();
  });

  it('hold towards a worse outcome whatever is asked for, and never make a decision better', () => {
    const declined = override('approve', 'decline', null);
    expect(why(declined, decision('approve', { amountMinor: 9e9 }))).toBeNull();
    expect(why(declined, decision('condition'))).toBeNull();
    expect(why(declined, decision('decline'))).toBe('same-outcome');
    for (const outcome of OUTCOMES)
      for (const to of OVERRIDE_TARGETS)
        for (const from of OUTCOMES) {
          if (from === to || why(override(from, to), decision(outcome)) !== null) continue;
          expect(isLoosening({ from, to })).toBe(OUTCOMES.indexOf(to) < OUTCOMES.indexOf(outcome));
        }
  });

  it('grants the amount of the override at most, and nothing under a refusal', () => {
    const request = (amountMinor: number | null) => ({ request: { amountMinor }, limit: { grantedMinor: 7 } }) as never;
    expect(grantedUnder(override('decline', 'approve'), request(50_000))).toBe(40_000);
    expect(grantedUnder(override('decline', 'approve'), request(30_000))).toBe(30_000);
    expect(grantedUnder(override('decline', 'approve'), request(null))).toBe(40_000);
    expect(grantedUnder(override('approve', 'decline'), request(30_000))).toBe(0);
    expect(grantedUnder(override('approve', 'decline'), request(null))).toBeNull();
    expect(grantedUnder(override('approve', 'condition'), request(30_000))).toBe(7);
  });
});

describe('the law of a project', () => {
  it('is its own files where it has some, the package’s for the others, and refused with every problem of both', () => {
    const folder = mkdtempSync(join(tmpdir(), 'probity-law-'));
    try {
      expect(loadOverrideLaw(folder)).toEqual(law);
      const own = { ...law.authority, name: 'ours', fourEyesFrom: 5 };
      writeFileSync(join(folder, 'authority.json'), JSON.stringify(own));
      expect(loadOverrideLaw(folder)).toEqual({ policy: law.policy, authority: own });
      writeFileSync(join(folder, 'authority.json'), JSON.stringify({ ...own, fourEyesFrom: -5, version: 0 }));
      writeFileSync(join(folder, 'overrides.json'), '{');
      try {
        loadOverrideLaw(folder);
        expect.unreachable();
      } catch (error) {
        if (!isProbityError(error, 'INVALID_SPEC')) throw error;
        expect(error.problems.map(({ at }) => at)).toEqual([
          'authority.json: version',
          'authority.json: fourEyesFrom',
          'overrides.json',
        ]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

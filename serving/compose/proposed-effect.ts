import { instant, systemClock, type Json, type Project } from '../../base/index.ts';
import { EffectTally, isRerating, parseEvidence, retaker, type RuleFiles } from '../../rating/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createParts, partLoader } from '../../records/parts/index.ts';
import { ratingsWithin, sinceNewest } from '../../records/ratings/index.ts';
import { createRegistry } from '../../records/registry/index.ts';
import type { ProposedEffect } from '../../records/rules/index.ts';
import { openStorage } from '../../records/storage/index.ts';

/** So many recorded decisions, the newest, are taken again: about a second or two of work. */
const MOST_DECISIONS = 1000;

/**
 * What a proposed rule set would make of the newest decisions on record, each on what was known then, beside what was decided. It needs no model by name and no table: every
 * decision brings its own model and inputs. Throws EVIDENCE_ALTERED where a decision is not what was recorded.
 */
export async function effectOnRecord(
  database: Database,
  project: Project,
  rules: { readonly hash: string; readonly files: RuleFiles },
): Promise<ProposedEffect> {
  const { tenant } = project;
  const at = systemClock.now();
  const until = instant(Date.parse(at) + 1);
  const from = await sinceNewest(database, tenant, MOST_DECISIONS);
  const tally = new EffectTally();
  const leftOut = { erased: 0, rerated: 0, withoutDecision: 0, featuresLacking: 0, refused: 0 };
  if (from !== null) {
    const parts = createParts(database, tenant);
    const load = partLoader({ registry: createRegistry(database, tenant), storage: openStorage(project) }, (part) =>
      parts.content(part),
    );
    const { take } = retaker({ rules: rules.files, model: null, cutoffs: null }, load);
    for await (const { evidence } of ratingsWithin(database, tenant, { from, until })) {
      if (evidence === null) {
        leftOut.erased++;
        continue;
      }
      const parsed = parseEvidence(evidence);
      if (isRerating(parsed)) {
        leftOut.rerated++;
        continue;
      }
      const taken = await take(parsed);
      if (taken.kind === 'retaken') tally.add(taken.was, taken.is);
      else if (taken.kind === 'no-decision') leftOut.withoutDecision++;
      else if (taken.kind === 'features-lacking') leftOut.featuresLacking++;
      else leftOut.refused++;
    }
  }
  return {
    format: 'probity.proposed-effect/1',
    rulesHash: rules.hash,
    at,
    from,
    leftOut,
    effect: tally.effect() as unknown as Json,
  };
}

import { isProbityError, ProbityError, type Json } from '../../base/index.ts';
import type { Decision } from '../decision/index.ts';
import {
  decideInputs1,
  featuresAskedFor,
  replay,
  type DecisionInputs1,
  type Evidence,
  type PartLoader,
} from '../engine/index.ts';
import { standardsPart } from '../engine/rating-1.ts';
import type { RateableModel } from '../model.ts';
import { openRecordedRules, type LiveRules, type RuleFiles } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';

/** Cutoffs that go before those of the rules, for every segment. */
export interface OtherCutoffs {
  readonly approveBelow: number;
  /** Null: that of the rules, or `approveBelow` where that is higher. */
  readonly declineFrom: number | null;
}

/** What past decisions are to be taken by instead; null: by what took them. */
export interface Alternative {
  readonly rules: RuleFiles | null;
  readonly model: RateableModel | null;
  readonly cutoffs: OtherCutoffs | null;
}

/** A past decision again, and what the alternative makes of the same inputs, as they were known then. */
export type Retaken =
  | { readonly kind: 'retaken'; readonly was: Decision; readonly is: Decision; readonly inputs: DecisionInputs1 }
  /** An engine that rates and does not decide. */
  | { readonly kind: 'no-decision' }
  /** The alternative asks for features that the evidence does not hold: what they were is not known from it. */
  | { readonly kind: 'features-lacking'; readonly features: readonly string[] }
  /** The alternative's model or policy refuses to rate on what was known. */
  | { readonly kind: 'refused' };

/** Takes past decisions again. */
export interface Retaker {
  /**
   * Recomputes a decision from its evidence, compares it with what was answered (EVIDENCE_ALTERED where they differ), and takes it by the alternative.
   * Throws INVALID_RULES where the alternative's rules are unsound, HORIZON_MISMATCH and TARGET_MISMATCH where its model is of another horizon or event.
   */
  readonly take: (evidence: Evidence) => Promise<Retaken>;
}

/** Rule files with other cutoffs. */
export function withCutoffs(files: RuleFiles, { approveBelow, declineFrom }: OtherCutoffs): RuleFiles {
  const decision = files['decision.json'] as {
    readonly [key: string]: Json;
    readonly cutoffs: { readonly declineFrom: number };
  };
  const cutoffs = {
    approveBelow,
    declineFrom: declineFrom ?? Math.max(decision.cutoffs.declineFrom, approveBelow),
    segments: {},
  };
  return { ...files, 'decision.json': { ...decision, cutoffs } };
}

/** Prepares an alternative; parts of evidence are found by `load`. */
export function retaker(alternative: Alternative, load: PartLoader): Retaker {
  const opened = new Map<string, Promise<LiveRules>>();
  const open = (key: string, files: RuleFiles, { masterScale }: RatingStandards): Promise<LiveRules> => {
    let rules = opened.get(key);
    if (rules === undefined) opened.set(key, (rules = openRecordedRules(files, masterScale)));
    return rules;
  };
  /** The alternative's rules beside the recorded ones. */
  const rulesFor = async (recorded: RuleFiles, hash: string, standards: RatingStandards, standardsHash: string) => {
    const { rules, cutoffs } = alternative;
    const was = await open(`${hash} ${standardsHash}`, recorded, standards);
    if (rules === null && cutoffs === null) return { was, is: was };
    const files = cutoffs === null ? (rules ?? recorded) : withCutoffs(rules ?? recorded, cutoffs);
    const key = rules === null ? `cutoffs ${hash} ${standardsHash}` : `rules ${standardsHash}`;
    return { was, is: await open(key, files, standards) };
  };
  return {
    async take(evidence) {
      const { decision: was, inputs, explained } = await replay(evidence, load);
      if (was === null || explained === null || !('decision' in inputs)) return { kind: 'no-decision' };
      const { standards: standardsHash = '', rules: rulesHash = '' } = evidence.parts;
      // The model, or the population alone where rules alone rated.
      const recorded = explained.model;
      const standards = standardsPart(await load('standards', standardsHash), standardsHash);
      const files = (await load('rules', rulesHash)) as RuleFiles;
      const rules = await rulesFor(files, rulesHash, standards, standardsHash);
      const model = alternative.model ?? recorded;
      const held = new Set([...termNames(recorded), ...featuresAskedFor(rules.was)]);
      const lacking = new Set([...termNames(model), ...featuresAskedFor(rules.is)].filter((name) => !held.has(name)));
      if (lacking.size > 0) return { kind: 'features-lacking', features: [...lacking] };
      try {
        const { decision: is } = await decideInputs1(model, standards, rules.is, inputs);
        return { kind: 'retaken', was, is, inputs };
      } catch (error) {
        if (isProbityError(error, 'RATING_REFUSED')) return { kind: 'refused' };
        throw error;
      }
    },
  };
}

const termNames = ({ artefact }: RateableModel): readonly string[] => artefact.model.terms.map(({ name }) => name);

/** Parses `0.05` or `0.05:0.2`; throws INVALID_INPUT. */
export function parseCutoffs(text: string): OtherCutoffs {
  const parts = text.split(':').map(Number);
  const [approveBelow = Number.NaN, declineFrom = null] = parts;
  const isPd = (value: number): boolean => value > 0 && value <= 1;
  if (
    parts.length > 2 ||
    !isPd(approveBelow) ||
    (declineFrom !== null && !(isPd(declineFrom) && declineFrom >= approveBelow))
  )
    throw new ProbityError('INVALID_INPUT', 'This is not a cutoff.', {
      fix: 'Give a default probability above 0 and at most 1, or two, the lower one first: 0.05, or 0.05:0.2.',
    });
  return { approveBelow, declineFrom };
}

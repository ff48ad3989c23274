import { isProbityError, ProbityError, type Json } from '../../base/index.ts';
import type { FeatureValues } from '../../models/artefact/index.ts';
import type { Decision } from '../decision/index.ts';
import {
  decideInputs1,
  evidencedValues,
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

/**
 * Values of features that a model or rules ask for and the evidence of a decision does not hold, as they were known at its instant; null: they cannot be known.
 * `recorded`: the model that decided.
 */
export type LackingFeatures = (asked: {
  readonly inputs: DecisionInputs1;
  readonly recorded: RateableModel;
  readonly model: RateableModel;
  readonly names: readonly string[];
}) => Promise<FeatureValues | null>;

/** A past decision again, and what the alternative makes of the same inputs, as they were known then. */
export type Retaken =
  | {
      readonly kind: 'retaken';
      readonly was: Decision;
      readonly is: Decision;
      /** What was decided on, with what was looked up. */
      readonly inputs: DecisionInputs1;
      readonly hasLookedUp: boolean;
    }
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

/** Prepares an alternative; parts of evidence are found by `load`, what evidence does not hold by `lackingFeatures`: without it, such decisions are not taken. */
export function retaker(
  alternative: Alternative,
  load: PartLoader,
  lackingFeatures: LackingFeatures = async () => null,
): Retaker {
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
      const names = [...lacking];
      const found = names.length === 0 ? {} : await lackingFeatures({ inputs, recorded, model, names });
      if (found === null) return { kind: 'features-lacking', features: names };
      const hasLookedUp = names.length > 0;
      const given = hasLookedUp ? withValues(inputs, model, featuresAskedFor(rules.is), found, names) : inputs;
      try {
        const { decision: is } = await decideInputs1(model, standards, rules.is, given);
        return { kind: 'retaken', was, is, inputs: given, hasLookedUp };
      } catch (error) {
        if (isProbityError(error, 'RATING_REFUSED')) return { kind: 'refused' };
        throw error;
      }
    },
  };
}

/** Inputs with values of features that they did not hold. */
function withValues(
  inputs: DecisionInputs1,
  model: RateableModel,
  asked: readonly string[],
  found: FeatureValues,
  names: readonly string[],
): DecisionInputs1 {
  const added = Object.fromEntries(
    names.map((name) => [name, Object.hasOwn(found, name) ? (found[name] ?? null) : null]),
  );
  return { ...inputs, values: evidencedValues(model, { ...inputs.values, ...added }, asked) };
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

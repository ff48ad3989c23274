import { slotKey } from '../../models/registry/index.ts';
import {
  decideInputs4,
  evidencedTermValues,
  evidencedValues,
  featuresAskedFor,
  NOTHING_BESIDE,
  rulesOnlyModel,
  type ComputedLate,
  type ComputedRulesOnly,
  type ComputedTerm,
  type Decision,
  type DecisionInputs1,
  type Explained,
  type LateBeside,
  type LiveRules,
  type Rating,
  type RatingInput,
  type RatingInputs1,
  type RatingStandards,
  type TermBeside,
  type WithheldFeature,
} from '../../rating/index.ts';
import type { Assignment } from './assignment.ts';
import { decisionInputs } from './decision-request.ts';
import type { ValuesByModel } from './feature-values.ts';
import { withKnownAmounts } from './known-amounts.ts';
import type { RatingRequest } from './request.ts';

/** A rating with all that it was computed from. */
export interface ServedRating {
  readonly rating: Rating;
  readonly decision: Decision;
  /** What the decision's reasons are worked out from. */
  readonly explained: Explained;
  readonly inputs: DecisionInputs1;
  /** The risk of paying late and what it was computed from, where a model of it is live. */
  readonly late?: ComputedLate | null;
  /** The term structure and what it was computed from, where a hazard model is live. */
  readonly term?: ComputedTerm | null;
  /** Where rules alone rated. */
  readonly rulesOnly?: ComputedRulesOnly | null;
  /** The rules that decided, ready. */
  readonly rules: LiveRules;
  /** Content hash of the rule set that decided. */
  readonly rulesHash: string;
}

/** What is known of the sources behind the features. */
export type SourceFindings = Pick<RatingInput, 'staleSources' | 'incompleteSources'>;

/** Decides a request once it is known by which models and rules, and with which values: the rating and the inputs that are its evidence. */
export function createServed(standards: RatingStandards) {
  return async (
    request: RatingRequest,
    {
      asOf,
      choice,
      champion,
      championOf,
      model: seated,
      arm,
      rules,
      late: lateSlot,
      term: termSlot,
      ...assigned
    }: Assignment,
    values: ValuesByModel,
    sources: SourceFindings,
    snapshot: RatingInputs1['snapshot'],
    withheld: readonly WithheldFeature[] = [],
  ): Promise<ServedRating> => {
    const { features: _, dryRun: __, ...given } = request;
    const { rulesOnly, segment } = assigned;
    const model = rulesOnly ? rulesOnlyModel(seated) : seated;
    const { currency } = rules.set.decision;
    const asked = decisionInputs(request, segment, currency);
    const facts =
      request.customerId === undefined
        ? asked.facts
        : withKnownAmounts(
            asked.facts,
            values.own,
            currency.minorDigits,
            withheld.map(({ feature }) => feature),
          );
    const why = arm === null ? choice.why : `${choice.why}; ${arm.why}`;
    const slot = slotKey(choice.slot);
    const split = arm && { arm: arm.arm, share: arm.share, splitId: arm.splitId };
    const seat = split
      ? { arm: split, of: championOf, since: champion.from, slot, why }
      : { of: championOf, since: champion.from, slot, why };
    // Keys in the order of canonical JSON, which evidence is written in.
    const inputs: DecisionInputs1 = {
      asOf,
      champion: seat,
      decision: { facts, latePayment: null, request: asked.request, tables: rules.engine },
      horizonMonths: model.artefact.target.horizonMonths ?? choice.slot.horizonMonths,
      incompleteSources: sources.incompleteSources,
      request: given,
      snapshot,
      staleSources: sources.staleSources,
      values: evidencedValues(model, values.own, featuresAskedFor(rules)),
      ...(withheld.length === 0 ? {} : { withheld }),
    };
    const rulesHash = rules.set.hash;
    const championOfBeside = ({ choice: chosen, champion: of }: NonNullable<Assignment['late']>) => ({
      slot: slotKey(chosen.slot),
      since: of.from,
      of: championOf,
      why: chosen.why,
    });
    const late: LateBeside | null = lateSlot && {
      model: lateSlot.champion.model,
      inputs: {
        values: evidencedValues(lateSlot.champion.model, values.late),
        lateDays: lateSlot.choice.slot.lateDays ?? 0,
        horizonMonths: lateSlot.champion.model.artefact.target.horizonMonths ?? lateSlot.choice.slot.horizonMonths,
        champion: championOfBeside(lateSlot),
      },
    };
    const term: TermBeside | null = termSlot && {
      model: termSlot.champion.model,
      inputs: {
        values: evidencedTermValues(termSlot.champion.model, values.term),
        champion: championOfBeside(termSlot),
      },
    };
    const common = { rules, rulesHash };
    if (rulesOnly) {
      const { rating, decision, explained } = await decideInputs4(model, NOTHING_BESIDE, standards, rules, inputs);
      const standing = { since: rulesOnly.from, reportId: rulesOnly.reportId };
      return {
        rating,
        decision,
        explained,
        inputs,
        rulesOnly: { of: seated, standing },
        ...common,
      };
    }
    const decided = await decideInputs4(model, { late, term }, standards, rules, inputs);
    return {
      rating: decided.rating,
      decision: decided.decision,
      explained: decided.explained,
      inputs: decided.inputs,
      late: late === null || decided.late === null ? null : { ...late, risk: decided.late },
      term: term === null || decided.term === null ? null : { ...term, structure: decided.term },
      ...common,
    };
  };
}

import type { RowHit, RuleFacts, RuleField, RuleSet } from '../rules/index.ts';
import { tableValue } from '../rules/index.ts';
import type { CustomerFacts, DecisionRequest, LimitOutcome, PriceFloor, TermsOutcome } from './decision.ts';
import { minorOf, roundedProduct } from './money.ts';

/**
 * The limit that a row of the limits table gives: its cap, and at most its share of the base where it names one (an unknown base leaves the cap
 * alone only where the row states no base). Rounded down to the rule set's step; what is drawn already is taken off.
 */
export function limitOf(
  hit: RowHit,
  facts: RuleFacts,
  set: RuleSet,
  request: DecisionRequest,
  customer: CustomerFacts,
): LimitOutcome {
  const { currency, limits } = set.decision;
  const { share } = hit.outputs;
  const field = baseFieldOf(hit, set);
  const value = field === undefined ? null : (tableValue(field, facts.get(field.name)) as number | null);
  const totalMinor = totalOf(hit, field === undefined ? null : { value }, set);
  const existingMinor = customer.existingExposureMinor ?? 0;
  const requestedMinor = request.amountMinor;
  const least = minorOf(limits.least, currency.minorDigits);
  const { availableMinor, grantedMinor } = grantOf(totalMinor, existingMinor, requestedMinor, least);
  return {
    availableMinor,
    base: field === undefined ? null : { field: field.name, share: Number(share), value },
    existingMinor,
    grantedMinor,
    requestedMinor,
    row: hit.row,
    totalMinor,
  };
}

/** The field that a row's limit is a share of; undefined where the row names none. */
export function baseFieldOf(
  { outputs: { base } }: Pick<RowHit, 'outputs'>,
  { fields }: RuleSet,
): RuleField | undefined {
  return typeof base === 'string' ? fields.get(base) : undefined;
}

/** The limit of a row in minor units: its cap, and at most its share of the base (null: it names none; an unknown one leaves nothing), rounded down to the step. */
export function totalOf(
  { outputs: { cap, share } }: Pick<RowHit, 'outputs'>,
  base: { readonly value: number | null } | null,
  { decision: { currency, limits } }: RuleSet,
): number {
  const step = minorOf(limits.step, currency.minorDigits);
  const unit = 10 ** currency.minorDigits;
  const capMinor = roundedProduct([Number(cap), unit], 'down', step);
  if (base === null) return capMinor;
  const ofBase = base.value === null ? 0 : roundedProduct([Math.max(base.value, 0), Number(share), unit], 'down', step);
  return Math.min(capMinor, ofBase);
}

/** What a limit leaves after what is drawn already, and what of a request that grants; all in minor units. */
export function grantOf(
  totalMinor: number,
  existingMinor: number,
  requestedMinor: number | null,
  leastMinor: number,
): Pick<LimitOutcome, 'availableMinor' | 'grantedMinor'> {
  const availableMinor = Math.max(0, totalMinor - existingMinor);
  const possible = requestedMinor === null ? null : Math.min(requestedMinor, availableMinor);
  // Less than the least amount worth granting is nothing, save where no more was asked for.
  const isTooLittle = possible !== null && possible < Math.min(leastMinor, requestedMinor ?? 0);
  return { availableMinor, grantedMinor: isTooLittle ? 0 : possible };
}

/** The limit of a customer who is declined: nothing. */
export function noLimit(limit: LimitOutcome): LimitOutcome {
  return { ...limit, totalMinor: 0, availableMinor: 0, grantedMinor: limit.requestedMinor === null ? null : 0 };
}

export function termsOf({ row, outputs }: RowHit): TermsOutcome {
  return {
    days: Number(outputs['days']),
    guaranteeNeeded: outputs['guarantee'] === true,
    prepayment: Number(outputs['prepayment']),
    row,
  };
}

/**
 * Expected loss = PD * LGD * EAD (Basel Committee, CRE 35: the product of the three), exact and rounded up to a minor unit. The PD of a year assumes
 * a constant hazard over the horizon: 1 - (1 - PD)^(12 / months).
 */
export function priceFloorOf(
  pd: number,
  horizonMonths: number,
  set: RuleSet,
  request: DecisionRequest,
  customer: CustomerFacts,
): PriceFloor {
  const own = customer.segment !== null && Object.hasOwn(set.loss.segments, customer.segment);
  const parameters = (own ? set.loss.segments[customer.segment ?? ''] : undefined) ?? set.loss.otherwise;
  const lgd = customer.guaranteeOffered === true ? parameters.lgdGuaranteed : parameters.lgd;
  const { exposureAtDefault } = parameters;
  const { amountMinor } = request;
  const yearly = horizonMonths === 12 ? pd : 1 - (1 - pd) ** (12 / horizonMonths);
  return {
    eadMinor: amountMinor === null ? null : roundedProduct([amountMinor, exposureAtDefault], 'up'),
    expectedLossMinor: amountMinor === null ? null : roundedProduct([amountMinor, exposureAtDefault, pd, lgd], 'up'),
    lgd,
    pd,
    ratePerYear: roundedProduct([yearly, lgd, exposureAtDefault, 1e6], 'up') / 1e6,
    segment: own ? (customer.segment ?? '') : 'otherwise',
  };
}

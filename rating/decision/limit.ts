import type { RowHit, RuleFacts, RuleSet } from '../rules/index.ts';
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
  const step = minorOf(limits.step, currency.minorDigits);
  const unit = 10 ** currency.minorDigits;
  const { cap, base, share } = hit.outputs;
  const field = typeof base === 'string' ? set.fields.get(base) : undefined;
  const value = field === undefined ? null : (tableValue(field, facts.get(field.name)) as number | null);
  const capMinor = roundedProduct([Number(cap), unit], 'down', step);
  const ofBase =
    field === undefined
      ? capMinor
      : value === null
        ? 0
        : roundedProduct([Math.max(value, 0), Number(share), unit], 'down', step);
  const totalMinor = Math.min(capMinor, ofBase);
  const existingMinor = customer.existingExposureMinor ?? 0;
  const availableMinor = Math.max(0, totalMinor - existingMinor);
  const requestedMinor = request.amountMinor;
  const possible = requestedMinor === null ? null : Math.min(requestedMinor, availableMinor);
  const least = minorOf(limits.least, currency.minorDigits);
  return {
    availableMinor,
    base: field === undefined ? null : { field: field.name, share: Number(share), value },
    existingMinor,
    // Less than the least amount worth granting is nothing, save where no more was asked for.
    grantedMinor: possible === null ? null : possible < Math.min(least, requestedMinor ?? 0) ? 0 : possible,
    requestedMinor,
    row: hit.row,
    totalMinor,
  };
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

import {
  amountText,
  boundaryText,
  conditionsMade,
  decisionReasonText,
  expiredText,
  hasExpired,
  labelInModel,
  missingFacts,
  OUTCOME_NAMES,
  outcomeMade,
  pointsPerLogOdds,
  termsUnder,
  type Decision,
  type DecisionReason,
  type Explained,
  type Explanation,
  type Language,
} from '../../rating/index.ts';
import { grantedNow, limitNow } from './override-answer.ts';
import { gradeAnswer } from './grade-answer.ts';

/** A decision as the API answers it at an instant, with its reasons, in one language; amounts as decimal text. What was decided stays; once its validity has ended, no limit is in force. */
export function decisionAnswer(explained: Explained, explanation: Explanation, language: Language, now: string) {
  const { decision, standards } = explained;
  const outcome = outcomeMade(explained);
  const { grade, limit, priceFloor, currency, evidence } = decision;
  const { override } = explained;
  const terms = (override ? termsUnder(override) : null) ?? decision.terms;
  const { totalMinor, availableMinor } = limitNow(explained);
  const grantedMinor = grantedNow(explained);
  const expired = hasExpired(decision, now);
  const money = (minor: number): string => amountText(minor, currency.minorDigits);
  const maybe = (minor: number | null): string | null => (minor === null ? null : money(minor));
  return {
    outcome,
    name: OUTCOME_NAMES[outcome][language],
    ofModelAndRules: decision.outcome,
    reasons: explanation.reasons.map((reason) => ({
      kind: reason.kind,
      text: decisionReasonText(reason, explained, language),
      about: aboutOf(reason),
      goodValue: goodValueOf(reason),
      points: 'points' in reason ? Math.round(reason.points * 10) / 10 : null,
    })),
    boundary: {
      kind: explanation.boundary.kind,
      text: boundaryText(explanation, pointsPerLogOdds(standards.points), language),
      reached: explanation.reaches,
    },
    pd: decision.pd,
    score: decision.score,
    grade: gradeAnswer(grade, language),
    logOdds: decision.logOdds,
    parts: decision.blend.parts.map((part) => ({
      kind: part.kind,
      about: part.kind === 'criterion' ? part.name : part.kind === 'bound' ? part.grade : null,
      text: part.kind === 'criterion' ? criterionText(decision, part.name, language) : null,
      points: part.kind === 'criterion' ? part.points : null,
      logOdds: part.logOdds,
    })),
    rules: decision.policy.map(({ table, row, outcome, code, text, noBetterThan, noWorseThan }) => ({
      table,
      row,
      outcome,
      code,
      text: text[language],
      noBetterThan,
      noWorseThan,
    })),
    causes: decision.causes.map(({ source, code, outcome, text, binding, missing }) => ({
      source,
      code,
      outcome,
      text: text[language],
      binding,
      missing,
    })),
    conditions: conditionsMade(explained, language),
    warnings: decision.warnings.map(({ code, severity, text }) => ({ code, severity, text: text[language] })),
    limit: {
      currency: currency.code,
      total: money(totalMinor),
      existing: money(limit.existingMinor),
      available: money(availableMinor),
      requested: maybe(limit.requestedMinor),
      granted: maybe(grantedMinor),
    },
    expired: expired ? expiredText(decision)[language] : null,
    limitInForce: {
      currency: currency.code,
      total: money(expired ? 0 : totalMinor),
      available: money(expired ? 0 : availableMinor),
      granted: maybe(expired && grantedMinor !== null ? 0 : grantedMinor),
    },
    terms: { days: terms.days, prepayment: terms.prepayment, guaranteeNeeded: terms.guaranteeNeeded },
    priceFloor: {
      ratePerYear: priceFloor.ratePerYear,
      expectedLoss: maybe(priceFloor.expectedLossMinor),
      pd: priceFloor.pd,
      lgd: priceFloor.lgd,
      ead: maybe(priceFloor.eadMinor),
      segment: priceFloor.segment,
    },
    validUntil: decision.validUntil,
    latePayment:
      decision.latePayment === null
        ? null
        : { probability: decision.latePayment.probability, horizonMonths: decision.latePayment.horizonMonths },
    missing: {
      documents: decision.missing.documents,
      features: decision.missing.features,
      sources: decision.missing.sources,
      rules: missingFacts(decision, explained.values, explained.set, (feature) =>
        labelInModel(explained.model, feature),
      ).map(({ field, label, readBy }) => ({ field, label: label[language], readBy })),
    },
    rulesInForce: {
      name: evidence.rules.name,
      version: evidence.rules.version,
      hash: evidence.rules.hash,
      engine: evidence.engine,
      loss: evidence.loss,
      regimes: evidence.regimes,
    },
  };
}

/** The value at which a feature, or the one fact of a criterion, would harm no more; null where no one value is to be told. */
function goodValueOf(reason: DecisionReason): number | string | null {
  // Where nothing bounds what is good, evidence holds the largest double for "any": nobody is told that.
  if (reason.kind === 'feature') return reason.remedy.value === Number.MAX_VALUE ? null : reason.remedy.value;
  const [value, ...more] = reason.kind === 'criterion' ? (reason.facts?.values() ?? []) : [];
  return more.length === 0 && (typeof value === 'number' || typeof value === 'string') ? value : null;
}

/** The feature, criterion or rule that a reason is about, by name. */
function aboutOf(reason: DecisionReason): string {
  switch (reason.kind) {
    case 'feature':
      return reason.name;
    case 'criterion':
      return reason.remedy.name;
    case 'rule':
      return reason.cause.code;
    case 'bound':
      return reason.policy.code;
    default:
      return reason.override.reasonCode;
  }
}

function criterionText(decision: Decision, name: string, language: Language): string | null {
  return decision.criteria.find((criterion) => criterion.name === name)?.label[language] ?? null;
}

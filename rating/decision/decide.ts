import { ProbityError } from '../../base/index.ts';
import { logistic } from '../../models/scoring/index.ts';
import { blend, gradeBounds } from '../blend/index.ts';
import { gradeOf } from '../master-scale.ts';
import { isRulesOnly } from '../flags.ts';
import { pointsOf } from '../points.ts';
import type { LiveRules, RowHit, RuleFacts, TableRunner } from '../rules/index.ts';
import type { RatingStandards } from '../standards.ts';
import { causesOf } from './causes.ts';
import type { CriterionOutcome, Decision, PolicyOutcome, WarningOutcome } from './decision.ts';
import { DecisionFacts, gradeRank, type FactSources } from './facts.ts';
import { limitOf, noLimit, priceFloorOf, termsOf } from './limit.ts';
import { causeTexts } from './texts.ts';

/** What a decision is a function of, beside standards and rules. */
export type DecisionInput = FactSources;

/** The parts that decide: replaced together, never in part. */
export interface DecisionParts {
  readonly standards: RatingStandards;
  readonly rules: LiveRules;
}

/**
 * Decides on one rating. Pure: the same input, standards and rule set give the same decision. Policy and score tables read the facts; model and score are
 * blended within the bounds that policy sets; limits, terms and warnings read the result; the worst outcome that anything asks for is the decision.
 */
export async function decide(input: DecisionInput, { standards, rules }: DecisionParts): Promise<Decision> {
  const { rating, request, facts: customer } = input;
  const { set } = rules;
  const { masterScale } = standards;
  const facts = new DecisionFacts(input, set, masterScale);
  const policy = [...rulesOnlyOutcome(input, set), ...(await policyOutcomes(rules, facts))];
  const answers = await criterionAnswers(rules, facts);
  const blended = blend(rating.logOdds, answers, policy, set.decision.blend, masterScale);
  const pd = logistic(blended.logOdds);
  const grade = gradeOf(pd, rating.horizonMonths, masterScale);
  const score = Math.round(pointsOf(blended.logOdds, standards.points));
  facts.set('final.pd', pd);
  facts.set('final.score', score);
  facts.set('final.grade', grade.code);
  facts.set('final.gradeRank', gradeRank(grade.code, masterScale));
  facts.set('final.class', grade.class);
  const limitHits = rules.limits.run(facts);
  const limit = limitOf(
    only(rules.limits, isKnown(limitHits) ? limitHits : await limitHits),
    facts,
    set,
    request,
    customer,
  );
  const termsHits = rules.terms.run(facts);
  const terms = termsOf(only(rules.terms, isKnown(termsHits) ? termsHits : await termsHits));
  const warnings = await warningOutcomes(rules, facts);
  const { causes, outcome, missing } = causesOf({ input, set, policy, pd, limit, terms });
  const bounds = gradeBounds(masterScale).find(({ code }) => code === grade.code);
  const finite = (at: number | undefined): number | null => (at !== undefined && Number.isFinite(at) ? at : null);
  return {
    outcome,
    logOdds: blended.logOdds,
    pd,
    horizonMonths: rating.horizonMonths,
    score,
    grade,
    gradeLogOdds: { from: finite(bounds?.from), to: finite(bounds?.to) },
    blend: blended,
    // The model's part stands first, then one for each criterion, in the order of the answers.
    criteria: answers.map(({ name, label, row, points, weight, reference }, i): CriterionOutcome => {
      const logOdds = blended.parts[i + 1]?.logOdds ?? 0;
      return { name, label, row, points, weight, reference, logOdds };
    }),
    policy,
    warnings,
    causes,
    limit: outcome === 'decline' ? noLimit(limit) : outcome === 'refer' ? { ...limit, grantedMinor: null } : limit,
    terms,
    priceFloor: priceFloorOf(pd, rating.horizonMonths, set, request, customer),
    currency: set.decision.currency,
    request,
    validUntil: validUntil(
      input.asOf,
      set.decision.validityDays.grades[grade.code] ?? set.decision.validityDays[grade.class],
    ),
    flags: rating.flags,
    missing,
    latePayment: input.latePayment,
    facts: facts.read(set),
    evidence: {
      rules: { name: set.name, version: set.version, hash: set.hash },
      engine: rules.engine,
      loss: `${set.loss.name}@${set.loss.version}`,
      regimes: {
        industry: String(facts.get('regime.industry')),
        macro: String(facts.get('regime.macro')),
        name: `${set.regimes.name}@${set.regimes.version}`,
      },
      standards: rating.standards,
      model: rating.model,
    },
  };
}

const DAY = 86_400_000;

function validUntil(asOf: string, days: number): string {
  return new Date(Date.parse(asOf) + days * DAY).toISOString();
}

/** Whether a table answered at once: waiting for what is there already, a dozen times a decision, would cost more than the tables. */
function isKnown(hits: ReturnType<TableRunner['run']>): hits is readonly RowHit[] {
  return Array.isArray(hits);
}

/** The row of a table that every fact has one row in (analysed when the rules were read). */
function only(runner: TableRunner, [hit]: readonly RowHit[]): RowHit {
  if (hit === undefined)
    throw new ProbityError('INTERNAL', `The table ${runner.table.name} has no row for these facts.`);
  return hit;
}

/** Where no model rates, what `decision.json` asks for then, as a row of policy would. */
function rulesOnlyOutcome({ rating }: FactSources, { decision }: LiveRules['set']): PolicyOutcome[] {
  if (!isRulesOnly(rating)) return [];
  const { outcome, noBetterThan } = decision.rulesOnly ?? { outcome: 'refer', noBetterThan: 'middle' };
  const code = 'RULES_ONLY';
  return [
    { table: 'decision', row: 'rulesOnly', outcome, code, text: causeTexts[code](), noBetterThan, noWorseThan: null },
  ];
}

async function policyOutcomes({ set, policy }: LiveRules, facts: RuleFacts): Promise<PolicyOutcome[]> {
  const found: PolicyOutcome[] = [];
  for (const runner of policy) {
    const hits = runner.run(facts);
    for (const { row, outputs } of isKnown(hits) ? hits : await hits) {
      const code = String(outputs['code']);
      found.push({
        table: runner.table.name,
        row,
        outcome: outputs['outcome'] as PolicyOutcome['outcome'],
        code,
        text: set.texts.get(code) ?? { en: code, 'zh-CN': code },
        noBetterThan: (outputs['noBetterThan'] ?? null) as string | null,
        noWorseThan: (outputs['noWorseThan'] ?? null) as string | null,
      });
    }
  }
  return found;
}

async function criterionAnswers({ score }: LiveRules, facts: RuleFacts): Promise<Omit<CriterionOutcome, 'logOdds'>[]> {
  const found: Omit<CriterionOutcome, 'logOdds'>[] = [];
  for (const { criterion, runner } of score) {
    const hits = runner.run(facts);
    const { row, outputs } = only(runner, isKnown(hits) ? hits : await hits);
    const { table, label, weight, reference } = criterion;
    found.push({ name: table.name, label, row, points: Number(outputs['points']), weight, reference });
  }
  return found;
}

async function warningOutcomes({ set, warnings }: LiveRules, facts: RuleFacts): Promise<WarningOutcome[]> {
  const found: WarningOutcome[] = [];
  for (const runner of warnings) {
    const hits = runner.run(facts);
    for (const { row, outputs } of isKnown(hits) ? hits : await hits) {
      const code = String(outputs['code']);
      const text = set.texts.get(code) ?? { en: code, 'zh-CN': code };
      const severity = outputs['severity'] as WarningOutcome['severity'];
      found.push({ table: runner.table.name, row, code, severity, text });
    }
  }
  return found;
}

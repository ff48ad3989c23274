import { greatestLogOddsBelow, leastLogOdds } from '../blend/index.ts';
import { isRulesOnly } from '../flags.ts';
import type { RuleSet } from '../rules/index.ts';
import {
  OUTCOMES,
  type Decision,
  type DecisionCause,
  type LimitOutcome,
  type Outcome,
  type PolicyOutcome,
  type TermsOutcome,
} from './decision.ts';
import { factName } from './fact-names.ts';
import { dataQuality, type FactSources } from './facts.ts';
import { amountText } from './money.ts';
import type { Texts } from '../texts.ts';
import { causeTexts, type CauseCode } from './texts.ts';

/** What causes are found in. */
interface Found {
  readonly input: FactSources;
  readonly set: RuleSet;
  readonly policy: readonly PolicyOutcome[];
  readonly pd: number;
  readonly limit: LimitOutcome;
  readonly terms: TermsOutcome;
}

/** A cause whose text and cutoff are worked out only where they are told. */
type OpenCause = Omit<DecisionCause, 'binding' | 'text' | 'cutoff'> & {
  readonly text: () => DecisionCause['text'];
  readonly cutoff: () => DecisionCause['cutoff'];
};

const rank = (outcome: Outcome): number => OUTCOMES.indexOf(outcome);

/** Everything that asks for an outcome, worst first; the decision is the worst, and what asks for it binds. */
export function causesOf(found: Found): Pick<Decision, 'causes' | 'outcome' | 'missing'> {
  const { input } = found;
  const quality = dataQuality(input);
  const documents = input.facts.documentsMissing ?? [];
  const open = openCauses(found, quality);
  const outcome = worstOf(open);
  const causes = open
    .map(({ source, code, outcome: asked, text, cutoff, missing }) => ({
      source,
      code,
      outcome: asked,
      text: text(),
      cutoff: cutoff(),
      missing,
      binding: asked === outcome,
    }))
    .sort((a, b) => rank(b.outcome) - rank(a.outcome));
  return { causes, outcome, missing: { documents, features: input.rating.missing, sources: quality.staleSources } };
}

/** The outcome alone that `causesOf` comes to. */
export function outcomeOf(found: Found): Outcome {
  return worstOf(openCauses(found));
}

function openCauses(found: Found, quality = dataQuality(found.input)): OpenCause[] {
  const { input } = found;
  return [
    ...policyCauses(found, input.facts.documentsMissing ?? []),
    cutoffCause(found),
    ...dataCauses(found, quality),
    ...limitCauses(found),
    ...termsCauses(found),
  ];
}

function worstOf(open: readonly OpenCause[]): Outcome {
  return OUTCOMES[Math.max(...open.map((each) => rank(each.outcome)))] ?? 'refer';
}

const noCutoff = (): null => null;

function cause(
  source: DecisionCause['source'],
  code: CauseCode,
  outcome: Outcome,
  text: OpenCause['text'],
  more: Partial<Pick<OpenCause, 'cutoff' | 'missing'>> = {},
): OpenCause {
  return { source, code, outcome, text, cutoff: noCutoff, missing: [], ...more };
}

function policyCauses({ policy, set, input }: Found, documents: readonly string[]): OpenCause[] {
  return policy.flatMap(({ outcome, code, text, table, row }): OpenCause[] => {
    if (outcome === 'note') return [];
    // Where the row asks for missing documents, they are named.
    const asked = set.policy.find(({ name }) => name === table);
    const column = asked?.fields.findIndex(({ name }) => name === 'customer.documentsMissing') ?? -1;
    const asksDocuments = column >= 0 && asked?.rows.find(({ id }) => id === row)?.tests[column]?.kind !== 'any';
    const missing = asksDocuments && input.facts.documentsMissing !== null ? documents : [];
    return [{ source: 'policy', code, outcome, text: () => text, cutoff: noCutoff, missing }];
  });
}

function cutoffCause({ set, input, pd }: Found): OpenCause {
  const { cutoffs } = set.decision;
  const { segment } = input.facts;
  const own = segment !== null && Object.hasOwn(cutoffs.segments, segment) ? cutoffs.segments[segment] : undefined;
  const { approveBelow, declineFrom } = own ?? cutoffs;
  // A PD that no model told declines nobody by itself.
  const beyondHighest = isRulesOnly(input.rating) ? 'refer' : 'decline';
  if (pd >= declineFrom) return cutoffAt('PD_ABOVE_CUTOFF', beyondHighest, declineFrom);
  if (pd >= approveBelow) return cutoffAt('PD_BETWEEN_CUTOFFS', 'refer', approveBelow);
  return cutoffAt('PD_BELOW_CUTOFF', 'approve', approveBelow);
}

type CutoffCode = 'PD_ABOVE_CUTOFF' | 'PD_BETWEEN_CUTOFFS' | 'PD_BELOW_CUTOFF';

/** Causes by code, outcome and cutoff: rule sets have few cutoffs, which come with every decision. */
const cutoffCauses = new Map<string, OpenCause>();
const MOST_CUTOFF_CAUSES = 1000;

function cutoffAt(code: CutoffCode, outcome: Outcome, pd: number): OpenCause {
  const key = `${code} ${outcome} ${pd}`;
  const known = cutoffCauses.get(key);
  if (known !== undefined) return known;
  const [text, cutoff] = [causeTexts[code](pd), { pd, logOdds: finite(leastLogOdds(pd)) }];
  const made = cause('cutoff', code, outcome, () => text, { cutoff: () => cutoff });
  if (cutoffCauses.size >= MOST_CUTOFF_CAUSES) cutoffCauses.clear();
  cutoffCauses.set(key, made);
  return made;
}

/** A cutoff of PD 1 is never reached: the largest log-odds that a double's PD can tell from 1 stands for it. */
function finite(logOdds: number): number {
  return Number.isFinite(logOdds) ? logOdds : Math.sign(logOdds) * Math.abs(greatestLogOddsBelow(1 - 2 ** -53));
}

function dataCauses({ set, input }: Found, { known, all, staleSources }: ReturnType<typeof dataQuality>): OpenCause[] {
  const { referKnownShareBelow, stale } = set.decision.data;
  const causes: OpenCause[] = [];
  if (all > 0 && known < referKnownShareBelow * all)
    causes.push(
      cause('data', 'THIN_DATA', 'refer', () => causeTexts.THIN_DATA(known, all), { missing: input.rating.missing }),
    );
  if (staleSources.length > 0)
    causes.push(
      cause('data', 'STALE_DATA', stale, () => causeTexts.STALE_DATA(staleSources), { missing: staleSources }),
    );
  return causes;
}

/** What people call the fact that the limit is a share of, where it is not known; null: it is known, or the limit is no share. */
function unknownBase({ set, limit: { base }, input: { rating } }: Found): Texts | null {
  const field = base?.value === null ? set.fields.get(base.field) : undefined;
  return field === undefined ? null : factName(field, (feature) => rating.labelOf?.(feature) ?? null);
}

function limitCauses(found: Found): OpenCause[] {
  const { set, limit } = found;
  const { requestedMinor, grantedMinor } = limit;
  if (requestedMinor === null || grantedMinor === null || grantedMinor >= requestedMinor) return [];
  const { limits, currency } = set.decision;
  if (grantedMinor === 0)
    return [cause('limit', 'LIMIT_NOTHING', limits.nothing, () => causeTexts.LIMIT_NOTHING(unknownBase(found)))];
  const granted = (): string => `${amountText(grantedMinor, currency.minorDigits)} ${currency.code}`;
  return [cause('limit', 'LIMIT_PARTLY', limits.partly, () => causeTexts.LIMIT_PARTLY(granted()))];
}

/** Terms ask for conditions only of who asked for credit. */
function termsCauses({ input, terms }: Found): OpenCause[] {
  const { termDays, amountMinor } = input.request;
  const causes: OpenCause[] = [];
  if (termDays !== null && termDays > terms.days)
    causes.push(cause('terms', 'TERM_SHORTER', 'condition', () => causeTexts.TERM_SHORTER(terms.days)));
  if (amountMinor === null && termDays === null) return causes;
  if (terms.prepayment > 0)
    causes.push(cause('terms', 'PREPAYMENT', 'condition', () => causeTexts.PREPAYMENT(terms.prepayment)));
  if (terms.guaranteeNeeded && input.facts.guaranteeOffered !== true)
    causes.push(cause('terms', 'GUARANTEE_NEEDED', 'condition', () => causeTexts.GUARANTEE_NEEDED()));
  return causes;
}

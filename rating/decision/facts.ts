import type { FeatureValues } from '../../models/artefact/index.ts';
import type { MasterScale } from '../master-scale.ts';
import type { Rating } from '../rate.ts';
import { regimesAt, tableValue, type RuleFacts, type RuleSet, type Scalar } from '../rules/index.ts';
import type { CustomerFacts, DecisionRequest, LatePaymentRisk } from './decision.ts';
import { majorOf } from './money.ts';

/** What the facts for tables are made of. */
export interface FactSources {
  readonly rating: Rating;
  readonly values: FeatureValues;
  readonly asOf: string;
  readonly request: DecisionRequest;
  readonly facts: CustomerFacts;
  readonly latePayment: LatePaymentRisk | null;
}

/** How many of a rating's features are known, and which sources are late or emptier than expected. */
interface DataQuality {
  readonly known: number;
  readonly all: number;
  readonly staleSources: readonly string[];
}

/** What a rating says of its data. */
export function dataQuality({ rating }: Pick<FactSources, 'rating'>): DataQuality {
  const { featureCount: all, flags, missing } = rating;
  const staleSources: string[] = [];
  for (const { code, about } of flags)
    if ((code === 'STALE_SOURCE' || code === 'INCOMPLETE_SOURCE') && about !== null && !staleSources.includes(about))
      staleSources.push(about);
  return { known: all - missing.length, all, staleSources };
}

/** The place of a grade in its scale, 1 for the safest. */
export function gradeRank(code: string, scale: MasterScale): number {
  return scale.grades.findIndex((grade) => grade.code === code) + 1;
}

/** Facts by field name; features are read from the values as they are. What is known of the end (`final.*`) is set by the decision. */
export class DecisionFacts implements RuleFacts {
  readonly #own: Record<string, unknown>;
  readonly #values: FeatureValues;

  constructor(sources: FactSources, set: RuleSet, scale: MasterScale) {
    const { rating, values, request, facts, latePayment } = sources;
    const { minorDigits } = set.decision.currency;
    const major = (minor: number | null): number | null => (minor === null ? null : majorOf(minor, minorDigits));
    const { known, all, staleSources } = dataQuality(sources);
    const { feature } = set.regimes.industry;
    const industry = feature === null ? null : (values[feature] ?? null);
    const regimes = regimesAt(set.regimes, sources.asOf, industry === null ? null : String(industry));
    this.#values = values;
    this.#own = {
      'request.amount': major(request.amountMinor),
      'request.termDays': request.termDays,
      'request.purpose': request.purpose,
      'customer.kind': facts.kind,
      'customer.segment': facts.segment,
      'customer.age': facts.age,
      'customer.sanctionsHit': facts.sanctionsHit,
      'customer.documentsMissing': facts.documentsMissing?.length,
      'customer.existingExposure': major(facts.existingExposureMinor),
      'customer.overdueAmount': major(facts.overdueMinor),
      'guarantee.offered': facts.guaranteeOffered,
      'model.pd': rating.pd,
      'model.grade': rating.grade.code,
      'model.gradeRank': gradeRank(rating.grade.code, scale),
      'data.knownShare': all === 0 ? 1 : known / all,
      'data.thin': rating.flags.some(({ code }) => code === 'THIN_DATA'),
      'data.stale': staleSources.length > 0,
      'data.unusual': rating.flags.some(({ code }) => code === 'OUTSIDE_TRAINING_RANGE' || code === 'UNSEEN_CATEGORY'),
      'late.pd': latePayment?.probability,
      'regime.macro': regimes.macro,
      'regime.industry': regimes.industry,
      'final.pd': null,
      'final.score': null,
      'final.grade': null,
      'final.gradeRank': null,
      'final.class': null,
    };
  }

  get(field: string): unknown {
    if (!field.startsWith('features.')) return Object.hasOwn(this.#own, field) ? this.#own[field] : undefined;
    const name = field.slice('features.'.length);
    return Object.hasOwn(this.#values, name) ? this.#values[name] : null;
  }

  /** Adds what is known of the end. */
  set(field: string, value: Scalar): void {
    this.#own[field] = value;
  }

  /** Everything that tables could ask for, as they read it. */
  read(set: RuleSet): Record<string, Scalar> {
    const read: Record<string, Scalar> = {};
    for (const field of set.fields.values()) read[field.name] = tableValue(field, this.get(field.name));
    return read;
  }
}

import type { LaterDecision, WarningLevel } from '../../rating/index.ts';

/** What the change feed tells of. */
export const CHANGE_TYPES = [
  'rating',
  'limit',
  'terms',
  'hold',
  'warning',
  'instruction',
  'review',
  'alert',
  'erasure',
] as const;
export type ChangeType = (typeof CHANGE_TYPES)[number];

/** A rating as the feed tells it; the model's own figures where the engine of its time did not decide. */
export interface RatedState {
  readonly asOf: string;
  readonly pd: number;
  readonly score: number;
  /** Code of the master scale. */
  readonly grade: string;
  readonly outcome: 'approve' | 'condition' | 'refer' | 'decline' | null;
  readonly validUntil: string | null;
}

/** Amounts in minor units of `currency`. */
export interface LimitState {
  readonly totalMinor: number;
  readonly availableMinor: number;
  readonly currency: string;
  /** Decimal places of the currency that a minor unit is. */
  readonly minorDigits: number;
  /** The override that changes it. */
  readonly override?: OverrideInForce;
}

export interface TermsState {
  readonly days: number;
  /** Share to be paid in advance, 0 to 1. */
  readonly prepayment: number;
  readonly guaranteeNeeded: boolean;
  /** The verdict that sets them. */
  readonly override?: OverrideInForce;
}

/** Whether deliveries on credit wait: the decision was to refer or to decline. */
export interface HoldState {
  readonly held: boolean;
  readonly outcome: 'approve' | 'condition' | 'refer' | 'decline';
  /** Codes of what binds the decision; under an override, its reason. */
  readonly causes: readonly string[];
  /** The override in force, where a person decided otherwise than model and rules. */
  readonly override?: OverrideInForce;
}

/** An override, or the verdict of a case, by the rating that it is of, and until when it stands. */
export interface OverrideInForce {
  readonly ratingId: string;
  readonly expiresAt: string;
  /** The case whose verdict it is; absent: it is an override. */
  readonly caseId?: string;
  /** The review whose sign-off caps it, or is it; absent: none. */
  readonly reviewId?: string;
}

export interface WarningState {
  readonly code: string;
  /** False: it was raised before, and is so no more. */
  readonly raised: boolean;
}

/** An instruction to whoever runs orders and deliveries: `measureId` names the countermeasure, which is confirmed by events of the warning. */
export interface InstructionState {
  /** Always the same for the same instruction: whoever carries it out does so once. */
  readonly instructionId: string;
  readonly measureId: string;
  readonly warningId: string;
  /** As the catalogue of countermeasures names it. */
  readonly measure: string;
  readonly action: 'carry-out' | 'undo';
  /** At stake, in major units; null: not known. */
  readonly exposure: number | null;
  readonly dueBy: string | null;
}

/** What is told of a review: that it is due soon, or late. */
export interface ReviewState {
  readonly reviewId: string;
  readonly event: 'reminder' | 'late';
  /** When it is due; null: it is late. */
  readonly dueAt: string | null;
}

/** What people are alerted to beside what a rating or an instruction tells: an alarm of a model, a reconciliation that left something, a warning that nobody acted on in time. */
export interface AlertState {
  readonly kind: 'warning' | 'monitoring' | 'reconciliation';
  readonly cause: 'escalated' | 'alarm' | 'left';
  /** Id of the warning, of the report on the model, or of the reconciliation. */
  readonly about: string;
  readonly level: WarningLevel;
  /** Code of the warning or alarm. */
  readonly code: string;
}

interface Told<T extends ChangeType, S> {
  readonly type: T;
  /** As the newest rating of the customer before this one had it; null: there is none, or it was erased. */
  readonly before: S | null;
  /** Null: the evidence was erased. */
  readonly after: S | null;
}

export type ChangeContent =
  | Told<'rating', RatedState>
  | Told<'limit', LimitState>
  | Told<'terms', TermsState>
  | Told<'hold', HoldState>
  | Told<'warning', WarningState>
  | Told<'instruction', InstructionState>
  | Told<'review', ReviewState>
  | Told<'alert', AlertState>
  | Told<'erasure', never>;

/** What a rating says of all that changes are told of. */
export interface RatedFacts {
  readonly customerId: string | null;
  readonly rating: RatedState;
  /** Null where the engine of its time did not decide. */
  readonly decided: {
    readonly limit: LimitState;
    readonly terms: TermsState;
    readonly hold: HoldState;
    /** Codes, each once, in their order. */
    readonly warnings: readonly string[];
    /** What overrides of earlier ratings are held against. */
    readonly made: LaterDecision;
  } | null;
}

const DAY_MS = 86_400_000;

/** Whether a rating speaks for the present: one as of more than a day before it was recorded is a look back, and changes nothing. */
export function speaksForPresent(
  { rating }: { readonly rating: Pick<RatedState, 'asOf'> },
  recordedAt: string,
): boolean {
  return Date.parse(rating.asOf) >= Date.parse(recordedAt) - DAY_MS;
}

/**
 * What a rating changes against the one before it of the same customer, in a fixed order: the rating itself, and limit, terms, hold and
 * each warning where they differ. Ratings without a customer, and looks back (`present` false), change nothing beside.
 */
export function changesOf(now: RatedFacts, before: RatedFacts | null, present: boolean): readonly ChangeContent[] {
  const rating: ChangeContent = { type: 'rating', before: before?.rating ?? null, after: now.rating };
  const { decided } = now;
  if (!present || now.customerId === null || decided === null) return [rating];
  const changes: ChangeContent[] = [rating, ...stateChanges(before, decided)];
  const earlier = new Set(before?.decided?.warnings);
  for (const code of decided.warnings)
    if (!earlier.has(code)) changes.push({ type: 'warning', before: null, after: { code, raised: true } });
  for (const code of earlier)
    if (!decided.warnings.includes(code))
      changes.push({ type: 'warning', before: { code, raised: true }, after: { code, raised: false } });
  return changes;
}

/** Changes of limit, terms and hold, in this order, where they differ from before. */
export function stateChanges(
  before: RatedFacts | null,
  decided: NonNullable<RatedFacts['decided']>,
): readonly ChangeContent[] {
  const was = before?.decided ?? null;
  const changes: ChangeContent[] = [];
  if (!same(was?.limit, decided.limit))
    changes.push({ type: 'limit', before: was?.limit ?? null, after: decided.limit });
  if (!same(was?.terms, decided.terms))
    changes.push({ type: 'terms', before: was?.terms ?? null, after: decided.terms });
  // Who was never held needs no release.
  if (!same(was?.hold, decided.hold) && (was?.hold.held === true || decided.hold.held))
    changes.push({ type: 'hold', before: was?.hold ?? null, after: decided.hold });
  return changes;
}

function same(a: object | undefined, b: object): boolean {
  return a !== undefined && JSON.stringify(a) === JSON.stringify(b);
}

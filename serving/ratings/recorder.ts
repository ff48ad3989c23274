import { canonicalJson, contentHash, ProbityError, type Json } from '../../base/index.ts';
import {
  decisionAnswer4,
  evidencedInputs4,
  evidencedRulesOnly,
  evidenceText,
  parseEvidence,
  referral,
  PRESENT_ENGINE,
  replay,
  PRESENT_RULES_ONLY,
  type Engine,
  type EvidenceBasis,
} from '../../rating/index.ts';
import { evidenceGone, type RecordedRating, type StoredRating } from '../../records/ratings/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { RatingRequest } from './request.ts';
import type { ServedRating } from './served.ts';

/** A request that is to be recorded at most once. */
export interface Once {
  readonly key: string;
  readonly fingerprint: string;
}

/** A recorded rating as it is answered again. */
export interface RecalledRating {
  readonly served: Pick<
    ServedRating,
    'rating' | 'decision' | 'explained' | 'inputs' | 'rules' | 'late' | 'term' | 'rulesOnly'
  >;
  readonly recorded: Pick<StoredRating, 'ratingId' | 'receipt'>;
  /** The acts that its evidence names; null: it is older than that. */
  readonly actsHash: string | null;
}

/** Whom a rating is given to, and why they are shown what it says; null: it is shown to nobody as it is made. */
export interface RatingAsker {
  readonly actor: string;
  readonly purpose: string | null;
}

/** Records ratings as evidence, and recalls them. */
export interface Recorder {
  /** Records a rating that was given to somebody, on behalf of others where it is the system; when it resolves, it is durable. A decision that refers opens its case. */
  record(served: ServedRating, by: RatingAsker, once?: Once, onBehalfOf?: readonly string[]): Promise<RecordedRating>;
  /** The rating that was recorded for a key, or null. Throws IDEMPOTENCY_CONFLICT where the key stands for another request. */
  recallKey(once: Once): Promise<RecalledRating | null>;
  /** A recorded rating, recomputed from its evidence. Throws UNKNOWN_RATING, RATING_ERASED, RATING_RETIRED, EVIDENCE_ALTERED. */
  recall(ratingId: string): Promise<RecalledRating>;
}

export function createRecorder(
  deps: Pick<ServingDependencies, 'records' | 'standardsHash' | 'actsHash' | 'rules' | 'cases'>,
  /** Told of every customer of whom a rating was recorded. */
  onRated: (customerId: string) => void = () => {},
): Recorder {
  const { records, standardsHash, actsHash, rules, cases } = deps;

  /** Rule sets that are among the parts, or on their way there. */
  const kept = new Map<string, Promise<void>>();
  const keepRules = (hash: string): Promise<void> => {
    let keeping = kept.get(hash);
    if (keeping === undefined) {
      keeping = rules.load(hash).then(async (files) => {
        await records.keep('rules', files);
      });
      keeping.catch(() => kept.delete(hash));
      kept.set(hash, keeping);
    }
    return keeping;
  };

  const recalled = async ({ ratingId, receipt, evidence: text, absence }: StoredRating): Promise<RecalledRating> => {
    if (text === null) throw evidenceGone(absence);
    const evidence = parseEvidence(text);
    const {
      rating,
      decision,
      explained,
      inputs,
      late = null,
      term = null,
      rulesOnly = null,
      rules: ready,
    } = await replay(evidence, (role, hash) => records.part(role, hash));
    if (decision === null || explained === null || ready === null || !('decision' in inputs))
      throw new ProbityError(
        'ENGINE_UNKNOWN',
        `A rating of ${evidence.engine} holds no decision that could be answered.`,
        {
          fix: 'Recompute it with `probity replay`.',
        },
      );
    return {
      served: { rating, decision, explained, inputs, late, term, rulesOnly, rules: ready },
      recorded: { ratingId, receipt },
      actsHash: evidence.parts['acts'] ?? null,
    };
  };

  return {
    async record(served, { actor, purpose }, once, behalf = []) {
      const { rating, decision, late = null, term = null, rulesOnly = null, rulesHash } = served;
      await keepRules(rulesHash);
      const inputs = inputsOf(served);
      const onBehalfOf = behalf.length === 0 ? {} : { onBehalfOf: behalf };
      const basis: EvidenceBasis = {
        engine: engineOf(served).name,
        inputs: {
          ...inputs,
          request: {
            askedBy: actor,
            ...onBehalfOf,
            ...(purpose === null ? {} : { accessPurpose: purpose }),
            ...inputs.request,
          },
        } as unknown as Json,
        parts: {
          acts: actsHash,
          ...(late === null ? {} : { late: late.model.hash }),
          model: rulesOnly?.of.hash ?? rating.model.hash,
          rules: rulesHash,
          standards: standardsHash,
          ...(term === null ? {} : { term: term.model.hash }),
        },
      };
      const inputsText = canonicalJson(basis.inputs);
      const answer = answerOf(basis, served, inputsText);
      const { customerId } = inputs.request;
      const subject = typeof customerId === 'string' ? customerId : null;
      const recorded = await records.record({
        customerId: subject,
        evidence: evidenceText({ answer, ...basis }, inputsText),
        ...(once === undefined ? {} : { once }),
      });
      if (recorded.repeated) return recorded;
      if (subject !== null) onRated(subject);
      const { outcome, causes, currency } = decision;
      const { amountMinor } = inputs.decision.request;
      const { ratingId } = recorded;
      const opened = referral({
        ratingId,
        outcome,
        causes,
        currency,
        amountMinor,
        limit: decision.limit,
        customerId: subject,
        askers: { requestedBy: actor, ...onBehalfOf },
      });
      if (opened !== null) cases.refer(opened, recorded.receipt.at);
      return recorded;
    },
    async recallKey(once) {
      const stored = await records.ofKey(once);
      return stored === null ? null : recalled(stored);
    },
    async recall(ratingId) {
      return recalled(await records.find(ratingId));
    },
  };
}

function engineOf({ rulesOnly }: ServedRating): Engine {
  return rulesOnly ? PRESENT_RULES_ONLY : PRESENT_ENGINE;
}

/** Inputs as the evidence of the engine that rated holds them. */
function inputsOf({ inputs, late, term, rulesOnly }: ServedRating) {
  if (rulesOnly) return evidencedRulesOnly(inputs, rulesOnly.standing);
  return evidencedInputs4(inputs, late?.inputs ?? null, term?.inputs ?? null);
}

/** The answer as the evidence of the engine that rated holds it. */
function answerOf(
  basis: EvidenceBasis,
  { rating, decision, explained, late, term }: ServedRating,
  inputsText: string,
): Json {
  const { explanation } = explained;
  if (explanation === undefined)
    throw new ProbityError('INTERNAL', 'A decision without its reasons cannot be recorded.');
  const beside = { late: late?.risk ?? null, term: term?.structure ?? null };
  return decisionAnswer4(basis, { rating, decision, explanation, ...beside }, inputsText);
}

/** What a key stands for: the request as it was understood. */
export function onceOf(key: string | undefined, request: RatingRequest): Once | undefined {
  if (key === undefined) return undefined;
  return { key, fingerprint: contentHash(request as unknown as Json) };
}

import { canonicalJson, contentHash, ProbityError, type Json } from '../../base/index.ts';
import {
  answer1,
  evidenceText,
  parseEvidence,
  parseInputs1,
  PRESENT_ENGINE,
  replay,
  type EvidenceBasis,
} from '../../rating/index.ts';
import type { RecordedRating, StoredRating } from '../../records/ratings/index.ts';
import type { ServingDependencies } from '../dependencies.ts';
import type { RatingRequest } from './request.ts';
import type { ServedRating } from './service.ts';

/** A request that is to be recorded at most once. */
export interface Once {
  readonly key: string;
  readonly fingerprint: string;
}

/** A recorded rating as it is answered again. */
export interface RecalledRating {
  readonly served: ServedRating;
  readonly recorded: Pick<StoredRating, 'ratingId' | 'receipt'>;
}

/** Records ratings as evidence, and recalls them. */
export interface Recorder {
  /** Records a rating that was given to `actor`; when it resolves, it is durable. */
  record(served: ServedRating, actor: string, once?: Once): Promise<RecordedRating>;
  /** The rating that was recorded for a key, or null. Throws IDEMPOTENCY_CONFLICT where the key stands for another request. */
  recallKey(once: Once): Promise<RecalledRating | null>;
  /** A recorded rating, recomputed from its evidence. Throws UNKNOWN_RATING, RATING_ERASED, EVIDENCE_ALTERED. */
  recall(ratingId: string): Promise<RecalledRating>;
}

export function createRecorder(deps: Pick<ServingDependencies, 'records' | 'standardsHash'>): Recorder {
  const { records, standardsHash } = deps;

  const recalled = async ({ ratingId, receipt, evidence: text }: StoredRating): Promise<RecalledRating> => {
    if (text === null) throw new ProbityError('RATING_ERASED', 'The evidence of this rating was erased.');
    const evidence = parseEvidence(text);
    const { rating } = await replay(evidence, (role, hash) => records.part(role, hash));
    return { served: { rating, inputs: parseInputs1(evidence.inputs) }, recorded: { ratingId, receipt } };
  };

  return {
    record({ rating, inputs }, actor, once) {
      const basis: EvidenceBasis = {
        engine: PRESENT_ENGINE.name,
        inputs: { ...inputs, request: { ...inputs.request, askedBy: actor } } as unknown as Json,
        parts: { model: rating.model.hash, standards: standardsHash },
      };
      const inputsText = canonicalJson(basis.inputs);
      const evidence = evidenceText({ ...basis, answer: answer1(basis, rating, inputsText) }, inputsText);
      const { customerId } = inputs.request;
      return records.record({
        customerId: typeof customerId === 'string' ? customerId : null,
        evidence,
        ...(once === undefined ? {} : { once }),
      });
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

/** What a key stands for: the request as it was understood. Throws INVALID_INPUT for a header that is no key. */
export function onceOf(key: string | undefined, request: RatingRequest): Once | undefined {
  if (key === undefined) return undefined;
  if (!/^[!-~]{1,200}$/.test(key))
    throw new ProbityError('INVALID_INPUT', 'The request is not valid.', {
      problems: [{ at: 'Idempotency-Key', message: 'Send 1 to 200 visible ASCII characters.' }],
    });
  return { key, fingerprint: contentHash(request as unknown as Json) };
}

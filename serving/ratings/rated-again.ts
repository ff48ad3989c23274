import { isProbityError, sha256 } from '../../base/index.ts';
import { askersOf, SYSTEM, type RightFacts } from '../../rating/index.ts';
import { speaksForPresent } from '../../records/changes/index.ts';
import { ownKey, type Ratings } from '../../records/ratings/index.ts';
import type { Live } from '../live/live.ts';
import { factsSchema } from './decision-request.ts';
import type { Recorder } from './recorder.ts';
import { ratingRequestSchema, type RatingRequest } from './request.ts';
import type { RatingService } from './service.ts';

/** Rates a request as an actor, on behalf of those whose request it is, and records it once for a key; answers the rating's id. */
export type Rerate = (
  request: RatingRequest,
  actor: string,
  key: string,
  onBehalfOf: readonly string[],
) => Promise<string>;

/** What to ask so that a customer is rated again, and who asked it so. */
export interface AskedAgain {
  readonly request: RatingRequest;
  /** People and applications, none of them the system: they take no part in deciding what comes of it. */
  readonly askers: readonly string[];
}

/** Who asked for the ratings after disputes before they were asked for as the newest one was: those said nothing of the customer. */
const SAID_NOTHING = 'probity';
/** How many of a customer's newest ratings are read for what was said of the customer. */
const LOOK_BACK = 50;

/** Rates and records what the server asks for itself. */
export function createRerate(live: Pick<Live, 'acquire'>, service: RatingService, recorder: Recorder): Rerate {
  return async (request, actor, key, onBehalfOf) => {
    const once = { key: ownKey(key), fingerprint: sha256(key) };
    const before = await recorder.recallKey(once);
    if (before !== null) return before.recorded.ratingId;
    const lease = live.acquire();
    try {
      return (await recorder.record(await service.rateOne(lease, request), { actor, purpose: null }, once, onBehalfOf))
        .ratingId;
    } finally {
      lease.release();
    }
  };
}

/** Where a customer's recorded ratings are read. */
export type RatingsOfCustomer = Pick<Ratings, 'find' | 'newestOf'>;

/**
 * What to ask so that a customer is rated again, now, by whoever has nothing to say of the customer: what the newest rating that speaks for the present was asked
 * (amount, term, purpose, portfolio, a guarantee that is offered), and each fact as it was last said. A fact that the newest request is silent about is not forgotten:
 * who was said to be on a sanctions list, or to owe, is so until somebody says otherwise. Null: no such rating can be read, so what is known is not known here.
 */
export async function askedAgain(ratings: RatingsOfCustomer, customerId: string): Promise<AskedAgain | null> {
  let newest: Asked | null = null;
  let askers: readonly string[] = [];
  const facts: { [name: string]: unknown } = {};
  for (const ratingId of await ratings.newestOf(customerId, LOOK_BACK)) {
    const found = await askedOf(ratings, ratingId);
    if (found === null) continue;
    const { asked } = found;
    // Where the system alone is named, it asked as one before had.
    if (askers.length === 0) askers = found.askers;
    for (const [name, value] of Object.entries(asked.facts ?? {}))
      if (newest === null || LASTING.includes(name)) facts[name] ??= value;
    newest ??= asked;
    if (askers.length > 0 && LASTING.every((name) => facts[name] !== undefined)) break;
  }
  if (newest === null) return null;
  const again = ratingRequestSchema.safeParse(Object.keys(facts).length === 0 ? newest : { ...newest, facts });
  return again.success ? { request: again.data, askers } : null;
}

/** Facts that are of the customer, not of one application. */
const LASTING = Object.keys(factsSchema.shape).filter((name) => name !== 'guaranteeOffered');

/** A request as evidence holds it. */
type Asked = { readonly facts?: { readonly [name: string]: unknown } };

/** What a rating was asked; null: its evidence is gone, it is a look back, or it was asked for by one who says nothing. */
async function askedOf(
  { find }: RatingsOfCustomer,
  ratingId: string,
): Promise<{ readonly asked: Asked; readonly askers: readonly string[] } | null> {
  const { evidence, receipt } = await find(ratingId);
  if (evidence === null) return null;
  const { inputs } = JSON.parse(evidence) as { inputs: { asOf: string; request: Asked & Record<string, unknown> } };
  if (!speaksForPresent({ rating: inputs }, receipt.at)) return null;
  const { askedBy, onBehalfOf: _, accessPurpose: ____, asOf: __, model: ___, ...asked } = inputs.request;
  if (askedBy === SAID_NOTHING) return null;
  const { requestedBy, onBehalfOf = [] } = askersOf(inputs.request);
  const askers = [requestedBy, ...onBehalfOf].filter((name) => name !== '' && !name.startsWith(SYSTEM));
  return { asked, askers };
}

/** Who asks for the ratings after upheld disputes. */
export const DISPUTES_ACTOR = 'system:disputes';

/** Rates a customer again once for a dispute that was upheld, with what was asked and is known, and what was put right; null where there is nobody, or nothing, to rate. */
export function ratesAfterDispute(rerate: Rerate, ratings: RatingsOfCustomer) {
  return async (customerId: string, disputeId: string, right: RightFacts | null = null): Promise<string | null> => {
    const asked = await askedAgain(ratings, customerId);
    if (asked === null) return null;
    const { request, askers } = asked;
    const facts = right === null ? {} : { facts: factsSchema.parse({ ...request.facts, ...right }) };
    try {
      return await rerate({ ...request, ...facts }, DISPUTES_ACTOR, `upheld dispute ${disputeId}`, askers);
    } catch (error) {
      // Nobody there to rate: the correction stands, and the next rating sees it.
      if (isProbityError(error) && !error.retryable) return null;
      throw error;
    }
  };
}

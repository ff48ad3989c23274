import { sameActor } from '../../base/actor.ts';
import type { EvidenceBasis } from '../engine/evidence.ts';

/** Who asked for a rating: takes no part in deciding it. */
export interface Askers {
  readonly requestedBy: string;
  /** Of a rating that the system asked for itself: the people and applications whose request it was asked as, and who had it made. Absent: none. */
  readonly onBehalfOf?: readonly string[];
}

/** Who asked for a rating, as the request of its evidence says. Evidence from before 2026-11-27 names the system alone. */
export function askersOf({ askedBy, onBehalfOf }: { readonly [name: string]: unknown }): Askers {
  const names = Array.isArray(onBehalfOf) ? onBehalfOf.filter((name) => typeof name === 'string') : [];
  return {
    requestedBy: typeof askedBy === 'string' ? askedBy : '',
    ...(names.length === 0 ? {} : { onBehalfOf: names }),
  };
}

/** What names of parts of the system begin with. */
export const SYSTEM = 'system:';

/**
 * Whether the system rated a customer again by itself, for a review or an upheld dispute: a look at the same credit, no further one. Evidence
 * from before re-ratings named a part of the system names `probity`.
 */
export function isRerating({ inputs }: Pick<EvidenceBasis, 'inputs'>): boolean {
  const { request } = inputs as { readonly request?: { readonly askedBy?: unknown } };
  const askedBy = request?.askedBy;
  return typeof askedBy === 'string' && isSystem(askedBy);
}

/** Whether it was the system that asked. */
export function isSystem(askedBy: string): boolean {
  return askedBy.startsWith(SYSTEM) || askedBy === 'probity';
}

/** Whether somebody asked for a rating, themselves or through the system. */
export function askedForIt(actor: string, { requestedBy, onBehalfOf = [] }: Askers): boolean {
  return [requestedBy, ...onBehalfOf].some((name) => sameActor(actor, name));
}

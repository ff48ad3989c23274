import type { Tenant } from '../../base/index.ts';
import { bodyHash, emptyHead, recordHash, type ChainHead, type ChainRecord } from './chain.ts';
import { isRetired, type Retirement } from './retirement.ts';

/** A record as it is stored, with its body; null: erased, or gone. */
export interface StoredRecord extends ChainRecord {
  readonly body: { readonly salt: Uint8Array; readonly bytes: Uint8Array } | null;
}

/** Somebody's earlier word on a record: a checkpoint, an anchor, a receipt. */
export interface Claim {
  readonly sequence: number;
  readonly hash: string;
  /** Who says so, in words. */
  readonly source: string;
}

export type ChainProblem =
  | 'record-missing'
  | 'record-unexpected'
  | 'record-altered'
  | 'record-unlinked'
  | 'record-backdated'
  | 'body-altered'
  | 'body-missing'
  | 'claim-contradicted'
  | 'head-contradicted';

/** The first record at which a chain is not what it was. */
export interface BadRecord {
  readonly sequence: number;
  readonly problem: ChainProblem;
  readonly message: string;
}

/** Checks a chain record by record; the first bad one ends it. */
export interface ChainVerifier {
  /** The next stored record, in order of sequence. Answers what is wrong with it, or null. */
  check(record: StoredRecord): BadRecord | null;
  /** After the last record: `head` is the stored end of the chain. */
  finish(head: ChainHead): BadRecord | null;
  /** The last record that was found right. */
  reached(): ChainHead;
}

/**
 * Verifies a tenant's chain from `start` (by default its beginning): every record follows the one before, has the hash of its content
 * and of its body, and is what every claim about it says. A body may be absent only where `erasures` names a later record that erased
 * its subject's, or `retirements` holds a later statement of a retention rule that covers it. Sequences of claims before `start` are not looked at.
 */
export function verifyChain(
  tenant: Tenant,
  options: {
    readonly start?: ChainHead;
    readonly claims?: readonly Claim[];
    /** Sequence of the newest erasure, by subject. */
    readonly erasures?: ReadonlyMap<string, number>;
    /** What retention rules removed. */
    readonly retirements?: readonly Retirement[];
  } = {},
): ChainVerifier {
  let reached = options.start ?? emptyHead(tenant);
  const erasures = options.erasures ?? new Map<string, number>();
  const retirements = options.retirements ?? [];
  const claims = [...(options.claims ?? [])].sort((a, b) => a.sequence - b.sequence);
  let next = 0;

  /** The first claim on a sequence (or one that was passed over) which does not hold. */
  const contradicted = ({ sequence, hash }: ChainHead): BadRecord | null => {
    for (let claim = claims[next]; claim !== undefined && claim.sequence <= sequence; claim = claims[++next]) {
      if (claim.sequence < sequence || claim.hash === hash) continue;
      return bad(
        sequence,
        'claim-contradicted',
        `${claim.source} names another hash: this record, or one before it, was rewritten.`,
      );
    }
    return null;
  };

  return {
    reached: () => reached,
    check(record) {
      const problem = recordProblem(tenant, reached, record) ?? bodyProblem(record, erasures, retirements);
      if (problem !== null) return problem;
      const { sequence, hash, at } = record;
      const claim = contradicted({ sequence, hash, at });
      if (claim !== null) return claim;
      reached = { sequence, hash, at };
      return null;
    },
    finish(head) {
      const later = claims.findLast((claim) => claim.sequence > reached.sequence);
      if (later !== undefined)
        return bad(
          reached.sequence + 1,
          'record-missing',
          `The chain ends at ${reached.sequence}, but ${later.source} names record ${later.sequence}.`,
        );
      if (head.sequence > reached.sequence)
        return bad(reached.sequence + 1, 'record-missing', `The stored head names record ${head.sequence}.`);
      if (head.sequence !== reached.sequence || head.hash !== reached.hash)
        return bad(reached.sequence, 'head-contradicted', 'The stored head is not this last record.');
      return null;
    },
  };
}

function recordProblem(tenant: Tenant, before: ChainHead, record: StoredRecord): BadRecord | null {
  const expected = before.sequence + 1;
  if (record.sequence > expected) return bad(expected, 'record-missing', `The next one stored is ${record.sequence}.`);
  if (record.sequence < expected)
    return bad(record.sequence, 'record-unexpected', 'A record stands where none belongs.');
  if (record.tenant !== tenant) return bad(expected, 'record-altered', 'It is of another tenant.');
  if (record.hash !== recordHash(record))
    return bad(expected, 'record-altered', 'Its hash is not that of its content.');
  if (record.previousHash !== before.hash)
    return bad(expected, 'record-unlinked', 'It does not follow the record before it.');
  if (record.at < before.at) return bad(expected, 'record-backdated', 'It is dated before the record before it.');
  return null;
}

function bodyProblem(
  record: StoredRecord,
  erasures: ReadonlyMap<string, number>,
  retirements: readonly Retirement[],
): BadRecord | null {
  const { sequence, subject, body, bodyHash: hash } = record;
  if (body !== null)
    return bodyHash(body.salt, body.bytes) === hash
      ? null
      : bad(sequence, 'body-altered', 'Its body is not the one that it commits to.');
  const erased = subject === null ? undefined : erasures.get(subject);
  if (erased !== undefined && erased > sequence) return null;
  return retirements.some((statement) => isRetired(record, statement))
    ? null
    : bad(sequence, 'body-missing', 'Its body is gone, and no later record erased or retired it.');
}

function bad(sequence: number, problem: ChainProblem, message: string): BadRecord {
  return { sequence, problem, message };
}

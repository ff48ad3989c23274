import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataPaths, ProbityError, type Problem, type Project, type Tenant } from '../../base/index.ts';
import {
  emptyHead,
  erasures,
  retirements,
  recordHash,
  storedHead,
  storedRecord,
  storedRecords,
  verifyChain,
  type BadRecord,
  type ChainHead,
  type Claim,
} from '../audit/index.ts';
import {
  checkpointFolder,
  fileAnchors,
  keyIdOf,
  newestCheckpoint,
  publicKeyFile,
  publicKeys,
  readCheckpoints,
  timeStampAnchors,
  type PublicKeys,
} from '../checkpoints/index.ts';
import type { Database } from '../database/index.ts';
import type { Receipt } from '../ratings/index.ts';
import type { Storage } from '../storage/index.ts';
import { namedParts, type HeldParts } from './named-parts.ts';

/** Where a tenant's audit files lie. */
export interface AuditPlaces {
  readonly tenant: Tenant;
  readonly checkpoints: string;
  readonly timeStamps: string;
  readonly keys: string;
}

export function auditPlaces(project: Pick<Project, 'dataDir' | 'tenant'>): AuditPlaces {
  const { audit, keys } = dataPaths(project);
  return {
    tenant: project.tenant,
    checkpoints: checkpointFolder(audit),
    timeStamps: join(audit, 'time-stamps'),
    keys,
  };
}

/** What is to be verified beside the chain itself. */
export interface AuditOptions {
  /** First record to look at; what comes before is taken as it is, unless a checkpoint speaks of it. Default 1. */
  readonly from?: number;
  readonly receipts?: readonly Receipt[];
  /** Files of second parties, with checkpoints in them. */
  readonly anchorFiles?: readonly string[];
  /** Public keys (PEM files) that alone may have signed; default: those of the project. */
  readonly publicKeyFiles?: readonly string[];
  /** Certificates that time stamps must chain to. */
  readonly authorityFiles?: readonly string[];
  /** Where artefacts lie; without it those that evidence names are not looked at. */
  readonly storage?: Storage;
}

/** What an audit found. */
export interface AuditReport {
  /** Nothing at all is wrong. */
  readonly ok: boolean;
  /** The first record at which the chain is not what it was, or null. */
  readonly bad: BadRecord | null;
  /** Parts that the ratings looked at name, and rule sets: models, standards, rules, acts, each held against its hash once. */
  readonly parts: HeldParts;
  /** First and last record that were looked at and found right, and how many. */
  readonly from: number;
  readonly through: number;
  readonly records: number;
  /** The last record's hash. */
  readonly hash: string;
  /** How many statements about the chain were held against it. */
  readonly checkpoints: number;
  readonly anchors: number;
  readonly receipts: number;
  /** Sequence that the newest checkpoint or anchor covers; records after it are in the open window. */
  readonly signedThrough: number;
  /** What is wrong with checkpoints and anchors themselves. */
  readonly problems: readonly Problem[];
}

/**
 * Verifies a tenant's chain against its own hashes, checkpoints, anchors and receipts, and that every part that its ratings name is there and has its hash. Reads
 * the chain once, in pages, and each part once.
 */
export async function audit(database: Database, places: AuditPlaces, options: AuditOptions = {}): Promise<AuditReport> {
  const { tenant } = places;
  const keys = await trustedKeys(places, options);
  const signed = await readCheckpoints(places.checkpoints, tenant, keys);
  const authorities = await Promise.all((options.authorityFiles ?? []).map(async (path) => readFile(path)));
  const anchors = await Promise.all([
    timeStampAnchors(places.timeStamps, tenant, keys, authorities),
    ...(options.anchorFiles ?? []).map(async (path) => fileAnchors(path, tenant, keys)),
  ]);
  const checkpointClaims = signed.checkpoints.map(({ sequence, hash, at }): Claim => ({
    sequence,
    hash,
    source: `the checkpoint of ${at}`,
  }));
  const anchorClaims = anchors.flatMap(({ claims }) => claims);
  const receipts = options.receipts ?? [];
  const receiptClaims = receipts.map(({ sequence, hash }): Claim => ({ sequence, hash, source: 'the receipt' }));
  const claims = [...checkpointClaims, ...anchorClaims, ...receiptClaims];

  const from = options.from ?? 1;
  const begun = await startOf(database, tenant, from, claims);
  const problems = [
    ...signed.problems,
    ...anchors.flatMap((anchor) => anchor.problems),
    ...(await receiptProblems(database, tenant, receipts)),
  ];
  const found =
    'bad' in begun
      ? { ...begun, reached: emptyHead(tenant), records: 0, named: namedParts() }
      : await walk(database, tenant, begun.start, claims);
  const parts = await found.named.hold(database, tenant, options.storage ?? null);
  const signedThrough = Math.max(0, ...[...checkpointClaims, ...anchorClaims].map(({ sequence }) => sequence));
  return {
    ok: found.bad === null && parts.bad === null && problems.length === 0,
    bad: found.bad,
    parts,
    from,
    through: found.reached.sequence,
    records: found.records,
    hash: found.reached.hash,
    checkpoints: checkpointClaims.length,
    anchors: anchorClaims.length,
    receipts: receipts.length,
    signedThrough,
    problems,
  };
}

async function walk(database: Database, tenant: Tenant, start: ChainHead, claims: readonly Claim[]) {
  // The head is read first: what is appended meanwhile is not looked at.
  const head = await storedHead(database, tenant);
  const verifier = verifyChain(tenant, {
    start,
    claims,
    erasures: await erasures(database, tenant),
    retirements: await retirements(database, tenant),
  });
  const named = namedParts();
  let records = 0;
  for await (const record of storedRecords(database, tenant, start.sequence)) {
    if (record.sequence > head.sequence && (await storedHead(database, tenant)).sequence >= record.sequence) break;
    const bad = verifier.check(record);
    if (bad !== null) return { bad, reached: verifier.reached(), records, named };
    named.note(record);
    records += 1;
  }
  return { bad: verifier.finish(head), reached: verifier.reached(), records, named };
}

/** The record before the first one to look at. */
async function startOf(
  database: Database,
  tenant: Tenant,
  from: number,
  claims: readonly Claim[],
): Promise<{ readonly start: ChainHead } | { readonly bad: BadRecord }> {
  if (from <= 1) return { start: emptyHead(tenant) };
  const sequence = from - 1;
  const record = await storedRecord(database, tenant, sequence);
  if (record === null)
    return {
      bad: { sequence, problem: 'record-missing', message: 'The record before the first asked for is missing.' },
    };
  if (record.hash !== recordHash(record))
    return { bad: { sequence, problem: 'record-altered', message: 'Its hash is not that of its content.' } };
  const claim = claims.find((one) => one.sequence === sequence && one.hash !== record.hash);
  if (claim !== undefined)
    return { bad: { sequence, problem: 'claim-contradicted', message: `${claim.source} names another hash.` } };
  return { start: record };
}

/** Receipts that are not, to the letter, what a stored record says. */
async function receiptProblems(database: Database, tenant: Tenant, receipts: readonly Receipt[]): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { sequence, hash, at } of receipts) {
    const record = await storedRecord(database, tenant, sequence);
    const say = (message: string) => problems.push({ at: `receipt of record ${sequence}`, message });
    if (record === null) say('The chain holds no such record.');
    else if (record.hash !== hash) say('The chain holds another record there, or the receipt was altered.');
    else if (record.at !== at) say('The record has another instant: the receipt was altered.');
  }
  return problems;
}

async function trustedKeys(places: AuditPlaces, { publicKeyFiles }: AuditOptions): Promise<PublicKeys> {
  if (publicKeyFiles === undefined || publicKeyFiles.length === 0) return publicKeys(places.keys);
  const keys = await Promise.all(publicKeyFiles.map(publicKeyFile));
  return new Map(keys.map((key) => [keyIdOf(key), key]));
}

/**
 * A quick look before anything is appended: the newest checkpoint on disk is still what the database holds. Throws AUDIT_CHAIN_BROKEN
 * where it is not, as after restoring a database that lacks what was acknowledged since.
 */
export async function assertCheckpointed(database: Database, places: AuditPlaces): Promise<void> {
  const newest = await newestCheckpoint(places.checkpoints);
  if (newest === null || newest.sequence === 0) return;
  const record = await storedRecord(database, places.tenant, newest.sequence);
  if (record !== null && record.hash === newest.hash) return;
  throw new ProbityError(
    'AUDIT_CHAIN_BROKEN',
    record === null
      ? `The checkpoint of ${newest.at} signed record ${newest.sequence}, which the database does not hold.`
      : `The checkpoint of ${newest.at} signed another record ${newest.sequence} than the database holds.`,
  );
}

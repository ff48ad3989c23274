import { randomFillSync } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { instant, ProbityError, systemClock, type Clock, type Tenant } from '../../base/index.ts';
import type { Connection, Database } from '../database/index.ts';
import { bodyHash, emptyHead, linkRecords, type ChainHead, type ChainRecord } from './chain.ts';
import { APPEND, headRow, insertParameters, knownKeys, type PreparedRecord } from './append-statement.ts';

/** What is to be appended to a tenant's chain. */
export interface NewRecord {
  readonly kind: string;
  /** Pseudonym (hexadecimal) of whom it is about, or null. */
  readonly subject: string | null;
  readonly body: Uint8Array;
  /** Appended at most once for a key; `fingerprint` (a SHA-256) tells whether a later use of the key means the same. */
  readonly once?: { readonly key: string; readonly fingerprint: string };
}

/** A record in the chain, durable. */
export interface Appended {
  readonly record: ChainRecord;
  /** Its key was known: the record was there before, and nothing was added. */
  readonly repeated: boolean;
}

/**
 * Appends records to one tenant's chain. What arrives while a group is being written goes into the next group: one statement, one
 * commit, one flush to disk for all of it. Several processes may append to the same chain.
 */
export interface Appender {
  /**
   * Resolves when the record is durable. Rejects with IDEMPOTENCY_CONFLICT where its key was used with another fingerprint, and with
   * DATABASE_UNREACHABLE where the database was lost: whether it was stored is then unknown, and repeating with the same key is safe.
   */
  append(record: NewRecord): Promise<Appended>;
  /** The end of the chain as this process last knew it; null before its first append. */
  head(): ChainHead | null;
  /** Waits until all that was given is settled. */
  settled(): Promise<void>;
}

interface Job {
  readonly record: NewRecord;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

/** Most records, and bytes of bodies, that share one statement. */
const MOST_RECORDS = 512;
const MOST_BYTES = 4 << 20;
const SALT_BYTES = 16;

export function createAppender(
  database: Database,
  tenant: Tenant,
  options: { readonly clock?: Clock; readonly onCommit?: (head: ChainHead) => void } = {},
): Appender {
  const clock = options.clock ?? systemClock;
  const queue: Job[] = [];
  const state: { draining: boolean; writing: Promise<void> | null } = { draining: false, writing: null };
  let known: ChainHead | null = null;

  const takeGroup = (): Job[] => {
    let bytes = 0;
    let count = 0;
    for (const { record } of queue) {
      bytes += record.body.byteLength;
      if (count > 0 && (count === MOST_RECORDS || bytes > MOST_BYTES)) break;
      count += 1;
    }
    return queue.splice(0, count);
  };

  /** Appends jobs behind `head`; null where the chain has moved on since, and nothing was written. */
  const attempt = async (connection: Connection, head: ChainHead, jobs: readonly Job[]): Promise<Settled | null> => {
    const before = await knownKeys(
      connection,
      tenant,
      jobs.flatMap(({ record }) => record.once?.key ?? []),
    );
    const settled: Settled = { outcomes: new Map(), head };
    const fresh: Job[] = [];
    const first = new Map<string, Job>();
    const repeats: { readonly job: Job; readonly of: Job }[] = [];
    for (const job of jobs) {
      const { once } = job.record;
      const stored = once && before.get(once.key);
      const earlier = once && first.get(once.key);
      if (once && (stored?.fingerprint ?? earlier?.record.once?.fingerprint ?? once.fingerprint) !== once.fingerprint)
        settled.outcomes.set(job, new ProbityError('IDEMPOTENCY_CONFLICT', 'This key stands for another request.'));
      else if (stored) settled.outcomes.set(job, { record: stored.record, repeated: true });
      else if (earlier) repeats.push({ job, of: earlier });
      else {
        fresh.push(job);
        if (once) first.set(once.key, job);
      }
    }
    if (fresh.length === 0) return settled;
    const salts = randomFillSync(Buffer.allocUnsafe(SALT_BYTES * fresh.length));
    const prepared = fresh.map(({ record }, i): PreparedRecord => {
      const salt = salts.subarray(i * SALT_BYTES, (i + 1) * SALT_BYTES);
      const { kind, subject, body, once } = record;
      return { kind, subject, body, salt, once: once ?? null, bodyHash: bodyHash(salt, body) };
    });
    const records = linkRecords(tenant, head, clock.now(), prepared);
    const { rows } = await connection.query({
      values: insertParameters(tenant, head, records, prepared),
      ...APPEND,
    });
    if ((rows[0] as { moved: boolean } | undefined)?.moved !== false) return null;
    fresh.forEach((job, i) => settled.outcomes.set(job, { record: records[i] as ChainRecord, repeated: false }));
    for (const { job, of } of repeats) {
      const { record } = settled.outcomes.get(of) as Appended;
      settled.outcomes.set(job, { record, repeated: true });
    }
    return { ...settled, head: records.at(-1) as ChainRecord };
  };

  const write = async (connection: Connection, jobs: readonly Job[]): Promise<Settled> => {
    const optimistic = await attempt(connection, known ?? (await headRow(connection, tenant, 'read')), jobs);
    if (optimistic !== null) return optimistic;
    // Another process appended meanwhile: hold the head while this group is written.
    await connection.query({ text: 'begin' });
    try {
      const settled = await attempt(connection, await headRow(connection, tenant, 'lock'), jobs);
      if (settled === null)
        throw new ProbityError('AUDIT_CHAIN_BROKEN', 'The head of the chain changed under its lock.');
      await connection.query({ text: 'commit' });
      return settled;
    } catch (error) {
      await connection.query({ text: 'rollback' }).catch(() => {});
      throw error;
    }
  };

  const drain = async (): Promise<void> => {
    while (queue.length > 0) {
      const jobs = takeGroup();
      try {
        const { outcomes, head } = await database.withConnection((connection) => write(connection, jobs));
        const { sequence, hash, at } = head;
        const moved = known?.sequence !== sequence;
        known = { sequence, hash, at };
        for (const job of jobs) {
          const outcome = outcomes.get(job);
          if (outcome === undefined || outcome instanceof Error) job.reject(outcome);
          else job.resolve(outcome);
        }
        if (moved) options.onCommit?.(known);
      } catch (error) {
        known = null;
        for (const job of jobs) job.reject(error);
      }
    }
    state.draining = false;
  };

  return {
    append: (record) =>
      new Promise((resolve, reject) => {
        queue.push({ record, resolve, reject });
        if (state.draining) return;
        state.draining = true;
        // After this turn of the event loop, so that what arrived in it shares the first group.
        state.writing = setImmediate().then(drain);
      }),
    head: () => known,
    async settled() {
      while (state.draining) await state.writing;
    },
  };
}

interface Settled {
  readonly outcomes: Map<Job, Appended | Error>;
  readonly head: ChainHead;
}

/** The stored end of a tenant's chain. */
export async function storedHead(database: Database, tenant: Tenant): Promise<ChainHead> {
  const row = await database.db.selectFrom('chain_heads').selectAll().where('tenant', '=', tenant).executeTakeFirst();
  if (row === undefined) return emptyHead(tenant);
  return { sequence: row.sequence, hash: row.hash.toString('hex'), at: instant(row.at) };
}

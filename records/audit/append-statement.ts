import { instant, type Tenant } from '../../base/index.ts';
import type { Connection } from '../database/index.ts';
import { emptyHead, type ChainHead, type ChainRecord } from './chain.ts';
import { chainRecordOf, type ChainRow } from './rows.ts';

/** A record with what is stored beside it. */
export interface PreparedRecord {
  readonly kind: string;
  readonly subject: string | null;
  readonly body: Uint8Array;
  readonly salt: Uint8Array;
  readonly bodyHash: string;
  readonly once: { readonly key: string; readonly fingerprint: string } | null;
}

const HASH_BYTES = 32;

/**
 * Appends a group in one statement, and so one commit, if the head is still the expected one: records, bodies, keys and the new head,
 * or nothing. Columns of fixed width come as one run of bytes each, bodies as one run with their lengths.
 */
export const APPEND = {
  name: 'probity-append',
  text: `
    with head as (
      update chain_heads set sequence = $2::bigint + $5::int, hash = substring($7::bytea from ($5::int - 1) * 32 + 1 for 32), at = $4::timestamptz
      where tenant = $1 and sequence = $2::bigint and hash = $3::bytea
      returning tenant
    ), record as (
      select i::int as i, kind, subject, start, length
      from head, unnest($6::text[], $9::text[], $10::int[], $11::int[]) with ordinality as t(kind, subject, start, length, i)
    ), records as (
      insert into chain_records (tenant, sequence, previous_hash, hash, kind, subject, body_hash, at)
      select $1, $2::bigint + i, case i when 1 then $3::bytea else substring($7::bytea from (i - 2) * 32 + 1 for 32) end,
        substring($7::bytea from (i - 1) * 32 + 1 for 32), kind, decode(subject, 'hex'),
        substring($8::bytea from (i - 1) * 32 + 1 for 32), $4::timestamptz
      from record
    ), bodies as (
      insert into record_bodies (tenant, sequence, salt, body)
      select $1, $2::bigint + i, substring($12::bytea from (i - 1) * 16 + 1 for 16), substring($13::bytea from start for length)
      from record
    ), keys as (
      insert into idempotency_keys (tenant, idempotency_key, fingerprint, sequence)
      select $1, key, decode(fingerprint, 'hex'), $2::bigint + place
      from head, unnest($14::text[], $15::text[], $16::int[]) as t(key, fingerprint, place)
    )
    select not exists (select from head) as moved`,
} as const;

/** The parameters of APPEND for records that follow `head`. */
export function insertParameters(
  tenant: Tenant,
  head: ChainHead,
  records: readonly ChainRecord[],
  prepared: readonly PreparedRecord[],
): readonly unknown[] {
  const hashes = Buffer.allocUnsafe(HASH_BYTES * records.length);
  const bodyHashes = Buffer.allocUnsafe(HASH_BYTES * records.length);
  const starts: number[] = [];
  const lengths: number[] = [];
  let end = 0;
  records.forEach(({ hash, bodyHash }, i) => {
    hashes.write(hash, i * HASH_BYTES, 'hex');
    bodyHashes.write(bodyHash, i * HASH_BYTES, 'hex');
    const { byteLength } = prepared[i]?.body ?? new Uint8Array();
    starts.push(end + 1);
    lengths.push(byteLength);
    end += byteLength;
  });
  const keyed = prepared.flatMap(({ once }, i) => (once === null ? [] : [{ ...once, place: i + 1 }]));
  return [
    tenant,
    head.sequence,
    Buffer.from(head.hash, 'hex'),
    records[0]?.at,
    records.length,
    records.map(({ kind }) => kind),
    hashes,
    bodyHashes,
    records.map(({ subject }) => subject),
    starts,
    lengths,
    Buffer.concat(prepared.map(({ salt }) => salt)),
    Buffer.concat(prepared.map(({ body }) => body)),
    keyed.map(({ key }) => key),
    keyed.map(({ fingerprint }) => fingerprint),
    keyed.map(({ place }) => place),
  ];
}

/** The stored end of the chain, made where there is none; `lock`: nobody else can append until the transaction ends. */
export async function headRow(connection: Connection, tenant: Tenant, how: 'read' | 'lock'): Promise<ChainHead> {
  const empty = emptyHead(tenant);
  await connection.query({
    name: 'probity-chain-begin',
    text: `insert into chain_heads (tenant, sequence, hash, at) values ($1, 0, $2, $3) on conflict (tenant) do nothing`,
    values: [tenant, Buffer.from(empty.hash, 'hex'), empty.at],
  });
  const { rows } = await connection.query({
    name: `probity-chain-${how}`,
    text: `select sequence, hash, at from chain_heads where tenant = $1${how === 'lock' ? ' for update' : ''}`,
    values: [tenant],
  });
  const row = rows[0] as { sequence: number; hash: Buffer; at: Date } | undefined;
  return row ? { sequence: row.sequence, hash: row.hash.toString('hex'), at: instant(row.at) } : empty;
}

/** The records that keys stand for, with the fingerprint that each was first used with. */
export async function knownKeys(
  connection: Connection,
  tenant: Tenant,
  keys: readonly string[],
): Promise<ReadonlyMap<string, { readonly fingerprint: string; readonly record: ChainRecord }>> {
  if (keys.length === 0) return new Map();
  const { rows } = await connection.query({
    name: 'probity-known-keys',
    text: `select k.idempotency_key, k.fingerprint, r.* from idempotency_keys k
      join chain_records r on r.tenant = k.tenant and r.sequence = k.sequence
      where k.tenant = $1 and k.idempotency_key = any($2::text[])`,
    values: [tenant, keys],
  });
  return new Map(
    (rows as (ChainRow & { idempotency_key: string; fingerprint: Buffer })[]).map((row) => [
      row.idempotency_key,
      { fingerprint: row.fingerprint.toString('hex'), record: chainRecordOf(row) },
    ]),
  );
}

import { sql } from 'kysely';
import { z } from 'zod';
import type { Tenant } from '../../base/index.ts';
import type { Database } from '../database/index.ts';
import { ERASURE } from './read.ts';
import { RETENTION, type Retirement } from './retirement.ts';

const retentionBody = z.object({
  bodies: z
    .array(
      z.object({
        kind: z.string(),
        through: z.int(),
        except: z.object({ subjects: z.array(z.string()), sequences: z.array(z.int()) }),
      }),
    )
    .optional(),
});

/** Every statement of the chain on bodies that retention rules removed, in order. */
export async function retirements(database: Database, tenant: Tenant): Promise<readonly Retirement[]> {
  const rows = await database.db
    .selectFrom('chain_records as r')
    .innerJoin('record_bodies as b', (join) =>
      join.onRef('b.tenant', '=', 'r.tenant').onRef('b.sequence', '=', 'r.sequence'),
    )
    .select(['r.sequence', 'b.body'])
    .where('r.tenant', '=', tenant)
    .where('r.kind', '=', RETENTION)
    .where('b.body', 'is not', null)
    .orderBy('r.sequence')
    .execute();
  return rows.flatMap(({ sequence, body }) => {
    let json: unknown = null;
    try {
      json = JSON.parse((body ?? Buffer.from('null')).toString('utf8'));
    } catch {
      // A record that was altered: the verifier names it when it comes to it.
    }
    const parsed = retentionBody.safeParse(json);
    return (parsed.success ? (parsed.data.bodies ?? []) : []).map((bodies) => ({ ...bodies, sequence }));
  });
}

/** Why a body is no longer there: its subject was erased, or a retention rule removed it. */
export type Absence = 'erased' | 'retired';

/** Why the body of a record is gone; the chain's verification says whether it may be. */
export async function absenceOf(
  database: Database,
  tenant: Tenant,
  { sequence, subject }: { readonly sequence: number; readonly subject: string | null },
): Promise<Absence> {
  if (subject === null) return 'retired';
  const { rows } = await sql<{ erased: boolean }>`select exists (select from chain_records
    where tenant = ${tenant} and subject = ${Buffer.from(subject, 'hex')} and kind = ${ERASURE} and sequence > ${sequence}) as erased`.execute(
    database.db,
  );
  return rows[0]?.erased === true ? 'erased' : 'retired';
}

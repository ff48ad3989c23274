import {
  isReservedActor,
  ProbityError,
  ROLES,
  sameActor,
  systemClock,
  type Project,
  type Role,
} from '../base/index.ts';
import { openDatabase } from '../records/database/index.ts';
import { createKeys } from '../records/keys/index.ts';
import { createAuthenticator, OPERATIONS, type OperationId } from '../serving/access/index.ts';
import { cliActor } from './keys-access.ts';
import { resolveDatabase } from './stack/services.ts';

/** Names the environment variable that holds the API key of who runs a command that decides. */
export const KEY_VARIABLE = 'PROBITY_KEY';

/** Who acts by a command. */
export interface Person {
  /** As records name them: `key:` and the name of their key, else `cli:` and the user of this machine. */
  readonly actor: string;
  readonly byKey: boolean;
}

/**
 * Who runs a command that decides: the holder of the key in PROBITY_KEY, checked as the API checks it; without one, the user of this machine. Nobody names
 * somebody else. The key must have a role that may do `operation` at the API; `isOfModels`: the command has no operation there, and takes the roles of one on rules.
 * Throws UNAUTHENTICATED, FORBIDDEN.
 */
export async function actingPerson(
  project: Project,
  operation: OperationId,
  { isOfModels = false }: { readonly isOfModels?: boolean } = {},
): Promise<Person> {
  const key = process.env[KEY_VARIABLE]?.trim() ?? '';
  if (key === '') return { actor: cliActor(), byKey: false };
  const { tenant } = project;
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 1 });
  try {
    const authenticate = createAuthenticator({
      tenant,
      keys: createKeys(database, tenant),
      tokens: null,
      clock: systemClock,
    });
    const found = await authenticate(`Bearer ${key}`);
    if ('refusal' in found)
      throw new ProbityError('UNAUTHENTICATED', `The key in ${KEY_VARIABLE} is not taken: ${found.refusal.told}`);
    const { actor, roles, operations } = found.principal;
    const { who } = OPERATIONS[operation];
    const needed: readonly Role[] = who === 'anyone' ? ROLES : who;
    const isMeant = operations === null || (!isOfModels && operations.includes(operation));
    if (!isMeant || !roles.some((role) => needed.includes(role)))
      throw new ProbityError('FORBIDDEN', `The key in ${KEY_VARIABLE} may not do this.`, {
        fix: `It needs one of the roles ${needed.join(', ')}.`,
      });
    return { actor, byKey: true };
  } finally {
    await database.close();
  }
}

/**
 * Refuses a decision that needs a second person where who decides may be who made what is decided on, under another name: the user of this machine once
 * without and once with a key. Equal names the records refuse themselves. Throws DECISION_REFUSED.
 */
export function assertSecondPerson({ byKey }: Person, makers: readonly (string | null)[]): void {
  const isSame = byKey
    ? makers.some((maker) => maker !== null && sameActor(maker, cliActor()))
    : makers.some((maker) => maker !== null && (maker.startsWith('key:') || !isReservedActor(maker)));
  if (!isSame) return;
  throw new ProbityError(
    'DECISION_REFUSED',
    byKey
      ? 'This was asked for by the user of this machine, who may hold the key, too.'
      : 'This was asked for by the holder of a key or token, who may be the user of this machine, too.',
    { fix: `Let both act by keys of their own (${KEY_VARIABLE}), or both as users of this machine.` },
  );
}

import type { Command } from 'commander';
import { isRole, ProbityError, ROLES } from '../../base/index.ts';
import {
  MOST_DAYS,
  MOST_OVERLAP_HOURS,
  USUAL_DAYS,
  USUAL_OVERLAP_HOURS,
  type IssuedKey,
  type Key,
  type Keys,
} from '../../records/keys/index.ts';
import { isOperationId } from '../../serving/access/operations.ts';
import { action, command, type CommandContext } from '../command.ts';
import { cliActor, withKeys } from '../keys-access.ts';
import { resolveDatabase } from '../stack/services.ts';
import { textTable } from '../terminal/table.ts';

interface CreateOptions {
  readonly role: readonly string[];
  readonly operation?: readonly string[];
  readonly purpose?: string;
  readonly days: string;
}

interface RotateOptions {
  readonly overlap: string;
  readonly days: string;
}

const many = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** `probity keys`: the API keys of the project's tenant. They work on the database, so they help where no key is left. */
export function keysCommand(): Command {
  const keys = command('keys', 'keys of the API: create, list, rotate, revoke');
  keys
    .addCommand(
      command('create', 'make a key; it is shown this once')
        .argument('<name>', 'who will use it, such as crm; records name it as key:NAME')
        .requiredOption('--role <role>', `${ROLES.join(', ')}; may be given several times`, many)
        .option('--operation <id>', 'only this operation (of the OpenAPI document); may be given several times', many)
        .option('--purpose <text>', 'what its holder looks at data of customers for; on record with each look')
        .option('--days <n>', 'days until it expires', String(USUAL_DAYS))
        .action(action<CreateOptions>(create)),
    )
    .addCommand(command('list', 'every key, in order of their making, without secrets').action(action(list)))
    .addCommand(
      command('rotate', 'a successor of the same name and roles; the old key goes on for a while')
        .argument('<id>', 'the key’s id: its part between the underscores')
        .option('--overlap <hours>', 'how long the old key goes on', String(USUAL_OVERLAP_HOURS))
        .option('--days <n>', 'days until the new key expires', String(USUAL_DAYS))
        .action(action<RotateOptions>(rotate)),
    )
    .addCommand(
      command('revoke', 'end a key for good; servers notice within five seconds')
        .argument('<id>', 'the key’s id: its part between the underscores')
        .action(action(revoke)),
    );
  return keys;
}

async function create(context: CommandContext, [name = '']: readonly string[], options: CreateOptions): Promise<void> {
  const roles = options.role.map((role) => {
    if (isRole(role)) return role;
    throw new ProbityError('USAGE', `--role is one of ${ROLES.join(', ')}.`);
  });
  const unknown = (options.operation ?? []).find((id) => !isOperationId(id));
  if (unknown !== undefined) throw new ProbityError('USAGE', `--operation: the API has no operation ${unknown}.`);
  if (!/^[^\p{C}]{1,60}$/u.test(name)) throw new ProbityError('USAGE', 'A name is 1 to 60 printable characters.');
  const days = whole('--days', options.days, 1, MOST_DAYS);
  const operations = options.operation ?? null;
  const purpose = options.purpose ?? null;
  if (purpose !== null && !/^[^\p{C}]{1,200}$/u.test(purpose))
    throw new ProbityError('USAGE', '--purpose is 1 to 200 printable characters.');
  await issue(context, (keys) => keys.create({ name, roles, operations, purpose, days, actor: cliActor() }));
}

async function rotate(context: CommandContext, [id = '']: readonly string[], options: RotateOptions): Promise<void> {
  const overlapHours = whole('--overlap', options.overlap, 0, MOST_OVERLAP_HOURS);
  const days = whole('--days', options.days, 1, MOST_DAYS);
  await issue(context, (keys) => keys.rotate(id, { overlapHours, days, actor: cliActor() }));
}

async function issue(context: CommandContext, make: (keys: Keys) => Promise<IssuedKey>): Promise<void> {
  const { key, written } = await onKeys(context, make);
  const text = `${written}\n\n${key.name}: ${key.roles.join(', ')}, until ${key.expiresAt}. This key is shown this once.`;
  context.result({ key: written, ...key }, text);
}

async function list(context: CommandContext): Promise<void> {
  const keys = await onKeys(context, (all) => all.list({ limit: 100_000 }));
  const rows = keys.map((key) => [
    key.keyId,
    key.name,
    key.roles.join(' ') + (key.operations === null ? '' : ` (${key.operations.join(' ')})`),
    stateOf(key),
    key.lastUsedAt ?? 'never',
    key.createdBy,
  ]);
  const table = textTable(['id', 'name', 'roles', 'state', 'last used', 'made by'], rows);
  context.result({ keys }, rows.length > 0 ? table : 'none yet: `probity keys create` makes one');
}

async function revoke(context: CommandContext, [id = '']: readonly string[]): Promise<void> {
  const key = await onKeys(context, (keys) => keys.revoke(id, cliActor()));
  context.result(key, `${key.keyId} (${key.name}) is revoked since ${key.revokedAt}.`);
}

async function onKeys<T>(context: CommandContext, work: (keys: Keys) => Promise<T>): Promise<T> {
  const project = await context.project();
  return withKeys(project, await resolveDatabase(project), work);
}

function stateOf({ revokedAt, expiresAt }: Key): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`;
  return Date.parse(expiresAt) <= Date.now() ? `expired ${expiresAt}` : `until ${expiresAt}`;
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new ProbityError('USAGE', `${option} is a whole number from ${least} to ${most}.`);
}

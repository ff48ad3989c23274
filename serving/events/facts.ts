import { instant, ProbityError, type Instant, type Problem } from '../../base/index.ts';
import {
  CONTRACTS,
  contractOf,
  isDirectIdentifier,
  textRole,
  USUAL_KEYS,
  type Column,
  type CustomerKeys,
  type TableContract,
} from '../../features/contracts/index.ts';
import { z } from 'zod';
import type { IncomingFact } from '../dependencies.ts';
import { nearestName, quotable } from '../http/nearest.ts';
import { isoInstant, isJsonObject, plainText, problemsOf } from '../http/parse.ts';

/** Most events in one request. */
export const mostEvents = 1000;
const clockSkewMs = 5 * 60_000;
const longestText = 10_000;

/** The source of facts that decided disputes correct: with another's, their keys could be taken before them. */
export const DISPUTE_SOURCE = 'dispute';

/** The source that an application names. */
export const sourceText = (longest: number) =>
  plainText(longest)
    .min(1)
    .refine((source) => source !== DISPUTE_SOURCE, 'This source is Probity’s own: name the application.');

export const eventSchema = z.strictObject({
  table: plainText(63).min(1).meta({ description: 'Canonical table, such as payments or invoices.' }),
  values: z
    .custom<{ readonly [column: string]: unknown }>(isJsonObject, 'Send an object: column names and values.')
    .meta({
      description: 'The row’s columns by name; money as a number or a decimal text.',
      type: 'object',
      additionalProperties: { type: ['number', 'string', 'boolean', 'null'] },
    }),
  happenedAt: isoInstant.meta({ description: 'When it was so; not in the future.' }),
  idempotencyKey: plainText(200)
    .min(1)
    .optional()
    .meta({ description: 'The same key from the same source again is the same fact and adds nothing.' }),
});

export const eventsRequestSchema = z.strictObject({
  source: sourceText(63).optional().meta({ description: 'Which application reports; default `api`.' }),
  events: z.array(z.unknown()).min(1).max(mostEvents).meta({ description: 'Facts, stored all or none.' }),
});

/** Reads a request of events against the contracts. Throws INVALID_INPUT with every problem of every event at once. */
export function parseEvents(body: unknown, now: Instant, keys: CustomerKeys = USUAL_KEYS): IncomingFact[] {
  const envelope = eventsRequestSchema.safeParse(body);
  if (!envelope.success) throw invalid(problemsOf(envelope.error, Object.keys(eventsRequestSchema.shape)));
  const source = envelope.data.source ?? 'api';
  const problems: Problem[] = [];
  const facts: IncomingFact[] = [];
  for (const [i, value] of envelope.data.events.entries()) {
    const at = `events.${i}`;
    const event = eventSchema.safeParse(value);
    if (!event.success) {
      problems.push(...problemsOf(event.error, Object.keys(eventSchema.shape), at));
      continue;
    }
    const { table, happenedAt, idempotencyKey } = event.data;
    const happened = instant(happenedAt);
    if (inTheFuture(happened, now))
      problems.push({ at: `${at}.happenedAt`, message: 'This instant lies in the future.' });
    const contract = contractOf(table);
    if (contract === undefined) {
      const near = nearestName(
        table,
        CONTRACTS.map(({ name }) => name),
      );
      const fix = near === null ? {} : { fix: `Did you mean ${near}?` };
      problems.push({ at: `${at}.table`, message: 'There is no such table.', ...fix });
      continue;
    }
    const { values, problems: found } = checkRow(contract, event.data.values, `${at}.values`, keys);
    problems.push(...found);
    facts.push({ table, values, happenedAt: happened, source, idempotencyKey: idempotencyKey ?? null });
  }
  if (problems.length > 0) throw invalid(problems);
  return facts;
}

/** Whether an instant lies in the future, further than clocks differ. */
export function inTheFuture(at: Instant, now: Instant): boolean {
  return Date.parse(at) > Date.parse(now) + clockSkewMs;
}

function invalid(problems: readonly Problem[]): ProbityError {
  return new ProbityError('INVALID_INPUT', 'The events are not valid; none was stored.', { problems });
}

type Cell = string | number | boolean | null;

/** One row against its contract: unknown, absent and mistyped columns, codes, ranges, and dates out of order. */
export function checkRow(
  contract: TableContract,
  given: { readonly [column: string]: unknown },
  at: string,
  keys: CustomerKeys = USUAL_KEYS,
): { readonly values: { readonly [column: string]: Cell }; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const values: Record<string, Cell> = {};
  const names = contract.columns.map(({ name }) => name);
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const near = nearestName(name, names);
    const fix = near === null ? {} : { fix: `Did you mean ${near}?` };
    problems.push({ at: `${at}.${quotable(name)}`, message: `${contract.name} has no such column.`, ...fix });
  }
  for (const column of contract.columns) {
    const value = Object.hasOwn(given, column.name) ? given[column.name] : null;
    if (value === null || value === undefined || value === '') {
      const needed = column.required === true || contract.key.includes(column.name) || contract.entity === column.name;
      if (needed) problems.push({ at: `${at}.${column.name}`, message: 'This column is required.' });
      else if (value !== undefined && Object.hasOwn(given, column.name)) values[column.name] = null;
      continue;
    }
    const message = cellProblem(column, value, keys);
    if (message === null) values[column.name] = value as Cell;
    else problems.push({ at: `${at}.${column.name}`, message });
  }
  for (const [first, second] of contract.ordered ?? []) {
    const [a, b] = [values[first], values[second]];
    if (typeof a === 'string' && typeof b === 'string' && a > b)
      problems.push({ at: `${at}.${first}`, message: `This date may not come after ${second}.` });
  }
  return { values, problems };
}

/** What is wrong with a text that names a person outright. */
export const NAMES_A_PERSON =
  'This names a person outright. Send a pseudonymous key or a keyed digest; details belong in the credit file.';
const NO_DIGEST = 'Send a keyed digest: at least 32 hexadecimal digits, or base64 of 16, 20, 32 or 64 bytes.';

const text = plainText(longestText);
const isDay = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** What is wrong with a cell that is present, or null. */
function cellProblem(column: Column, value: unknown, keys: CustomerKeys): string | null {
  switch (column.type) {
    case 'text':
    case 'code': {
      if (!text.safeParse(value).success)
        return `Send a text of at most ${longestText} characters, without control characters.`;
      if (column.type === 'text' && isDirectIdentifier(value as string, textRole(column), keys))
        return column.form === 'digest' ? NO_DIGEST : NAMES_A_PERSON;
      const { values } = column;
      return values === undefined || values.includes(value as string) ? null : `Send one of: ${values.join(', ')}.`;
    }
    case 'flag':
      return typeof value === 'boolean' ? null : 'Send true or false.';
    case 'date':
      return isDay.safeParse(value).success && isoInstant.safeParse(value).success
        ? null
        : 'Write the date as 2026-01-31.';
    case 'instant':
      return isoInstant.safeParse(value).success ? null : 'Write the instant as 2026-01-31T12:00:00Z.';
    case 'integer':
      return Number.isSafeInteger(value) ? rangeProblem(column, value as number) : 'Send a whole number.';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? rangeProblem(column, value)
        : 'Send a finite number.';
    default:
      return moneyProblem(column, value);
  }
}

function moneyProblem(column: Column, value: unknown): string | null {
  const wrong = 'Send an amount with at most two decimals and sixteen digits before them, as a number or a text.';
  if (typeof value !== 'number' && typeof value !== 'string') return wrong;
  const written = String(value);
  if (!/^-?\d{1,16}(\.\d{1,2})?$/.test(written)) return wrong;
  return rangeProblem(column, Number(written));
}

function rangeProblem({ min, max }: Column, value: number): string | null {
  if (min !== undefined && value < min) return `This may not be less than ${min}.`;
  if (max !== undefined && value > max) return `This may not be more than ${max}.`;
  return null;
}

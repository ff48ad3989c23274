import { canonicalJson, instant, ProbityError, sha256, type Instant, type Problem } from '../../base/index.ts';
import { contractOf, USUAL_KEYS, type CustomerKeys, type TableContract } from '../../features/contracts/index.ts';
import { z } from 'zod';
import type { IncomingFact } from '../dependencies.ts';
import { nearestName } from '../http/nearest.ts';
import { isoInstant, isJsonObject, plainText, problemsOf } from '../http/parse.ts';
import { checkRow, inTheFuture, mostEvents, sourceText } from './facts.ts';

/** One CloudEvent as JSON, and several (CloudEvents 1.0, JSON event format §3 and §4). */
export const cloudEventTypes = {
  single: 'application/cloudevents+json',
  batch: 'application/cloudevents-batch+json',
} as const;

/** The canonical table of each type of event. */
export const eventTables = {
  'probity.customer.v1': 'parties',
  'probity.order.v1': 'orders',
  'probity.invoice.v1': 'invoices',
  'probity.payment.v1': 'payments',
  'probity.contact.v1': 'contacts',
  'probity.contract.v1': 'commercial_contracts',
} as const;

type EventType = keyof typeof eventTables;

const types = Object.keys(eventTables) as [EventType, ...EventType[]];

export const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: plainText(200).min(1).meta({ description: 'With `source`, the idempotency key: sent again, it adds nothing.' }),
  source: sourceText(200).meta({ description: 'Which application reports (URI reference).' }),
  type: plainText(100).min(1).meta({ description: 'What it is about.', enum: types }),
  time: isoInstant.meta({
    description:
      'When it was so; not in the future. The versions of one row are ordered by it: an event that is older than the version that stands replaces nothing.',
  }),
  subject: plainText(10_000).min(1).meta({ description: 'The customer.' }),
  datacontenttype: z
    .string()
    .regex(/^application\/json\s*(;\s*charset=utf-8)?$/i, 'Send JSON in UTF-8.')
    .optional(),
  dataschema: plainText(2000).optional(),
  data: z
    .custom<{ readonly [column: string]: unknown }>(isJsonObject, 'Send an object: column names and values.')
    .meta({
      description:
        'The row’s columns by name, `party_id` may be left to `subject`; of a customer, `attributes` too: own attributes by name, each a number, a text or null.',
      type: 'object',
      additionalProperties: true,
    }),
});

const known = Object.keys(cloudEventSchema.shape);

/** Whether a body of this content type is CloudEvents, and how many. */
export function cloudEventKind(contentType: string | undefined): keyof typeof cloudEventTypes | null {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === cloudEventTypes.single) return 'single';
  return type === cloudEventTypes.batch ? 'batch' : null;
}

/** Reads CloudEvents against the contracts. Throws INVALID_INPUT with every problem of every event at once. */
export function parseCloudEvents(
  kind: keyof typeof cloudEventTypes,
  body: unknown,
  now: Instant,
  keys: CustomerKeys = USUAL_KEYS,
): IncomingFact[] {
  const problems: Problem[] = [];
  const facts: IncomingFact[] = [];
  if (kind === 'single') {
    facts.push(...readEvent(body, '', { now, keys }, problems));
  } else if (!Array.isArray(body) || body.length === 0 || body.length > mostEvents) {
    problems.push({ at: 'body', message: `Send a list of 1 to ${mostEvents} events.` });
  } else {
    for (const [i, event] of body.entries()) facts.push(...readEvent(event, String(i), { now, keys }, problems));
  }
  if (facts.length > mostEvents)
    problems.push({ at: 'body', message: `These events make more than ${mostEvents} rows; send fewer at once.` });
  if (problems.length > 0)
    throw new ProbityError('INVALID_INPUT', 'The events are not valid; none was stored.', { problems });
  return facts;
}

function readEvent(
  value: unknown,
  place: string,
  { now, keys }: { readonly now: Instant; readonly keys: CustomerKeys },
  problems: Problem[],
): readonly IncomingFact[] {
  const at = (...names: string[]): string => [place, ...names].filter((name) => name !== '').join('.') || 'body';
  const parsed = cloudEventSchema.safeParse(value);
  if (!parsed.success) {
    problems.push(...problemsOf(parsed.error, known, place));
    return [];
  }
  const { id, source, type, time, subject, data, ...more } = parsed.data;
  for (const [name, extension] of Object.entries(more)) {
    if (known.includes(name)) continue;
    // CloudEvents §3.1 and §1.4: names of extensions, and the types that JSON can hold of theirs.
    if (!/^[a-z0-9]{1,20}$/.test(name) || !['string', 'number', 'boolean'].includes(typeof extension))
      problems.push({ at: at(name.slice(0, 40)), message: 'This is no extension attribute of CloudEvents.' });
  }
  const happenedAt = instant(time);
  if (inTheFuture(happenedAt, now)) problems.push({ at: at('time'), message: 'This instant lies in the future.' });
  if (!Object.hasOwn(eventTables, type)) {
    const near = nearestName(type, types);
    const fix = near === null ? `Send one of: ${types.join(', ')}.` : `Did you mean ${near}?`;
    problems.push({ at: at('type'), message: 'There is no such type of event.', fix });
    return [];
  }
  const table = eventTables[type as EventType];
  const { attributes, ...columns } = table === 'parties' ? data : { ...data, attributes: undefined };
  const own = table === 'parties' ? columns : data;
  const row = { party_id: subject, ...own };
  if (row.party_id !== subject)
    problems.push({ at: at('data', 'party_id'), message: 'This is not the customer that `subject` names.' });
  const checked = checkRow(contractOf(table) as TableContract, row, at('data'), keys);
  problems.push(...checked.problems);
  const fact = { happenedAt, source, ordered: true } as const;
  return [
    { ...fact, table, values: checked.values, idempotencyKey: id },
    ...readAttributes(attributes, at('data', 'attributes'), problems).map(([name, cells]) => {
      // A row as any other: by its contract, with what is said of texts that name a person.
      const values = { party_id: subject, name, ...cells };
      const { problems: found } = checkRow(ATTRIBUTES, { ...values, party_id: 'checked above' }, '', keys);
      for (const { at: column, message } of found)
        problems.push({ at: at('data', 'attributes', column === '.name' ? '' : name.slice(0, 60)), message });
      return {
        ...fact,
        table: 'party_attributes',
        values,
        idempotencyKey: `row:${sha256(canonicalJson([id, 'party_attributes', name]))}`,
      };
    }),
  ];
}

const ATTRIBUTES = contractOf('party_attributes') as TableContract;

type AttributeCells = { readonly number_value: number | null } | { readonly text_value: string };

/** A customer's own attributes: each becomes a row of its own. */
function readAttributes(value: unknown, at: string, problems: Problem[]): (readonly [string, AttributeCells])[] {
  if (value === undefined) return [];
  if (!isJsonObject(value)) {
    problems.push({ at, message: 'Send an object: attribute names and values.' });
    return [];
  }
  return Object.entries(value).flatMap(([name, cell]): (readonly [string, AttributeCells])[] => {
    const shown = `${at}.${name.slice(0, 60)}`;
    if (!plainText(200).min(1).safeParse(name).success) {
      problems.push({
        at,
        message: 'The name of an attribute is a text of 1 to 200 characters, without control characters.',
      });
      return [];
    }
    if (cell === null || (typeof cell === 'number' && Number.isFinite(cell))) return [[name, { number_value: cell }]];
    if (typeof cell === 'string' && plainText(10_000).safeParse(cell).success) return [[name, { text_value: cell }]];
    problems.push({ at: shown, message: 'Send a number, a text or null.' });
    return [];
  });
}

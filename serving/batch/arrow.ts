import {
  Bool,
  DataType,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Utf8,
  makeData,
  vectorFromArray,
  type Data,
  type Vector,
} from 'apache-arrow';
import { ProbityError, type Problem } from '../../base/index.ts';
import { problemOf } from '../http/problem.ts';
import type { RatingAnswer } from '../ratings/answer.ts';
import { ratingRequestSchema } from '../ratings/request.ts';
import type { RowAnswer } from './ndjson.ts';
import { batchRow, mostArrowBatchBytes, rowsPerGroup, type BatchRow } from './rows.ts';

const requestColumns: ReadonlySet<string> = new Set(
  Object.keys(ratingRequestSchema.shape).filter((key) => key !== 'features'),
);
const featurePrefix = 'features.';

/** Columns that belong into a part of the request: `request.amount`, `facts.age`. */
const PARTS = ['request', 'facts'] as const;
/** Amounts are decimal texts; a number column means its shortest decimal. */
const AMOUNTS: ReadonlySet<string> = new Set(['amount', 'existingExposure', 'overdueAmount']);

type ReadColumn = {
  readonly index: number;
  readonly name: string;
  readonly isFeature: boolean;
  readonly part: (typeof PARTS)[number] | null;
};

/**
 * Rows of an Arrow IPC stream, batch by batch. Columns named as the fields of a rating request are those; every other column, and
 * every `features.NAME`, is a feature; `request.NAME` and `facts.NAME` are what is asked for and what is known beside. Throws INVALID_INPUT for what is no Arrow stream and for columns of types that no rating can read.
 */
export async function* readArrow(source: AsyncIterable<Uint8Array>): AsyncGenerator<BatchRow[]> {
  let sinceBatch = 0;
  const bounded = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      sinceBatch += chunk.byteLength;
      if (sinceBatch > mostArrowBatchBytes)
        throw new ProbityError('BODY_TOO_LARGE', `One record batch may be ${mostArrowBatchBytes} bytes.`);
      yield chunk;
    }
  };
  let row = 0;
  try {
    const reader = await RecordBatchReader.from(bounded());
    await reader.open({ autoDestroy: true });
    const columns = readableColumns(reader.schema);
    for await (const batch of reader) {
      sinceBatch = 0;
      for (let first = 0; first < batch.numRows; first += rowsPerGroup) {
        const group: BatchRow[] = [];
        for (let i = first; i < Math.min(first + rowsPerGroup, batch.numRows); i++)
          group.push(batchRow(++row, requestOf(batch, columns, i)));
        yield group;
      }
    }
  } catch (error) {
    if (error instanceof ProbityError || isDisconnect(error)) throw error;
    throw new ProbityError('INVALID_INPUT', 'The body is not a readable Arrow IPC stream.', {
      fix: 'Send the streaming format, uncompressed.',
      cause: error,
    });
  }
}

function isDisconnect(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'ECONNABORTED';
}

function readableColumns(schema: Schema): ReadColumn[] {
  const problems: Problem[] = [];
  const columns = schema.fields.map((field, index): ReadColumn => {
    const type: DataType = DataType.isDictionary(field.type) ? (field.type.dictionary as DataType) : field.type;
    const readable =
      DataType.isInt(type) ||
      DataType.isFloat(type) ||
      DataType.isUtf8(type) ||
      DataType.isLargeUtf8(type) ||
      DataType.isBool(type) ||
      DataType.isDate(type) ||
      DataType.isTimestamp(type) ||
      DataType.isNull(type);
    if (!readable)
      problems.push({ at: field.name.slice(0, 60), message: 'Send numbers, text, booleans, dates or timestamps.' });
    const part = PARTS.find((each) => field.name.startsWith(`${each}.`)) ?? null;
    if (part !== null) return { index, name: field.name.slice(part.length + 1), isFeature: false, part };
    const isFeature = !requestColumns.has(field.name);
    const name = field.name.startsWith(featurePrefix) ? field.name.slice(featurePrefix.length) : field.name;
    return { index, name, isFeature, part };
  });
  if (problems.length > 0)
    throw new ProbityError('INVALID_INPUT', 'The Arrow schema has columns that no rating can read.', { problems });
  return columns;
}

function requestOf(batch: RecordBatch, columns: readonly ReadColumn[], row: number): object {
  const request = Object.create(null) as Record<string, unknown>;
  const features = Object.create(null) as Record<string, unknown>;
  const parts: { [part in (typeof PARTS)[number]]?: Record<string, unknown> } = {};
  let anyFeature = false;
  for (const { index, name, isFeature, part } of columns) {
    const value = cell(batch.getChildAt(index), row);
    if (part !== null) {
      if (value !== null)
        (parts[part] ??= {})[name] = AMOUNTS.has(name) && typeof value === 'number' ? String(value) : value;
      continue;
    }
    if (isFeature) {
      features[name] = value;
      anyFeature ||= value !== null;
    } else if (value !== null) request[name] = value;
  }
  if (request['customerId'] === undefined || anyFeature) request['features'] = features;
  return { ...request, ...parts };
}

function cell(column: Vector | null, row: number): unknown {
  const value: unknown = column?.get(row) ?? null;
  if (value === null) return null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return null;
    const type: DataType | undefined = column?.type as DataType | undefined;
    if (type !== undefined && (DataType.isDate(type) || DataType.isTimestamp(type))) return isoOf(value);
  }
  return value;
}

/** A date as the JSON interface writes it; a date outside the calendar's range is left as a text that will be refused. */
function isoOf(millis: number): string {
  const date = new Date(millis);
  if (Number.isNaN(date.getTime())) return 'out of range';
  return millis % 86_400_000 === 0 ? date.toISOString().slice(0, 10) : date.toISOString();
}

const texts = new List(new Field('item', new Utf8(), false));

/** Columns of an answered Arrow stream; `error_code` is null where the row was rated, everything else of the rating where it was not. */
export const answerSchema = new Schema([
  new Field('row', new Int32(), false),
  new Field('customer_id', new Utf8(), true),
  new Field('as_of', new Utf8(), true),
  new Field('pd', new Float64(), true),
  new Field('log_odds', new Float64(), true),
  new Field('score', new Int32(), true),
  new Field('grade', new Utf8(), true),
  new Field('horizon_months', new Int32(), true),
  new Field('reasons', texts, true),
  new Field('flags', texts, true),
  new Field('outcome', new Utf8(), true),
  new Field('outcome_of_model_and_rules', new Utf8(), true),
  new Field('decision_pd', new Float64(), true),
  new Field('decision_score', new Int32(), true),
  new Field('decision_grade', new Utf8(), true),
  new Field('decision_reasons', texts, true),
  new Field('conditions', texts, true),
  new Field('causes', texts, true),
  new Field('warnings', texts, true),
  new Field('currency', new Utf8(), true),
  new Field('limit_total', new Utf8(), true),
  new Field('limit_available', new Utf8(), true),
  new Field('limit_granted', new Utf8(), true),
  new Field('term_days', new Int32(), true),
  new Field('prepayment', new Float64(), true),
  new Field('guarantee_needed', new Bool(), true),
  new Field('price_floor', new Float64(), true),
  new Field('expected_loss', new Utf8(), true),
  new Field('valid_until', new Utf8(), true),
  new Field('late_payment', new Float64(), true),
  new Field('model_hash', new Utf8(), true),
  new Field('champion_today', new Bool(), true),
  new Field('snapshot_id', new Utf8(), true),
  new Field('rating_id', new Utf8(), true),
  new Field('record_sequence', new Int64(), true),
  new Field('record_hash', new Utf8(), true),
  new Field('record_at', new Utf8(), true),
  new Field('error_code', new Utf8(), true),
  new Field('error', new Utf8(), true),
]);

function cells(row: RowAnswer): readonly unknown[] {
  if (!('answer' in row)) {
    const problem = problemOf(row.error);
    const detail = [problem.detail, ...problem.problems.map(({ at, message }) => `${at}: ${message}`)].join(' ');
    const empty = Array.from({ length: answerSchema.fields.length - 3 }, () => null);
    return [row.row, ...empty, problem.code, detail];
  }
  const { answer } = row;
  return [
    row.row,
    answer.customerId,
    answer.asOf,
    answer.pd,
    answer.logOdds,
    answer.score,
    answer.grade.code,
    answer.horizonMonths,
    answer.reasons.map(({ text }) => text),
    answer.flags.map(({ code }) => code),
    ...decisionCells(answer),
    answer.model.hash,
    answer.model.championOf === 'today',
    answer.features?.snapshotId ?? null,
    answer.ratingId,
    answer.receipt === null ? null : BigInt(answer.receipt.sequence),
    answer.receipt?.hash ?? null,
    answer.receipt?.at ?? null,
    null,
    null,
  ];
}

/** The decision's columns: amounts are decimal texts, as everywhere, so that none is rounded. */
function decisionCells({ decision, latePayment }: RatingAnswer): readonly unknown[] {
  const { limit, terms, priceFloor } = decision;
  return [
    decision.outcome,
    decision.ofModelAndRules,
    decision.pd,
    decision.score,
    decision.grade.code,
    decision.reasons.map(({ text }) => text),
    decision.conditions,
    decision.causes.filter(({ binding }) => binding).map(({ code }) => code),
    decision.warnings.map(({ code }) => code),
    limit.currency,
    limit.total,
    limit.available,
    limit.granted,
    terms.days,
    terms.prepayment,
    terms.guaranteeNeeded,
    priceFloor.ratePerYear,
    priceFloor.expectedLoss,
    decision.validUntil,
    latePayment?.probability ?? null,
  ];
}

const endOfStream = 8;

/** Encodes groups of answers as one Arrow IPC stream, a record batch a group, so that the reader's pace decides ours. */
export function arrowEncoder(): { write(answers: readonly RowAnswer[]): Buffer; end(): Buffer } {
  let begun = false;
  const encode = (answers: readonly RowAnswer[]): Buffer => {
    const rows = answers.map(cells);
    const children = answerSchema.fields.map(
      (field, i) =>
        vectorFromArray(
          rows.map((row) => row[i] ?? null),
          field.type,
        ).data[0] as Data,
    );
    const data = makeData({ type: new Struct(answerSchema.fields), length: rows.length, children });
    const writer = new RecordBatchStreamWriter();
    writer.write(new RecordBatch(answerSchema, data));
    writer.finish();
    const bytes = Buffer.from(writer.toUint8Array(true));
    // Continuation mark, length, then the schema message: only the first group carries it.
    const schemaBytes = begun ? 8 + bytes.readInt32LE(4) : 0;
    begun = true;
    return bytes.subarray(schemaBytes, bytes.length - endOfStream);
  };
  return {
    write: encode,
    end: () => {
      const end = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
      return begun ? end : Buffer.concat([encode([]), end]);
    },
  };
}

import { ProbityError } from '../../base/index.ts';
import { problemOf } from '../http/problem.ts';
import type { RatingAnswer } from '../ratings/answer.ts';
import { batchRow, mostRowBytes, rowsPerGroup, type BatchRow } from './rows.ts';

const newline = 0x0a;

/** One batch row's answer on its way out. */
export type RowAnswer = { readonly row: number } & ({ readonly answer: RatingAnswer } | { readonly error: unknown });

/**
 * Rows of newline-delimited JSON, as they arrive, in groups; never waits for more than it has. Blank lines are skipped and not
 * counted; a line that is too long or no JSON becomes a row with an error, and the next one is read on.
 */
export async function* readNdjson(source: AsyncIterable<Uint8Array>): AsyncGenerator<BatchRow[]> {
  let rest: Buffer = Buffer.alloc(0);
  let overlong = false;
  let row = 0;
  let group: BatchRow[] = [];
  const take = (line: Buffer): void => {
    const text = line.toString('utf8').trim();
    if (text !== '') group.push(readLine(++row, text));
  };
  for await (const chunk of source) {
    let start = 0;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      const piece = bytes.subarray(start, end);
      start = end + 1;
      if (overlong) overlong = false;
      else if (rest.length + piece.length > mostRowBytes) group.push(tooLong(++row));
      else take(rest.length === 0 ? piece : Buffer.concat([rest, piece]));
      rest = Buffer.alloc(0);
      if (group.length < rowsPerGroup) continue;
      yield group;
      group = [];
    }
    if (!overlong) {
      const tail = bytes.subarray(start);
      if (rest.length + tail.length > mostRowBytes) {
        group.push(tooLong(++row));
        overlong = true;
        rest = Buffer.alloc(0);
      } else rest = Buffer.concat([rest, tail]);
    }
    if (group.length > 0) yield group;
    group = [];
  }
  if (!overlong) take(rest);
  if (group.length > 0) yield group;
}

function readLine(row: number, text: string): BatchRow {
  try {
    return batchRow(row, JSON.parse(text));
  } catch {
    return { row, error: new ProbityError('INVALID_INPUT', 'This line is not valid JSON.') };
  }
}

function tooLong(row: number): BatchRow {
  return { row, error: new ProbityError('BODY_TOO_LARGE', `A line may be ${mostRowBytes} bytes long.`) };
}

/** A group of answers as newline-delimited JSON: a rating with its row, or the row with problem details under `error`. */
export function writeNdjson(answers: readonly RowAnswer[]): Buffer {
  const lines = answers.map((row) =>
    'answer' in row
      ? JSON.stringify({ row: row.row, ...row.answer })
      : JSON.stringify({ row: row.row, error: problemOf(row.error) }),
  );
  return Buffer.from(`${lines.join('\n')}\n`);
}

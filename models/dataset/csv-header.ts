import { ProbityError } from '../../base/index.ts';

/** The first line of a CSV file: its column names and what separates them. */
export interface CsvHeader {
  readonly names: readonly string[];
  readonly delimiter: string;
}

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Reads the header of a CSV file from its first bytes (RFC 4180 quoting, a byte order mark allowed). The delimiter is the one that stands
 * in it most often; a column without a name is called `column_N`. Throws INVALID_INPUT for UTF-16 and for a header of nothing.
 */
export function parseHeader(bytes: Buffer, path: string): CsvHeader {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    throw new ProbityError('INVALID_INPUT', `This file is UTF-16, not UTF-8: ${path}`, { fix: 'Save it as UTF-8.' });
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const outside = firstRecord(text);
  const counts = DELIMITERS.map((delimiter) => ({ delimiter, count: outside.split(delimiter).length }));
  const delimiter = counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter;
  const names = cellsOf(text, delimiter).map((name, i) => (name.trim() === '' ? `column_${i + 1}` : name));
  if (names.length === 1 && outside.trim() === '') {
    throw new ProbityError('INVALID_INPUT', `This file has no header: ${path}`, {
      fix: 'The first line must name the columns.',
    });
  }
  return { names, delimiter };
}

/** The first record without what stands in quotes. */
function firstRecord(text: string): string {
  let quoted = false;
  let result = '';
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '\n' || character === '\r')) break;
    else if (!quoted) result += character;
    else if (character.trim() !== '') result += '"';
  }
  return result;
}

function cellsOf(text: string, delimiter: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === delimiter) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n' || character === '\r') break;
    else cell += character;
  }
  return [...cells, cell];
}

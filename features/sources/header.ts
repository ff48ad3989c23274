import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { unreadable } from './source.ts';

/** What the first record of a delimited file tells. */
export interface Header {
  readonly fields: readonly string[];
  readonly byteOrderMark: boolean;
  /** Lines that the record spans: more than one where a quoted name holds a line break. */
  readonly lines: number;
}

const LIMIT = 4 * 1024 * 1024;

/** The bytes of a file, unzipped where it ends in .gz. */
export function openBytes(path: string): Readable {
  const file = createReadStream(path);
  if (!path.toLowerCase().endsWith('.gz')) return file;
  const unzip = createGunzip();
  file.on('error', (error) => unzip.destroy(error));
  return file.pipe(unzip);
}

/** Reads the first record of a delimited file. Throws SOURCE_UNREADABLE where the file is empty or not of this encoding. */
export async function readHeader(
  path: string,
  label: string,
  format: { readonly delimiter: string; readonly quote: string; readonly encoding: string },
): Promise<Header> {
  const decoder = new TextDecoder(format.encoding, { fatal: true, ignoreBOM: true });
  const stream = openBytes(path);
  let text = '';
  let record: { fields: string[]; lines: number } | null = null;
  try {
    for await (const chunk of stream) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      record = firstRecord(text.replace(/^\uFEFF/, ''), format, false);
      if (record !== null || text.length > LIMIT) break;
    }
  } catch (error) {
    throw unreadable(
      label,
      error instanceof TypeError ? `is not ${format.encoding} text` : 'cannot be read',
      error instanceof TypeError
        ? 'Declare its encoding in the spec (`encoding: gb18030`, latin1, utf-16le).'
        : undefined,
      error,
    );
  } finally {
    stream.destroy();
  }
  const byteOrderMark = text.startsWith('\uFEFF');
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '') throw unreadable(label, 'is empty', 'A file needs a line that names its columns.');
  record ??= firstRecord(content, format, true);
  if (record === null) throw unreadable(label, 'has a first line that does not end', 'Check `delimiter` and `quote`.');
  return { fields: record.fields, byteOrderMark, lines: record.lines };
}

/** The first record of RFC 4180 text, or null where it has not ended yet. */
export function firstRecord(
  text: string,
  format: { readonly delimiter: string; readonly quote: string },
  atEnd: boolean,
): { fields: string[]; lines: number } | null {
  const { delimiter, quote } = format;
  const fields: string[] = [];
  let field = '';
  let quoted = false;
  let lines = 1;
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    if (quoted) {
      if (char === quote && text[i + 1] === quote) {
        field += quote;
        i++;
      } else if (char === quote) quoted = false;
      else {
        if (char === '\n') lines++;
        field += char;
      }
    } else if (quote !== '' && char === quote && field === '') quoted = true;
    else if (text.startsWith(delimiter, i)) {
      fields.push(field);
      field = '';
      i += delimiter.length - 1;
    } else if (char === '\n' || char === '\r') return { fields: [...fields, field], lines };
    else field += char;
  }
  return atEnd && !quoted ? { fields: [...fields, field], lines } : null;
}

import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { randomBytes } from 'node:crypto';
import { openBytes } from './header.ts';
import { unreadable } from './source.ts';

/** Writes a text file again as UTF-8 without byte order mark, streamed, and returns the copy's path. Throws SOURCE_UNREADABLE at bytes that the encoding does not have. */
export async function transcode(
  path: string,
  label: string,
  to: { readonly encoding: string; readonly scratch: string; readonly signal: AbortSignal | undefined },
): Promise<string> {
  const copy = join(to.scratch, `${randomBytes(6).toString('hex')}.txt`);
  const decoder = new TextDecoder(to.encoding, { fatal: true });
  async function* decode(chunks: AsyncIterable<Uint8Array>) {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  }
  try {
    await pipeline(
      openBytes(path),
      decode,
      createWriteStream(copy),
      to.signal === undefined ? {} : { signal: to.signal },
    );
  } catch (error) {
    if (to.signal?.aborted === true) throw error;
    throw unreadable(
      label,
      `is not ${to.encoding} text`,
      'Declare its encoding in the spec (`encoding: gb18030`, latin1, utf-16le).',
      error,
    );
  }
  return copy;
}

/** Whether DuckDB reads this encoding without help. */
export function isUtf8(encoding: string): boolean {
  return new TextDecoder(encoding).encoding === 'utf-8';
}

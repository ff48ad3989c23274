import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { ProbityError } from '../../base/index.ts';

/** Bytes of plain text in every chunk but the last. */
export const CHUNK_BYTES = 1 << 20;
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** The AES-256 key of one file of a backup, out of the backup's data key (HKDF-SHA-256, RFC 5869). */
export function fileKey(dataKey: Uint8Array, path: string): Buffer {
  return Buffer.from(hkdfSync('sha256', dataKey, '', `probity.backup/1 ${path}`, 32));
}

/**
 * Seals a file chunk by chunk by AES-256-GCM as the STREAM construction does (Hoang, Reyhanitabar, Rogaway, Vizar, CRYPTO 2015): the nonce is the
 * chunk's number and whether it is the last, the file's name is authenticated with it. A chunk that is altered, moved, left out or repeated, and a
 * file cut at a chunk's end, do not open.
 */
export function sealStream(dataKey: Uint8Array, path: string): Transform {
  const key = fileKey(dataKey, path);
  return chunked(CHUNK_BYTES, (chunk, index, isLast) => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(index, isLast)).setAAD(Buffer.from(path));
    return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
  });
}

/** Opens what `sealStream` made. Throws BACKUP_DAMAGED, naming file and chunk. */
export function openStream(dataKey: Uint8Array, path: string): Transform {
  const key = fileKey(dataKey, path);
  return chunked(CHUNK_BYTES + TAG_BYTES, (chunk, index, isLast) => {
    try {
      if (chunk.length < TAG_BYTES) throw new Error('cut short');
      const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(index, isLast), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(path))
        .setAuthTag(chunk.subarray(chunk.length - TAG_BYTES));
      return Buffer.concat([decipher.update(chunk.subarray(0, chunk.length - TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new ProbityError('BACKUP_DAMAGED', `${path} does not open at chunk ${index + 1}.`, { cause });
    }
  });
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(index, 5, 6);
  nonce[NONCE_BYTES - 1] = isLast ? 1 : 0;
  return nonce;
}

/** Cuts a stream into chunks of `size` bytes; the last has what is left, so that an empty stream is one empty chunk. */
function chunked(size: number, turn: (chunk: Buffer, index: number, isLast: boolean) => Buffer): Transform {
  let parts: Buffer[] = [];
  let held = 0;
  let index = 0;
  return new Transform({
    transform(data: Buffer, _encoding, done: TransformCallback) {
      parts.push(data);
      held += data.length;
      try {
        // A chunk is not the last one only once something follows it.
        if (held > size) {
          let rest = Buffer.concat(parts);
          for (; rest.length > size; rest = rest.subarray(size))
            this.push(turn(rest.subarray(0, size), index++, false));
          parts = [rest];
          held = rest.length;
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done: TransformCallback) {
      try {
        this.push(turn(Buffer.concat(parts), index, true));
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

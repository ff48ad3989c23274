import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, openStream, sealStream } from './sealed-stream.ts';

const key = Buffer.alloc(32, 3);
const through = (bytes: Buffer, turn: NodeJS.ReadWriteStream) => buffer(Readable.from(bytes).pipe(turn));

describe('a sealed file', () => {
  const sizes = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES];
  const plain = (size: number) => Buffer.alloc(size, 'the customer paid ');

  it.each(sizes)('of %d bytes opens to the same bytes', async (size) => {
    const sealed = await buffer(Readable.from(plain(size)).pipe(sealStream(key, 'a')));
    expect(sealed.length).toBe(size + 16 * Math.max(1, Math.ceil(size / CHUNK_BYTES)));
    expect((await buffer(Readable.from(sealed).pipe(openStream(key, 'a')))).equals(plain(size))).toBe(true);
  });

  it('does not open once a bit is changed, a chunk moved or left out, the end cut off, under another name or key', async () => {
    const sealed = await through(plain(3 * CHUNK_BYTES), sealStream(key, 'a'));
    const step = CHUNK_BYTES + 16;
    const [first, second, third] = [0, 1, 2].map((i) => sealed.subarray(i * step, (i + 1) * step));
    const opened = (bytes: readonly (Buffer | undefined)[], name = 'a', by = key) =>
      new Promise((resolve, reject) => {
        const turn = openStream(by, name).on('error', reject).on('end', resolve);
        turn.resume();
        turn.end(Buffer.concat(bytes.map((each) => each ?? Buffer.alloc(0))));
      });
    await opened([first, second, third]);
    for (const at of [0, step + 7, sealed.length - 1]) {
      const bent = Buffer.from(sealed);
      bent[at]! ^= 1;
      await expect(opened([bent])).rejects.toMatchObject({
        code: 'BACKUP_DAMAGED',
        message: `a does not open at chunk ${Math.floor(at / step) + 1}.`,
      });
    }
    for (const wrong of [[second, first, third], [first, third], [first, second], [first, second, third, third], []])
      await expect(opened(wrong)).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    await expect(opened([sealed], 'b')).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
    await expect(opened([sealed], 'a', Buffer.alloc(32, 4))).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  });
});

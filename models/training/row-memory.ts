import { rowCode, type RowCode } from './row-code.ts';

/** What an array of so many entries of so many bytes takes: the next one begins at a multiple of 8. */
export function bytesFor(length: number, size: number): number {
  return Math.ceil((length * size) / 8) * 8;
}

/** Arrays in one memory that the loops of `row-code.ts` work on. Give each array out once; together they may not exceed the bytes. */
export class RowMemory {
  readonly code: RowCode;
  readonly #buffer: ArrayBuffer;
  #used = 0;

  /** `bytes`: as `bytesFor` counts them. */
  constructor(bytes: number) {
    const { memory, code } = rowCode(bytes);
    this.#buffer = memory.buffer;
    this.code = code;
  }

  doubles(length: number): Float64Array {
    return new Float64Array(this.#buffer, this.#take(bytesFor(length, 8)), length);
  }

  copyOfDoubles(values: Float64Array): Float64Array {
    const copy = this.doubles(values.length);
    copy.set(values);
    return copy;
  }

  copyOfCells(cells: Uint16Array): Uint16Array {
    const copy = new Uint16Array(this.#buffer, this.#take(bytesFor(cells.length, 2)), cells.length);
    copy.set(cells);
    return copy;
  }

  copyOfBytes(values: Uint8Array): Uint8Array {
    const copy = new Uint8Array(this.#buffer, this.#take(bytesFor(values.length, 1)), values.length);
    copy.set(values);
    return copy;
  }

  #take(bytes: number): number {
    const at = this.#used;
    this.#used += bytes;
    return at;
  }
}

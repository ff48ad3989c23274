/**
 * The inner loops of boosting as WebAssembly, where they take a third of the time that they take in JavaScript (an array that is no
 * constant is looked up and checked anew for every row). Doubles are IEEE 754 in both, so the numbers are the same to the last bit.
 * Arguments are places in the memory, in bytes; `end` is that of the end of `odds`, and there is at least one row. Cells are Uint16,
 * bads Uint8, all else doubles.
 */
export interface RowCode {
  /** For each row: odds *= factor[moved]; p = odds / (1 + odds); gradient[cell] += p - bad; hessian[cell] += p * (1 - p). */
  gather(
    cells: number,
    moved: number,
    factor: number,
    odds: number,
    bad: number,
    gradient: number,
    hessian: number,
    end: number,
  ): void;
  /** For each row: odds *= factor[moved]. */
  multiply(moved: number, factor: number, odds: number, end: number): void;
}

/** What is used here of the engine's WebAssembly, which the types of Node leave out. */
interface Engine {
  readonly Memory: new (size: { readonly initial: number }) => EngineMemory;
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
export interface EngineMemory {
  readonly buffer: ArrayBuffer;
}
const { Memory, Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;

type Bytes = readonly number[];
const all = (...parts: readonly (Bytes | number)[]): Bytes => parts.flat();
const I32 = 0x7f;
const F64 = 0x7c;
const END = 0x0b;
const get = (local: number): Bytes => [0x20, local];
const set = (local: number): Bytes => [0x21, local];
const tee = (local: number): Bytes => [0x22, local];
const int = (value: number): Bytes => [0x41, value];
const one: Bytes = [0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
/** Operands: alignment as a power of 2, offset 0. */
const loadF64: Bytes = [0x2b, 3, 0];
const storeF64: Bytes = [0x39, 3, 0];
const loadU16: Bytes = [0x2f, 1, 0];
const loadU8: Bytes = [0x2d, 0, 0];
const [addInt, shiftLeft, less] = [0x6a, 0x74, 0x49];
const [add, subtract, times, over, toF64] = [0xa0, 0xa1, 0xa2, 0xa3, 0xb8];

/** Again and again while the place in one local lies before that in the other. */
const loop = (place: number, end: number, row: Bytes): Bytes =>
  all(0x03, 0x40, row, get(place), get(end), less, 0x0d, 0, END);
const advance = (place: number, bytes: number): Bytes => all(get(place), int(bytes), addInt, set(place));
/** Bytes from the start of a table to the entry of the cell at a place. */
const entryOf = (cells: number): Bytes => all(get(cells), loadU16, int(3), shiftLeft);
/** odds *= factor[moved]; the product stays in a local. */
const move = (moved: number, factor: number, odds: number, product: number): Bytes =>
  all(get(odds), get(odds), loadF64, entryOf(moved), get(factor), addInt, loadF64, times, tee(product), storeF64);

function gatherBody(): Bytes {
  const [cells, moved, factor, odds, bad, gradient, hessian, end] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const [product, p, entry, place] = [8, 9, 10, 11] as const;
  const addTo = (table: number, value: Bytes): Bytes =>
    all(get(entry), get(table), addInt, tee(place), get(place), loadF64, value, add, storeF64);
  const row = all(
    move(moved, factor, odds, product),
    all(get(product), one, get(product), add, over, set(p)),
    all(entryOf(cells), set(entry)),
    addTo(gradient, all(get(p), get(bad), loadU8, toF64, subtract)),
    addTo(hessian, all(get(p), one, get(p), subtract, times)),
    all(advance(cells, 2), advance(moved, 2), advance(bad, 1), advance(odds, 8)),
  );
  return all(2, 2, F64, 2, I32, loop(odds, end, row), END);
}

function multiplyBody(): Bytes {
  const [moved, factor, odds, end, product] = [0, 1, 2, 3, 4] as const;
  const row = all(move(moved, factor, odds, product), advance(moved, 2), advance(odds, 8));
  return all(1, 1, F64, loop(odds, end, row), END);
}

/** LEB128, as the format writes lengths. */
const unsigned = (value: number): Bytes => (value < 128 ? [value] : all((value & 127) | 128, unsigned(value >>> 7)));
const sized = (content: Bytes): Bytes => all(unsigned(content.length), content);
const name = (text: string): Bytes => sized([...new TextEncoder().encode(text)]);
const takes = (parameters: number): Bytes => all(0x60, parameters, Array<number>(parameters).fill(I32), 0);

/** The module: types, the memory that it is given, two functions, their names, their code. */
const binary = Uint8Array.from(
  all(
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    all(1, sized(all(2, takes(8), takes(4)))),
    all(2, sized(all(1, name('rows'), name('memory'), 2, 0, 0))),
    all(3, sized([2, 0, 1])),
    all(7, sized(all(2, name('gather'), 0, 0, name('multiply'), 0, 1))),
    all(10, sized(all(2, sized(gatherBody()), sized(multiplyBody())))),
  ),
);

let compiled: object | null = null;

/** A memory of at least so many bytes, all 0, and the loops over it. */
export function rowCode(bytes: number): { readonly memory: EngineMemory; readonly code: RowCode } {
  const memory = new Memory({ initial: Math.ceil(bytes / 65_536) });
  compiled ??= new Module(binary);
  const { exports } = new Instance(compiled, { rows: { memory } });
  return { memory, code: exports as RowCode };
}

import { endianness } from 'node:os';
import { WEIGHT_NAMES, type NetworkWeights } from './deep-model.ts';

/** Weights as stored: float32, little-endian, base64. */
export type StoredWeights = { readonly [name in (typeof WEIGHT_NAMES)[number]]: string };

export function storeWeights(weights: NetworkWeights): StoredWeights {
  const text = (values: Float32Array): string =>
    littleEndian(Buffer.from(values.buffer, values.byteOffset, values.byteLength)).toString('base64');
  return Object.fromEntries(WEIGHT_NAMES.map((name) => [name, text(weights[name])])) as unknown as StoredWeights;
}

/** The weights as numbers; bytes that do not fill a float32 are left out, so that the length tells. */
export function restoreWeights(stored: StoredWeights): NetworkWeights {
  const values = (text: string): Float32Array => {
    const bytes = littleEndian(Buffer.from(text, 'base64'));
    return new Float32Array(Uint8Array.from(bytes).buffer, 0, Math.floor(bytes.length / 4));
  };
  return Object.fromEntries(WEIGHT_NAMES.map((name) => [name, values(stored[name])])) as unknown as NetworkWeights;
}

function littleEndian(bytes: Buffer): Buffer {
  return endianness() === 'LE' ? bytes : Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 4))).swap32();
}

import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ProbityError } from '../../base/index.ts';

/** Bytes of an AES-256 key. */
export const KEY_BYTES = 32;
/** AES-GCM: 96-bit nonce and 128-bit tag (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals bytes by AES-256-GCM under a fresh random nonce; `context` is authenticated with them, so that a sealed value moved to
 * another place does not open there. Answers nonce, ciphertext and tag.
 */
export function sealBytes(key: Uint8Array, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `sealBytes` made; throws SEAL_BROKEN where key, context or a single bit differs. */
export function openBytes(key: Uint8Array, bytes: Uint8Array, context: string): Buffer {
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw broken();
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, bytes.length - TAG_BYTES)), decipher.final()]);
  } catch {
    throw broken();
  }
}

/** The same as base64url text. */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): string {
  return sealBytes(key, plain, context).toString('base64url');
}

/** Opens what `seal` made; throws SEAL_BROKEN. */
export function open(key: Uint8Array, sealed: string, context: string): Buffer {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.toString('base64url') !== sealed) throw broken();
  return openBytes(key, bytes, context);
}

function broken(): ProbityError {
  return new ProbityError(
    'SEAL_BROKEN',
    'A sealed value does not open: it was altered, moved, or sealed by another key.',
  );
}

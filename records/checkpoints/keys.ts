import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { chmod, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, ProbityError, temporaryName, writeFileAtomic } from '../../base/index.ts';

const SIGNING = 'signing.key';
const PSEUDONYM = 'pseudonym.key';

/** Signs checkpoints; its id names the public key. */
export interface Signer {
  readonly keyId: string;
  sign(data: string): string;
}

/** Public keys by id. */
export type PublicKeys = ReadonlyMap<string, KeyObject>;

/** Names a public key: the first 16 hexadecimal digits of the SHA-256 of its DER (SPKI) form. */
export function keyIdOf(publicKey: KeyObject): string {
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('hex').slice(0, 16);
}

/**
 * The Ed25519 key (RFC 8032) that signs this project's checkpoints; made at its first use, with mode 0600, its public key beside it as
 * `<keyId>.pem`. Throws KEY_UNUSABLE where the file is no such key.
 */
export async function openSigner(folder: string): Promise<Signer> {
  const text = await madeOnce(join(folder, SIGNING), () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(text);
    if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error(`a key of type ${privateKey.asymmetricKeyType}`);
  } catch (error) {
    throw new ProbityError('KEY_UNUSABLE', `${SIGNING} is no Ed25519 private key: ${messageOf(error)}`);
  }
  const publicKey = createPublicKey(privateKey);
  const keyId = keyIdOf(publicKey);
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  await madeOnce(join(folder, `${keyId}.pem`), () => pem, 0o644);
  return { keyId, sign: (data) => sign(null, Buffer.from(data), privateKey).toString('base64') };
}

/** Retires the signing key: its private part is destroyed, its public key stays, and a new one is made. Answers both ids. */
export async function rotateSigner(folder: string): Promise<{ readonly retired: string; readonly keyId: string }> {
  const { keyId: retired } = await openSigner(folder);
  const going = join(folder, temporaryName(SIGNING));
  await rename(join(folder, SIGNING), going);
  await rm(going);
  const { keyId } = await openSigner(folder);
  return { retired, keyId };
}

/** Every public key in a folder, by id. Throws KEY_UNUSABLE for a file that is not the key that names it. */
export async function publicKeys(folder: string): Promise<PublicKeys> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.pem'));
  const keys = await Promise.all(names.map(async (name) => publicKeyFile(join(folder, name))));
  for (const [i, key] of keys.entries())
    if (`${keyIdOf(key)}.pem` !== names[i])
      throw new ProbityError('KEY_UNUSABLE', `${names[i]} is not the public key that it is named for.`);
  return new Map(keys.map((key) => [keyIdOf(key), key]));
}

/** A public key in PEM form; throws KEY_UNUSABLE. */
export async function publicKeyFile(path: string): Promise<KeyObject> {
  const text = await readFile(path, 'utf8');
  try {
    return createPublicKey(text);
  } catch (error) {
    throw new ProbityError('KEY_UNUSABLE', `${path} is no public key: ${messageOf(error)}`);
  }
}

/** The 32 secret bytes under which customers get pseudonyms; made at first use, with mode 0600. */
export async function openPseudonymKey(folder: string): Promise<Uint8Array> {
  const text = await madeOnce(join(folder, PSEUDONYM), () => `${randomBytes(32).toString('hex')}\n`);
  const key = Buffer.from(text.trim(), 'hex');
  if (key.byteLength !== 32) throw new ProbityError('KEY_UNUSABLE', `${PSEUDONYM} is not 32 bytes in hexadecimal.`);
  return key;
}

/** A file that is made once, whoever comes first, and read by all. */
async function madeOnce(path: string, make: () => string, mode = 0o600): Promise<string> {
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) return known;
  const folder = join(path, '..');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const temporary = temporaryName(path);
  await writeFileAtomic(temporary, make(), mode);
  try {
    await chmod(temporary, mode);
    await link(temporary, path);
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(temporary, { force: true });
  }
  return readFile(path, 'utf8');
}

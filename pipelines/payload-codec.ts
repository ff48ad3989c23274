import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { dataPaths, isProbityError, type Project } from '../base/index.ts';
import { openMasterKeys, type MasterKeys } from '../records/privacy/index.ts';

/** How a sealed payload says that it is one, as Temporal's own samples write it. */
const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CONTEXT = 'probity temporal payload';

interface PayloadMessage {
  encode(payload: Payload): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Payload;
}

/** The SDK's own message class, which TypeScript cannot import from here (histories/format.ts). */
function payloadMessage(): PayloadMessage {
  const here = createRequire(import.meta.url);
  const proto = createRequire(here.resolve('@temporalio/common'))('@temporalio/proto') as {
    temporal: { api: { common: { v1: { Payload: PayloadMessage } } } };
  };
  return proto.temporal.api.common.v1.Payload;
}

/**
 * Seals every payload by AES-256-GCM before it leaves for the Temporal server, whole, under the active key of a file, whose name it carries; what was
 * sealed under an older key of the file opens, too. A payload that was not sealed (histories of before) passes as it is. `read` reads the file of keys.
 */
export async function payloadCodec(read: () => Promise<MasterKeys>): Promise<PayloadCodec> {
  const message = payloadMessage();
  let keys = await read();
  const openSealed = async (keyId: string, sealed: Uint8Array): Promise<Uint8Array> => {
    try {
      return keys.openBytes(keyId, sealed, CONTEXT);
    } catch (error) {
      if (!isProbityError(error, 'MASTER_KEY_MISSING')) throw error;
      // Another process has begun a new key since.
      keys = await read();
      return keys.openBytes(keyId, sealed, CONTEXT);
    }
  };
  return {
    encode: async (payloads) =>
      payloads.map((payload) => {
        const { keyId, sealed } = keys.sealBytes(message.encode(payload).finish(), CONTEXT);
        return { metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(keyId) }, data: sealed };
      }),
    decode: async (payloads) =>
      Promise.all(
        payloads.map(async (payload) => {
          if (textOf(payload, 'encoding') !== ENCODING) return payload;
          const opened = await openSealed(textOf(payload, KEY_ID), payload.data ?? new Uint8Array());
          const { metadata, data } = message.decode(opened);
          return { metadata: metadata ?? {}, data: data ?? new Uint8Array() };
        }),
      ),
  };
}

/** The file of the keys that seal a tenant's payloads, in its keys folder. */
export const payloadKeyFile = (keys: string): string => join(keys, 'payload-keys.json');

/** The codec of a project: clients and workers of one tenant need the same keys folder. */
export function projectCodec(project: Pick<Project, 'dataDir' | 'tenant'>): Promise<PayloadCodec> {
  const path = payloadKeyFile(dataPaths(project).keys);
  return payloadCodec(() => openMasterKeys(path));
}

function textOf(payload: Payload, key: string): string {
  const value = payload.metadata?.[key];
  return value === null || value === undefined ? '' : Buffer.from(value).toString();
}

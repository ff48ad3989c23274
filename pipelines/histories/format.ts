import { createRequire } from 'node:module';
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { History } from '@temporalio/common/lib/proto-utils.js';

interface HistoryMessage {
  toObject(history: History, options: { longs: unknown; enums: unknown; bytes: unknown }): unknown;
  fromObject(plain: unknown): History;
}

/** The SDK's own message class; its JSON functions fail where npm has installed protobufjs more than once. */
function historyMessage(): HistoryMessage {
  const here = createRequire(import.meta.url);
  const proto = createRequire(here.resolve('@temporalio/common'))('@temporalio/proto') as {
    temporal: { api: { history: { v1: { History: HistoryMessage } } } };
  };
  return proto.temporal.api.history.v1.History;
}

/** A history as JSON text: enums by name, bytes in base64, without the names of processes and without stack traces. */
export function formatHistory(history: History): string {
  const plain = historyMessage().toObject(history, { longs: String, enums: String, bytes: String });
  const clean = (key: string, value: unknown): unknown => {
    if (key === 'identity') return 'probity';
    return key === 'stackTrace' ? '' : value;
  };
  return `${JSON.stringify(plain, clean, 1)}\n`;
}

/** The same history with every payload opened: committed histories hold nothing that a key of a machine sealed. */
export async function openHistory(history: History, codec: PayloadCodec): Promise<History> {
  const open = async (value: unknown): Promise<void> => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
    for (const [key, item] of Object.entries(value as Record<string, unknown>)) {
      if (isPayload(item)) (value as Record<string, unknown>)[key] = (await codec.decode([item]))[0];
      else await open(item);
    }
  };
  await open(history);
  return history;
}

function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && 'metadata' in value && 'data' in value;
}

/** The history that `formatHistory` wrote. */
export function parseHistory(text: string): History {
  return historyMessage().fromObject(JSON.parse(text));
}

import { createRequire } from 'node:module';
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

/** The history that `formatHistory` wrote. */
export function parseHistory(text: string): History {
  return historyMessage().fromObject(JSON.parse(text));
}

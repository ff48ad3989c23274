import { ProbityError } from '../../base/index.ts';
import type { ShownRating } from './rating-text.ts';

/** Rates customers through the API of a running stack, as an application would. */
export interface ApiClient {
  /** Waits until a champion and its snapshot are being served. */
  ready(timeoutMs: number): Promise<void>;
  rate(customerId: string, asOf: string): Promise<ShownRating>;
  /** Many at once (NDJSON); customers that are refused are left out. */
  rateAll(customerIds: readonly string[], asOf: string): Promise<readonly ShownRating[]>;
}

/** A client of the API at `base` (`http://127.0.0.1:8484`), with a key. */
export function apiClient(base: string, key: string): ApiClient {
  const authorization = `Bearer ${key}`;
  const ask = async (path: string, type: string, body: string): Promise<string> => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { authorization, 'content-type': type, accept: type, 'accept-language': 'en' },
      body,
      signal: AbortSignal.timeout(120_000),
    });
    const text = await response.text();
    if (response.ok) return text;
    const problem = problemOf(text);
    throw new ProbityError('SERVICE_UNAVAILABLE', `The API answered ${response.status}: ${problem.detail}`, {
      fix: problem.fix ?? 'Read the log of the API in the demo project’s .probity/logs folder.',
    });
  };
  return {
    async ready(timeoutMs) {
      const until = Date.now() + timeoutMs;
      let last = 'no answer';
      for (;;) {
        try {
          const response = await fetch(`${base}/readyz`, {
            headers: { authorization },
            signal: AbortSignal.timeout(2_000),
          });
          if (response.ok) return;
          last = problemOf(await response.text()).detail;
        } catch {
          last = 'no answer';
        }
        if (Date.now() > until) throw new ProbityError('SERVICE_UNAVAILABLE', `The API does not become ready: ${last}`);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    rate: async (customerId, asOf) =>
      JSON.parse(await ask('/v1/ratings', 'application/json', JSON.stringify({ customerId, asOf }))) as ShownRating,
    async rateAll(customerIds, asOf) {
      const rows = customerIds.map((customerId) => JSON.stringify({ customerId, asOf }));
      const answer = await ask('/v1/ratings:batch', 'application/x-ndjson', `${rows.join('\n')}\n`);
      const lines = answer.split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as ShownRating).filter((rating) => typeof rating.pd === 'number');
    },
  };
}

function problemOf(text: string): { readonly detail: string; readonly fix?: string } {
  try {
    const problem = JSON.parse(text) as { detail?: string; title?: string; fix?: string };
    const detail = problem.detail ?? problem.title ?? text.slice(0, 200);
    return { detail, ...(problem.fix ? { fix: problem.fix } : {}) };
  } catch {
    return { detail: text.slice(0, 200) };
  }
}

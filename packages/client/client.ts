import { operations, type Operations, type Problem } from './generated.ts';

/** How to reach the API. */
export interface ClientOptions {
  /** Where it answers: `https://ratings.example.com`. */
  readonly baseUrl: string;
  /** A key of Probity, or a token of the configured issuer; a function is asked before each request, so that tokens can be renewed. */
  readonly key?: string | (() => string | Promise<string>);
  /** The language of reasons and names: `en` (default) or `zh-CN`. */
  readonly language?: 'en' | 'zh-CN';
  /** How long one request may take, milliseconds (default 30 000). */
  readonly timeoutMs?: number;
  /**
   * How often an operation that only reads, or that carries an Idempotency-Key, is tried again where the server says that it may
   * (429, 503) or does not answer (default 2).
   */
  readonly retries?: number;
  /** In place of the platform's `fetch`. */
  readonly fetch?: typeof fetch;
}

/** Headers and a signal that any request may carry. */
export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Makes a repeated request one request, where the operation knows it. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

type OperationId = keyof Operations;
type Required<Input> = { [K in keyof Input]-?: object extends Pick<Input, K> ? never : K }[keyof Input];
type Call<Id extends OperationId> = [Required<Operations[Id]['input']>] extends [never]
  ? (input?: Operations[Id]['input'], options?: RequestOptions) => Promise<Operations[Id]['output']>
  : (input: Operations[Id]['input'], options?: RequestOptions) => Promise<Operations[Id]['output']>;

/** One method for each operation of the API. */
export type Client = { readonly [Id in OperationId]: Call<Id> };

/** An error that the API answered (RFC 9457), with what to do about it. */
export class ProbityProblem extends Error {
  override readonly name = 'ProbityProblem';
  readonly status: number;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.detail} ${problem.fix}`);
    this.status = problem.status;
    this.problem = problem;
  }

  /** The error's code, such as `UNKNOWN_CUSTOMER`. */
  get code(): string {
    return this.problem.code;
  }
}

type Scalar = string | number | boolean;

interface Input {
  readonly path?: Readonly<Record<string, Scalar>>;
  readonly query?: Readonly<Record<string, Scalar | undefined>>;
  readonly header?: Readonly<Record<string, Scalar | undefined>>;
  readonly body?: unknown;
  readonly type?: string;
}

/** A client of the API: `createClient({ baseUrl, key }).rate({ body: { customerId } })`. Rejects with ProbityProblem where the API refuses. */
export function createClient(options: ClientOptions): Client {
  const calls = Object.keys(operations).map((id) => [
    id,
    (input: Input = {}, more: RequestOptions = {}) => call(options, id as OperationId, input, more),
  ]);
  return Object.fromEntries(calls) as Client;
}

/** Every item of a list, page by page: `for await (const key of everyItem((cursor) => client.listKeys({ query: cursor })))`. */
export async function* everyItem<T>(
  page: (query: {
    readonly cursor?: string;
  }) => Promise<{ readonly items: readonly T[]; readonly nextCursor: string | null }>,
): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const { items, nextCursor }: { readonly items: readonly T[]; readonly nextCursor: string | null } = await page(
      cursor === null ? {} : { cursor },
    );
    yield* items;
    cursor = nextCursor;
  } while (cursor !== null);
}

async function call(options: ClientOptions, id: OperationId, input: Input, more: RequestOptions): Promise<unknown> {
  const { method, answers } = operations[id];
  const repeatable = method === 'GET' || more.idempotencyKey !== undefined;
  const retries = repeatable ? (options.retries ?? 2) : 0;
  for (let attempt = 0; ; attempt++) {
    const last = attempt >= retries;
    const response = await send(options, id, input, more).catch((error: unknown) => {
      if (last || more.signal?.aborted === true) throw error;
      return null;
    });
    if (response?.ok === true) {
      if (answers === 'json') return response.json();
      return answers === 'text' ? response.text() : response;
    }
    if (response !== null && (last || (response.status !== 429 && response.status !== 503)))
      throw new ProbityProblem(await problemOf(response));
    await pause(response, attempt);
  }
}

async function send(options: ClientOptions, id: OperationId, input: Input, more: RequestOptions): Promise<Response> {
  const { method, path, sends } = operations[id];
  const key = typeof options.key === 'function' ? await options.key() : options.key;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {}))
    if (value !== undefined) query.set(name, String(value));
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input.path?.[name])));
  const headers = new Headers({
    'accept-language': options.language ?? 'en',
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    ...(more.idempotencyKey === undefined ? {} : { 'idempotency-key': more.idempotencyKey }),
    ...more.headers,
  });
  for (const [name, value] of Object.entries(input.header ?? {}))
    if (value !== undefined) headers.set(name, String(value));
  const { body } = input;
  if (sends !== null && body !== undefined) headers.set('content-type', input.type ?? sends);
  const timeout = AbortSignal.timeout(options.timeoutMs ?? 30_000);
  return (options.fetch ?? fetch)(
    `${options.baseUrl.replace(/\/+$/, '')}${address}${query.size > 0 ? `?${query.toString()}` : ''}`,
    {
      method,
      headers,
      signal: more.signal === undefined ? timeout : AbortSignal.any([timeout, more.signal]),
      ...(body === undefined ? {} : { body: sends === 'application/json' ? JSON.stringify(body) : (body as string) }),
    },
  );
}

/** Waits as long as the server asks for, at most a minute; else longer each time, and never as long as its neighbour. */
async function pause(response: Response | null, attempt: number): Promise<void> {
  const asked = Number(response?.headers.get('retry-after') ?? Number.NaN);
  const ms = Number.isFinite(asked) ? Math.min(asked, 60) * 1000 : 200 * 2 ** attempt;
  await new Promise((resolve) => setTimeout(resolve, ms * (0.75 + Math.random() / 2)));
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const problem = JSON.parse(text) as Problem;
    if (typeof problem.code === 'string') return problem;
  } catch {
    // Something before the API answered.
  }
  const { status, statusText } = response;
  const detail = `The server answered ${status} ${statusText}.`;
  return { type: 'about:blank', title: statusText, status, code: 'UNKNOWN', detail, fix: '', problems: [] };
}

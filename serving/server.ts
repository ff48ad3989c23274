import { createServer, STATUS_CODES, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { ProbityError, messageOf } from '../base/index.ts';
import { createApp } from './app.ts';
import { problemOf } from './http/problem.ts';
import type { ServingDependencies } from './dependencies.ts';

export interface ListenOptions {
  /** Default 127.0.0.1: nothing outside this machine can ask. */
  readonly host?: string;
  /** 0: a free one. */
  readonly port: number;
  /** How long requests may take to finish at shutdown, milliseconds (default 10 000). */
  readonly drainMs?: number;
  /** How long a slow client is waited for, milliseconds. */
  readonly patience?: Partial<Patience>;
}

/** How long a slow client is waited for, milliseconds. */
export interface Patience {
  /** For the headers of a request. */
  readonly headers: number;
  /** For a whole request, however large its stream. */
  readonly request: number;
  /** For any byte, in either direction, while a request or its answer is under way. */
  readonly idle: number;
}

const usualPatience: Patience = { headers: 15_000, request: 600_000, idle: 60_000 };

/** A server that answers. */
export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** Looks at the registry now instead of at the next poll. */
  refresh(): Promise<void>;
  /** Stops accepting, lets requests finish (cut off after `drainMs`), closes the snapshot. Calling it again waits for the same. */
  close(): Promise<void>;
}

/** Starts the API; resolves when it listens. Throws CANNOT_LISTEN where the port is taken or not allowed. */
export async function startServer(deps: ServingDependencies, options: ListenOptions): Promise<RunningServer> {
  const { listener, live, rerate } = createApp(deps);
  const patience = { ...usualPatience, ...options.patience };
  const server = createServer({ connectionsCheckingInterval: Math.min(5_000, patience.headers) }, listener);
  server.on('clientError', answerBrokenRequest);
  server.headersTimeout = patience.headers;
  server.requestTimeout = patience.request;
  server.keepAliveTimeout = 65_000;
  server.setTimeout(patience.idle);
  const host = options.host ?? '127.0.0.1';
  await live.start();
  try {
    await listen(server, host, options.port);
  } catch (error) {
    await live.stop();
    throw new ProbityError('CANNOT_LISTEN', `The API cannot listen on ${host}:${options.port}: ${messageOf(error)}`, {
      cause: error,
    });
  }
  deps.reviews.begin(rerate);
  const { port } = server.address() as AddressInfo;
  let closing: Promise<void> | null = null;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    refresh: () => live.refresh(),
    close: () =>
      (closing ??= drain(server, options.drainMs ?? 10_000)
        .then(() => deps.reviews.end())
        .then(() => live.stop())),
  };
}

/** Answers bytes that are no HTTP request, or one that never ends, as every other error is answered, and ends the connection. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW';
  const problem = problemOf(
    tooLarge
      ? new ProbityError('BODY_TOO_LARGE', 'The headers of the request are too large.')
      : new ProbityError('INVALID_INPUT', 'This is not a whole HTTP request.', {
          fix: 'Send HTTP/1.1 with correct headers and lengths, without pauses.',
        }),
  );
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function drain(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Connections that come free from now on are not kept for another request.
  server.prependListener('request', (_request, response) => {
    response.setHeader('connection', 'close');
  });
  server.closeIdleConnections();
  const sweep = setInterval(() => server.closeIdleConnections(), 100);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}

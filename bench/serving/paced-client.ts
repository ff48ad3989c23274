import { connect, type Socket } from 'node:net';
import type { PacedFigures, PacedLoad } from './paced-load.ts';

/** Most requests under way at once; those beyond wait, and their time counts. */
const MOST_CONNECTIONS = 512;
const HEAD_END = Buffer.from('\r\n\r\n');

/** One keep-alive connection with at most one request under way. */
interface Connection {
  readonly socket: Socket;
  received: Buffer[];
  bytes: number;
  /** Bytes of the whole answer, once its head is read. */
  expected: number;
  ok: boolean;
  done: ((ok: boolean) => void) | null;
}

/** Sends a load at its rate, whatever is answered, and tells what it saw. */
export function sendPaced({ url, headers, bodies, perSecond, seconds, warmSeconds }: PacedLoad): Promise<PacedFigures> {
  const { hostname, port, pathname } = new URL(url);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${lines.join('')}`;
  const requests = bodies.map((body) =>
    Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`),
  );
  const count = Math.round(perSecond * (warmSeconds + seconds));
  const firstCounted = Math.round(perSecond * warmSeconds);
  const latencies = new Float64Array(count);
  const lateness = new Float64Array(count);
  const idle: Connection[] = [];
  const waiting: number[] = [];
  let open = 0;
  let sent = 0;
  let answered = 0;
  let failed = 0;

  return new Promise((resolve) => {
    let began = 0;
    const dueAt = (request: number): number => began + (1000 * request) / perSecond;

    const finish = (): void => {
      for (const { socket } of idle) socket.destroy();
      const ofPart = (all: Float64Array) => percentilesOf(all.subarray(firstCounted));
      resolve({ requests: count - firstCounted, failed, latency: ofPart(latencies), lateness: ofPart(lateness) });
    };
    const settle = (request: number, ok: boolean): void => {
      latencies[request] = performance.now() - dueAt(request);
      if (!ok) failed += 1;
      answered += 1;
      if (answered === count) finish();
    };
    const newConnection = (): Connection => {
      open += 1;
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      const connection: Connection = { socket, received: [], bytes: 0, expected: 0, ok: false, done: null };
      socket.on('data', (chunk) => receive(connection, chunk));
      const lost = (): void => {
        const at = idle.indexOf(connection);
        if (at >= 0) idle.splice(at, 1);
        const { done } = connection;
        connection.done = null;
        done?.(false);
      };
      socket.on('error', lost);
      socket.on('close', () => {
        open -= 1;
        lost();
      });
      return connection;
    };
    const send = (request: number): void => {
      const connection = idle.pop() ?? (open < MOST_CONNECTIONS ? newConnection() : null);
      if (connection === null) {
        waiting.push(request);
        return;
      }
      lateness[request] = performance.now() - dueAt(request);
      connection.done = (ok) => {
        if (!connection.socket.destroyed) idle.push(connection);
        settle(request, ok);
        const next = waiting.shift();
        if (next !== undefined) send(next);
      };
      connection.socket.write(requests[request % requests.length] as Buffer);
    };
    const tick = (): void => {
      const now = performance.now();
      while (sent < count && dueAt(sent) <= now) send(sent++);
      if (sent < count) setTimeout(tick, Math.max(0, dueAt(sent) - performance.now()));
    };
    began = performance.now() + 100;
    tick();
  });
}

/** Reads what came of an answer; tells when it is whole. Servers here state its length. */
function receive(connection: Connection, chunk: Buffer): void {
  connection.received.push(chunk);
  connection.bytes += chunk.byteLength;
  if (connection.expected === 0) {
    const all = connection.received.length === 1 ? chunk : Buffer.concat(connection.received);
    connection.received = [all];
    const end = all.indexOf(HEAD_END);
    if (end < 0) return;
    const head = all.toString('latin1', 0, end);
    connection.ok = /^HTTP\/1\.1 2\d\d /.test(head);
    connection.expected = end + HEAD_END.length + Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
  }
  if (connection.bytes < connection.expected) return;
  const { ok, done } = connection;
  Object.assign(connection, { received: [], bytes: 0, expected: 0, ok: false, done: null });
  done?.(ok);
}

function percentilesOf(values: Float64Array): PacedFigures['latency'] {
  const sorted = values.toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

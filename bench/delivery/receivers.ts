import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** When something that names a customer or a warning came in, by that name: the first time counts. */
export type Arrivals = Map<string, number>;

/** A mail server that takes everything, and notes the reference of each e-mail. */
export async function startMailServer(arrived: Arrivals): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8').replaceAll('=\r\n', '');
        note(arrived, /Reference: (\S+)/.exec(text)?.[1]);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A receiver of webhooks that takes everything, and notes whose warning each message tells. */
export async function startReceiver(arrived: Arrivals): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { data } = JSON.parse(Buffer.concat(parts).toString('utf8')) as {
        readonly data: {
          readonly customerId: string | null;
          readonly after: { readonly raised?: boolean } | null;
        } | null;
      };
      if (data?.after?.raised === true) note(arrived, data.customerId ?? undefined);
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function note(arrived: Arrivals, name: string | undefined): void {
  if (name !== undefined && !arrived.has(name)) arrived.set(name, performance.now());
}

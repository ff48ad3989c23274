import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail server on loopback that keeps what it takes. */
export interface TestMailServer {
  /** `smtp://…` */
  readonly url: string;
  /** Mails that it took, as they came. */
  readonly taken: string[];
  /** What it answers to a receiver: a code, or null to take the mail. */
  refuse: (to: string) => number | null;
  close(): Promise<void>;
}

export async function startMailServer(): Promise<TestMailServer> {
  const taken: string[] = [];
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      const code = server.refuse(address);
      done(code === null ? null : Object.assign(new Error('not taken'), { responseCode: code }));
    },
    onData(stream, _session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        taken.push(Buffer.concat(parts).toString('utf8'));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', () => resolve()));
  const { port } = smtp.server.address() as AddressInfo;
  const server: TestMailServer = {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    refuse: () => null,
    close: () => new Promise<void>((resolve) => smtp.close(() => resolve())),
  };
  return server;
}

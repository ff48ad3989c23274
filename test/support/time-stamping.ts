import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A time-stamping authority on loopback: `openssl ts -reply` behind a small HTTP server. */
export interface TestAuthority {
  readonly url: string;
  /** Certificate of the root that its own certificate chains to, PEM. */
  readonly root: Uint8Array;
  stop(): Promise<void>;
}

/** Whether openssl is on this machine. */
export async function hasOpenssl(): Promise<boolean> {
  return run('openssl', ['version']).then(
    () => true,
    () => false,
  );
}

/** Makes a root and an authority in `folder`, and answers requests; `purpose`: extended key usage of its certificate. */
export async function startAuthority(folder: string, purpose = 'timeStamping'): Promise<TestAuthority> {
  const openssl = (...args: readonly string[]) => run('openssl', [...args], { cwd: folder });
  await writeFile(
    join(folder, 'tsa.cnf'),
    [
      'oid_section = oids',
      '[oids]',
      'policy1 = 1.2.3.4.1',
      '[ext]',
      'basicConstraints = critical, CA:FALSE',
      'keyUsage = critical, digitalSignature',
      `extendedKeyUsage = critical, ${purpose}`,
      '[tsa]',
      'default_tsa = main',
      '[main]',
      `serial = ${join(folder, 'serial')}`,
      'default_policy = policy1',
      'digests = sha256',
      'signer_digest = sha256',
      'accuracy = secs:1',
      'tsa_name = yes',
      'ess_cert_id_alg = sha256',
    ].join('\n'),
  );
  await writeFile(join(folder, 'serial'), '01\n');
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  await openssl('req', '-x509', ...key, '-keyout', 'root.key', '-out', 'root.pem', '-days', '2', '-subj', '/CN=Root');
  await openssl('req', ...key, '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/CN=Test authority');
  const extensions = ['-extfile', 'tsa.cnf', '-extensions', 'ext'];
  const issuer = ['-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial'];
  await openssl('x509', '-req', '-in', 'tsa.csr', ...issuer, '-out', 'tsa.pem', '-days', '2', ...extensions);
  let count = 0;
  const answer = async (request: Uint8Array): Promise<Buffer> => {
    count += 1;
    const [query, reply] = [join(folder, `${count}.tsq`), join(folder, `${count}.tsr`)];
    await writeFile(query, request);
    const signer = ['-signer', 'tsa.pem', '-inkey', 'tsa.key', '-chain', 'root.pem'];
    await openssl(
      'ts',
      '-reply',
      '-config',
      'tsa.cnf',
      '-section',
      'main',
      '-queryfile',
      query,
      ...signer,
      '-out',
      reply,
    );
    return readFile(reply);
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(Buffer.concat(chunks)).then(
        (reply) => response.setHeader('content-type', 'application/timestamp-reply').end(reply),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    root: await readFile(join(folder, 'root.pem')),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

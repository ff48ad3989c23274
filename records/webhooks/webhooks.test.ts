import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isPublicAddress,
  isSigned,
  mayDeliverTo,
  newSecret,
  send,
  signature,
  TOLERANCE_SECONDS,
  urlProblem,
} from './index.ts';

const strict = { privateAddresses: false, loopback: false };
const local = { privateAddresses: false, loopback: true };

describe('signatures', () => {
  it('are those of Standard Webhooks: the vector of its reference libraries', () => {
    const parts = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect(signature(secret, parts)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('hold for one secret, one message and a short time, beside others of a rotation', () => {
    const secret = newSecret();
    const parts = { id: 'm', timestamp: 1_000_000, body: '{"a":1}' };
    const header = `v1,AAAA ${signature(secret, parts)}`;
    const at = parts.timestamp;
    expect(isSigned(secret, parts, header, at)).toBe(true);
    expect(isSigned(secret, parts, header, at + TOLERANCE_SECONDS)).toBe(true);
    expect(isSigned(secret, parts, header, at + TOLERANCE_SECONDS + 1)).toBe(false);
    expect(isSigned(secret, parts, header, at - TOLERANCE_SECONDS - 1)).toBe(false);
    expect(isSigned(newSecret(), parts, header, at)).toBe(false);
    expect(isSigned(secret, { ...parts, id: 'n' }, header, at)).toBe(false);
    expect(isSigned(secret, { ...parts, timestamp: at + 1 }, header, at)).toBe(false);
    expect(isSigned(secret, { ...parts, body: '{"a":2}' }, header, at)).toBe(false);
  });
});

describe('addresses', () => {
  it.each([
    ['8.8.8.8', true],
    ['2606:4700::1111', true],
    ['10.1.2.3', false],
    ['100.64.0.1', false],
    ['127.0.0.1', false],
    ['169.254.169.254', false],
    ['172.31.255.255', false],
    ['172.32.0.1', true],
    ['192.168.1.1', false],
    ['0.0.0.0', false],
    ['255.255.255.255', false],
    ['::', false],
    ['::1', false],
    ['::ffff:10.0.0.1', false],
    ['64:ff9b::a00:1', false],
    ['2002:a00:1::', false],
    ['fd00::1', false],
    ['fe80::1%eth0', false],
    ['ff02::1', false],
    ['localhost', false],
  ])('%s is public: %s', (address, known) => {
    expect(isPublicAddress(address)).toBe(known);
  });

  it('are delivered to by https, privately and on this host only where that is allowed', () => {
    expect(mayDeliverTo('8.8.8.8', 'https:', strict)).toBe(true);
    expect(mayDeliverTo('8.8.8.8', 'http:', local)).toBe(false);
    expect(mayDeliverTo('10.0.0.1', 'https:', strict)).toBe(false);
    expect(mayDeliverTo('10.0.0.1', 'https:', { ...strict, privateAddresses: true })).toBe(true);
    const inside = { ...strict, privateAddresses: true };
    for (const address of ['127.0.0.1', '0.0.0.0', '::', '::1', '::ffff:7f00:1', '169.254.169.254', '::ffff:a9fe:a9fe'])
      expect([address, mayDeliverTo(address, 'https:', inside)]).toEqual([address, false]);
    expect(mayDeliverTo('127.0.0.1', 'http:', local)).toBe(true);
  });

  it.each([
    ['https://erp.example.com/hooks', null],
    ['http://erp.example.com/hooks', 'Send an https address.'],
    ['ftp://erp.example.com', 'Send an https address.'],
    ['https://u:p@erp.example.com', 'A URL with a user or a password is not taken.'],
    ['https://169.254.169.254/latest', 'Deliveries to private addresses are not allowed here.'],
    ['https://[::ffff:127.0.0.1]/', 'Deliveries to private addresses are not allowed here.'],
    ['https://0x7f.1/', 'Deliveries to private addresses are not allowed here.'],
    ['https://2130706433/', 'Deliveries to private addresses are not allowed here.'],
    ['no url', 'This is no URL.'],
  ])('%s: %s', (url, problem) => {
    expect(urlProblem(url, strict)).toBe(problem);
  });
});

describe('a delivery', () => {
  const got: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  let server: Server;
  let base: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        got.push({ path: request.url ?? '', headers: request.headers, body });
        if (request.url === '/slow') return;
        if (request.url === '/moved') response.writeHead(302, { location: '/there' });
        else response.writeHead(request.url === '/bad' ? 500 : 204);
        response.end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const parts = { id: 'm-1', timestamp: 1_780_000_000, body: '{"type":"rating.changed"}' };
  const secret = newSecret();

  it('carries what its receiver needs to verify it with an independent hand', async () => {
    expect(await send({ url: `${base}/ok`, secrets: [secret] }, parts, local)).toEqual({
      kind: 'answered',
      status: 204,
    });
    const { headers, body } = got[0] as (typeof got)[number];
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    expect([headers['webhook-id'], headers['content-type'], body]).toEqual(['m-1', 'application/json', parts.body]);
  });

  it('answers failures, follows no redirect, and does not wait for ever', async () => {
    expect(await send({ url: `${base}/bad`, secrets: [secret] }, parts, local)).toEqual({
      kind: 'answered',
      status: 500,
    });
    expect(await send({ url: `${base}/moved`, secrets: [secret] }, parts, local)).toEqual({
      kind: 'answered',
      status: 302,
    });
    expect(got.map(({ path }) => path)).not.toContain('/there');
    expect(await send({ url: `${base}/slow`, secrets: [secret] }, parts, local, 300)).toEqual({
      kind: 'failed',
      why: 'no answer in time',
    });
  });

  it('reaches nothing that is not allowed, by address or by name', async () => {
    const before = got.length;
    const { port } = new URL(base);
    expect(await send({ url: `${base}/x`, secrets: [secret] }, parts, strict)).toMatchObject({ kind: 'failed' });
    expect(await send({ url: `https://localhost:${port}/x`, secrets: [secret] }, parts, strict)).toEqual({
      kind: 'failed',
      why: 'the name leads to a private address',
    });
    expect(got.length).toBe(before);
  });
});

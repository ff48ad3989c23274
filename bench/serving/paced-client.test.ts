import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { sendPaced } from './paced-client.ts';
import type { PacedFigures } from './paced-load.ts';

async function against(
  answer: (at: number) => { readonly afterMs: number; readonly status: number },
  load: { readonly perSecond: number; readonly seconds: number; readonly warmSeconds: number },
): Promise<PacedFigures & { readonly served: number }> {
  let served = 0;
  const server: Server = createServer((request, response) => {
    served += 1;
    const { afterMs, status } = answer(served);
    request.resume();
    setTimeout(() => {
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end('{"a":"' + 'x'.repeat(served % 9000) + '"}');
    }, afterMs);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  try {
    const url = `http://127.0.0.1:${port}/x`;
    return { ...(await sendPaced({ url, headers: {}, bodies: ['{}', '[1]'], ...load })), served };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it('sends at its rate while answers stand out, and counts the time of every request that a stall held up', async () => {
  // From the 41st request on, for a quarter of those sent, nothing is answered until half a second later.
  const { requests, failed, latency, served } = await against(
    (at) => ({ afterMs: at > 40 && at <= 80 ? 500 : 0, status: 200 }),
    { perSecond: 160, seconds: 1, warmSeconds: 0.2 },
  );
  expect({ requests, failed, served }).toEqual({ requests: 160, failed: 0, served: 192 });
  expect(latency.p90).toBeGreaterThan(499);
});

it('counts answers other than 2xx', async () => {
  const { failed } = await against((at) => ({ afterMs: 0, status: at % 10 === 0 ? 503 : 204 }), {
    perSecond: 100,
    seconds: 1,
    warmSeconds: 0,
  });
  expect(failed).toBe(10);
});

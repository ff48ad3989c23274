import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startServer, type RunningServer } from '../serving/index.ts';
import { createWorld, smallArtefact, usualWorld, type World } from './serving/world.ts';

async function serving<T>(world: World, use: (server: RunningServer) => Promise<T>): Promise<T> {
  const server = await startServer(world.deps, { port: 0 });
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

async function rate(server: RunningServer, customerId = 'good') {
  const response = await fetch(`${server.url}/v1/ratings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ customerId }),
  });
  return { status: response.status, body: (await response.json()) as { model?: { hash: string }; code?: string } };
}

async function readiness(server: RunningServer) {
  const response = await fetch(`${server.url}/readyz`, { headers: { authorization: 'Bearer any' } });
  return {
    status: response.status,
    body: (await response.json()) as { status?: unknown; code?: string; problems?: { at: string }[] },
  };
}

describe('hot swap', () => {
  it('tells that customers cannot be looked up until the first snapshot is taken up, though features can be rated', async () => {
    const world = createWorld();
    world.promote(smallArtefact());
    await serving(world, async (server) => {
      expect(await readiness(server)).toEqual({ status: 200, body: { status: 'ready', customers: false } });
      expect((await rate(server)).body.code).toBe('NOT_READY');
      world.know('good', { days_late: 0 });
      world.publish('snapshot-1');
      await expect.poll(async () => (await readiness(server)).body).toEqual({ status: 'ready', customers: true });
      expect((await rate(server)).status).toBe(200);
    });
  });

  it('under load drops no request: each is rated by the old or the new champion, and at last by the new one', async () => {
    const world = usualWorld();
    world.lookupMs = 3;
    await serving(world, async (server) => {
      const load = { going: true };
      const seen: { status: number; hash: string | undefined }[] = [];
      const clients = Array.from({ length: 8 }, async () => {
        while (load.going) {
          const { status, body } = await rate(server);
          seen.push({ status, hash: body.model?.hash });
        }
      });
      const hashes: string[] = [];
      for (let i = 1; i <= 5; i++) {
        await sleep(60);
        hashes.push(world.promote(smallArtefact(i / 10)));
        world.publish(`snapshot-${i + 1}`);
      }
      await sleep(120);
      load.going = false;
      await Promise.all(clients);
      expect(seen.filter(({ status }) => status !== 200)).toEqual([]);
      expect(new Set(seen.map(({ hash }) => hash)).size).toBeGreaterThanOrEqual(4);
      expect((await rate(server)).body.model?.hash).toBe(hashes.at(-1));
    });
    expect(world.closed.sort()).toEqual(world.opened.sort());
  });

  it('leaves requests in flight on the old champion and snapshot, which closes after the last of them', async () => {
    const world = usualWorld();
    await serving(world, async (server) => {
      const old = (await rate(server)).body.model?.hash;
      world.lookupMs = 200;
      const inFlight = rate(server);
      await sleep(60);
      world.promote(smallArtefact(1));
      world.publish('snapshot-2');
      await server.refresh();
      expect(world.opened).toEqual(['snapshot-1', 'snapshot-2']);
      expect(world.closed).toEqual([]);
      expect((await inFlight).body.model?.hash).toBe(old);
      expect(world.closed).toEqual(['snapshot-1']);
    });
  });
});

describe('readiness', () => {
  it('is refused without champion, and gained by itself when one is promoted', async () => {
    const world = createWorld();
    await serving(world, async (server) => {
      expect(await readiness(server)).toMatchObject({ status: 503, body: { code: 'NO_CHAMPION' } });
      expect(await rate(server)).toMatchObject({ status: 503, body: { code: 'NO_CHAMPION' } });
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
      world.promote(smallArtefact());
      world.publish('snapshot-1');
      await sleep(100);
      expect((await readiness(server)).status).toBe(200);
    });
  });

  it('is refused by name where the champion’s feature views are not those that the snapshot executes', async () => {
    const world = createWorld();
    world.promote(smallArtefact(0, { payment_discipline: 'one', exposure: 'two', profile: 'three' }));
    world.publish('snapshot-1', { payment_discipline: 'other', exposure: 'two' });
    await serving(world, async (server) => {
      const { status, body } = await readiness(server);
      expect(status).toBe(503);
      expect(body.problems?.map(({ at }) => at)).toEqual([
        'main/*/12m view payment_discipline',
        'main/*/12m view profile',
      ]);
      world.publish('snapshot-2', { payment_discipline: 'one', exposure: 'two', profile: 'three' });
      await server.refresh();
      expect((await readiness(server)).status).toBe(200);
    });
    expect(world.closed.sort()).toEqual(['snapshot-1', 'snapshot-2']);
  });

  it('is refused while a promoted model cannot be served, and the one before it goes on rating', async () => {
    const world = usualWorld();
    await serving(world, async (server) => {
      const before = (await rate(server)).body.model?.hash;
      world.know('good', { days_late: 0 });
      world.promote(smallArtefact(1, { missing_view: 'x' }));
      await server.refresh();
      expect((await readiness(server)).body.problems?.[0]?.at).toBe('main/*/12m view missing_view');
      expect((await rate(server)).body.model?.hash).toBe(before);
    });
  });

  it('is refused where the promoted model is benchmark-only, and the one before it goes on rating', async () => {
    const world = usualWorld();
    await serving(world, async (server) => {
      const before = (await rate(server)).body.model?.hash;
      world.promote({ ...smallArtefact(1), use: 'benchmark-only' });
      await server.refresh();
      expect((await readiness(server)).body.problems?.[0]?.at).toBe('main/*/12m model');
      expect((await rate(server)).body.model?.hash).toBe(before);
    });
  });

  it('is refused where no snapshot has been published that the champion needs', async () => {
    const world = createWorld();
    world.promote(smallArtefact(0, { exposure: 'two' }));
    await serving(world, async (server) => {
      expect((await readiness(server)).body.problems?.[0]?.at).toBe('snapshot');
    });
  });
});

describe('shutdown', () => {
  it('finishes requests in flight, takes no new ones, and closes the snapshot', async () => {
    const world = usualWorld();
    world.lookupMs = 200;
    const server = await startServer(world.deps, { port: 0 });
    const inFlight = rate(server);
    await sleep(80);
    const closed = server.close();
    await sleep(20);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
    expect((await inFlight).status).toBe(200);
    await closed;
    expect(world.closed).toEqual(['snapshot-1']);
  });

  it('cuts off a request that does not finish in time', async () => {
    const world = usualWorld();
    world.lookupMs = 5_000;
    const server = await startServer(world.deps, { port: 0, drainMs: 100 });
    const inFlight = rate(server).catch(() => 'cut');
    await sleep(50);
    await server.close();
    expect(await inFlight).toBe('cut');
  });
});

it('a taken port is an error that says so', async () => {
  const world = usualWorld();
  await serving(world, async ({ port }) => {
    await expect(startServer(usualWorld().deps, { port })).rejects.toMatchObject({ code: 'CANNOT_LISTEN' });
  });
});

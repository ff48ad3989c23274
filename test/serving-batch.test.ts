import { request as httpRequest } from 'node:http';
import { RecordBatchReader, tableFromArrays, tableFromIPC, tableToIPC } from 'apache-arrow';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RatingAnswer } from '../serving/ratings/answer.ts';
import { startServer, type RunningServer } from '../serving/index.ts';
import { usualWorld, type World } from './serving/world.ts';

const ndjson = 'application/x-ndjson';
const arrow = 'application/vnd.apache.arrow.stream';

let world: World;
let server: RunningServer;

beforeEach(async () => {
  world = usualWorld();
  server = await startServer(world.deps, { port: 0 });
});
afterEach(() => server.close());

function batch(body: string | Uint8Array, type: string, headers: Record<string, string> = {}, query = '') {
  return fetch(`${server.url}/v1/ratings:batch${query}`, {
    method: 'POST',
    headers: { 'content-type': type, ...headers },
    body: body as never,
  });
}

type Line = { row: number; pd?: number; error?: { code: string; problems: { at: string }[] }; contributions?: unknown };

async function lines(response: Response): Promise<Line[]> {
  expect(response.status).toBe(200);
  const text = await response.text();
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('a batch of NDJSON', () => {
  it('answers every row once, in order, with errors in their own row', async () => {
    const body = [
      '{"customerId":"late"}',
      '{"customerId":"nobody"}',
      '',
      'no json',
      '{"features":{"days_late":45,"sectr":"mining"}}',
      `{"customerId":"${'x'.repeat(300_000)}"}`,
      '{"customerId":"good"}',
    ].join('\n');
    const answers = await lines(await batch(body, ndjson));
    expect(answers.map(({ row, error }) => [row, error?.code ?? 'rated'])).toEqual([
      [1, 'rated'],
      [2, 'UNKNOWN_CUSTOMER'],
      [3, 'INVALID_INPUT'],
      [4, 'INVALID_INPUT'],
      [5, 'BODY_TOO_LARGE'],
      [6, 'rated'],
    ]);
    expect(answers[3]?.error?.problems[0]?.at).toBe('features.sectr');
  });

  it('rates every other customer where the facts of one cannot be computed', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => (i === 7 ? 'broken' : i % 2 === 0 ? 'good' : 'late'));
    world.breaks.add('broken');
    const answers = await lines(await batch(ids.map((id) => JSON.stringify({ customerId: id })).join('\n'), ndjson));
    expect(answers.map(({ error }) => error?.code ?? 'rated')).toEqual(
      ids.map((id) => (id === 'broken' ? 'INTERNAL' : 'rated')),
    );
  });

  it('equals the ratings given one by one, contributions on request', async () => {
    const single = await fetch(`${server.url}/v1/ratings?contributions=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"customerId":"late","dryRun":true}',
    });
    const row = '{"customerId":"late","dryRun":true}';
    const answers = await lines(await batch(row, ndjson, {}, '?contributions=true'));
    expect(answers).toEqual([{ row: 1, ...((await single.json()) as object) }]);
    const plain = await lines(await batch('{"customerId":"late"}\n', ndjson));
    expect(plain[0]?.contributions).toBeUndefined();
  });

  it('does not depend on how the bytes are cut', async () => {
    const body = Buffer.from(
      Array.from({ length: 40 }, (_, i) => `{"features":{"days_late":${i},"sector":"矿业"},"dryRun":true}\n`).join(''),
    );
    const whole = await (await batch(body, ndjson)).text();
    const cut = await send((write) => {
      for (let i = 0; i < body.length; i += 7) write(body.subarray(i, i + 7));
    });
    expect(cut).toBe(whole);
  });

  it('answers rows before the last one has been sent', async () => {
    const first = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(
        `${server.url}/v1/ratings:batch`,
        { method: 'POST', headers: { 'content-type': ndjson } },
        (response) =>
          response.once('data', (chunk: Buffer) => {
            resolve(chunk.toString());
            request.end();
            response.resume();
          }),
      );
      request.on('error', reject);
      request.write('{"customerId":"good"}\n');
    });
    expect(JSON.parse(first)).toMatchObject({ row: 1, customerId: 'good' });
  });

  it('is read no faster than its answers are: memory stays bounded with a client that does not read', async () => {
    const line = Buffer.from('{"features":{"days_late":45,"sector":"mining"}}\n'.repeat(1000));
    let sent = 0;
    await new Promise<void>((resolve, reject) => {
      const request = httpRequest(
        `${server.url}/v1/ratings:batch`,
        { method: 'POST', headers: { 'content-type': ndjson } },
        (response) => response.pause(),
      );
      request.on('error', () => resolve());
      const quiet = { since: Date.now() };
      const timer = setInterval(() => {
        if (Date.now() - quiet.since > 700) {
          clearInterval(timer);
          request.destroy();
          resolve();
        }
      }, 50);
      const push = (): void => {
        if (sent > 400e6) return reject(new Error('the server kept reading'));
        sent += line.length;
        request.write(line, () => {
          quiet.since = Date.now();
          push();
        });
      };
      push();
    });
    expect(sent).toBeLessThan(100e6);
    expect((await lines(await batch('{"customerId":"good"}', ndjson)))[0]?.pd).toBeGreaterThan(0);
  });
});

describe('a batch of Arrow', () => {
  it('equals the same batch of NDJSON', async () => {
    const table = tableFromArrays({
      customerId: ['late', 'nobody', null, null],
      days_late: [null, null, 45, Number.NaN],
      sector: [null, null, 'mining', 'retail'],
    });
    const response = await batch(tableToIPC(table, 'stream'), arrow);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(arrow);
    const answers = tableFromIPC(new Uint8Array(await response.arrayBuffer())).toArray();
    const body = [
      '{"customerId":"late"}',
      '{"customerId":"nobody"}',
      '{"features":{"days_late":45,"sector":"mining"}}',
      '{"features":{"days_late":null,"sector":"retail"}}',
    ].join('\n');
    const expected = await lines(await batch(body, ndjson));
    expect(answers.map((row) => [row.row, row.pd, row.error_code])).toEqual(
      expected.map(({ row, pd, error }) => [row, pd ?? null, error?.code ?? null]),
    );
    expect([...answers[0].reasons][0]).toBe('Days late: 45; good is below 1.');
  });

  it('streams many record batches, and NDJSON comes back where it is accepted', async () => {
    const rows = 1000;
    const table = tableFromArrays({ days_late: Float64Array.from({ length: rows }, (_, i) => i % 60) });
    const bytes = tableToIPC(table, 'stream');
    const response = await batch(bytes, arrow);
    const reader = RecordBatchReader.from(new Uint8Array(await response.arrayBuffer()));
    const counts = [...reader].map(({ numRows }) => numRows);
    expect(counts.length).toBeGreaterThan(1);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows);
    const asLines = await lines(await batch(bytes, arrow, { accept: ndjson }));
    expect(asLines.map(({ row }) => row)).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
  });

  it('carry what is asked for in Arrow columns, and answer the decision as JSON does', async () => {
    const table = tableFromArrays({
      customerId: ['good', 'late', 'nobody'],
      'request.amount': ['120000', '12000.50', '1'],
      'request.termDays': new Int32Array([60, 30, 30]),
      'facts.existingExposure': new Float64Array([0, 12.5, 0]),
      'facts.guaranteeOffered': [true, false, false],
    });
    const response = await batch(tableToIPC(table, 'stream'), arrow);
    const rows = tableFromIPC(new Uint8Array(await response.arrayBuffer()))
      .toArray()
      .map((row) => row.toJSON());
    const bodies = [
      {
        customerId: 'good',
        request: { amount: '120000', termDays: 60 },
        facts: { existingExposure: '0', guaranteeOffered: true },
      },
      {
        customerId: 'late',
        request: { amount: '12000.50', termDays: 30 },
        facts: { existingExposure: '12.5', guaranteeOffered: false },
      },
    ];
    for (const [i, body] of bodies.entries()) {
      const [line] = await lines(await batch(`${JSON.stringify(body)}\n`, ndjson));
      const { decision } = line as unknown as RatingAnswer;
      const { limit, terms, priceFloor } = decision;
      const row = rows[i] as Record<string, unknown>;
      const list = (name: string) => [...(row[name] as Iterable<string>)];
      expect(row).toMatchObject({
        outcome: decision.outcome,
        outcome_of_model_and_rules: decision.ofModelAndRules,
        decision_pd: decision.pd,
        decision_score: decision.score,
        decision_grade: decision.grade.code,
        currency: limit.currency,
        limit_total: limit.total,
        limit_available: limit.available,
        limit_granted: limit.granted,
        term_days: terms.days,
        prepayment: terms.prepayment,
        guarantee_needed: terms.guaranteeNeeded,
        price_floor: priceFloor.ratePerYear,
        expected_loss: priceFloor.expectedLoss,
        valid_until: decision.validUntil,
        late_payment: null,
        error_code: null,
      });
      expect(list('decision_reasons')).toEqual(decision.reasons.map(({ text }) => text));
      expect(list('conditions')).toEqual(decision.conditions);
      expect(list('warnings')).toEqual(decision.warnings.map(({ code }) => code));
      expect(list('causes')).toEqual(decision.causes.flatMap(({ binding, code }) => (binding ? [code] : [])));
    }
    expect(rows[2]).toMatchObject({ row: 3, outcome: null, limit_total: null, error_code: 'UNKNOWN_CUSTOMER' });
  });

  it('of nothing is answered with a readable stream of nothing', async () => {
    const response = await batch(tableToIPC(tableFromArrays({ days_late: new Float64Array(0) }), 'stream'), arrow);
    expect(tableFromIPC(new Uint8Array(await response.arrayBuffer())).numRows).toBe(0);
  });

  it('that is none, or has columns that no rating can read, is refused before it begins', async () => {
    for (const body of [Buffer.from('no arrow at all, just text'), Buffer.alloc(1000, 0xff)]) {
      const response = await batch(body, arrow);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'INVALID_INPUT' });
    }
    const lists = tableFromArrays({ days_late: [[1], [2]] as never });
    const response = await batch(tableToIPC(lists, 'stream'), arrow);
    expect([response.status, await response.json()]).toMatchObject([400, { problems: [{ at: 'days_late' }] }]);
  });
});

it('a batch of another type is told what is read', async () => {
  const response = await batch('{}', 'application/json');
  expect([response.status, ((await response.json()) as { fix: string }).fix]).toEqual([
    415,
    `Send content-type ${ndjson} or ${arrow}.`,
  ]);
});

/** Posts NDJSON in the pieces that `writer` writes, and answers the whole text. */
function send(writer: (write: (piece: Buffer) => void) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      `${server.url}/v1/ratings:batch`,
      { method: 'POST', headers: { 'content-type': ndjson } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks).toString()));
      },
    );
    request.on('error', reject);
    request.setNoDelay(true);
    writer((piece) => request.write(piece));
    request.end();
  });
}

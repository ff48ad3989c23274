import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc, it as property } from '@fast-check/vitest';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { dropOldMasterKeys, openMasterKeys, rotateMasterKeys } from '../records/privacy/index.ts';
import { payloadCodec } from './payload-codec.ts';

let folder: string;
const codecOf = (name: string) => payloadCodec(() => openMasterKeys(join(folder, name)));
const payload = (value: unknown) => defaultPayloadConverter.toPayload(value);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-codec-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

property.prop([fc.array(fc.jsonValue(), { maxLength: 4 })])('a codec opens what it sealed', async (values) => {
  const codec = await codecOf('a.json');
  const opened = await codec.decode(await codec.encode(values.map(payload)));
  expect(opened.map((each) => defaultPayloadConverter.fromPayload(each))).toEqual(JSON.parse(JSON.stringify(values)));
});

it('what leaves holds nothing of what was sent, its type neither', async () => {
  const [sealed] = await (await codecOf('a.json')).encode([payload({ name: 'Planted Person' })]);
  const bytes = Buffer.concat(
    [...Object.values(sealed?.metadata ?? {}), sealed?.data ?? Buffer.alloc(0)].map((part) => Buffer.from(part)),
  );
  expect(bytes.toString('latin1')).not.toMatch(/Planted|name|json/);
  expect((await stat(join(folder, 'a.json'))).mode & 0o777).toBe(0o600);
});

it('a payload that was not sealed passes as it is', async () => {
  const plain = payload({ from: 'an older release' });
  expect(await (await codecOf('a.json')).decode([plain])).toEqual([plain]);
});

it('opens what older keys sealed, and what a newer one sealed that another process began', async () => {
  const running = await codecOf('b.json');
  const before = await running.encode([payload(1)]);
  await rotateMasterKeys(join(folder, 'b.json'));
  const rotated = await codecOf('b.json');
  const after = await rotated.encode([payload(2)]);
  const read = async (codec: typeof running, sealed: typeof before) =>
    (await codec.decode(sealed)).map((each) => defaultPayloadConverter.fromPayload<number>(each));
  expect(await read(rotated, before)).toEqual([1]);
  expect(await read(running, after)).toEqual([2]);
  await dropOldMasterKeys(join(folder, 'b.json'));
  await expect((await codecOf('b.json')).decode(before)).rejects.toMatchObject({ code: 'MASTER_KEY_MISSING' });
});

it('opens nothing that was altered, or sealed by the keys of another', async () => {
  const codec = await codecOf('a.json');
  const [sealed] = await codec.encode([payload('x')]);
  const data = Buffer.from(sealed?.data ?? []);
  data[20]! ^= 1;
  await expect(codec.decode([{ metadata: sealed?.metadata ?? {}, data }])).rejects.toMatchObject({
    code: 'SEAL_BROKEN',
  });
  await expect((await codecOf('c.json')).decode([sealed as never])).rejects.toMatchObject({
    code: 'MASTER_KEY_MISSING',
  });
});

it('of processes that make the keys at once all use the same', async () => {
  const codecs = await Promise.all(Array.from({ length: 8 }, () => codecOf('d.json')));
  const sealed = await Promise.all(codecs.map((codec) => codec.encode([payload(7)])));
  for (const each of sealed) expect(defaultPayloadConverter.fromPayload((await codecs[0]!.decode(each))[0]!)).toBe(7);
});

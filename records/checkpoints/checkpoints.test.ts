import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson, sha256, type Instant, type Tenant } from '../../base/index.ts';
import { hasOpenssl, startAuthority, type TestAuthority } from '../../test/support/time-stamping.ts';
import {
  anchorByTimeStamp,
  anchorToFile,
  checkpointText,
  fileAnchors,
  keepCheckpoints,
  openPseudonymKey,
  openSigner,
  publicKeys,
  readCheckpoints,
  requestTimeStamp,
  rotateSigner,
  signCheckpoint,
  timeStampAnchors,
  verifyTimeStamp,
  type Checkpoint,
} from './index.ts';

const run = promisify(execFile);
const tenant = 'acme' as Tenant;
const head = (sequence: number) => ({ sequence, hash: sha256(String(sequence)), at: '2026-01-01' as Instant });

let folder: string;
let keys: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'probity-checkpoints-'));
  keys = join(folder, 'keys');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function checkpointOf(sequence: number): Promise<Checkpoint> {
  return signCheckpoint(await openSigner(keys), tenant, head(sequence), '2026-01-02T00:00:00.000Z' as Instant, null);
}

describe('keys', () => {
  it('are made once, whoever comes first, readable by their owner alone', async () => {
    const place = join(folder, 'race');
    const signers = await Promise.all(Array.from({ length: 8 }, async () => openSigner(place)));
    expect(new Set(signers.map(({ keyId }) => keyId)).size).toBe(1);
    const secrets = await Promise.all(Array.from({ length: 8 }, async () => openPseudonymKey(place)));
    expect(new Set(secrets.map((secret) => Buffer.from(secret).toString('hex'))).size).toBe(1);
    expect((await readdir(place)).sort()).toEqual([`${signers[0]?.keyId}.pem`, 'pseudonym.key', 'signing.key'].sort());
    for (const name of ['signing.key', 'pseudonym.key'])
      expect(((await stat(join(place, name))).mode & 0o777).toString(8)).toBe('600');
  });

  it('sign as Ed25519 does: openssl verifies what they signed', async () => {
    if (!(await hasOpenssl())) {
      process.stderr.write('openssl is not installed: not compared\n');
      return;
    }
    const { signature, ...content } = await checkpointOf(3);
    await writeFile(join(folder, 'content'), canonicalJson(content));
    await writeFile(join(folder, 'signature'), Buffer.from(signature, 'base64'));
    const verify = ['pkeyutl', '-verify', '-pubin', '-inkey', join(keys, `${content.key}.pem`), '-rawin'];
    const { stdout } = await run('openssl', [
      ...verify,
      '-in',
      join(folder, 'content'),
      '-sigfile',
      join(folder, 'signature'),
    ]);
    expect(stdout).toContain('Verified Successfully');
  });

  it('rotate: old checkpoints stay verifiable, the old private key is gone', async () => {
    const place = join(folder, 'rotation');
    const before = signCheckpoint(
      await openSigner(place),
      tenant,
      head(1),
      '2026-01-01T00:00:00.000Z' as Instant,
      null,
    );
    const secret = await readFile(join(place, 'signing.key'), 'utf8');
    const { retired, keyId } = await rotateSigner(place);
    expect(retired).toBe(before.key);
    expect(keyId).not.toBe(retired);
    expect([...(await publicKeys(place)).keys()].sort()).toEqual([retired, keyId].sort());
    expect(await readFile(join(place, 'signing.key'), 'utf8')).not.toBe(secret);
    const anchors = join(folder, 'old.jsonl');
    await anchorToFile(anchors, before);
    expect((await fileAnchors(anchors, tenant, await publicKeys(place))).problems).toEqual([]);
  });

  it('that are none are refused', async () => {
    const place = join(folder, 'broken');
    await mkdir(place);
    await writeFile(join(place, 'signing.key'), 'no key');
    await writeFile(join(place, 'pseudonym.key'), 'abc');
    await expect(openSigner(place)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
    await expect(openPseudonymKey(place)).rejects.toMatchObject({ code: 'KEY_UNUSABLE' });
  });
});

describe('checkpoints', () => {
  it('are written at once, then at most once an interval however fast the chain grows, and at the end', async () => {
    const place = join(folder, 'kept');
    const keeper = keepCheckpoints({ folder: place, tenant, signer: await openSigner(keys), everyMs: 100 });
    const begun = Date.now();
    let sequence = 0;
    while (Date.now() - begun < 450) {
      keeper.note(head(++sequence));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    keeper.note(head(++sequence));
    await keeper.close();
    const took = Date.now() - begun;
    const { checkpoints, problems } = await readCheckpoints(place, tenant, await publicKeys(keys));
    expect(problems).toEqual([]);
    expect(checkpoints.at(-1)?.sequence).toBe(sequence);
    expect(checkpoints.length).toBeGreaterThan(2);
    expect(checkpoints.length).toBeLessThanOrEqual(2 + Math.ceil(took / 100));
  });

  it('are found altered, taken out or forged, by file and line; what a crash left of the last line is passed over', async () => {
    const place = join(folder, 'tampered');
    const signer = await openSigner(keys);
    for (const first of [1, 4]) {
      const keeper = keepCheckpoints({ folder: place, tenant, signer, everyMs: 0 });
      for (const sequence of [first, first + 1, first + 2]) {
        keeper.note(head(sequence));
        await keeper.flush();
      }
      await keeper.close();
    }
    const known = await publicKeys(keys);
    const [name = ''] = (await readdir(place)).sort();
    const path = join(place, name);
    const text = await readFile(path, 'utf8');
    const lines = text.trimEnd().split('\n');
    const after = async (content: string) => {
      await writeFile(path, content);
      const { problems } = await readCheckpoints(place, tenant, known);
      return problems.map(({ at }) => at);
    };
    expect(await after(text)).toEqual([]);
    expect(await after(`${text}{"format":"probity.check`)).toEqual([]);
    expect(await after(text.replace('"sequence":2', '"sequence":9'))).toContain(`${name}:2`);
    expect((await after([lines[0], lines[2], ''].join('\n'))).join()).toContain('record 3');
    await rm(path);
    expect((await readCheckpoints(place, tenant, known)).problems[0]?.at).toContain('record 4');
    const forger = await openSigner(join(folder, 'forger'));
    const forged = signCheckpoint(forger, tenant, head(2), '2026-01-02T00:00:00.000Z' as Instant, null);
    expect(await after(`${checkpointText(forged)}\n`)).toContain(`${name}:1`);
    expect(await after(`${checkpointText({ ...forged, key: signer.keyId })}\n`)).toContain(`${name}:1`);
    expect((await readCheckpoints(place, 'other' as Tenant, known)).checkpoints).toEqual([]);
  });

  it('that cannot be written are tried again, and nothing is lost', async () => {
    const place = join(folder, 'full');
    await writeFile(place, 'a file where the folder should be');
    const errors: unknown[] = [];
    const signer = await openSigner(keys);
    const keeper = keepCheckpoints({
      folder: place,
      tenant,
      signer,
      everyMs: 20,
      onError: (error) => errors.push(error),
    });
    keeper.note(head(7));
    await expect.poll(() => errors.length).toBeGreaterThan(1);
    await rm(place);
    await expect
      .poll(async () => (await readCheckpoints(place, tenant, await publicKeys(keys))).checkpoints.length)
      .toBe(1);
    await keeper.close();
  });
});

describe('a second party’s file', () => {
  it('claims what was anchored in it', async () => {
    const path = join(folder, 'elsewhere', 'anchors.jsonl');
    const checkpoints = [await checkpointOf(5), await checkpointOf(9)];
    for (const checkpoint of checkpoints) await anchorToFile(path, checkpoint);
    const { claims, problems } = await fileAnchors(path, tenant, await publicKeys(keys));
    expect(problems).toEqual([]);
    expect(claims.map(({ sequence, hash }) => ({ sequence, hash }))).toEqual(
      [5, 9].map((sequence) => ({ sequence, hash: head(sequence).hash })),
    );
  });
});

describe.skipIf(!(await hasOpenssl()))(
  'an RFC 3161 time stamp (openssl is the authority; skipped where it is absent)',
  () => {
    let authority: TestAuthority;
    beforeAll(async () => {
      const place = join(folder, 'authority');
      await mkdir(place);
      authority = await startAuthority(place);
    });
    afterAll(() => authority?.stop());

    it('of a checkpoint is verified, chained to a root, and claims what was stamped', async () => {
      const place = join(folder, 'stamps');
      const checkpoint = await checkpointOf(11);
      const { at, authority: name } = await anchorByTimeStamp(place, authority.url, checkpoint);
      expect(name).toBe('Test authority');
      expect(Math.abs(Date.now() - Date.parse(at))).toBeLessThan(60_000);
      const read = await timeStampAnchors(place, tenant, await publicKeys(keys), [authority.root]);
      expect(read.problems).toEqual([]);
      expect(read.claims).toMatchObject([{ sequence: 11, hash: head(11).hash }]);
    });

    it('of other data, altered, or of a strange root is refused', async () => {
      const data = Buffer.from('what was stamped');
      const response = await requestTimeStamp(authority.url, data);
      await verifyTimeStamp(response, data, [authority.root]);
      const refused = { code: 'TIMESTAMP_REFUSED' };
      await expect(verifyTimeStamp(response, Buffer.from('something else'))).rejects.toMatchObject(refused);
      const other = join(folder, 'other-authority');
      await mkdir(other);
      const stranger = await startAuthority(other);
      await stranger.stop();
      await expect(verifyTimeStamp(response, data, [stranger.root])).rejects.toMatchObject(refused);
      for (let place = 40; place < response.length; place += 211) {
        const altered = Uint8Array.from(response);
        altered[place] = (altered[place] ?? 0) ^ 1;
        const outcome = await verifyTimeStamp(altered, data, [authority.root]).then(
          (stamp) => stamp,
          (error: unknown) => error,
        );
        // A bit that no signature covers (names of algorithms written twice, the outer status text) may turn; the time never does.
        if (!(outcome instanceof Error)) expect(outcome).toEqual(await verifyTimeStamp(response, data));
      }
    });

    it('of one whose certificate is not for time stamping is refused, as is one that does not answer', async () => {
      await expect(requestTimeStamp('http://127.0.0.1:9/', Buffer.from('x'))).rejects.toMatchObject({
        code: 'TIMESTAMP_REFUSED',
      });
      const wrong = join(folder, 'wrong-authority');
      await mkdir(wrong);
      const server = await startAuthority(wrong, 'codeSigning');
      try {
        await expect(requestTimeStamp(server.url, Buffer.from('x'))).rejects.toMatchObject({
          code: 'TIMESTAMP_REFUSED',
        });
      } finally {
        await server.stop();
      }
    });
  },
);

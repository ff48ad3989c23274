import { mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { commit, exists, sha256File, temporaryFor, writeWhole } from '../atomic.mjs';
import { runCommand } from '../command.mjs';
import { TENSORFLOW_VERSION } from '../downloads.mjs';
import { SetupFailure } from '../failure.mjs';

const NEEDED_GB = 1.6;

/** Takes only the C library and its headers out of a wheel. */
const EXTRACT = `
import sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.infolist():
        name = member.filename
        if name in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'):
            member.filename = 'lib/' + name.split('/')[-1]
        elif name.startswith('tensorflow/include/') and not name.endswith('/'):
            member.filename = name[len('tensorflow/'):]
        else:
            continue
        archive.extract(member, target)
`;

/**
 * Brings TensorFlow's library and headers into `cache` (lib/, include/, and `complete` once all is there), from the pinned wheel:
 * pip downloads it from the configured index, its SHA-256 is verified before anything is taken out.
 */
export async function fetchTensorflow({ wheel, cache, home, log, report, signal }) {
  if (await exists(join(cache, 'complete'))) return;
  await mkdir(home, { recursive: true });
  await checkSpace(home);
  const downloads = temporaryFor(join(home, 'download'));
  await mkdir(downloads, { recursive: true });
  const timer = setInterval(async () => {
    const megabytes = (await sizeOf(downloads)) / 1e6;
    const share = Math.min(0.99, megabytes / wheel.megabytes);
    report({ share, message: `downloading ${megabytes.toFixed(0)} of ${wheel.megabytes} MB` });
  }, 500);
  try {
    const only = ['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--disable-pip-version-check'];
    const target = [
      '--python-version',
      '3.11',
      '--implementation',
      'cp',
      '--abi',
      'cp311',
      '--platform',
      wheel.platform,
    ];
    const args = [
      '-m',
      'pip',
      'download',
      ...only,
      ...target,
      '--dest',
      downloads,
      `${wheel.package}==${TENSORFLOW_VERSION}`,
    ];
    const result = await runCommand('python3', args, { log, signal, env: { TMPDIR: downloads } });
    clearInterval(timer);
    if (!result.ok) {
      throw new SetupFailure(
        `TensorFlow (${wheel.file}) could not be downloaded.`,
        result.output.slice(-3).join('\n     '),
        "Check the network and pip's index (`python3 -m pip config list`), then run it again.",
      );
    }
    const file = join(downloads, wheel.file);
    report({ message: 'verifying the checksum' });
    const hash = await sha256File(file);
    if (hash !== wheel.sha256) {
      throw new SetupFailure(
        'The downloaded TensorFlow is not the one that Probity knows.',
        `${wheel.file} has the SHA-256 ${hash}, expected ${wheel.sha256}.`,
        "Check pip's index (`python3 -m pip config list`); nothing of the file was used.",
      );
    }
    report({ message: 'unpacking' });
    const temporary = temporaryFor(cache);
    const unpacked = await runCommand('python3', ['-c', EXTRACT, file, temporary], { log, signal });
    if (!unpacked.ok) {
      await rm(temporary, { recursive: true, force: true });
      throw new SetupFailure(
        'TensorFlow could not be unpacked.',
        unpacked.output.slice(-2).join(' '),
        `Make room in ${home}, then run it again.`,
      );
    }
    await writeWhole(join(temporary, 'complete'), wheel.sha256);
    await commit(temporary, cache);
  } finally {
    clearInterval(timer);
    await rm(downloads, { recursive: true, force: true });
  }
}

async function checkSpace(home) {
  const { bavail, bsize } = await statfs(home);
  const free = (bavail * bsize) / 1e9;
  if (free >= NEEDED_GB) return;
  throw new SetupFailure(
    'There is not enough room for TensorFlow.',
    `${home} has ${free.toFixed(1)} GB free, ${NEEDED_GB} GB are needed.`,
    'Make room, or name another folder in PROBITY_HOME, then run it again.',
  );
}

async function sizeOf(folder) {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        (info) => (info.isFile() ? info.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

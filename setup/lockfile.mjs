import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './places.mjs';

/**
 * npm leaves optional packages of other platforms out of the lockfile where the registry at hand does not carry them, and `npm ci`
 * then refuses that lockfile everywhere. These functions find the gaps, and fill them from what the lockfile says itself:
 * `node setup/lockfile.mjs` after every `npm install`.
 */

/** Optional dependencies that have no entry: where the entry belongs, the version, and whose dependency it is. */
export function missingOptional(lock) {
  const missing = new Map();
  for (const [parent, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      if (visible(lock, parent, name)) continue;
      const beside = `${parent.slice(0, parent.lastIndexOf('node_modules/'))}node_modules/${name}`;
      if (!missing.has(beside)) missing.set(beside, { path: beside, version: range.replace(/^[~^]/, ''), parent });
    }
  }
  return [...missing.values()];
}

/** The lockfile with an entry for each gap, limited to the platform that the package's name tells. */
export function completed(lock) {
  const gaps = missingOptional(lock).map(({ path, version, parent }) => {
    const { dev, devOptional } = lock.packages[parent];
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    return [
      path,
      {
        version,
        ...platformOf(name),
        ...(dev ? { dev } : {}),
        ...(devOptional ? { devOptional } : {}),
        optional: true,
      },
    ];
  });
  const packages = Object.fromEntries(
    [...Object.entries(lock.packages), ...gaps].sort(([a], [b]) => (a === b ? 0 : a.localeCompare(b, 'en'))),
  );
  return { ...lock, packages };
}

/** Node's search for a package, from the folder of `parent` upwards. */
function visible(lock, parent, name) {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder}${folder === '' ? '' : '/'}node_modules/${name}` in lock.packages) return true;
    if (folder === '') return false;
    if (!folder.includes('/node_modules/')) {
      return `node_modules/${name}` in lock.packages;
    }
  }
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32'];
const PROCESSORS = [
  'arm64',
  'armv7',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64le',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'wasm32',
];

/** `os`, `cpu` and `libc` of a platform package by its name, such as `@swc/core-linux-arm64-musl`. */
export function platformOf(name) {
  const words = name.toLowerCase().split(/[^a-z0-9]+/);
  if (name === 'fsevents') return { os: ['darwin'] };
  const os = words.includes('windows') ? 'win32' : SYSTEMS.find((system) => words.includes(system));
  const cpu = PROCESSORS.find((processor) => words.includes(processor));
  const libc = words.includes('musl') ? 'musl' : os === 'linux' && words.includes('gnu') ? 'glibc' : undefined;
  const known = { ppc64le: 'ppc64', armv7: 'arm' };
  return {
    ...(cpu ? { cpu: [known[cpu] ?? cpu] } : {}),
    ...(libc ? { libc: [libc] } : {}),
    ...(os ? { os: [os] } : {}),
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const path = join(ROOT, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  const gaps = missingOptional(lock);
  if (gaps.length > 0) writeFileSync(path, `${JSON.stringify(completed(lock), null, 2)}\n`);
  process.stdout.write(`lockfile: ${gaps.length} entries of other platforms added\n`);
}

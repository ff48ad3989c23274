#!/usr/bin/env -S node --max-semi-space-size=32
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, 'dist', 'cli', 'main.js');
const missing = !existsSync(join(root, '..', 'commander')) && !existsSync(join(root, 'node_modules', 'commander'));

if (missing || !existsSync(main)) {
  const what = missing ? 'its dependencies are not installed' : 'it is not built';
  process.stderr.write(`probity cannot start: ${what}.\nfix: run \`node setup/main.mjs\` in ${root}\n`);
  process.exit(1);
}
await import(main);

import { SetupFailure } from '../failure.mjs';

/** Refuses a Node.js outside >=20.19 <23, before anything else. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if ((major === 20 && minor >= 19) || major === 21 || major === 22) return;
  throw new SetupFailure(
    `Node.js ${version} is not supported.`,
    'Probity runs on Node.js 20 (from 20.19) to 22: its native parts are built for them.',
    'Install Node.js 22 (for example `nvm install 22`), then run the command again.',
  );
}

import { existsSync } from 'node:fs';

/** Where an installed Chromium lies, or undefined: tests that look at pages skip without one. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/**
 * Benches of monitoring: `npm run bench:monitoring -- PART ARGS`. Parts: `detector [YEARS] [SEED]` (false alarms and power), `drifts [SEEDS] [PYTHON]` (delays against
 * Evidently), `lending-club CSV OUT` (a real book followed month by month), `real-model OUT [YEARS] [SEED]` (false alarms of a model of the product's own features).
 */
import { run as detector } from './monitoring/detector.ts';
import { run as drifts } from './monitoring/drifts.ts';
import { run as lendingClub } from './monitoring/lending-club.ts';
import { run as realModel } from './monitoring/real-model.ts';

const PARTS: Readonly<Record<string, (args: readonly string[]) => void | Promise<void>>> = {
  detector,
  drifts,
  'lending-club': lendingClub,
  'real-model': realModel,
};
const [part = '', ...args] = process.argv.slice(2);
const run = PARTS[part];
if (run === undefined) process.stdout.write(`Name a part: ${Object.keys(PARTS).join(', ')}.\n`);
else await run(args);

import { failureText } from './failure.mjs';
import { setUp } from './set-up.mjs';

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => controller.abort(new Error(`stopped by ${name}`)));

try {
  await setUp({ signal: controller.signal });
  process.stderr.write('set-up: everything is in place\n');
} catch (error) {
  process.stderr.write(controller.signal.aborted ? 'set-up: stopped; run it again to go on\n' : failureText(error));
  process.exitCode = controller.signal.aborted ? 130 : 1;
}

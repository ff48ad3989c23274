import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { failureText } from './failure.mjs';
import { probityHome, ROOT } from './places.mjs';
import { ourSteps, setUp } from './set-up.mjs';
import { notebookKernelStep } from './steps/notebook-kernel.mjs';

/** What `npm run demo`, `npm test` and `npm run notebooks` run once the set-up is complete. */
const PROGRAMS = {
  demo: [join(ROOT, 'bin', 'probity.mjs'), 'demo'],
  test: [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run'],
  notebooks: [join(ROOT, 'notebooks', 'run.mjs')],
};

const [name = '', ...args] = process.argv.slice(2);
if (!(name in PROGRAMS)) {
  process.stderr.write(`usage: node setup/run.mjs ${Object.keys(PROGRAMS).join('|')} [arguments]\n`);
  process.exit(2);
}

const setting = new AbortController();
const stop = () => setting.abort(new Error('stopped'));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
try {
  const kernel = notebookKernelStep(ROOT, probityHome(), join(ROOT, '.probity', 'setup'));
  const steps = name === 'notebooks' ? [...ourSteps(), kernel] : ourSteps();
  await setUp({ steps, signal: setting.signal });
} catch (error) {
  process.stderr.write(setting.signal.aborted ? 'set-up: stopped; run it again to go on\n' : failureText(error));
  process.exit(setting.signal.aborted ? 130 : 1);
}

const child = spawn(process.execPath, [...PROGRAMS[name], ...args], { stdio: 'inherit' });
// Ctrl-C reaches the child from the terminal itself; a signal to this process alone is handed on.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});

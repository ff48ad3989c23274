/** Validation, proof and monitoring of a model in a process of its own: one job by IPC, the result as a file, one message at the end. */
import { join } from 'node:path';
import { isProbityError, messageOf, writeFileAtomic } from '../../base/index.ts';
import { loadArtefact } from '../../models/artefact/index.ts';
import { proveEngines, requireProof } from '../../models/golden/index.ts';
import { RESULT_FILE, type ChecksJob, type ChecksMessage } from './checks-job.ts';
import { runMonitor } from './run-monitor.ts';
import { runValidation } from './validate.ts';

async function run(job: ChecksJob): Promise<unknown> {
  if (job.kind === 'validate') return runValidation(job);
  if (job.kind === 'monitor') return runMonitor(job);
  const { artefact } = await loadArtefact(job.artefact);
  const report = await proveEngines(artefact);
  requireProof(artefact, report);
  return report;
}

function send(message: ChecksMessage): void {
  process.send?.(message, () => process.disconnect());
}

// A worker that dies takes this process with it: nothing of a killed attempt goes on.
process.once('disconnect', () => process.exit());
process.once('message', (job: ChecksJob) => {
  run(job)
    .then(async (result) => {
      await writeFileAtomic(join(job.folder, RESULT_FILE), `${JSON.stringify(result, null, 2)}\n`);
      send({ kind: 'done' });
    })
    .catch((error: unknown) => {
      const known = isProbityError(error) ? error : null;
      send({
        kind: 'failed',
        code: known?.code ?? 'INTERNAL',
        message: messageOf(error),
        fix: known?.fix ?? null,
        problems: known?.problems ?? [],
      });
    });
});

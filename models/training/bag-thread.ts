/** Thread of the bag pool: holds the shared rows, answers one BagJob at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { fitBag, type BagData, type BagJob } from './bag.ts';

const port = parentPort;
if (port === null) throw new Error('bag-thread is a worker thread; start it through bag-pool');
const shared = workerData as BagData;
let lastReport = 0;

port.on('message', (job: BagJob) => {
  const rounds = fitBag(job, shared);
  for (let next = rounds.next(); ; next = rounds.next()) {
    if (next.done) {
      port.postMessage({ kind: 'done', fitted: next.value });
      return;
    }
    const now = performance.now();
    if (now - lastReport < 200) continue;
    lastReport = now;
    port.postMessage({ kind: 'round', ...next.value });
  }
});

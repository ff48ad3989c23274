/** The paced client as a process of its own, so that it waits for nothing but its requests: takes one `PacedLoad` by message, answers `PacedFigures`. */
import { sendPaced } from './paced-client.ts';
import type { PacedLoad } from './paced-load.ts';

process.once('message', (load: PacedLoad) => {
  void sendPaced(load).then((figures) => {
    process.send?.(figures, undefined, undefined, () => process.disconnect());
  });
});

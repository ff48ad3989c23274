import { continueAsNew, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import type { SignalsFound } from '../activities/dependencies.ts';
import type { TouchedSignalsInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';

/** Facts were acknowledged. */
const factsSignal = defineSignal('facts');

/**
 * Looks at the customers whom newly acknowledged facts are about, until none is left: whoever says that there are facts is answered by a look that begins after it. The place up to which facts
 * were taken is stored with what was found, so a killed look goes on behind it.
 */
export async function touchedSignals(input: TouchedSignalsInput): Promise<SignalsFound> {
  const { lookAtTouched } = trainingActivities(input);
  let isWoken = false;
  setHandler(factsSignal, () => {
    isWoken = true;
  });
  const total = { customers: 0, raised: 0, changed: 0, ceased: 0 };
  for (;;) {
    isWoken = false;
    const { more, ...found } = await lookAtTouched({ at: new Date(Date.now()).toISOString() });
    for (const name of ['customers', 'raised', 'changed', 'ceased'] as const) total[name] += found[name];
    if (!more && !isWoken) return total;
    if (workflowInfo().continueAsNewSuggested) return continueAsNew<typeof touchedSignals>(input);
  }
}

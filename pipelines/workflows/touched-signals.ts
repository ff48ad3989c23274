import type { SignalsFound } from '../activities/dependencies.ts';
import type { TouchedSignalsInput } from '../messages.ts';
import { trainingActivities } from './activity-options.ts';

const MOST_ROUNDS = 100;

/**
 * Looks at the customers whom newly acknowledged facts are about, until none is left. The place up to which facts were taken is stored with what was
 * found, so a killed look goes on behind it.
 */
export async function touchedSignals(input: TouchedSignalsInput): Promise<SignalsFound> {
  const { lookAtTouched } = trainingActivities(input);
  const total = { customers: 0, raised: 0, changed: 0, ceased: 0 };
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { more, ...found } = await lookAtTouched({ at: new Date(Date.now()).toISOString() });
    for (const name of ['customers', 'raised', 'changed', 'ceased'] as const) total[name] += found[name];
    if (!more) break;
  }
  return total;
}

import { join } from 'node:path';
import { packageRoot } from '../../base/index.ts';
import { signalTableOf } from '../contracts/index.ts';
import { loadViewFolder, type FeatureView } from '../views/index.ts';

/** What is watched about customers: each a view like those of features, kept apart so that no model is trained on it. */
export interface SignalViews {
  /** One row for each (customer, instant): the signals. */
  readonly customers: readonly FeatureView[];
  /** One row for each (industry, instant); `party_id` holds the industry's code. */
  readonly industries: readonly FeatureView[];
  /** Many rows for each (customer, instant): the facts behind a signal, by reference. */
  readonly evidence: readonly FeatureView[];
  /** The same of (industry, instant). */
  readonly industryEvidence: readonly FeatureView[];
}

/** Reads and checks every view of signals as feature views are, both clocks included. Throws VIEW_INVALID with every problem. */
export async function loadSignals(): Promise<SignalViews> {
  const folder = (name: string) => join(packageRoot(), 'features', 'signals', name);
  return {
    customers: await loadViewFolder(folder('views'), { tableOf: signalTableOf }),
    industries: await loadViewFolder(folder('industries'), { tableOf: signalTableOf }),
    industryEvidence: await loadViewFolder(folder('industry-evidence'), { tableOf: signalTableOf, apart: true }),
    evidence: await loadViewFolder(folder('evidence'), { tableOf: signalTableOf, apart: true }),
  };
}

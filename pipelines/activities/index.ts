import type { PipelineDependencies } from './dependencies.ts';
import { caseActivities } from './cases.ts';
import { erasureActivities, erasureWarehouseActivities } from './erasure.ts';
import { modelActivities } from './model.ts';
import { monitoringActivities, monitoringWarehouseActivities } from './monitoring.ts';
import { portfolioActivities } from './portfolio.ts';
import { reconciliationActivities, reconciliationWarehouseActivities } from './reconciliation.ts';
import { registryActivities } from './registry.ts';
import { retentionActivities, retentionWarehouseActivities } from './retention.ts';
import { reviewActivities } from './reviews.ts';
import { scoreActivities } from './scores.ts';
import { shadowActivities } from './shadows.ts';
import { signalActivities } from './signals.ts';
import { warehouseActivities } from './warehouse.ts';
import { disputeActivities } from './disputes.ts';
import { warningActivities } from './warnings.ts';
import { webhookActivities } from './webhooks.ts';

export type * from './dependencies.ts';
export type * from './upkeep.ts';

/** The activities of each task queue, over the given dependencies. */
export function createActivities(dependencies: PipelineDependencies) {
  return {
    features: {
      ...warehouseActivities(dependencies),
      ...erasureWarehouseActivities(dependencies),
      ...monitoringWarehouseActivities(dependencies),
      ...retentionWarehouseActivities(dependencies),
      ...reconciliationWarehouseActivities(dependencies),
    },
    training: {
      ...modelActivities(dependencies),
      ...registryActivities(dependencies),
      ...scoreActivities(dependencies),
      ...caseActivities(dependencies),
      ...erasureActivities(dependencies),
      ...retentionActivities(dependencies),
      ...reconciliationActivities(dependencies),
      ...shadowActivities(dependencies),
      ...warningActivities(dependencies),
      ...webhookActivities(dependencies),
      ...disputeActivities(dependencies),
      ...reviewActivities(dependencies),
      ...portfolioActivities(dependencies),
      ...monitoringActivities(dependencies),
      ...signalActivities(dependencies),
    },
  };
}

type Activities = ReturnType<typeof createActivities>;

/** Activities that may open the warehouse. */
export type FeaturesActivities = Activities['features'];

/** Activities that compute, or speak to the registry. */
export type TrainingActivities = Activities['training'];

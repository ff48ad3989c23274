import { isProbityError } from '../../base/index.ts';
import type { IdentifiedMonitoringReport } from '../../models/monitoring/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import type { MonitoringWork } from '../activities/dependencies.ts';
import type { Monitored } from '../messages.ts';
import { monitorModel, type MonitorParts } from './monitor-work.ts';

/** Looks at models for workflows: the report stays in the database, what the workflow decides by is handed on. */
export function monitoringWork(partsOf: (slot: Slot) => MonitorParts): MonitoringWork {
  return {
    async look({ slot }, { progress, signal }) {
      progress({ step: 'monitor', message: 'looking at the model' });
      signal.throwIfAborted();
      const parts = partsOf(slot);
      const report = await monitorModel(parts, slot, null).catch((error: unknown) => {
        // Somebody looked by hand in between: what is on record now is looked at once more.
        if (isProbityError(error, 'CONFLICT')) return monitorModel(parts, slot, null);
        throw error;
      });
      return monitored(report);
    },
  };
}

/** What of a report decides about actions. */
function monitored({ reportId, slot, model, asOf, verdict, sequential }: IdentifiedMonitoringReport): Monitored {
  return {
    reportId,
    slot,
    model,
    asOf,
    result: verdict.result,
    evidence: sequential?.evidence ?? null,
    broken: verdict.vanished,
  };
}

import { isProbityError } from '../../base/index.ts';
import type { IdentifiedMonitoringReport } from '../../models/monitoring/index.ts';
import type { Monitored } from '../messages.ts';
import { openDatabase } from '../../records/database/index.ts';
import type { ChecksJob } from './checks-job.ts';
import { monitorModel } from './monitor-work.ts';
import { projectMonitorParts } from './project-monitor.ts';

/** Looks at the model of a project's slot and puts it on record; answers what decides about actions. */
export async function runMonitor({
  project,
  databaseUrl,
  slot,
}: Extract<ChecksJob, { readonly kind: 'monitor' }>): Promise<Monitored> {
  const database = await openDatabase(databaseUrl);
  try {
    const parts = projectMonitorParts(project, database, slot);
    const report = await monitorModel(parts, slot, null).catch((error: unknown) => {
      // Somebody looked by hand in between: what is on record now is looked at once more.
      if (isProbityError(error, 'CONFLICT')) return monitorModel(parts, slot, null);
      throw error;
    });
    return monitored(report);
  } finally {
    await database.close();
  }
}

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

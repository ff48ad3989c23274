import type { Instant } from '../../base/index.ts';
import type { ControlPolicy } from '../../rating/index.ts';
import type { ControlReports, StoredControlReport } from '../../records/reports/index.ts';

/** Where control reports are made and read. */
export interface ControlDesk extends Pick<ControlReports, 'find' | 'page'> {
  /** Teams and targets, as the project has them. */
  readonly policy: ControlPolicy;
  /** Makes the report of [from, until) and keeps it. Throws INVALID_INPUT. */
  make(from: Instant, until: Instant): Promise<StoredControlReport>;
}

import type { WarningHandling } from '../../rating/index.ts';
import type { AlertCounts, Alerts } from '../../records/alerts/index.ts';

/** Where people find what they were told. */
export interface AlertDesk extends Pick<Alerts, 'inbox' | 'unread' | 'markRead'> {
  /** Levels and countermeasures, by which alerts are written. */
  readonly handling: WarningHandling;
  counts(): Promise<AlertCounts>;
}

import type { Audiences, CreditFiles, ReportLinks } from '../../records/credit-file/index.ts';
import type { DataAccesses } from '../../records/privacy/index.ts';

/** What is on file of customers, and on record of who looked at it. */
export interface Dossiers {
  readonly files: CreditFiles;
  readonly links: ReportLinks;
  readonly accesses: DataAccesses;
  /** Who a report may be for, and what they see. */
  readonly audiences: Audiences;
  isErased(customerId: string): Promise<boolean>;
  /** Ids of the newest ratings of a customer whose evidence is there, newest first; those recorded before a place of the chain, where one is named. */
  ratingIds(customerId: string, limit: number, before?: number): Promise<readonly string[]>;
}

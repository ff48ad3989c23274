import type { AsOf, Instant } from '../../base/instant.ts';
import type { Progress } from '../../base/progress.ts';
import type { LabelPolicy } from '../../base/project.ts';
import type { LabelReport } from '../../features/labels/index.ts';
import type { FeatureView } from '../../features/views/feature-view.ts';
import type { Dataset } from '../dataset/dataset.ts';

export interface TrainingSetOptions {
  /** In dependency order. */
  readonly views: readonly FeatureView[];
  readonly policy: LabelPolicy;
  /** Observation dates, or absent: every `everyMonths` months, on the first, from `historyMonths` after the first facts. */
  readonly observationDates?: readonly AsOf[];
  /** No observation is earlier: facts that features of then read are not kept any more. */
  readonly notBefore?: Instant;
  /** 3 unless told. */
  readonly everyMonths?: number;
  /** Months of facts before the first observation; 12 unless told, fewer where the data are short. */
  readonly historyMonths?: number;
  /** What was learned after it is not known; the data's own cut-off unless told. */
  readonly cutoff?: Instant;
  /** First observation date of the test set; unless told, 60 % of the way from the first possible one to the last mature one. */
  readonly testFrom?: AsOf;
  /** Days between the end of the last training window and the first test observation. */
  readonly embargoDays: number;
  /** Days after its end until a window counts as closed; 0 unless told. */
  readonly reportingDays?: number;
  /** Share of customers kept for the test, where customers have several dates; 0.3 unless told. */
  readonly testShare?: number;
  /** Only customers of this segment. */
  readonly segment?: string | null;
  readonly seed: number;
  /** Schema of the raw tables; `raw` unless told. */
  readonly schema?: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

export interface TrainingSet {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly report: TrainingSetReport;
}

/** One side of the split. */
export interface SideReport {
  readonly rows: number;
  readonly customers: number;
  readonly bads: number;
  /** First and last observation date, ISO. */
  readonly period: readonly [string, string];
}

export interface TrainingSetReport {
  readonly cutoff: string;
  readonly testFrom: string;
  /** Training labels hold what was known by this instant, the embargo before `testFrom`; null: labels are the status on one day. */
  readonly trainKnownBy: string | null;
  readonly observationDates: number;
  /** Whether customers were divided by chance (several dates each), or each stands on one side by its only date. */
  readonly customerSplit: 'hashed' | 'by date';
  /** Every candidate observation as labelled at the cut-off, vintage by vintage. */
  readonly labels: LabelReport;
  readonly train: SideReport;
  readonly test: SideReport;
  /** Hash by feature view. */
  readonly featureViews: { readonly [view: string]: string };
}

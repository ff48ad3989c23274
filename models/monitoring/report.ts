import type { AucInterval } from '../metrics/index.ts';
import type { EstimatedPerformance } from './estimated.ts';
import type { DriftLook } from './look.ts';
import type { MaturedFigures } from './matured.ts';
import type { Movement } from './movement.ts';
import type { Thresholds, Verdict } from './verdict.ts';

/** The yearly test of a model as of a day: what daily looks have gathered against "nothing has changed". */
export interface SequentialState {
  /** The first day of the year of looks, ISO date, and the day of the newest look (0 to 364). */
  readonly since: string;
  readonly day: number;
  readonly looks: number;
  /** Pairs of customers, and outcomes, that the looks have seen. */
  readonly pairs: number;
  readonly outcomes: number;
  /** The weighted mean of all measures' e-values; 1 at the start. */
  readonly evidence: number;
  /** The evidence that is significant: 1 over the yearly rate of false alarms. */
  readonly needed: number;
  /** ISO date of the look at which it was reached first; null: not in this year. */
  readonly significantSince: string | null;
  readonly measures: number;
  /** The evidence after each look. */
  readonly path: readonly { readonly day: number; readonly evidence: number }[];
  /** The largest e-values: what the evidence rests on. */
  readonly leading: readonly { readonly measure: string; readonly eValue: number }[];
  /** False: this book is of a day before the newest look of its year, so it was not taken; the state is as of then. */
  readonly taken: boolean;
}

/**
 * Why validation outcomes cannot stand for today's customers: `no-rows`: there are no validation rows, or no inputs; `too-alike`: rows are too few, or too much
 * alike, for a classifier; `too-far-apart`: it tells the two sides apart nearly always.
 */
export type NoDensityRatio = 'no-rows' | 'too-alike' | 'too-far-apart';

/** An estimate of an earlier report beside what came true. */
export interface EstimateCheck {
  readonly reportId: string;
  /** Instant of the book that the estimate was of, and of the day on which the last outcome could be known. */
  readonly asOf: string;
  readonly knownOn: string;
  readonly method: EstimatedPerformance['method'];
  readonly figure: 'badRate' | 'auc' | 'logLoss';
  readonly estimated: { readonly value: number; readonly low: number; readonly high: number };
  readonly realised: number;
  readonly held: boolean;
}

/** A vintage whose outcomes are told otherwise than in an earlier report: what was said then stands there, what is known now here. */
export interface OutcomeCorrection {
  readonly vintage: string;
  readonly before: {
    readonly reportId: string;
    readonly asOf: string;
    readonly matured: number;
    readonly bads: number;
  };
  readonly now: { readonly matured: number; readonly bads: number };
}

/** Figures of observations with outcomes: all, and by vintage. */
export interface OutcomeFigures {
  readonly all: MaturedFigures;
  readonly vintages: readonly MaturedFigures[];
}

/** What came true of PDs over one horizon of a term structure. */
export interface HorizonOutcomes {
  readonly months: number;
  readonly figures: MaturedFigures;
}

/** How a model stands at one look: a pure function of what is stored; equal content, equal id. It names no customer. */
export interface MonitoringReport {
  readonly format: 'probity.monitoring/2';
  readonly slot: string;
  readonly model: string;
  /** Instant of the snapshot that was looked at. */
  readonly asOf: string;
  readonly source: {
    readonly snapshotId: string;
    readonly trainingSet: string;
    readonly before: { readonly asOf: string; readonly snapshotId: string } | null;
  };
  /** Customers looked at, and those left out as they were in default; null: nobody could tell who is. */
  readonly population: {
    readonly customers: number;
    readonly inDefault: number | null;
    /** Customers whom the slot does not decide about, who are left out. Absent: none. */
    readonly elsewhere?: number;
    /** Features that count as missing for customers who give no legal basis for their source. */
    readonly withheld: readonly { readonly feature: string; readonly source: string; readonly customers: number }[];
  };
  readonly thresholds: Thresholds;
  readonly verdict: Verdict;
  /** Null: looks are not kept, so there is no yearly test. */
  readonly sequential: SequentialState | null;
  readonly looks: readonly DriftLook[];
  /** How well today's customers can be told from the validation rows, all features together; null: too few of either. */
  readonly domain: AucInterval | null;
  readonly estimated: readonly EstimatedPerformance[];
  /** Why there is no estimate by density ratio; null: there is one. Absent from reports of before 2026-11-27. */
  readonly noDensityRatio?: NoDensityRatio | null;
  readonly outcomes: {
    /** Validation rows, whose outcomes training knew. */
    readonly validation: OutcomeFigures;
    /** Books that the model scored, by month, with what the warehouse knows by now; null: nobody could tell. */
    readonly scored: OutcomeFigures | null;
    /** Customers of a month whose figures are of a sample; 0: all are of everyone. */
    readonly sampledFrom: number;
  };
  readonly checks: readonly EstimateCheck[];
  readonly corrections: readonly OutcomeCorrection[];
  /** Null: no earlier scores. */
  readonly movement: Movement | null;
  /** Of a term structure alone: the months that its scores, estimates and outcomes here are over, and what came true over each of its horizons, on windows of their own. */
  readonly followedMonths?: number;
  readonly horizons?: readonly HorizonOutcomes[];
}

export interface IdentifiedMonitoringReport extends MonitoringReport {
  readonly reportId: string;
}

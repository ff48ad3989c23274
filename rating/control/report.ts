import { clusteredShare, type ClusteredShare } from '../../models/metrics/index.ts';
import { measureOverrides, type LentAgainst, type OverriddenDecision, type OwnDecision } from '../overrides/index.ts';
import type { CustomerReview } from '../reviews/index.ts';
import type { EarlyWarning } from '../warnings/index.ts';
import { REST, type ControlPolicy } from './control-schema.ts';

/** What may be said of a share against its target: met or missed where its whole interval lies on one side. */
export type TargetVerdict = 'met' | 'missed' | 'not-shown' | 'too-few';

/** A share of a team, and the target that it is held to. */
export interface TargetedShare {
  readonly count: number;
  /** Of so many. */
  readonly of: number;
  /** Clustered by customer; null: there are none. */
  readonly actual: ClusteredShare | null;
  readonly target: number;
  readonly verdict: TargetVerdict;
}

/** One team in the period. */
export interface TeamControl {
  /** Code of the team; `rest`: all who are in none. */
  readonly team: string;
  /** Reviews due in the period that were not signed off when they were due. */
  readonly reviewsOverdue: TargetedShare;
  /** Warnings opened in the period, settled by now or late: those of which no deadline passed. */
  readonly warningsInTime: TargetedShare;
  /** Overrides that stood, and credit given by them against what the model expected. */
  readonly overrides: { readonly count: number; readonly lent: LentAgainst };
}

export interface ControlReport {
  readonly format: 'probity.control/1';
  readonly from: string;
  readonly until: string;
  readonly asOf: string;
  readonly policy: string;
  readonly minimumSample: number;
  readonly level: number;
  /** Until when outcomes are known; null: they were not looked up, and why. */
  readonly outcomes: { readonly knownUntil: string | null; readonly why: string | null };
  readonly teams: readonly TeamControl[];
}

/** An overridden decision, and who proposed that. */
export interface OverrideBy extends OverriddenDecision {
  readonly by: string;
}

/** What the report is made of. */
export interface ControlFacts {
  readonly from: string;
  readonly until: string;
  readonly asOf: string;
  /** Due within the period. */
  readonly reviews: readonly CustomerReview[];
  /** Opened within the period. */
  readonly warnings: readonly EarlyWarning[];
  readonly overrides: readonly OverrideBy[];
  /** Decisions to lend that nobody overrode. */
  readonly own: readonly OwnDecision[];
  readonly outcomes: ControlReport['outcomes'];
}

/** The control report by team: a pure function of what is on record and of data. Teams stand in the order of the data, the rest last, where there is anything of theirs. */
export function controlReport(facts: ControlFacts, policy: ControlPolicy): ControlReport {
  const { from, until, asOf, reviews, warnings, overrides, own, outcomes } = facts;
  const { name, version, minimumSample, level, teams, targets } = policy;
  const teamOf = (actor: string | null, queue: string | null): string =>
    teams.find(({ members }) => actor !== null && members.includes(actor))?.code ??
    teams.find(({ queues }) => queue !== null && queues.includes(queue))?.code ??
    REST;
  const reviewed = reviews
    .filter(({ dueAt, state }) => dueAt <= asOf && state !== 'cancelled')
    .map((review) => ({
      team: teamOf(review.assignee ?? review.signOffs.at(-1)?.actor ?? null, review.queue),
      customer: review.customerId,
      counts: review.closedAt === null || review.closedAt > review.dueAt,
    }));
  const warned = warnings
    // What closed by itself before anybody was asked to act tells nothing of anybody.
    .filter(
      ({ outcome, acknowledgedAt, escalations }) => outcome !== 'ceased' || acknowledgedAt !== null || escalations > 0,
    )
    .filter(({ closedAt, escalations }) => closedAt !== null || escalations > 0)
    .map((warning) => ({
      team: teamOf(warning.owner, null),
      customer: warning.customerId,
      counts: warning.escalations === 0,
    }));
  const overridden = overrides.map((each) => ({ team: teamOf(each.by, null), each }));
  const present = new Set([...reviewed, ...warned, ...overridden].map(({ team }) => team));
  const codes = [...teams.map(({ code }) => code), ...(present.has(REST) || teams.length === 0 ? [REST] : [])];
  return {
    format: 'probity.control/1',
    from,
    until,
    asOf,
    policy: `${name}@${version}`,
    minimumSample,
    level,
    outcomes,
    teams: codes.map((team) => {
      const of = <T extends { readonly team: string }>(all: readonly T[]): readonly T[] =>
        all.filter((one) => one.team === team);
      const theirs = of(overridden).map(({ each }) => each);
      return {
        team,
        reviewsOverdue: targeted(of(reviewed), targets.reviewsOverdue, 'at-most', policy),
        warningsInTime: targeted(of(warned), targets.warningsInTime, 'at-least', policy),
        overrides: {
          count: theirs.length,
          lent: measureOverrides(theirs, own, { level, least: minimumSample }).lent,
        },
      };
    }),
  };
}

function targeted(
  of: readonly { readonly customer: string; readonly counts: boolean }[],
  target: number,
  kind: 'at-most' | 'at-least',
  { minimumSample, level }: ControlPolicy,
): TargetedShare {
  const places = new Map<string, number>();
  const cluster = of.map(({ customer }) => {
    const place = places.get(customer) ?? places.size;
    places.set(customer, place);
    return place;
  });
  const hits = of.map(({ counts }) => (counts ? 1 : 0));
  const actual = of.length === 0 ? null : clusteredShare(hits, cluster, level);
  return {
    count: hits.reduce<number>((sum, hit) => sum + hit, 0),
    of: of.length,
    actual,
    target,
    verdict: verdictOf(actual, target, kind, minimumSample),
  };
}

function verdictOf(
  actual: ClusteredShare | null,
  target: number,
  kind: 'at-most' | 'at-least',
  least: number,
): TargetVerdict {
  if (actual === null || actual.customers < least) return 'too-few';
  const [below, above] = [actual.high <= target, actual.low >= target];
  if (kind === 'at-most') return below ? 'met' : actual.low > target ? 'missed' : 'not-shown';
  return above ? 'met' : actual.high < target ? 'missed' : 'not-shown';
}

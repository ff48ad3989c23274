import { regimesAt, type RegimesFile } from '../rules/index.ts';
import type { PolicyProposal } from '../warnings/index.ts';

/** The feature that holds a customer's industry, where a project's `regimes.json` names none. */
const INDUSTRY = 'industry';

/**
 * The change of `regimes.json` that a worsening industry proposes: from that day (ISO) on, the regime after the one that it has; regimes stand from
 * the best to the worst in `values`. The whole `industry` part as it should then stand, so that it is set as it is: with the feature by which
 * decisions know the industry, and what other industries' regimes are. Null: decisions take
 * the worst of it already.
 */
export function worseRegime(regimes: RegimesFile, industry: string, day: string): PolicyProposal | null {
  const { values, feature, periods, ...rest } = regimes.industry;
  const now = regimesAt(regimes, day, industry).industry;
  const next = values[values.indexOf(now) + 1] ?? (feature === null ? now : undefined);
  if (next === undefined) return null;
  const standing = periods.findLast(({ from }) => from <= day);
  const from = { from: day, of: { ...standing?.of, [industry]: next } };
  return {
    file: 'regimes.json',
    path: 'industry',
    value: {
      ...rest,
      values,
      feature: feature ?? INDUSTRY,
      periods: [...periods.filter((each) => each.from < day), from, ...periods.filter((each) => each.from > day)],
    },
  };
}

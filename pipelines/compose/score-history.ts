import { epochMillis, literal, type Instant } from '../../base/index.ts';
import { parseSlotKey, type Slot } from '../../models/registry/index.ts';
import { pointsPerLogOdds, type MasterScale, type PointsScale } from '../../rating/index.ts';
import type { Snapshots } from '../../records/registry/index.ts';
import { datedRuns, isOfFamily, modelIn, scoresOf, type DatedRun } from './score-runs.ts';

/** How far back scores are compared. */
const DAYS = 430;

/**
 * Query over the scores of a portfolio, with `party_id, pd, points, grade_rank, happened_at`; null: no scores by `asOf`. A customer's are those of one model in one slot, the one that told
 * of them last: of it, the newest run of each month and the newest of all. Scores by others are left out: a new champion, or a move to another segment, puts another model's opinion in the
 * place of the old one, while nobody has changed.
 */
export async function scoreHistory(
  {
    scores,
    snapshots,
    slot,
  }: { readonly scores: string; readonly snapshots: Pick<Snapshots, 'find'>; readonly slot: Slot },
  asOf: Instant,
  { points, masterScale }: { readonly points: PointsScale; readonly masterScale: MasterScale },
): Promise<string | null> {
  const end = epochMillis(asOf);
  const inTime = (await datedRuns(scores, snapshots, (run) => isOfFamily(run, slot)))
    .filter((run) => epochMillis(run.asOf) <= end && epochMillis(run.asOf) > end - DAYS * 86_400_000)
    .toReversed();
  const newest = inTime.find(({ manifest }) => manifest.rows > 0);
  if (newest === undefined) return null;
  const own = slotsOf(newest, slot).flatMap((each) => {
    const months = new Map<string, DatedRun>();
    for (const run of inTime) {
      const month = run.asOf.slice(0, 7);
      if (modelIn(run, each) === modelIn(newest, each) && !months.has(month)) months.set(month, run);
    }
    return [...months.values()].flatMap((run) => scoresOf(run, each) ?? []).map((scored) => ({ slot: each, scored }));
  });
  const pd = 'least(greatest(pd, 1e-9), 1 - 1e-9)';
  const score = `${points.baseScore} + ${pointsPerLogOdds(points)} * (ln((1 - ${pd}) / ${pd}) - ln(${points.baseOdds}))`;
  const bounds = masterScale.grades.slice(0, -1).map(({ pdBelow }, i) => `WHEN pd < ${pdBelow} THEN ${i + 1}`);
  const rank = bounds.length === 0 ? '1' : `CASE ${bounds.join(' ')} ELSE ${masterScale.grades.length} END`;
  const slots = new Set(own.map((each) => each.slot)).size;
  const all = own.map(
    (each) => `SELECT party_id, pd, as_of, ${literal(each.slot.segment ?? '*')} AS slot FROM ${each.scored}`,
  );
  // Who has moved from one segment to another has scores of both.
  const one = slots > 1 ? ' QUALIFY slot = arg_max(slot, as_of) OVER (PARTITION BY party_id)' : '';
  return `SELECT party_id, pd, (${score})::DECIMAL(18, 2) AS points, ${rank} AS grade_rank, as_of AS happened_at
    FROM (${all.join(' UNION ALL ')})${one}`;
}

/** The slots whose champions scored in a run. */
function slotsOf({ manifest: { models } }: DatedRun, slot: Slot): readonly Slot[] {
  return models === undefined ? [{ ...slot, segment: null }] : models.map((each) => parseSlotKey(each.slot));
}

import {
  calibrationResiduals,
  createDetector,
  rankDifferences,
  ridits,
  YEARLY_BUDGET,
} from '../../../models/monitoring/index.ts';
import { seatedPairs, simulateBook, watchedIn } from '../../../models/monitoring/simulation.ts';
import { FEATURES, type DriftingBook, type Standing } from './scenarios.ts';

/** The first day with an alarm of the sequential detector in a year of daily looks, or null. */
export function firstAlarm(book: DriftingBook, seed: string): number | null {
  const { days } = YEARLY_BUDGET;
  // Ranks are those of an earlier sample, as a model's bins are.
  const earlier = simulateBook({ seed: `earlier ${seed}`, customers: 500, features: FEATURES }, 0)[0]!;
  const ranks = earlier.values.map((values) => ridits(values));
  const detector = createDetector(watchedIn(FEATURES));
  const byDay = seatedPairs(`drifts ${seed}`, book.year, book.before, days, days - 1);
  for (const [day, pairs] of [...byDay].sort(([a], [b]) => a - b)) {
    const now = pairs.map((pair) => book.now(day, pair.now.month, pair.now.seat));
    const then = pairs.map((pair) => book.earlier(pair.before.month, pair.before.seat));
    const observed = new Map<string, ArrayLike<number>>();
    for (const [f, rank] of ranks.entries()) {
      const values = (side: readonly Standing[]) => side.map((each) => each.values[f]!);
      const differences = rankDifferences(values(now), values(then), rank);
      for (const kind of ['shift', 'spread', 'missing'] as const) observed.set(`x${f} ${kind}`, differences[kind]);
    }
    const outcomes = now.filter(({ bad }) => !Number.isNaN(bad));
    observed.set(
      'calibration',
      calibrationResiduals(
        outcomes.map(({ pd }) => pd),
        outcomes.map(({ bad }) => bad),
      ),
    );
    const { alarmDay } = detector.look(day, observed);
    if (alarmDay !== null) return alarmDay;
  }
  return null;
}

import { isProbityError, ProbityError, type AsOf, type Instant, type Problem } from '../../base/index.ts';
import { neededViews, valuesOf, type FeatureRow, type SnapshotReader } from '../../features/snapshots/index.ts';
import { tablesOf, viewHashes, type FeatureView } from '../../features/views/index.ts';
import type { Facts } from '../../records/facts/index.ts';
import { SEGMENT, type StaleSource } from '../../rating/index.ts';
import type { FeatureAnswer, FeatureReader, ViewHashes } from '../dependencies.ts';
import { followFacts } from './facts-tail.ts';

const millisPerDay = 86_400_000;

/** The view whose feature `segment` tells a customer's segment. */
const segmentView = 'profile';

/** What stands in where views contradict one another, or are not kept; any other error is thrown. */
const unlessMismatch =
  <T>(otherwise: T) =>
  (error: unknown): T => {
    if (isProbityError(error, 'VIEW_MISMATCH')) return otherwise;
    throw error;
  };

/** Rows of those who are known, and the newest fact that was looked at. */
interface FoundRows {
  readonly rows: readonly FeatureRow[];
  readonly through: number;
}

/** A snapshot and the facts acknowledged since, as the server reads them; `seen` learns when the newest fact became known. */
export function featureReader(
  snapshot: SnapshotReader,
  facts: Pick<Facts, 'since'>,
  seen: (knownFrom: Instant) => void = () => {},
): FeatureReader {
  const { hash, content } = snapshot.manifest;
  const tail = followFacts(facts, content.factsThrough);
  const resolved = new Map<string, Promise<readonly FeatureView[]>>();

  const viewsOf = (wanted: ViewHashes): Promise<readonly FeatureView[]> => {
    const key = Object.values(wanted).sort().join();
    let views = resolved.get(key);
    if (views === undefined) {
      views = snapshot.viewsFor(wanted).then((all) => neededViews(all, wanted));
      resolved.set(key, views);
      views.catch(() => resolved.delete(key));
    }
    return views;
  };

  /** The wanted views, with the snapshot's own that give what is asked for besides. Where these contradict one another, the wanted ones alone. */
  const viewsWith = async (wanted: ViewHashes, asked: readonly string[]): Promise<readonly FeatureView[]> => {
    const views = await viewsOf(wanted);
    const given = new Set(views.flatMap(({ features }) => features.map(({ name }) => name)));
    const lacking = asked.filter((name) => !given.has(name));
    const more = content.views.filter(
      ({ name, features }) =>
        !views.some((view) => view.name === name) && features.some((feature) => lacking.includes(feature.name)),
    );
    return more.length === 0 ? views : viewsOf({ ...viewHashes(more), ...wanted }).catch(unlessMismatch(views));
  };

  const rowsOf = async (ids: readonly string[], asOf: AsOf, views: readonly FeatureView[]): Promise<FoundRows> => {
    if (content.keptFrom !== undefined && asOf < content.keptFrom)
      throw new ProbityError('FACTS_RETIRED', 'Facts that were known then are not kept any more.', {
        fix: `Ask as of ${content.keptFrom} or later.`,
      });
    const added = await tail.facts(ids);
    for (const fact of added.facts) seen(fact.knownFrom);
    const rows = await snapshot.featuresOf(ids, asOf, added.facts, views);
    return { rows: rows.filter((row) => row.known), through: added.through };
  };

  return {
    snapshotId: hash,
    asOf: content.asOf,
    async viewProblems(wanted) {
      try {
        const views = await viewsOf(wanted);
        return views
          .filter((view) => view.kind === 'statistics' && content.statistics[view.hash] === undefined)
          .map((view) => ({ at: view.name, message: 'The snapshot holds no peer statistics of this version.' }));
      } catch (error) {
        if (!isProbityError(error)) throw error;
        const problems: readonly Problem[] = error.problems;
        return problems.length > 0 ? problems : [{ at: 'views', message: error.message }];
      }
    },
    async featuresOf(ids, asOf, wanted, asked) {
      const views = await viewsWith(wanted, asked);
      return answerOf(asOf, views, await rowsOf(ids, asOf, views));
    },
    async segmentsOf(ids, asOf, along, asked) {
      const own = content.views.filter((view) => view.name === segmentView);
      // Where the models come with a version of their own, the segment is told by that.
      const both = await viewsWith({ ...viewHashes(own), ...along }, asked).catch(unlessMismatch(null));
      const views = both ?? own;
      const found = await rowsOf(ids, asOf, views);
      const segmentOf = ({ features: { segment } }: FeatureRow) => (typeof segment === 'string' ? segment : null);
      return {
        segments: new Map(found.rows.map((row) => [row.partyId, segmentOf(row)])),
        tables: tablesOf(views)[SEGMENT] ?? [],
        features: both && answerOf(asOf, both, found),
      };
    },
    close: () => snapshot.close(),
  };

  function answerOf(asOf: AsOf, views: readonly FeatureView[], { rows, through }: FoundRows): FeatureAnswer {
    return {
      customers: new Map(rows.map((row) => [row.partyId, valuesOf(row)])),
      staleSources: snapshot.staleSources(asOf).map((stale): StaleSource => ({
        source: `${stale.source} (${stale.table})`,
        lastKnown: stale.newestKnownFrom,
        expectedDays: Math.round(((stale.freshnessMs ?? 0) / millisPerDay) * 10) / 10,
      })),
      incompleteSources: snapshot.incompleteSources().map(({ source, table, incomplete = [] }) => ({
        source: `${source} (${table})`,
        columns: incomplete.map(({ column }) => column),
      })),
      tables: tablesOf(views),
      factsThrough: through,
    };
  }
}

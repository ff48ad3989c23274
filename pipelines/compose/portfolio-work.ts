import type { DuckDBConnection } from '@duckdb/node-api';
import { exactGlob, instant, literal, ProbityError, type Clock } from '../../base/index.ts';
import { readManifest, verifiedFile, type SnapshotManifest } from '../../features/snapshots/index.ts';
import { tablesOf } from '../../features/views/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import {
  portfolioReport,
  uniteWithheld,
  type Book,
  type BookSource,
  type LossFile,
  type MasterScale,
  type PortfolioAssumptions,
  type StandingWarning,
  type WithheldOfCustomers,
} from '../../rating/index.ts';
import { PORTFOLIO_MONITORING, type BasisSources } from '../../records/privacy/index.ts';
import type { Snapshots } from '../../records/registry/index.ts';
import type { PortfolioReports } from '../../records/reports/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { PortfolioWork } from '../activities/dependencies.ts';
import { columnsOf, withDuckDB } from './duckdb.ts';
import { lawfulRelation, type LawfulUse } from './lawful-relation.ts';
import { datedRuns, isOfFamily, scoresOf, type DatedRun, type ScoreRun } from './score-runs.ts';

export interface PortfolioParts {
  /** Whose portfolio, and default over which horizon. */
  readonly slot: Slot;
  /** Folder of portfolio scores. */
  readonly scores: string;
  readonly snapshots: Snapshots;
  readonly storage: Storage;
  readonly clock: Clock;
  /** What allows data to be used for portfolio monitoring. */
  readonly bases: BasisSources;
  readonly reports: PortfolioReports;
  /** The warnings that stand, with everybody whom they concern. */
  readonly warnings: () => Promise<readonly StandingWarning[]>;
  /** Tells those who subscribed to the report. Again, it tells nobody twice. */
  readonly tell: (reportId: string) => Promise<void>;
  readonly standards: () => Promise<{
    readonly masterScale: MasterScale;
    readonly loss: LossFile;
    readonly assumptions: PortfolioAssumptions;
  }>;
}

/** Scores of one run and the snapshot that they are of. */
export interface Scored {
  readonly run: DatedRun;
  readonly snapshotId: string;
  readonly snapshot: { readonly folder: string; readonly manifest: SnapshotManifest };
}

/** Reports on the newest scores of the portfolio: exposures of the snapshot that was scored, grades of today's scale, and the scores before. */
export function portfolioWork(parts: PortfolioParts): Pick<PortfolioWork, 'report'> {
  return {
    async report({ progress, signal }) {
      progress({ step: 'portfolio', message: 'finding the scores' });
      const [now, before] = await newestScores(parts, (run) => isOfFamily(run, parts.slot));
      if (now === undefined)
        throw new ProbityError('NO_SCORES', 'The portfolio has not been scored yet.', {
          fix: 'Run `probity portfolio rescore`.',
        });
      signal.throwIfAborted();
      progress({ step: 'portfolio', message: 'reading the book' });
      const { book, left, withheld } = await readBook(now, before, {
        purpose: PORTFOLIO_MONITORING,
        instants: [instant(now.snapshot.manifest.content.asOf), instant(parts.clock.now())],
        basis: parts.bases,
      });
      signal.throwIfAborted();
      const source: BookSource = {
        asOf: now.snapshot.manifest.content.asOf,
        snapshotId: now.snapshotId,
        modelHash: now.run.manifest.modelHash,
        ...modelsOf(now.run),
        scores: now.run.hash,
        before:
          before === undefined ? null : { asOf: before.snapshot.manifest.content.asOf, scores: before.run.hash, left },
        ...(withheld.length === 0 ? {} : { withheld }),
      };
      const report = portfolioReport(book, source, await parts.standards(), {
        warnings: { at: parts.clock.now(), standing: await parts.warnings() },
        earlier: await parts.reports.earlier(source.asOf),
      });
      const reportId = await parts.reports.keep(report);
      await parts.tell(reportId);
      const { customers, exposure, expectedLoss } = report;
      return { reportId, customers, exposure, expectedLoss };
    },
  };
}

/**
 * The newest of the wanted runs of scores and the newest of an earlier instant, by the instants of their snapshots, none after `asOf`. A snapshot that is gone takes its scores out of
 * comparison.
 */
export async function newestScores(
  { scores, snapshots, storage }: Pick<PortfolioParts, 'scores' | 'snapshots' | 'storage'>,
  wanted: (run: ScoreRun) => boolean,
  asOf: string | null = null,
): Promise<readonly Scored[]> {
  const chosen: Scored[] = [];
  for (const run of (await datedRuns(scores, snapshots, wanted)).toReversed()) {
    if (asOf !== null && run.asOf > asOf) continue;
    if (run.asOf >= (chosen[0]?.run.asOf ?? '9')) continue;
    const { snapshotId } = run.manifest;
    const folder = await storage.materialise((await snapshots.get(snapshotId)).ref).catch(() => null);
    if (folder === null) continue;
    chosen.push({ run, snapshotId, snapshot: { folder, manifest: await readManifest(folder, snapshotId) } });
    if (chosen.length === 2) break;
  }
  return chosen;
}

/** Features that a book is made of, where the snapshot has them. */
const COLUMNS = [
  'credit_drawn',
  'receivables_open',
  'invoice_amount_365d',
  'order_amount_365d',
  'tenure_days',
] as const;

async function readBook(
  now: Scored,
  before: Scored | undefined,
  use: LawfulUse,
): Promise<{ readonly book: Book; readonly left: number; readonly withheld: readonly WithheldOfCustomers[] }> {
  return withDuckDB(2, async (connection) => {
    const { folder, manifest } = now.snapshot;
    const published = parquet([await verifiedFile(folder, manifest, manifest.content.features)]);
    const parties = await Promise.all(
      Object.values(manifest.content.tables['parties']?.files ?? {}).map((file) =>
        verifiedFile(folder, manifest, file),
      ),
    );
    const known = await columnsOf(connection, published);
    const used = COLUMNS.filter((name) => known.has(name));
    const lineage = tablesOf(manifest.content.views);
    const lawful = await lawfulRelation(connection, published, { features: used, lineage }, use);
    const features = lawful.relation;
    const column = (name: (typeof COLUMNS)[number]): string =>
      known.has(name) ? `f."${name}"::DOUBLE` : 'NULL::DOUBLE';
    const told =
      parties.length === 0
        ? '(SELECT NULL::VARCHAR AS party_id, NULL::VARCHAR AS segment WHERE false)'
        : `(SELECT party_id, arg_max(segment, known_from) AS segment FROM ${parquet(parties)} GROUP BY party_id)`;
    const ofParties = { features: ['segment'], lineage: { segment: ['parties'] } };
    const { relation: segments, ...bySegment } = await lawfulRelation(connection, told, ofParties, use);
    const previous = (before === undefined ? null : scoresOf(before.run)) ?? NO_SCORES;
    await connection.run(`CREATE TABLE book AS
      SELECT s.party_id, g.segment,
        coalesce(year(s.as_of - to_days(CAST(${column('tenure_days')} AS INTEGER))), 0)::INTEGER AS vintage,
        s.pd, p.pd AS previous_pd,
        CASE WHEN ${column('credit_drawn')} IS NULL AND ${column('receivables_open')} IS NULL THEN NULL
          ELSE coalesce(${column('credit_drawn')}, 0) + coalesce(${column('receivables_open')}, 0) END AS exposure,
        coalesce(${column('invoice_amount_365d')}, ${column('order_amount_365d')}) AS sales
      FROM ${scoresOf(now.run) ?? NO_SCORES} s JOIN ${features} f USING (party_id)
        LEFT JOIN ${segments} g USING (party_id) LEFT JOIN ${previous} p USING (party_id)
      ORDER BY s.party_id`);
    const left = await connection.runAndReadAll(
      `SELECT count(*)::INTEGER FROM ${previous} p WHERE NOT EXISTS (SELECT 1 FROM book b WHERE b.party_id = p.party_id)`,
    );
    const withheld = uniteWithheld([now.run.manifest.withheld ?? [], lawful.withheld, bySegment.withheld]);
    return { book: await columnar(connection), left: Number(left.getRows()[0]?.[0] ?? 0), withheld };
  });
}

const parquet = (files: readonly string[]): string =>
  `read_parquet([${files.map((file) => literal(exactGlob(file))).join(', ')}])`;

/** The models of a run that has several, and how many customers have none. */
function modelsOf({ manifest: { models = [], unscored } }: ScoreRun): Pick<BookSource, 'models' | 'unscored'> {
  return {
    ...(models.length > 1
      ? { models: models.map(({ slot, modelHash, customers }) => ({ slot, modelHash, customers })) }
      : {}),
    ...(unscored === undefined ? {} : { unscored }),
  };
}

const NO_SCORES = '(SELECT NULL::VARCHAR AS party_id, NULL::TIMESTAMP AS as_of, NULL::DOUBLE AS pd WHERE false)';

/** Reads the table `book` chunk by chunk into columns. */
async function columnar(connection: DuckDBConnection): Promise<Book> {
  const counted = await connection.runAndReadAll('SELECT count(*)::INTEGER FROM book');
  const size = Number(counted.getRows()[0]?.[0] ?? 0);
  const customers: string[] = [];
  const segments: (string | null)[] = [];
  const vintages = new Int32Array(size);
  const [pd, previousPd, exposure, sales] = [0, 1, 2, 3].map(() => new Float64Array(size)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const result = await connection.stream(
    'SELECT party_id, segment, vintage, pd, previous_pd, exposure, sales FROM book ORDER BY party_id',
  );
  let at = 0;
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const row of chunk.getRows() as [
      string,
      string | null,
      number,
      number,
      number | null,
      number | null,
      number | null,
    ][]) {
      customers.push(row[0]);
      segments.push(row[1]);
      vintages[at] = row[2];
      pd[at] = row[3];
      previousPd[at] = row[4] ?? Number.NaN;
      exposure[at] = row[5] ?? Number.NaN;
      sales[at] = row[6] ?? Number.NaN;
      at++;
    }
  }
  return { customers, segments, vintages, pd, previousPd, exposure, sales };
}

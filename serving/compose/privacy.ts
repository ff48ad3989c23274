import type { Logger } from 'pino';
import { sql } from 'kysely';
import { dataPaths, isProbityError, messageOf, ProbityError, type Project } from '../../base/index.ts';
import { publishedRowsOf } from '../../features/snapshots/index.ts';
import { connectPipelines } from '../../pipelines/client.ts';
import { startErasures } from '../../pipelines/erasure.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { taskQueues } from '../../pipelines/task-queues.ts';
import { createAgreements } from '../../records/agreements/index.ts';
import type { Appender } from '../../records/audit/index.ts';
import { createCases } from '../../records/cases/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createErasures, createLegalBases, loadBasisPolicy } from '../../records/privacy/index.ts';
import { pseudonymsUnder } from '../../records/ratings/index.ts';
import { createSnapshots } from '../../records/registry/index.ts';
import { createDisputes } from '../../records/disputes/index.ts';
import { createWarnings } from '../../records/warnings/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import { basisDesk } from '../customers/legal-bases.ts';
import type { HeldFact, PrivacyDesk } from '../customers/privacy.ts';

/** The desk of customers' rights, and the loop that sees to unfinished erasures. */
export interface RunningPrivacy {
  readonly desk: PrivacyDesk;
  /** Applies what was erased and is not in this database any more; from then on the loop runs. */
  start(): Promise<void>;
  close(): Promise<void>;
}

const LOOK_MS = 2_000;
const AFTER_FAILURE_MS = 10_000;
/** Erasures of other servers are looked for so far back: their clocks and commits may be late. */
const OVERLAP_MS = 60_000;

/** Composes it. Temporal is asked for when an erasure waits; until it answers, files keep what the tables have lost. */
export async function composePrivacy(of: {
  readonly project: Project;
  readonly database: Database;
  readonly storage: Storage;
  readonly appender: Appender;
  readonly logger: Logger;
  readonly temporalAddress: () => Promise<string | null>;
  readonly lookMs?: number;
}): Promise<RunningPrivacy> {
  const { project, database, storage, appender, logger } = of;
  const { tenant } = project;
  const policy = loadBasisPolicy(project.rulesDir);
  const paths = dataPaths(project);
  const pseudonymKey = await openPseudonymKey(paths.keys);
  const pseudonyms = pseudonymsUnder(pseudonymKey);
  const erasures = createErasures({ database, tenant, appender, pseudonymKey, audit: paths.audit });
  const cases = createCases(database, tenant);
  const overrides = createOverrides(database, tenant, appender);
  const agreements = createAgreements(database, tenant);
  const facts = createFacts(database, tenant);
  const bases = createLegalBases(database, tenant);
  const snapshots = createSnapshots(database, tenant);
  const warnings = createWarnings(database, tenant);

  const erased = new Set<string>();
  let known = 0;
  let waitUntil = 0;
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> = Promise.resolve();
  let isClosed = false;

  const learn = async (): Promise<void> => {
    const { rows } = await sql<{ subject: string; at: Date }>`select subject, erased_at as at from erasures
      where tenant = ${tenant} and hashed and erased_at >= ${new Date(Math.max(0, known - OVERLAP_MS))}`.execute(
      database.db,
    );
    for (const { subject, at } of rows) {
      erased.add(subject);
      known = Math.max(known, at.getTime());
    }
  };
  /** Has the workflow run where something waits for it. */
  const follow = async (): Promise<void> => {
    if (Date.now() < waitUntil || (await erasures.unfinished()).length === 0) return;
    waitUntil = Date.now() + AFTER_FAILURE_MS;
    const address = await of.temporalAddress();
    if (address === null) throw new ProbityError('SERVICE_UNAVAILABLE', 'No Temporal server runs for this project.');
    const pipelines = await connectPipelines(address, project.temporalNamespace, await projectCodec(project));
    try {
      await startErasures(pipelines.client, { tenant, queues: taskQueues(project) });
    } finally {
      await pipelines.close();
    }
  };
  const look = async (): Promise<void> => {
    for (const step of [learn, follow])
      await step().catch((error: unknown) => {
        const problem = isProbityError(error) ? error.code : messageOf(error);
        logger.warn({ problem }, 'erasures wait: they are taken out of files and histories once Temporal runs');
      });
  };
  const plan = (): void => {
    if (isClosed) return;
    timer = setTimeout(() => {
      looking = look().finally(plan);
    }, of.lookMs ?? LOOK_MS);
    timer.unref();
  };

  const factsOf = async (customerId: string): Promise<readonly HeldFact[]> => {
    const announced = await snapshots.newest();
    // After an erasure that left nothing to publish none is stored.
    const newest = announced !== null && (await storage.has(announced.ref)) ? announced : null;
    const published = newest === null ? [] : await publishedRowsOf(await storage.materialise(newest.ref), customerId);
    const acknowledged = (await facts.since(newest?.factsThrough ?? 0, { entity: customerId })).filter(
      ({ values }) => values['party_id'] === customerId,
    );
    return [
      ...published.map(({ table, values }): HeldFact => ({ table, values, from: 'snapshot' })),
      ...acknowledged.map(({ table, values, happenedAt, knownFrom, source }): HeldFact => ({
        table,
        values: { ...values, happened_at: happenedAt, known_from: knownFrom, source },
        from: 'events',
      })),
    ];
  };

  return {
    desk: {
      bases: basisDesk(policy, bases),
      isErased: (customerId) => erased.size > 0 && erased.has(pseudonyms.of(customerId)),
      async erase(customerId, by) {
        const erasure = await erasures.request(customerId, by);
        erased.add(erasure.subject);
        waitUntil = 0;
        return erasure;
      },
      erasure: (customerId) => erasures.of(customerId),
      async held(customerId, ratingIds) {
        const found = await cases.ofCustomer(customerId);
        const steps = await Promise.all(
          ratingIds.map(async (ratingId) => ({ ratingId, steps: await overrides.steps(ratingId) })),
        );
        return {
          cases: await Promise.all(
            found.map(async (each) => ({ ...each, events: await cases.events(each.case.caseId) })),
          ),
          disputes: await createDisputes(database, tenant).of(customerId),
          // What it shares with others goes by another customer, and is that one's.
          warnings: await Promise.all(
            (await warnings.page({ customerId, limit: 1_000 }))
              .filter(({ warning }) => warning.customerId === customerId)
              .map(async (each) => ({ ...each, events: await warnings.events(each.warning.warningId) })),
          ),
          overrides: steps.filter((each) => each.steps.length > 0),
          agreements: await Promise.all(
            (await agreements.ofCustomer(customerId)).map(async (each) => ({
              ...each,
              steps: await agreements.steps(each.agreement.agreementId),
            })),
          ),
          facts: await factsOf(customerId),
          legalBases: await bases.of(customerId),
        };
      },
    },
    async start() {
      const applied = await erasures.apply();
      if (applied > 0)
        logger.info({ customers: applied }, 'erasures that this database did not know were applied again');
      await learn();
      plan();
    },
    async close() {
      isClosed = true;
      if (timer !== null) clearTimeout(timer);
      await looking;
    },
  };
}

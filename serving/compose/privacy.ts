import type { Logger } from 'pino';
import { sql } from 'kysely';
import { dataPaths, isProbityError, messageOf, ProbityError, type Project } from '../../base/index.ts';
import { connectPipelines } from '../../pipelines/client.ts';
import { startErasures } from '../../pipelines/erasure.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import { taskQueues } from '../../pipelines/task-queues.ts';
import type { Appender } from '../../records/audit/index.ts';
import { openPseudonymKey } from '../../records/checkpoints/index.ts';
import type { Database } from '../../records/database/index.ts';
import { createErasures, createLegalBases, loadBasisPolicy, type Vault } from '../../records/privacy/index.ts';
import { pseudonymsUnder } from '../../records/ratings/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import { basisDesk } from '../customers/legal-bases.ts';
import type { PrivacyDesk } from '../customers/privacy.ts';
import { composeHeld } from './held.ts';

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
  readonly vault: Vault;
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
  const bases = createLegalBases(database, tenant);
  const held = composeHeld({ tenant, database, storage, appender, vault: of.vault, pseudonyms });

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
      held,
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

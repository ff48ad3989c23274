import { pino } from 'pino';
import {
  contentHash,
  fixedClock,
  instant,
  ProbityError,
  sha256,
  type Instant,
  type Json,
  type Tenant,
} from '../../base/index.ts';
import { artefactHash, type Artefact, type FeatureValues } from '../../models/artefact/index.ts';
import { slotKey, type Slot } from '../../models/registry/index.ts';
import {
  type CustomerReview,
  type EarlyWarning,
  defaultStandards,
  loadActs,
  loadRuleFiles,
  ruleSetHash,
  type RatingStandards,
  type RuleFiles,
} from '../../rating/index.ts';
import type { IncompleteSource, StaleSource } from '../../rating/index.ts';
import { ratingIdOf, type StoredRating } from '../../records/ratings/index.ts';
import type { KeptReconciliation, NewStatement } from '../../records/reconciliation/index.ts';
import type { Authenticator } from '../../serving/access/index.ts';
import { memoryOverrides } from './overrides.ts';
import { memoryAgreements } from './agreements.ts';
import { OPEN_POLICY } from '../../models/protected/index.ts';
import { noNotices } from './no-notices.ts';
import { memoryDesk, memoryDisputes, memoryReviews, memoryWarnings, noReports, noWebhooks } from './desk.ts';
import { smallArtefact } from './small-artefact.ts';
import { reviewedMonth } from './warning-review.ts';
import { noKeys } from './no-keys.ts';
import { noDecisionsFor, noRuleSets } from './no-rule-sets.ts';
import { noDossiers, noPrivacy, ratingIdsOf } from './no-dossiers.ts';
import type { IncomingFact, Reign, ServingDependencies } from '../../serving/index.ts';

export { smallArtefact };

export const now = '2026-06-01T12:00:00.000Z';
export const slot: Slot = { portfolio: 'main', segment: null, horizonMonths: 12 };

/** Takes every request for an admin's, for tests that are not about who asks; those are in test/serving-access.test.ts. */
export const anyoneIsAdmin: Authenticator = async () => ({
  principal: {
    tenant: 'default' as Tenant,
    actor: 'key:test',
    roles: ['admin'],
    operations: null,
    credential: { kind: 'key', keyId: 'testtesttest', expiresAt: '2099-01-01T00:00:00.000Z' },
  },
});

interface CustomerFeatures {
  readonly values: FeatureValues;
  readonly segment: string | null;
  readonly staleSources: readonly StaleSource[];
  readonly incompleteSources: readonly IncompleteSource[];
}

/** An in-memory registry, snapshots and facts, for tests of the server alone. */
export interface World {
  readonly deps: ServingDependencies;
  readonly customers: Map<string, CustomerFeatures>;
  readonly facts: IncomingFact[];
  /** Statements that sources made. */
  readonly stated: NewStatement[];
  readonly reconciled: KeptReconciliation[];
  /** What was recorded, in order. */
  readonly recorded: StoredRating[];
  /** Early warnings on the desk. */
  readonly warned: EarlyWarning[];
  /** Reviews on the desk. */
  readonly underReview: CustomerReview[];
  /** Recording fails while this is set. */
  recordsDown: boolean;
  readonly logLines: string[];
  readonly opened: string[];
  readonly closed: string[];
  /** Milliseconds that a look-up of customers takes. */
  lookupMs: number;
  /** Customers whose look-up fails. */
  readonly breaks: Set<string>;
  /** The rules in force. */
  rules: RuleFiles;
  /** Since when rules alone rate every slot; null: models do. */
  rulesOnly: Reign['rulesOnly'] | null;
  promote(artefact: Artefact, options?: { readonly slot?: Slot; readonly from?: string }): string;
  publish(snapshotId: string, views?: { readonly [view: string]: string }): void;
  know(customerId: string, values: FeatureValues, more?: Partial<CustomerFeatures>): void;
}

const hashes = new WeakMap<RuleFiles, string>();

/** The hash of rule files, worked out once: a server asks for it at every look. */
function hashOf(files: RuleFiles): string {
  const hash = hashes.get(files) ?? ruleSetHash(files);
  hashes.set(files, hash);
  return hash;
}

export function createWorld(standards: RatingStandards = defaultStandards()): World {
  const acts = loadActs(null);
  const artefacts = new Map<string, Artefact>();
  const reigns: Reign[] = [];
  const published = new Map<string, { readonly [view: string]: string }>();
  let newest: string | null = null;
  const kept = new Map<string, Json>();
  const overrides = memoryOverrides(now, () => world.recorded);
  const keys = new Map<string, { readonly fingerprint: string; readonly stored: StoredRating }>();
  const ofKey = ({ key, fingerprint }: { readonly key: string; readonly fingerprint: string }) => {
    const known = keys.get(key);
    if (known !== undefined && known.fingerprint !== fingerprint)
      throw new ProbityError('IDEMPOTENCY_CONFLICT', 'another request');
    return known?.stored ?? null;
  };
  const logLines: string[] = [];
  const standing = (): Reign[] => {
    const bySlot = new Map(reigns.map((reign) => [slotKey(reign.slot), reign]));
    return [...bySlot.values()];
  };
  const world: World = {
    customers: new Map(),
    facts: [],
    stated: [],
    reconciled: [],
    recorded: [],
    warned: [],
    underReview: [],
    recordsDown: false,
    logLines,
    breaks: new Set(),
    rules: loadRuleFiles(null),
    rulesOnly: null,
    opened: [],
    closed: [],
    lookupMs: 0,
    promote(artefact, options = {}) {
      const hash = artefactHash(artefact);
      artefacts.set(hash, artefact);
      const from = instant(options.from ?? `2026-01-0${reigns.length + 1}`);
      reigns.push({ slot: options.slot ?? slot, modelHash: hash, from });
      return hash;
    },
    publish(snapshotId, views = {}) {
      published.set(snapshotId, views);
      newest = snapshotId;
    },
    know(customerId, values, more = {}) {
      world.customers.set(customerId, { values, segment: null, staleSources: [], incompleteSources: [], ...more });
    },
    deps: {
      defaults: { portfolio: 'main', horizonMonths: 12 },
      clock: fixedClock(now),
      standards,
      champions: {
        standing: async () =>
          standing().map((reign) => ({ ...reign, ...(world.rulesOnly && { rulesOnly: world.rulesOnly }) })),
        championAt: async (asked, at: Instant) =>
          reigns.findLast((reign) => slotKey(reign.slot) === slotKey(asked) && reign.from <= at) ?? null,
      },
      challengers: { shadows: async () => [], splits: async () => [] },
      rules: {
        standing: async () => ({ hash: hashOf(world.rules), from: null }),
        at: async () => ({ hash: hashOf(world.rules), from: null }),
        load: async () => world.rules,
      },
      ruleSets: noRuleSets,
      lawOfRules: OPEN_POLICY,
      viewFeatures: async () => [],
      effectOfRules: async ({ hash }) => noDecisionsFor(hash),
      loadModel: async (hash) => {
        const artefact = artefacts.get(hash);
        if (artefact === undefined) throw new ProbityError('INTERNAL', 'no such artefact');
        return { hash, artefact };
      },
      snapshots: {
        newestId: async () => newest,
        open: async (snapshotId) => {
          world.opened.push(snapshotId);
          let open = true;
          const featuresOf = async (ids: readonly string[]) => {
            if (world.lookupMs > 0) await new Promise((resolve) => setTimeout(resolve, world.lookupMs));
            if (!open) throw new Error('read after close');
            const broken = ids.find((id) => world.breaks.has(id));
            if (broken !== undefined) throw new Error(`cannot compute ${broken}`);
            const found = ids.flatMap((id) => {
              const customer = world.customers.get(id);
              return customer === undefined ? [] : [[id, customer] as const];
            });
            return {
              customers: new Map(found.map(([id, { values }]) => [id, values])),
              staleSources: found.flatMap(([, { staleSources }]) => staleSources),
              incompleteSources: found.flatMap(([, { incompleteSources }]) => incompleteSources),
              tables: {},
              factsThrough: world.facts.length,
            };
          };
          return {
            snapshotId,
            asOf: instant('2026-05-31'),
            viewProblems: async (wanted) =>
              Object.entries(wanted)
                .filter(([view, hash]) => published.get(snapshotId)?.[view] !== hash)
                .map(([view]) => ({ at: view, message: 'not that version' })),
            featuresOf,
            segmentsOf: async (ids, _, along) => ({
              segments: new Map(ids.map((id) => [id, world.customers.get(id)?.segment ?? null])),
              tables: ['parties'],
              features: Object.keys(along).length === 0 ? null : await featuresOf(ids),
            }),
            close: async () => {
              open = false;
              world.closed.push(snapshotId);
            },
          };
        },
      },
      acceptFacts: async (facts) => {
        const first = world.facts.length + 1;
        world.facts.push(...facts);
        return facts.map((_, i) => ({
          sequence: first + i,
          knownFrom: instant(now),
          repeated: false,
          differs: false,
        }));
      },
      standardsHash: contentHash(standards as unknown as Json),
      acts,
      actsHash: contentHash(acts),
      records: {
        async record({ evidence, once }) {
          if (world.recordsDown) throw new ProbityError('DATABASE_UNREACHABLE', 'the database is down');
          const before = once === undefined ? null : ofKey(once);
          if (before !== null) return { ...before, repeated: true };
          const receipt = { sequence: world.recorded.length + 1, hash: sha256(evidence), at: instant(now) };
          const stored = { ratingId: ratingIdOf(receipt), receipt, evidence };
          world.recorded.push(stored);
          if (once !== undefined) keys.set(once.key, { fingerprint: once.fingerprint, stored });
          return { ...stored, repeated: false };
        },
        async find(ratingId) {
          const stored = world.recorded.find((one) => one.ratingId === ratingId);
          if (stored === undefined) throw new ProbityError('UNKNOWN_RATING', 'no such rating');
          return stored;
        },
        ofKey: async (once) => ofKey(once),
        keep: async (_role, content) => {
          const hash = contentHash(content);
          kept.set(hash, content);
          return hash;
        },
        part: async (role, hash) => {
          const part = ['model', 'late', 'term'].includes(role)
            ? artefacts.get(hash)
            : role === 'standards'
              ? standards
              : kept.get(hash);
          if (part === undefined) throw new ProbityError('PART_MISSING', 'no such part');
          return part;
        },
      },
      cases: memoryDesk(
        now,
        () => world.recorded.length,
        (verdict) => overrides.step(verdict.ratingId, () => verdict),
      ),
      overrides,
      agreements: memoryAgreements(),
      notices: noNotices,
      disputes: memoryDisputes(now),
      reviews: memoryReviews(now, () => world.underReview),
      webhooks: noWebhooks,
      ...noReports,
      warnings: memoryWarnings(now, () => world.warned),
      reviewWarnings: reviewedMonth,
      dossiers: {
        ...noDossiers,
        ratingIds: async (customerId, limit, before = Infinity) =>
          ratingIdsOf(world.recorded, customerId)
            .filter((id) => Number.parseInt(id) < before)
            .slice(0, limit),
      },
      privacy: noPrivacy,
      changes: { read: async (after) => ({ changes: [], next: after, more: false }) },
      standingRows: {
        of: async (source, { name }) =>
          world.facts.filter((fact) => fact.source === source && fact.table === name).map(({ values }) => values),
      },
      reconciliations: { page: async ({ limit }) => world.reconciled.slice(0, limit) },
      statements: { keep: async (statements) => void world.stated.push(...statements) },
      authenticate: anyoneIsAdmin,
      keys: noKeys,
      logger: pino({ level: 'info' }, { write: (line: string) => void logLines.push(line) }),
      pollMs: 20,
    },
  };
  return world;
}

/** A world with one champion, one snapshot and two customers. */
export function usualWorld(standards?: RatingStandards): World {
  const world = createWorld(standards);
  world.promote(smallArtefact());
  world.publish('snapshot-1');
  world.know('good', { days_late: 0, sector: 'retail', customer_since: '1990-01-01' });
  world.know('C-001', { days_late: 45, sector: 'mining', customer_since: '2025-01-01' });
  world.know('C-002', { days_late: 0, sector: 'retail', customer_since: '2019-04-01' });
  world.know('late', { days_late: 45, sector: 'mining', customer_since: '2025-01-01' });
  return world;
}

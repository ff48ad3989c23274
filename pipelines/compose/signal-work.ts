import { instant, ProbityError, systemClock, type Instant } from '../../base/index.ts';
import {
  loadSignals,
  lookAtCustomers,
  lookAtIndustries,
  type SignalLook,
  type SignalRow,
  type SignalSource,
  type SignalViews,
} from '../../features/signals/index.ts';
import { readManifest, type AddedFact, type SnapshotManifest } from '../../features/snapshots/index.ts';
import { tablesOf, type FeatureTables } from '../../features/views/index.ts';
import {
  gradeIndexOf,
  industrySubject,
  loadSignalRuleFiles,
  loadStandards,
  openSignalRules,
  triggersOf,
  worseRegime,
  type MasterScale,
  type RatingStandards,
  type RegimesFile,
  type SignalRules,
  type SignalTrigger,
} from '../../rating/index.ts';
import type { Slot } from '../../models/registry/index.ts';
import type { GrantedLimits } from '../../records/changes/index.ts';
import type { Facts } from '../../records/facts/index.ts';
import { PORTFOLIO_MONITORING, type BasisSources } from '../../records/privacy/index.ts';
import type { Snapshots } from '../../records/registry/index.ts';
import type { Circle, SeenTrigger, SignalMember, SignalRecords, TriggerBody } from '../../records/signals/index.ts';
import type { Storage } from '../../records/storage/index.ts';
import type { SignalLookRequest, SignalWork } from '../activities/dependencies.ts';
import { exposedOf, grantedFact, withGrantedLimit } from './granted-limit.ts';
import { lawfulRelation } from './lawful-relation.ts';
import { scoreHistory } from './score-history.ts';
import { concernedBy } from './signal-others.ts';

export interface SignalParts {
  readonly rulesDir: string | null;
  /** Folder of portfolio scores. */
  readonly scores: string;
  /** Whose scores are looked at, over which horizon. */
  readonly slot: Slot;
  readonly facts: Facts;
  readonly snapshots: Snapshots;
  readonly storage: Storage;
  readonly signals: SignalRecords;
  /** What allows data to be used for portfolio monitoring. */
  readonly bases: BasisSources;
  /** Limits that ratings grant. */
  readonly granted: GrantedLimits;
  /** The regimes of the rules in force. */
  readonly regimes: () => Promise<RegimesFile>;
}

/** Facts behind one signal of a customer that a warning names, at most. */
const MOST_FACTS = 10;
const FACTS_AT_ONCE = 5_000;

/** Looks at signals over published snapshots and the facts since, by the tables of the project, and stores which triggers stand. */
export function signalWork(parts: SignalParts): SignalWork {
  const { facts, snapshots, storage, signals } = parts;
  let prepared: Promise<Prepared> | null = null;
  const ready = (): Promise<Prepared> => {
    prepared ??= prepare(parts);
    prepared.catch(() => (prepared = null));
    return prepared;
  };
  /** The manifest that was read last: a published snapshot does not change, and looks at touched customers follow each other. */
  let newest: { readonly snapshotId: string; readonly manifest: Promise<SnapshotManifest> } | null = null;
  const manifestOf = (folder: string, snapshotId: string): Promise<SnapshotManifest> => {
    if (newest?.snapshotId !== snapshotId) {
      newest = { snapshotId, manifest: readManifest(folder, snapshotId) };
      newest.manifest.catch(() => (newest = null));
    }
    return newest.manifest;
  };
  const sourceOf = async (
    snapshotId: string,
    at: Instant | null,
    { standards, lineage }: Prepared,
  ): Promise<SignalSource> => {
    const folder = await storage.materialise((await snapshots.get(snapshotId)).ref);
    const manifest = await manifestOf(folder, snapshotId);
    const asOf = at ?? manifest.content.asOf;
    const instants = [asOf, systemClock.now()];
    const use = { purpose: PORTFOLIO_MONITORING, instants, basis: parts.bases };
    return {
      folder,
      manifest,
      asOf,
      scores: await scoreHistory(parts, asOf, standards),
      lawful: async (connection, relation) =>
        (await lawfulRelation(connection, relation, { features: Object.keys(lineage), lineage }, use)).relation,
    };
  };
  const seenBy = async (look: SignalLook, request: Look, { rules, standards }: Prepared) => {
    const found: { row: SignalRow; triggers: readonly SignalTrigger[] }[] = [];
    const limits = await parts.granted.of(exposedOf(look.rows), request.asOf);
    for (const seen of look.rows) {
      const row = withGrantedLimit(seen, limits.get(seen.id) ?? null);
      const triggers = await triggersOf(row.signals, rules);
      if (triggers.length > 0) found.push({ row, triggers });
    }
    const ids = found.map(({ row }) => row.id);
    const evidence = await look.evidenceOf(ids, MOST_FACTS);
    const others = await look.othersOf(ids);
    const concerned = concernedBy(new Map(found.map(({ row, triggers }) => [row.id, triggers])), others);
    const seen = found.flatMap(({ row, triggers }) =>
      triggers.map((trigger): SeenTrigger => {
        const known = [...grantedFact(row, limits.get(row.id) ?? null), ...(evidence.get(row.id) ?? [])];
        const behind = known.filter(({ topic }) => Object.hasOwn(trigger.signals, topic));
        return {
          customerId: row.id,
          code: trigger.code,
          body: bodyOf(trigger, row, request, rules, standards.masterScale, {
            facts: behind,
            ...concerned.of(row.id, trigger),
            proposal: null,
          }),
        };
      }),
    );
    return { seen, members: concerned.members };
  };
  return {
    async target() {
      const snapshot = await snapshots.newest();
      if (!snapshot) throw new ProbityError('SNAPSHOT_NOT_FOUND', 'No snapshot has been published yet.');
      const folder = await storage.materialise(snapshot.ref);
      const { content } = await readManifest(folder, snapshot.snapshotId);
      return { snapshotId: snapshot.snapshotId, asOf: content.asOf, buckets: content.buckets };
    },

    async look({ partition, partitions, ...request }, { progress, signal }) {
      progress({ step: 'signals', message: `part ${partition + 1} of ${partitions}` });
      const known = await ready();
      const source = await sourceOf(request.snapshotId, null, known);
      const look = await lookAtCustomers(known.views, source, { kind: 'partition', partition, partitions }, signal);
      try {
        const found = await seenBy(look, { ...request, asOf: source.asOf }, known);
        await signals.rememberRules(known.rules);
        signal.throwIfAborted();
        const looked = look.rows.map(({ id }) => id);
        return { customers: looked.length, ...(await signals.keep({ asOf: source.asOf, looked, ...found })) };
      } finally {
        look.close();
      }
    },

    async lookAtIndustries(request, { progress }) {
      progress({ step: 'signals', message: 'industries' });
      const known = await ready();
      const source = await sourceOf(request.snapshotId, null, known);
      const look = await lookAtIndustries(known.views, source);
      try {
        const seen: SeenTrigger[] = [];
        const members: SignalMember[] = [];
        const found: { row: SignalRow; triggers: readonly SignalTrigger[] }[] = [];
        for (const row of look.rows) {
          const triggers = await triggersOf(row.signals, known.rules);
          if (triggers.length > 0) found.push({ row, triggers });
        }
        const evidence = await look.evidenceOf(
          found.map(({ row }) => row.id),
          MOST_FACTS,
        );
        const regimes = found.length === 0 ? null : await parts.regimes();
        for (const { row, triggers } of found) {
          const subject = industrySubject(row.id);
          const customers = await look.membersOf(row.id);
          members.push(
            ...customers.map(({ id, exposure }): SignalMember => ({
              subject,
              kind: 'industry',
              memberId: id,
              exposure,
            })),
          );
          const exposure = numberOf(row.signals['industry_exposure']);
          const about = { customers: customers.length, exposure };
          const asked = { ...request, asOf: source.asOf };
          for (const trigger of triggers) {
            const facts = (evidence.get(row.id) ?? []).filter(({ topic }) => Object.hasOwn(trigger.signals, topic));
            const proposal = regimes === null ? null : worseRegime(regimes, row.id, source.asOf.slice(0, 10));
            const more = { facts, others: about, proposal };
            const body = bodyOf(trigger, row, asked, known.rules, known.standards.masterScale, more);
            seen.push({ customerId: subject, code: trigger.code, body: { ...body, exposure } });
          }
        }
        await signals.rememberRules(known.rules);
        const looked = look.rows.map(({ id }) => industrySubject(id));
        return { customers: 0, ...(await signals.keep({ asOf: source.asOf, looked, seen, members })) };
      } finally {
        look.close();
      }
    },

    async lookAtTouched({ at }, { progress, signal }) {
      const nothing = { customers: 0, raised: 0, changed: 0, ceased: 0, more: false };
      const snapshot = await snapshots.newest();
      if (!snapshot) return nothing;
      const known = await ready();
      const source = await sourceOf(snapshot.snapshotId, instant(at), known);
      const { factsThrough } = source.manifest.content;
      const from = Math.max(await signals.place(), factsThrough);
      const batch = await facts.since(from, { limit: FACTS_AT_ONCE });
      const last = batch.at(-1);
      if (last === undefined) return nothing;
      const touched = namedIn(batch, () => true);
      progress({ step: 'signals', message: `${touched.length} customers of new facts` });
      const request = { look: `signals-f${last.sequence}`, snapshotId: snapshot.snapshotId, at };
      const total = { customers: 0, raised: 0, changed: 0, ceased: 0 };
      const lookNow = async (ids: readonly string[], of: readonly string[], sharing: readonly string[]) => {
        // What these customers' earlier facts since the snapshot say counts as well.
        const added = await facts.of(of, factsThrough);
        const asOf = added.reduce<Instant>(
          (latest, { knownFrom }) => (knownFrom > latest ? knownFrom : latest),
          source.asOf,
        );
        const look = await lookAtCustomers(known.views, { ...source, asOf, added }, { kind: 'customers', ids }, signal);
        try {
          const found = await seenBy(look, { ...request, asOf }, known);
          await signals.rememberRules(known.rules);
          const looked = look.rows.map(({ id }) => id);
          const counts = await signals.keep({ asOf, looked, ...found });
          total.customers += looked.length;
          total.raised += counts.raised;
          total.changed += counts.changed;
          total.ceased += counts.ceased;
          return (await look.othersOf(sharing)).flatMap(({ other, kind }) => (kind === 'identity' ? [other] : []));
        } finally {
          look.close();
        }
      };
      // Details that are new to one customer are shared by the others who have them.
      const changed = namedIn(batch, ({ table }) => table === 'contacts');
      const others = (await lookNow(touched, touched, changed)).filter((id) => !touched.includes(id));
      const once = [...new Set(others)];
      if (once.length > 0) await lookNow(once, [...once, ...changed], []);
      await signals.remember(last.sequence);
      return { ...total, more: batch.length === FACTS_AT_ONCE };
    },
  };
}

/** The customers whom facts name: those whose they are, and of relations those at the other end. */
function namedIn(facts: readonly AddedFact[], of: (fact: AddedFact) => boolean): readonly string[] {
  const ids = facts.flatMap((fact) => {
    const { party_id: own, related_party_id: related } = fact.values;
    return of(fact) ? [own, related].filter((id) => typeof id === 'string') : [];
  });
  return [...new Set(ids)];
}

interface Prepared {
  readonly views: SignalViews;
  readonly rules: SignalRules;
  readonly standards: RatingStandards;
  /** Tables behind each signal. */
  readonly lineage: FeatureTables;
}

type Look = SignalLookRequest & { readonly asOf: Instant };

async function prepare({ rulesDir }: SignalParts): Promise<Prepared> {
  const views = await loadSignals();
  const names = [...views.customers, ...views.industries].flatMap((view) => view.features.map(({ name }) => name));
  const rules = await openSignalRules(loadSignalRuleFiles(rulesDir), new Set(names));
  return { views, rules, standards: loadStandards(rulesDir), lineage: canonical(tablesOf(views.customers)) };
}

/** Scores are made of what may be used already; exposures of these tables. */
const BEHIND: Readonly<Record<string, readonly string[]>> = {
  scores: [],
  exposures: ['credit_lines', 'invoices', 'payments'],
};

function canonical(lineage: FeatureTables): FeatureTables {
  return Object.fromEntries(
    Object.entries(lineage).map(([signal, tables]) => [signal, tables.flatMap((table) => BEHIND[table] ?? [table])]),
  );
}

function bodyOf(
  { level, signals: values, rows }: SignalTrigger,
  { segment, pd, signals }: SignalRow,
  { look, at, snapshotId, asOf }: Look,
  rules: SignalRules,
  scale: MasterScale,
  {
    circle = null,
    ...more
  }: Pick<TriggerBody['evidence'], 'facts' | 'others' | 'proposal'> & {
    readonly circle?: Circle | null;
  },
): TriggerBody {
  const grade = pd === null ? null : (scale.grades[gradeIndexOf(pd, scale)]?.code ?? null);
  const evidence = { asOf, snapshotId, rules: rules.hash, rows, values, ...more };
  const exposure = numberOf(signals['exposure_now']);
  return { look, at, level, segment, exposure, pd, grade, evidence, ...(circle === null ? {} : { circle }) };
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

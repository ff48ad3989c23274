import type { Command } from 'commander';
import {
  instant,
  isProbityError,
  ProbityError,
  systemClock,
  type Instant,
  type Json,
  type Project,
} from '../../base/index.ts';
import { compile } from '../../models/scoring/index.ts';
import {
  parseCutoffs,
  isRerating,
  parseEvidence,
  rateableModel,
  retaker,
  simulationReport,
  wasGranted,
  type Alternative,
  type CaseVerdict,
  type Override,
  type OtherCutoffs,
  type PairedDecision,
  type SimulationReport,
} from '../../rating/index.ts';
import { createAppender } from '../../records/audit/index.ts';
import { createCases } from '../../records/cases/index.ts';
import { migrate, openDatabase, type Database } from '../../records/database/index.ts';
import { createFacts } from '../../records/facts/index.ts';
import { createOverrides } from '../../records/overrides/index.ts';
import { createParts, partLoader } from '../../records/parts/index.ts';
import { ratingsWithin } from '../../records/ratings/index.ts';
import { createRegistry, createSnapshots } from '../../records/registry/index.ts';
import { openStorage } from '../../records/storage/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { modelNamed } from '../model-named.ts';
import { lackingFeatures } from '../../pipelines/compose/lacking-features.ts';
import { recomputedFeatures } from '../../pipelines/compose/recomputed-features.ts';
import { outcomesOf, type AskedOutcome, type KnownOutcomes } from '../../pipelines/compose/known-outcomes.ts';
import { ruleFilesOf } from '../rules-access.ts';
import { resolveDatabase } from '../stack/services.ts';
import { simulationText } from './simulate-text.ts';

interface SimulateOptions {
  readonly from: string;
  readonly to: string;
  readonly rules?: string;
  readonly model?: string;
  readonly cutoff?: string;
  readonly margin?: string;
  readonly draws?: string;
  readonly seed?: string;
  readonly outcomes: boolean;
}

/** What `probity simulate` answers. */
export interface Simulation extends SimulationReport {
  readonly period: { readonly from: Instant; readonly until: Instant };
  readonly alternative: {
    readonly rules: string | null;
    readonly model: string | null;
    readonly cutoffs: OtherCutoffs | null;
  };
  /** Ratings of the period that could not be taken again, and why. */
  readonly leftOut: {
    readonly erased: number;
    /** Looks of the system at a customer again, for reviews and disputes: no decisions of their own. */
    readonly rerated: number;
    readonly withoutDecision: number;
    readonly featuresLacking: { readonly count: number; readonly features: readonly string[] };
    readonly refused: number;
  };
  /** Decisions that were taken on features which their evidence does not hold, looked up as they were known then. */
  readonly lookedUp: number;
  /** Until when outcomes are known; null with the reason where they were not looked at. */
  readonly outcomes: { readonly knownUntil: Instant } | { readonly knownUntil: null; readonly why: string };
}

/** `probity simulate`: past decisions under other rules, cutoffs or models. */
export function simulateCommand(): Command {
  return command('simulate', 'replay past decisions under other rules, cutoffs or models, on what was known then')
    .requiredOption('--from <instant>', 'decisions recorded from then on')
    .requiredOption('--to <instant>', 'and before then')
    .option('--rules <folder>', 'folder of other rule files')
    .option('--model <folder|id>', 'another model')
    .option('--cutoff <pd>', 'approve below this PD; with a second one, 0.05:0.2, decline from that')
    .option('--margin <share>', 'earned on credit that is repaid, as a share of its amount (default: 0.1)')
    .option('--draws <n>', 'bootstrap draws of customers (default: 1000)')
    .option('--seed <n>', 'seed of the draws (default: 1)')
    .option('--no-outcomes', 'do not look up what became of customers')
    .action(action<SimulateOptions>(simulate));
}

async function simulate(context: CommandContext, _: readonly string[], options: SimulateOptions): Promise<void> {
  const project = await context.project();
  const period = periodOf(options);
  const alternative = await alternativeOf(context, options);
  const figures = figuresOf(options);
  const database = await openDatabase(await resolveDatabase(project), { maxConnections: 4 });
  try {
    await migrate(database);
    const { outcomes, known } = await lookedUp(database, project, period, options.outcomes);
    const taken = pastDecisions(database, project, period, alternative, known);
    const report = await simulationReport(taken.pairs, figures);
    const simulation: Simulation = {
      period,
      alternative: {
        rules: options.rules ?? null,
        model: alternative.model?.hash ?? null,
        cutoffs: alternative.cutoffs,
      },
      leftOut: taken.leftOut(),
      lookedUp: taken.lookedUp(),
      outcomes,
      ...report,
    };
    context.result(simulation, simulationText(simulation, taken.minorDigits()));
  } finally {
    await database.close();
  }
}

function periodOf({ from, to }: SimulateOptions): Simulation['period'] {
  const period = { from: instant(from), until: instant(to) };
  if (period.from < period.until) return period;
  throw new ProbityError('USAGE', 'The period is empty: --to must lie after --from.', {
    fix: '--to is the first instant that does not count: --from 2026-01-01 --to 2026-07-01 is half a year.',
  });
}

async function alternativeOf(context: CommandContext, options: SimulateOptions): Promise<Alternative> {
  if (options.rules === undefined && options.model === undefined && options.cutoff === undefined)
    throw new ProbityError('USAGE', 'Nothing is to be otherwise.', { fix: 'Name --rules, --model or --cutoff.' });
  const model = options.model === undefined ? null : await modelNamed(context, options.model);
  return {
    rules: options.rules === undefined ? null : await ruleFilesOf(null, options.rules),
    model: model === null ? null : rateableModel(compile(model.artefact), model.hash),
    cutoffs: options.cutoff === undefined ? null : parseCutoffs(options.cutoff),
  };
}

function figuresOf({ margin, draws, seed }: SimulateOptions) {
  const number = (name: string, text: string | undefined, least: number, most: number, whole: boolean) => {
    const value = Number(text);
    if (text === undefined) return {};
    if (text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value)))
      return { [name]: value };
    throw new ProbityError('USAGE', `--${name} takes a ${whole ? 'whole ' : ''}number from ${least} to ${most}.`);
  };
  return {
    ...number('margin', margin, 0, 10, false),
    ...number('draws', draws, 100, 100_000, true),
    ...number('seed', seed, 0, Number.MAX_SAFE_INTEGER, true),
  };
}

/** Customer and instant of an evidence's inputs; null: features came in the request. */
function askedOf(inputs: Json): AskedOutcome | null {
  const { request, asOf } = inputs as { readonly request?: { readonly customerId?: Json }; readonly asOf?: Json };
  const customerId = request?.customerId;
  return typeof customerId === 'string' && typeof asOf === 'string' ? { customerId, asOf: instant(asOf) } : null;
}

async function lookedUp(
  database: Database,
  project: Project,
  period: Simulation['period'],
  wanted: boolean,
): Promise<{ readonly outcomes: Simulation['outcomes']; readonly known: KnownOutcomes | null }> {
  const without = (why: string) => ({ outcomes: { knownUntil: null, why }, known: null });
  if (!wanted) return without('--no-outcomes');
  const asked: AskedOutcome[] = [];
  for await (const { evidence } of ratingsWithin(database, project.tenant, period)) {
    const one = evidence === null ? null : askedOf(parseEvidence(evidence).inputs);
    if (one !== null) asked.push(one);
  }
  if (asked.length === 0) return without('No rating of the period names a customer.');
  try {
    const known = await outcomesOf(project, asked);
    return { outcomes: { knownUntil: known.cutoff }, known };
  } catch (error) {
    const absent = (['WAREHOUSE_MISSING', 'WAREHOUSE_BUSY', 'INVALID_INPUT'] as const).some((code) =>
      isProbityError(error, code),
    );
    if (!absent) throw error;
    return without((error as Error).message);
  }
}

/** The decisions of a period beside the alternative's, one after the other, and what had to be left out once all were read. */
function pastDecisions(
  database: Database,
  project: Project,
  period: Simulation['period'],
  alternative: Alternative,
  known: KnownOutcomes | null,
): {
  readonly pairs: AsyncIterable<PairedDecision>;
  readonly leftOut: () => Simulation['leftOut'];
  readonly lookedUp: () => number;
  readonly minorDigits: () => number;
} {
  const { tenant } = project;
  const left = { erased: 0, rerated: 0, withoutDecision: 0, refused: 0, featuresLacking: 0 };
  const lacking = new Set<string>();
  let minorDigits = 2;
  let lookedUpAnew = 0;
  async function* pairs(): AsyncGenerator<PairedDecision> {
    const parts = createParts(database, tenant);
    const load = partLoader({ registry: createRegistry(database, tenant), storage: openStorage(project) }, (hash) =>
      parts.content(hash),
    );
    const features = recomputedFeatures({
      snapshots: createSnapshots(database, tenant),
      storage: openStorage(project),
      facts: createFacts(database, tenant),
    });
    const { take } = retaker(alternative, load, lackingFeatures(features));
    const { verdicts, overrides } = await personsDecisions(database, project, period.from);
    try {
      for await (const { ratingId, evidence: text, subject } of ratingsWithin(database, tenant, period)) {
        if (text === null) {
          left.erased++;
          continue;
        }
        const evidence = parseEvidence(text);
        if (isRerating(evidence)) {
          left.rerated++;
          continue;
        }
        const taken = await take(evidence);
        if (taken.kind === 'no-decision') left.withoutDecision++;
        else if (taken.kind === 'refused') left.refused++;
        else if (taken.kind === 'features-lacking') {
          left.featuresLacking++;
          for (const name of taken.features) lacking.add(name);
        } else {
          const { was, is, hasLookedUp } = taken;
          if (hasLookedUp) lookedUpAnew++;
          minorDigits = was.currency.minorDigits;
          const asked = askedOf(evidence.inputs);
          yield {
            customer: subject,
            was,
            is,
            granted: wasGranted(was, verdicts.get(ratingId) ?? null, overrides.get(ratingId) ?? null),
            bad: asked === null ? null : (known?.badOf(asked) ?? null),
          };
        }
      }
    } finally {
      await features.close();
    }
  }
  return {
    pairs: pairs(),
    leftOut: () => ({
      erased: left.erased,
      rerated: left.rerated,
      withoutDecision: left.withoutDecision,
      featuresLacking: { count: left.featuresLacking, features: [...lacking].sort() },
      refused: left.refused,
    }),
    lookedUp: () => lookedUpAnew,
    minorDigits: () => minorDigits,
  };
}

/** What persons decided since an instant, by rating: verdicts on referred cases, and overrides. */
async function personsDecisions(
  database: Database,
  { tenant }: Project,
  from: Instant,
): Promise<{
  readonly verdicts: ReadonlyMap<string, CaseVerdict>;
  readonly overrides: ReadonlyMap<string, Override>;
}> {
  const until = instant(Date.parse(systemClock.now()) + 1000);
  const cases = await createCases(database, tenant).opened(from, until);
  const overrides = await createOverrides(database, tenant, createAppender(database, tenant)).within(from, until);
  return {
    verdicts: new Map(cases.flatMap(({ ratingId, verdict }) => (verdict === null ? [] : [[ratingId, verdict]]))),
    overrides: new Map(
      overrides.flatMap(({ ratingId, last }) => (last.override === null ? [] : [[ratingId, last.override]])),
    ),
  };
}

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { dataPaths, ProbityError, type Project } from '../../base/index.ts';
import {
  approveCandidate,
  awaitRetrain,
  connectPipelines,
  submitRetrain,
  type PipelineClient,
  type ProgressView,
} from '../../pipelines/client.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import type { CandidateView, RetrainOutcome } from '../../pipelines/messages.ts';
import { retrainRequest } from '../../pipelines/requests.ts';
import { action, command, type CommandContext } from '../command.ts';
import { apiClient } from '../demo/api-client.ts';
import { demoProject, someCustomers, type DemoProject } from '../demo/portfolio.ts';
import { ratingText, type ShownRating } from '../demo/rating-text.ts';
import { cliActor, firstKey, withKeys } from '../keys-access.ts';
import { startStack, type Stack } from '../stack/index.ts';
import { showProgress } from './retrain.ts';
import { ended } from './up.ts';

/** Who asks for the model, and who approves it: never the same person. */
const ANALYST = 'ada (data scientist)';
const OFFICER = 'grace (model risk officer)';
const COMPARED_CUSTOMERS = 300;
const HOPELESS_ATTEMPT = 4;
const DEMO_KEY_DAYS = 1;

interface Options {
  readonly once?: boolean;
  readonly customers: string;
  readonly seed: string;
  readonly folder: string;
}

/** `probity demo`: the whole job on a simulated portfolio, from raw tables to explained ratings, through the real stack. */
export function demoCommand(): Command {
  return command('demo', 'the whole job on a simulated portfolio, then the running stack until Ctrl-C')
    .option('--once', 'end when the ratings are shown, with exit code 0, or 1 and the reason')
    .option('--customers <n>', 'customers of the simulated portfolio', '2000')
    .option('--seed <n>', 'seed of the portfolio and of the training', '1')
    .option('--folder <dir>', 'where demo projects are kept', join('.probity', 'demo'))
    .action(action<Options>(demo));
}

async function demo(context: CommandContext, _args: readonly string[], options: Options): Promise<void> {
  const since = Date.now();
  const { signal } = context;
  const size = { customers: whole('--customers', options.customers, 200), seed: whole('--seed', options.seed, 0) };
  const made = await demoProject({ ...size, folder: resolve(options.folder) }, context.progress);
  const { project, portfolio } = made;
  const origin = made.reused ? 'found' : 'simulated';
  context.say(`${portfolio.customers} customers ${origin}, ${portfolio.transactions} transactions  (${project.root})`);
  const stack = await startStack(project, context.progress);
  try {
    await firstKey(context, project, stack.databaseUrl, undefined);
    await stack.startWorker();
    const trained = await train(context, made, stack);
    const api = await stack.startApi();
    const key = await demoKey(project, stack.databaseUrl);
    const ratings = await rateThree(api, key, made);
    const places = { api, temporalUi: stack.temporalUi, report: reportPlace(project, trained.candidate) };
    const seconds = Math.round((Date.now() - since) / 1000);
    const running = [
      `API          ${places.api}`,
      `             ${sameRating(api, key, ratings)}`,
      `demo key     ${key}  (applicant system, ${DEMO_KEY_DAYS} day; the page asks for it)`,
      `Temporal UI  ${places.temporalUi ?? '(of your own server)'}`,
    ];
    const text = [
      '',
      context.paint.bold(`Three customers, as of ${portfolio.cutoff.slice(0, 10)}, when the simulated history ends:`),
      '',
      ...ratings.flatMap((rating) => [ratingText(rating, context.paint), '']),
      ...(options.once ? [] : running),
      `report       ${places.report}`,
      `project      ${project.root}`,
      context.paint.dim(`${seconds} s in all.${options.once ? '' : ' Ctrl-C ends the stack.'}`),
    ].join('\n');
    context.result({ ...trained, ratings, ...places, key, project: project.root, seconds }, text);
    if (!options.once) await ended(signal);
  } finally {
    await stack.stop();
  }
}

interface Trained {
  /** Null where the training gave the very model that serves already. */
  readonly candidate: CandidateView | null;
  readonly outcome: RetrainOutcome;
}

/** Runs the `retrain` workflow, shows its candidate, and has a second person approve it. */
async function train(context: CommandContext, { project, portfolio }: DemoProject, stack: Stack): Promise<Trained> {
  const { signal } = context;
  const pipelines = await connectPipelines(
    stack.temporalAddress,
    project.temporalNamespace,
    await projectCodec(project),
  );
  try {
    const request = retrainRequest(project, ANALYST, { asOf: portfolio.cutoff });
    const { workflowId } = await submitRetrain(pipelines.client, request);
    const waiting = {
      requestId: request.requestId,
      signal,
      onProgress: (progress: ProgressView) => {
        showProgress(context.progress, progress);
        refuseHopeless(progress);
      },
    };
    const { candidate, outcome } = await awaitRetrain(pipelines.client, workflowId, {
      ...waiting,
      untilCandidate: true,
    });
    if (outcome?.status === 'unchanged') {
      const { modelHash, snapshotId } = outcome;
      context.say(
        `model ${modelHash?.slice(0, 12)} came of the same data and seed: it is champion already, nothing to approve`,
      );
      context.say(`snapshot ${snapshotId?.slice(0, 12)} published`);
      return { candidate, outcome };
    }
    if (candidate === null) throw notPromoted(outcome);
    context.say(candidateText(candidate, context));
    const [promoted] = await Promise.all([
      approve(pipelines, workflowId, candidate),
      awaitRetrain(pipelines.client, workflowId, waiting),
    ]);
    if (promoted.status !== 'promoted') throw notPromoted(promoted);
    context.say(`approved by ${OFFICER}; snapshot ${promoted.snapshotId?.slice(0, 12)} published, model is champion`);
    return { candidate, outcome: promoted };
  } finally {
    await pipelines.close();
  }
}

/** A worker retries a failing step for hours, for what fails may come back; in a demo, a step that keeps failing is the end. */
function refuseHopeless({ step, retry }: ProgressView): void {
  if (retry === null || retry.attempt < HOPELESS_ATTEMPT) return;
  throw new ProbityError('WORKFLOW_FAILED', `The step "${step}" of the retraining keeps failing: ${retry.failure}`);
}

/** Past a failed gate the officer writes a reason, as everyone must; the demo says which gates. */
function approve(pipelines: PipelineClient, workflowId: string, candidate: CandidateView): Promise<RetrainOutcome> {
  const failed = candidate.gates.filter((gate) => !gate.passed).map((gate) => gate.gate);
  const reason = failed.length > 0 ? `demonstration on simulated data; not passed: ${failed.join(', ')}` : null;
  return approveCandidate(pipelines.client, { workflowId, actor: OFFICER, reason });
}

function notPromoted(outcome: RetrainOutcome | null): ProbityError {
  const why =
    outcome === null ? 'no candidate came of it' : `${outcome.status}${outcome.reason ? `: ${outcome.reason}` : ''}`;
  return new ProbityError('WORKFLOW_FAILED', `The retraining did not end in a champion (${why}).`);
}

function candidateText(candidate: CandidateView, { paint }: CommandContext): string {
  const { comparison } = candidate;
  const figures = (of: { readonly auc: number; readonly logLoss: number }) =>
    `AUC ${of.auc.toFixed(4)}  log-loss ${of.logLoss.toFixed(4)}`;
  const gates = candidate.gates.map(
    (gate) => `  ${gate.passed ? paint.green('passed') : paint.yellow('not passed')}  ${gate.gate}: ${gate.message}`,
  );
  return [
    paint.bold(`candidate ${candidate.modelHash.slice(0, 12)}, asked for by ${candidate.submitter}`),
    `  on ${comparison.rows} later observations with ${comparison.bads} defaults`,
    `  candidate  ${figures(comparison.candidate)}`,
    comparison.champion
      ? `  champion   ${figures(comparison.champion)}`
      : `  champion   ${comparison.note ?? 'none yet'}`,
    ...gates,
  ].join('\n');
}

/** Three customers as the API rates them: the safest, the middle and the riskiest of a sample. */
async function rateThree(api: string, key: string, { portfolio }: DemoProject): Promise<readonly ShownRating[]> {
  const client = apiClient(api, key);
  await client.ready(60_000);
  const sample = await client.rateAll(await someCustomers(portfolio, COMPARED_CUSTOMERS), portfolio.cutoff);
  const ranked = [...sample].sort((a, b) => a.pd - b.pd);
  const chosen = [ranked[0], ranked[Math.floor(ranked.length / 2)], ranked.at(-1)];
  const ids = chosen.flatMap((rating) => (rating?.customerId ? [rating.customerId] : []));
  if (ids.length < 3) throw new ProbityError('SERVICE_UNAVAILABLE', 'The API rated fewer than three customers.');
  return Promise.all(ids.map((id) => client.rate(id, portfolio.cutoff)));
}

/** A key of an applicant system for this run's own calls and for whoever tries the demo. */
async function demoKey(project: Project, databaseUrl: string): Promise<string> {
  const wanted = { name: 'demo', roles: ['applicant-system'] as const, days: DEMO_KEY_DAYS, actor: cliActor() };
  return (await withKeys(project, databaseUrl, (keys) => keys.create(wanted))).written;
}

/** The call that answers the last rating shown. */
function sameRating(api: string, key: string, ratings: readonly ShownRating[]): string {
  const { customerId, asOf } = ratings.at(-1) ?? {};
  const headers = `-H 'authorization: Bearer ${key}' -H 'content-type: application/json'`;
  return `curl -s ${api}/v1/ratings ${headers} -d '${JSON.stringify({ customerId, asOf })}'`;
}

/** The page of the candidate's validation, or the newest one where this run made no candidate. */
function reportPlace(project: Project, candidate: CandidateView | null): string {
  const { reports } = dataPaths(project);
  const pages = (existsSync(reports) ? readdirSync(reports) : [])
    .map((report) => join(reports, report, 'validation.en.html'))
    .filter((page) => existsSync(page))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  const own = pages.find((page) => candidate !== null && page.startsWith(join(reports, candidate.report)));
  return own ?? pages[0] ?? reports;
}

function whole(option: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new ProbityError('USAGE', `${option} must be a whole number of at least ${least}.`);
}

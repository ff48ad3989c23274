import type { Command } from 'commander';
import { instant, ProbityError, type Progress } from '../../base/index.ts';
import { awaitRetrain, connectPipelines, submitRetrain, type ProgressView } from '../../pipelines/client.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import type { CandidateView, RetrainOutcome } from '../../pipelines/messages.ts';
import { projectSlot, retrainRequest } from '../../pipelines/requests.ts';
import { targetNamed } from '../target-option.ts';
import { action, command, EXIT, type CommandContext } from '../command.ts';
import { actingPerson } from '../person.ts';
import { resolveServices } from '../stack/index.ts';
import { comparisonText } from './models-text.ts';

interface RetrainOptions {
  readonly wait?: boolean;
  readonly seed?: string;
  readonly asOf?: string;
  readonly deadlineHours?: string;
  readonly target?: string;
  readonly segment?: string;
}

/** `probity retrain`: asks for a new model of the project's slot; a person decides about it with `probity models promote`. */
export function retrainCommand(): Command {
  return command('retrain', 'retrain the model: import, features, training, validation, then a person approves')
    .option('--wait', 'wait for the decision and its effects, not only for the candidate')
    .option('--seed <n>', 'seed of the training (default: the project’s)')
    .option('--as-of <instant>', 'cut-off: facts learned later are not read (default: now)')
    .option(
      '--target <name>',
      'default; late-payment or term-structure (latePayment, termStructure in probity.yaml): a slot of its own',
      'default',
    )
    .option(
      '--segment <name>',
      'of the customers of one segment alone, whom it will rate: a slot of its own (default: all)',
    )
    .option('--deadline-hours <n>', 'how long the candidate waits for a decision (default: 168)')
    .action(action<RetrainOptions>(retrain));
}

async function retrain(context: CommandContext, _args: readonly string[], options: RetrainOptions): Promise<number> {
  const more = {
    ...(options.seed === undefined ? {} : { seed: wholeNumber('--seed', options.seed) }),
    ...(options.asOf === undefined ? {} : { asOf: instant(options.asOf) }),
    ...(options.deadlineHours === undefined
      ? {}
      : { approvalDeadlineMs: wholeNumber('--deadline-hours', options.deadlineHours) * 3_600_000 }),
  };
  const target = targetNamed(options.target ?? 'default');
  const project = await context.project();
  projectSlot(project, target);
  const { actor } = await actingPerson(project, 'submitRules', { isOfModels: true });
  const { signal } = context;
  const { temporalAddress } = await resolveServices(project);
  const pipelines = await connectPipelines(temporalAddress, project.temporalNamespace, await projectCodec(project));
  try {
    const request = retrainRequest(project, actor, more, target, options.segment ?? null);
    const { workflowId } = await submitRetrain(pipelines.client, request);
    const { outcome, candidate } = await awaitRetrain(pipelines.client, workflowId, {
      requestId: request.requestId,
      signal,
      untilCandidate: options.wait !== true,
      onProgress: (progress) => showProgress(context.progress, progress),
    });
    context.result({ workflowId, requestId: request.requestId, outcome, candidate }, text(outcome, candidate));
    return outcome === null || outcome.status === 'promoted' || outcome.status === 'unchanged' ? EXIT.ok : EXIT.failed;
  } finally {
    await pipelines.close();
  }
}

/** One line of the bar: the workflow's step, and how far the step's own activity has come. */
export function showProgress(report: Progress, progress: ProgressView): void {
  const { activity, retry, step, message } = progress;
  const again = retry ? ` (attempt ${retry.attempt}: ${retry.failure.split('\n')[0]})` : '';
  const detail = activity?.message ? `: ${activity.message}` : '';
  const finished = progress.steps.every((each) => each.state !== 'running');
  report({
    step,
    message: `${message}${detail}${again}`,
    ...(finished ? { done: 1 } : activity?.done === undefined ? {} : { done: activity.done }),
  });
}

function text(outcome: RetrainOutcome | null, candidate: CandidateView | null): string {
  if (outcome) {
    if (outcome.status === 'unchanged')
      return `unchanged: model ${outcome.modelHash?.slice(0, 12)} serves already; snapshot ${outcome.snapshotId?.slice(0, 12)} published, nothing to approve\n  the same data and seed give the same model; new facts, other views or another --seed give a candidate`;
    const by = outcome.decidedBy ? ` by ${outcome.decidedBy}` : '';
    return `${outcome.status}${by}${outcome.reason ? `: ${outcome.reason}` : ''}`;
  }
  if (!candidate) return 'no candidate';
  const gates = candidate.gates.map(
    (gate) => `  ${gate.passed ? 'passed    ' : 'not passed'}  ${gate.gate}: ${gate.message}`,
  );
  return [
    `candidate ${candidate.candidateId}, model ${candidate.modelHash.slice(0, 12)}`,
    ...gates,
    comparisonText(candidate),
    candidate.use === 'benchmark-only'
      ? `benchmark-only: it cannot be approved, only rejected: probity models reject ${candidate.candidateId} --reason TEXT`
      : `waits until ${candidate.waitsUntil} for a second person (PROBITY_KEY, or another user of this machine): probity models promote ${candidate.candidateId}`,
  ].join('\n');
}

function wholeNumber(option: string, value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new ProbityError('USAGE', `${option} must be a whole number.`);
}

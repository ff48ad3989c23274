import type { Command } from 'commander';
import { ProbityError } from '../../base/index.ts';
import { parseSlotKey, requireDeciding, slotKey } from '../../models/registry/index.ts';
import {
  approveCandidate,
  awaitRetrain,
  connectPipelines,
  rejectCandidate,
  retrainWorkflowId,
} from '../../pipelines/client.ts';
import { projectCodec } from '../../pipelines/payload-codec.ts';
import type { DecisionInput } from '../../pipelines/client.ts';
import type { Candidate } from '../../records/registry/index.ts';
import { action, command, type CommandContext } from '../command.ts';
import { actingPerson, assertSecondPerson } from '../person.ts';
import { findCandidate, withRegistry } from '../registry-access.ts';
import { resolveServices } from '../stack/services.ts';
import { showProgress } from './retrain.ts';
import { modelsCardCommand } from './models-card.ts';
import { challengeCommand } from './models-challenge.ts';
import { compareCommand } from './models-compare.ts';
import { modelsExportCommand } from './models-export.ts';
import { rulesOnlyCommand } from './models-rules-only.ts';
import { shadowCommands } from './models-shadow.ts';
import { validationText } from './models-text.ts';
import { textTable } from '../terminal/table.ts';

interface ReasonOptions {
  readonly reason?: string;
}

/** `probity models`: the registry of a project. */
export function modelsCommand(): Command {
  const models = command('models', 'the model registry: candidates, champions, decisions');
  models
    .addCommand(command('list', 'champions by slot, and candidates, newest first').action(action(list)))
    .addCommand(
      command('show', 'one candidate or model: where it stands, how it validated, who decided')
        .argument('<id>', 'candidate id, or the first characters of a model hash')
        .action(action(show)),
    )
    .addCommand(compareCommand())
    .addCommand(challengeCommand())
    .addCommand(
      decisionCommand(
        'promote',
        'approve a waiting candidate, publish its snapshot, and make it the champion; by a second person (PROBITY_KEY, or another user of this machine)',
      ).action(action<ReasonOptions>((context, args, options) => settle(context, args, options, approveCandidate))),
    )
    .addCommand(
      decisionCommand('reject', 'reject a waiting candidate; needs a reason').action(
        action<ReasonOptions>((context, args, options) => settle(context, args, options, rejectCandidate)),
      ),
    )
    .addCommand(
      command('rollback', 'seat the model that served the slot before the present champion')
        .argument(
          '<slot>',
          'portfolio/segment/12m, with * for all segments; /late-30d at its end for late payment, /term-3m for a term structure',
        )
        .requiredOption('--reason <text>', 'why')
        .action(action<ReasonOptions>(rollback)),
    )
    .addCommand(modelsExportCommand())
    .addCommand(modelsCardCommand());
  models.addCommand(rulesOnlyCommand());
  for (const each of shadowCommands()) models.addCommand(each);
  return models;
}

function decisionCommand(name: string, summary: string): Command {
  return command(name, summary)
    .argument('<candidate>', 'candidate id, or the first characters of its model hash')
    .option('--reason <text>', 'why; required to approve past a gate that did not pass, and to reject');
}

async function list(context: CommandContext): Promise<void> {
  await withRegistry(await context.project(), async ({ registry, champions }) => {
    const standing = await champions.standing();
    const candidates = await registry.candidates();
    const seats = standing.map((reign) => [
      slotKey(reign.slot),
      reign.modelHash.slice(0, 12),
      reign.from,
      reign.how,
      reign.actor,
      reign.rulesOnly ? `rules alone since ${reign.rulesOnly.from}` : 'the model',
    ]);
    const rows = candidates.map((one) => [
      one.candidateId,
      slotKey(one.slot),
      one.modelHash.slice(0, 12),
      one.state,
      gates(one),
      one.submitter,
      one.submittedAt,
    ]);
    const text = [
      'Champions',
      seats.length > 0 ? textTable(['slot', 'model', 'since', 'how', 'by', 'rates'], seats) : 'none yet',
      '',
      'Candidates',
      rows.length > 0
        ? textTable(['candidate', 'slot', 'model', 'state', 'gates', 'submitter', 'submitted'], rows)
        : 'none yet: `probity retrain` makes one',
    ];
    context.result({ champions: standing, candidates }, text.join('\n'));
  });
}

async function show(context: CommandContext, [id = '']: readonly string[]): Promise<void> {
  await withRegistry(await context.project(), async ({ registry, champions }) => {
    const candidate = await findCandidate(registry, id);
    const model = await registry.model(candidate.modelHash);
    const validation = await registry.validation(candidate.candidateId);
    const reigns = (await champions.history(candidate.slot)).filter((reign) => reign.modelHash === candidate.modelHash);
    const facts = [
      ['candidate', candidate.candidateId],
      ['slot', slotKey(candidate.slot)],
      ['model', candidate.modelHash],
      ['state', candidate.state],
      ['submitted', `${candidate.submittedAt} by ${candidate.submitter}`],
      ['gates', gates(candidate)],
      [
        'use',
        candidate.use === 'benchmark-only' ? 'benchmark-only: it cannot be approved for decisions' : candidate.use,
      ],
      ['training set', model.trainingSetHash],
      ['artefact', model.artefactRef],
    ];
    if (candidate.decision) {
      const { kind, actor, at, reason } = candidate.decision;
      facts.push(['decision', `${kind} by ${actor} at ${at}${reason ? `: ${reason}` : ''}`]);
    }
    for (const reign of reigns)
      facts.push(['served', `${reign.from} to ${reign.until ?? 'now'} (${reign.how} by ${reign.actor})`]);
    const text = [
      ...facts.map(([name = '', value = '']) => `${name.padEnd(13)} ${value}`),
      '',
      validationText(validation),
    ];
    context.result({ candidate, model, validation, reigns }, text.join('\n'));
  });
}

async function settle(
  context: CommandContext,
  [id = '']: readonly string[],
  options: ReasonOptions,
  decide: typeof approveCandidate,
): Promise<void> {
  const project = await context.project();
  const candidate = await withRegistry(project, ({ registry }) => findCandidate(registry, id));
  const person = await actingPerson(project, 'approveRules', { isOfModels: true });
  if (decide === approveCandidate) {
    requireDeciding(candidate.use);
    assertSecondPerson(person, [candidate.submitter]);
  }
  const { temporalAddress } = await resolveServices(project);
  const pipelines = await connectPipelines(temporalAddress, project.temporalNamespace, await projectCodec(project));
  try {
    const request: DecisionInput = {
      workflowId: retrainWorkflowId(project.tenant, candidate.slot),
      actor: person.actor,
      reason: options.reason ?? null,
    };
    if (candidate.state !== 'waiting') {
      throw new ProbityError('CANDIDATE_DECIDED', `This candidate is ${candidate.state} already.`);
    }
    const [outcome] = await Promise.all([
      decide(pipelines.client, request),
      awaitRetrain(pipelines.client, request.workflowId, {
        requestId: candidate.runId,
        signal: context.signal,
        onProgress: (progress) => showProgress(context.progress, progress),
      }),
    ]);
    context.result(
      outcome,
      `${slotKey(candidate.slot)}: candidate ${candidate.candidateId} is ${outcome.status} by ${request.actor}.`,
    );
  } finally {
    await pipelines.close();
  }
}

async function rollback(
  context: CommandContext,
  [slot = '']: readonly string[],
  options: ReasonOptions,
): Promise<void> {
  const project = await context.project();
  const { actor } = await actingPerson(project, 'approveRules', { isOfModels: true });
  await withRegistry(project, async ({ champions }) => {
    const reign = await champions.rollback(parseSlotKey(slot), actor, options.reason ?? '');
    context.result(reign, `${slot}: ${reign.modelHash.slice(0, 12)} serves again since ${reign.from}.`);
  });
}

function gates(candidate: Candidate): string {
  if (candidate.gatesPassed === null) return 'not validated';
  return candidate.gatesPassed ? 'passed' : 'not passed';
}

#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { ProbityError } from '../base/errors.ts';
import { packageVersion } from '../base/files.ts';
import { EXIT, reportError } from './command.ts';

interface Entry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<() => Command>;
}

/** Every command: its name, its summary, and the file that is loaded only when it is called. */
const COMMANDS: readonly Entry[] = [
  {
    name: 'init',
    summary: 'make a project folder of your own: configuration, specs, views',
    load: async () => (await import('./commands/init.ts')).initCommand,
  },
  {
    name: 'demo',
    summary: 'the whole job on a simulated portfolio, then the running stack until Ctrl-C',
    load: async () => (await import('./commands/demo.ts')).demoCommand,
  },
  {
    name: 'import',
    summary: "bring a relational spec's sources into the warehouse: checked, versioned, all or nothing",
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'features',
    summary: 'features as of a date: build the table, print the catalogue',
    load: async () => (await import('./commands/features.ts')).featuresCommand,
  },
  {
    name: 'bins',
    summary: 'optimal bins, WoE and IV of every feature of a flat file, with event-rate charts',
    load: async () => (await import('./commands/bins.ts')).binsCommand,
  },
  {
    name: 'train',
    summary: 'train a default model on a flat file, without any server',
    load: async () => (await import('./commands/train.ts')).trainCommand,
  },
  {
    name: 'score',
    summary: 'score every row of a flat file with a model, without any server',
    load: async () => (await import('./commands/score.ts')).scoreCommand,
  },
  {
    name: 'validate',
    summary: 'measure a model on rows with outcomes: gates, calibration, stability, fairness; JSON and a page',
    load: async () => (await import('./commands/validate.ts')).validateCommand,
  },
  {
    name: 'up',
    summary: 'run the local stack of a project until Ctrl-C',
    load: async () => (await import('./commands/up.ts')).upCommand,
  },
  {
    name: 'serve',
    summary: "answer the project's API until Ctrl-C",
    load: async () => (await import('./commands/serve.ts')).serveCommand,
  },
  {
    name: 'keys',
    summary: 'keys of the API: create, list, rotate, revoke',
    load: async () => (await import('./commands/keys.ts')).keysCommand,
  },
  {
    name: 'worker',
    summary: "run the project's workflows and activities until Ctrl-C",
    load: async () => (await import('./commands/worker.ts')).workerCommand,
  },
  {
    name: 'retrain',
    summary: 'retrain the model: import, features, training, validation, then a person approves',
    load: async () => (await import('./commands/retrain.ts')).retrainCommand,
  },
  {
    name: 'schedules',
    summary: 'when features are refreshed and the model is retrained',
    load: async () => (await import('./commands/schedules.ts')).schedulesCommand,
  },
  {
    name: 'models',
    summary: 'the model registry: list, show, compare, promote, reject, roll back; export a model, write its card',
    load: async () => (await import('./commands/models.ts')).modelsCommand,
  },
  {
    name: 'replay',
    summary: 'recompute a past rating from its evidence, with the engine, model and standards of then',
    load: async () => (await import('./commands/replay.ts')).replayCommand,
  },
  {
    name: 'customers',
    summary: "customers' rights over their data: export all that is held, erase it",
    load: async () => (await import('./commands/customers.ts')).customersCommand,
  },
  {
    name: 'overrides',
    summary: 'overridden decisions: list them, measure them against what model and rules would have done',
    load: async () => (await import('./commands/overrides.ts')).overridesCommand,
  },
  {
    name: 'reviews',
    summary: 'reviews of customers: list, show',
    load: async () => (await import('./commands/reviews.ts')).reviewsCommand,
  },
  {
    name: 'warnings',
    summary: 'early warnings: list, show, and review what they were worth',
    load: async () => (await import('./commands/warnings.ts')).warningsCommand,
  },
  {
    name: 'monitor',
    summary: 'look at the model: inputs, scores, what moved and why, estimated and known performance',
    load: async () => (await import('./commands/monitor.ts')).monitorCommand,
  },
  {
    name: 'control',
    summary: 'reviews, warnings and overrides by team, against targets',
    load: async () => (await import('./commands/control.ts')).controlCommand,
  },
  {
    name: 'portfolio',
    summary: 'score the whole portfolio, and report on it: exposure, migration, concentration, stress',
    load: async () => (await import('./commands/portfolio.ts')).portfolioCommand,
  },
  {
    name: 'simulate',
    summary:
      'replay past decisions under other rules, cutoffs or models: swaps, loss, profit, and what cannot be known',
    load: async () => (await import('./commands/simulate.ts')).simulateCommand,
  },
  {
    name: 'audit',
    summary: 'the audit chain: verify it, sign a checkpoint, anchor it with a second party',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  {
    name: 'rules',
    summary: 'decision rules: validate, test, submit, approve, list, show, roll back; simulate the effect of a change',
    load: async () => (await import('./commands/rules.ts')).rulesCommand,
  },
  {
    name: 'retention',
    summary: 'how long records are kept: what is due, removing it, legal holds',
    load: async () => (await import('./commands/retention.ts')).retentionCommand,
  },
  {
    name: 'reconcile',
    summary:
      'compare what sources reported with the warehouse, the snapshot and their own statements, and mend what can be',
    load: async () => (await import('./commands/reconcile.ts')).reconcileCommand,
  },
  {
    name: 'backup',
    summary: 'back up the whole project at one point, sealed; its keys go to another folder',
    load: async () => (await import('./commands/backup.ts')).backupCommand,
  },
  {
    name: 'restore',
    summary: 'restore a backup into an empty folder: verified first, chain checked, erasures applied again',
    load: async () => (await import('./commands/restore.ts')).restoreCommand,
  },
  {
    name: 'doctor',
    summary: 'report each part of the installation and the project: version, where, healthy or not',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
];

async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('probity')
    .description('Credit risk from raw transactions to an explained rating.')
    .version(await packageVersion())
    .showSuggestionAfterError()
    .showHelpAfterError('(probity --help lists the commands)');
  const called = argv.find((word) => !word.startsWith('-'));
  const asked = called === 'help' ? argv[argv.indexOf('help') + 1] : called;
  for (const entry of COMMANDS) {
    if (entry.name === asked) program.addCommand((await entry.load())());
    else program.command(entry.name).description(entry.summary);
  }
  const json = argv.includes('--json');
  overrideExit(program, json);
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const ok = error.exitCode === 0 || argv.length === 0;
    process.exitCode = ok ? EXIT.ok : json ? reportError(usageError(error), true, process.stderr) : EXIT.usage;
  }
}

function usageError({ code, message }: CommanderError): ProbityError {
  const text = code === 'commander.help' ? 'No such command, or none named.' : message.replace(/^error: /, '');
  return new ProbityError('USAGE', text);
}

/** Lets commander's endings come to us as errors; with `--json`, what it would write about them is left to the JSON document. */
function overrideExit(command: Command, json: boolean): void {
  command.exitOverride();
  if (json) command.configureOutput({ writeErr: () => {} });
  for (const child of command.commands) overrideExit(child, json);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.exitCode = reportError(error, process.argv.includes('--json'), process.stderr);
});

import type { Command } from 'commander';
import { action, command } from '../command.ts';

/** `probity doctor`: each part of the installation and of the project, healthy or not, and what to do. */
export function doctorCommand(): Command {
  return command('doctor', 'report each part of the installation and the project').action(
    action((context) => {
      context.result({ node: process.version }, `node ${process.version}`);
    }),
  );
}

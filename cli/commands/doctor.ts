import type { Command } from 'commander';
import { findProject, type Project } from '../../base/index.ts';
import { action, command, EXIT, type CommandContext } from '../command.ts';
import type { Check } from '../doctor/check.ts';
import { installationChecks } from '../doctor/installation.ts';
import { projectChecks } from '../doctor/project.ts';

/**
 * `probity doctor`: each part of the installation and of the project, healthy or not, and what to do. Ends with code 1 where a part is
 * broken; a warning (a source that is late or thin) is told and is no failure.
 */
export function doctorCommand(): Command {
  return command('doctor', 'report each part of the installation and the project').action(
    action<{ project?: string }>(async (context, _args, options) => {
      const inProject = options.project !== undefined || findProject(process.cwd()) !== null;
      const project: Project | null = inProject ? await context.project() : null;
      const checks = [...(await installationChecks()), ...(project === null ? [] : await projectChecks(project))];
      const healthy = checks.every((check) => check.state !== 'unhealthy');
      const warnings = checks.filter((check) => check.state === 'warning').length;
      context.result({ healthy, warnings, project: project?.root ?? null, checks }, doctorText(checks, context));
      return healthy ? EXIT.ok : EXIT.failed;
    }),
  );
}

function doctorText(checks: readonly Check[], { paint }: Pick<CommandContext, 'paint'>): string {
  const marks = {
    healthy: paint.green('healthy  '),
    unhealthy: paint.red('unhealthy'),
    warning: paint.yellow('warning  '),
    absent: paint.dim('absent   '),
  };
  const width = Math.max(...checks.map((check) => check.part.length));
  const lines = checks.flatMap(({ part, state, version, where, note, fix }) => [
    `${marks[state]}  ${part.padEnd(width)}  ${[version, note, where].filter((text) => text !== null).join('  ')}`,
    ...(fix === null ? [] : [`${' '.repeat(11)}${paint.bold('fix')} ${fix}`]),
  ]);
  return lines.join('\n');
}

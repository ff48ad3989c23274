import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadProject } from '../../base/index.ts';
import { action, command } from '../command.ts';
import { makeProject } from '../project-template.ts';

/** `probity init DIR`: a project folder of the user's own, outside the package. */
export function initCommand(): Command {
  return command('init', 'make a project folder of your own: configuration, specs, views')
    .argument('<dir>', 'a new or empty folder')
    .action(
      action(async (context, [dir = '.']) => {
        const files = await makeProject(dir);
        const project = await loadProject(dir, {});
        const text = [
          `${resolve(dir)} is a Probity project (portfolio ${project.portfolio}):`,
          ...files.map((file) => `  ${file}`),
          'Next: describe your data in specs/, then `probity doctor` and `probity up` in that folder.',
        ].join('\n');
        context.result({ root: project.root, files }, text);
      }),
    );
}

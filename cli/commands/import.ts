import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { dataPaths, ProbityError, systemClock } from '../../base/index.ts';
import { importSpec, parseRelationalSpec, renderImportReport } from '../../features/import/index.ts';
import { specKind } from '../../features/specs/index.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { action, command } from '../command.ts';

/** `probity import SPEC`: brings the sources of a relational spec into the project's warehouse. */
export function importCommand(): Command {
  return command(
    'import',
    "bring a relational import spec's sources into the warehouse: checked, versioned, all or nothing",
  )
    .argument('<spec>', 'YAML file with `tables`; its relative paths start at its folder')
    .action(
      action(async (context, [path]) => {
        const file = path ?? '';
        const text = await readFile(file, 'utf8').catch((error: unknown) => {
          throw new ProbityError('FILE_NOT_FOUND', `There is no spec ${file}.`, { cause: error });
        });
        if (specKind(text, { file }) === 'flat') {
          throw new ProbityError('INVALID_SPEC', `${file} describes one flat data set, which needs no warehouse.`, {
            fix: `Train on it directly: probity train ${file} --train FILE --out DIR`,
          });
        }
        const spec = parseRelationalSpec(text, { file });
        const project = await context.project();
        if (spec.tenant !== null && spec.tenant !== project.tenant) {
          throw new ProbityError(
            'INVALID_SPEC',
            `${file} belongs to tenant ${spec.tenant}, the project to ${project.tenant}.`,
            {
              fix: 'Run it in the project of that tenant, or mend `tenant`.',
            },
          );
        }
        const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
        try {
          const report = await importSpec(spec, {
            warehouse,
            now: systemClock.now(),
            progress: context.progress,
            signal: context.signal,
          });
          context.result(report, renderImportReport(report));
        } finally {
          warehouse.close();
        }
      }),
    );
}

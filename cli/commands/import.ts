import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { dataPaths, ProbityError, systemClock, type Project } from '../../base/index.ts';
import { importSpec, parseRelationalSpec, renderImportReport, type ImportReport } from '../../features/import/index.ts';
import { specKind } from '../../features/specs/index.ts';
import type { RelationalSpec } from '../../features/specs/relational-spec.ts';
import { openWarehouse } from '../../features/warehouse/index.ts';
import { listedErased } from '../../records/privacy/index.ts';
import { action, command } from '../command.ts';

/** `probity import SPEC ...`: brings the sources of relational specs into the project's warehouse, one spec after the other. */
export function importCommand(): Command {
  return command(
    'import',
    "bring a relational import spec's sources into the warehouse: checked, versioned, all or nothing by spec",
  )
    .argument('<spec...>', 'YAML files with `tables`; their relative paths start at their folder')
    .action(
      action(async (context, paths) => {
        const project = await context.project();
        // All specs are read before the first is imported: a mistake in the last one leaves nothing half done.
        const specs = await Promise.all(paths.map((file) => readSpec(file, project)));
        const erased = await listedErased(dataPaths(project), project.tenant);
        const warehouse = await openWarehouse(dataPaths(project).warehouse, 'write');
        try {
          const reports: ImportReport[] = [];
          for (const spec of specs) {
            const { progress, signal } = context;
            const { customerKeys } = project;
            reports.push(
              await importSpec(spec, { warehouse, now: systemClock.now(), progress, signal, erased, customerKeys }),
            );
          }
          const [only, ...more] = reports;
          context.result(more.length === 0 ? only : reports, reports.map(renderImportReport).join('\n'));
        } finally {
          warehouse.close();
        }
      }),
    );
}

async function readSpec(file: string, project: Project): Promise<RelationalSpec> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ProbityError('FILE_NOT_FOUND', `There is no spec ${file}.`, { cause: error });
  });
  if (specKind(text, { file }) === 'flat') {
    throw new ProbityError('INVALID_SPEC', `${file} describes one flat data set, which needs no warehouse.`, {
      fix: `Train on it directly: probity train ${file} --train FILE --out DIR`,
    });
  }
  const spec = parseRelationalSpec(text, { file });
  if (spec.tenant !== null && spec.tenant !== project.tenant) {
    throw new ProbityError(
      'INVALID_SPEC',
      `${file} belongs to tenant ${spec.tenant}, the project to ${project.tenant}.`,
      { fix: 'Run it in the project of that tenant, or mend `tenant`.' },
    );
  }
  return spec;
}

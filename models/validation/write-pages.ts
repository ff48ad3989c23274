import { join } from 'node:path';
import { LANGUAGES, writeFileAtomic } from '../../base/index.ts';
import type { GlassBox } from '../artefact/glass-box.ts';
import { renderValidationHtml } from './html.ts';
import type { ValidationReport } from './report.ts';

/** Writes the page of a validation in every language: `validation.<language>.html`, with the shapes of the model. */
export async function writeValidationPages(folder: string, report: ValidationReport, model: GlassBox): Promise<void> {
  for (const language of LANGUAGES)
    await writeFileAtomic(
      join(folder, `validation.${language}.html`),
      renderValidationHtml(report, { language, model }),
    );
}

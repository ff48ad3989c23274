import { identifier } from '../../base/index.ts';
import { artefactHash, serializeArtefact } from '../artefact/artefact.ts';
import type { Artefact } from '../artefact/glass-box.ts';
import { scoreSql } from '../scoring/index.ts';
import { exportJavaScript } from './javascript.ts';
import { exportOnnx } from './onnx.ts';
import { scorePostgres } from './postgres.ts';

/** The forms in which a model leaves, and what each one is. */
export const EXPORT_FORMATS = {
  sql: 'a SELECT for DuckDB',
  postgres: 'a SELECT for PostgreSQL',
  json: 'the artefact as data, under its hash',
  onnx: 'an ONNX model, in doubles',
  js: 'a JavaScript module without dependencies',
} as const;

export type ExportFormat = keyof typeof EXPORT_FORMATS;

/** What the SQL formats read and answer. */
export interface ExportOptions {
  /** A table, as SQL names it, or a parenthesised query; default: the table `applications`. */
  readonly relation?: string;
  readonly keep?: readonly string[];
  readonly contributions?: boolean;
}

/** An artefact as the content of a file in the given format; golden vectors prove each format equal to the engines (test/exports.test.ts). */
export function exportModel(
  artefact: Artefact,
  format: ExportFormat,
  options: ExportOptions = {},
): string | Uint8Array {
  if (format === 'json') return serializeArtefact(artefact);
  if (format === 'js') return exportJavaScript(artefact);
  if (format === 'onnx') return exportOnnx(artefact);
  const { relation = identifier('applications'), keep = [], contributions = false } = options;
  const select = format === 'sql' ? scoreSql : scorePostgres;
  return `${heading(artefact)}${select(artefact, relation, { keep, contributions })};\n`;
}

/** Which model a statement holds, and what its columns must be. JSON keeps a name on its line, so that it stays a comment. */
function heading(artefact: Artefact): string {
  const columns = artefact.model.terms.map(({ name, type }) => {
    const meaning =
      type === 'date'
        ? "number, days since 1970-01-01 (of a date: d - DATE '1970-01-01')"
        : type === 'number'
          ? 'number'
          : 'text';
    return `--   ${JSON.stringify(name)}: ${meaning}\n`;
  });
  return (
    `-- Model ${JSON.stringify(artefact.name)}, SHA-256 ${artefactHash(artefact)}.\n` +
    `-- Answers log_odds and pd of default. Null, NaN and empty text are missing. Columns read:\n${columns.join('')}`
  );
}

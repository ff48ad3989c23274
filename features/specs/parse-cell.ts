import type { z } from 'zod';
import type { Problem } from '../../base/index.ts';
import { parseDuration } from './duration.ts';
import type { CellFile, TableFile } from './relational-file.ts';
import type { AttributeSpec, CellSpec, Duration, KnownSpec } from './relational-spec.ts';

/** A cell that is the same text in every row. */
export const constantCell = (value: string): CellSpec => ({
  origin: { kind: 'value', value },
  map: null,
  otherwise: undefined,
  dateFormat: null,
});

/** A cell as a spec writes it: a column's name, or where its value comes from and how it is translated. */
export function parseCell(file: CellFile, at: string, problems: Problem[]): CellSpec {
  if (typeof file === 'string')
    return { origin: { kind: 'column', column: file }, map: null, otherwise: undefined, dateFormat: null };
  const origins = [file.column, file.expression, file.value].filter((origin) => origin !== undefined);
  if (origins.length !== 1) {
    problems.push({ at, message: 'it needs exactly one of `column`, `expression` and `value`' });
  }
  if (file.otherwise !== undefined && file.map === undefined) {
    problems.push({ at, message: '`otherwise` means something only beside `map`' });
  }
  return {
    origin:
      file.column !== undefined
        ? { kind: 'column', column: file.column }
        : file.expression !== undefined
          ? { kind: 'expression', expression: file.expression }
          : { kind: 'value', value: String(file.value) },
    map:
      file.map === undefined
        ? null
        : Object.entries(file.map).map(([from, to]) => ({ from, to: to === null ? null : String(to) })),
    otherwise: file.otherwise === undefined || file.otherwise === null ? file.otherwise : String(file.otherwise),
    dateFormat: file.date_format ?? null,
  };
}

/** When rows became known; a spec that does not say so is refused. */
export function parseKnown(file: z.infer<typeof TableFile>['known'], at: string, problems: Problem[]): KnownSpec {
  if (file === undefined) {
    problems.push({
      at,
      message: 'it does not say when its rows became known, and that is never taken to be when they happened',
      fix: 'Name the column (`known: { column: ... }`), declare a lag (`known: { lag: P1D }`), or take the import itself (`known: import`).',
    });
    return { kind: 'import' };
  }
  if (file === 'import') return { kind: 'import' };
  if ('lag' in file && file.lag !== undefined) return { kind: 'lag', lag: duration(file.lag, at, problems) };
  if ('import' in file) return { kind: 'import' };
  return { kind: 'cell', cell: parseCell(file as CellFile, at, problems) };
}

/** An ISO 8601 duration; a problem where it is none. */
export function duration(text: string, at: string, problems: Problem[]): Duration {
  const parsed = parseDuration(text);
  if (parsed !== null) return parsed;
  problems.push({ at, message: `\`${text}\` is not a duration`, fix: 'Write it as ISO 8601: P1D, P2W, P1M, PT6H.' });
  return { text, months: 0, days: 0, milliseconds: 0 };
}

/** An attribute of the project's own: without a cell it is the column of its name. */
export function parseAttribute(
  file: NonNullable<z.infer<typeof TableFile>['attributes']>[number],
  at: string,
  problems: Problem[],
): AttributeSpec {
  const { name, type, label, ...cell } = file;
  return {
    name,
    type,
    cell: parseCell(Object.keys(cell).length === 0 ? name : cell, at, problems),
    label: label === undefined ? null : typeof label === 'string' ? { en: label, 'zh-CN': label } : label,
  };
}

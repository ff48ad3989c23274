import type { Dataset, FeatureColumn } from './dataset.ts';
import { makeDataset } from './make.ts';

/** The data set without some values, by feature a 1 for each row that loses its own: they are missing. Levels that no row has any more are gone. The same data set where nothing is lost. */
export function withoutValues(dataset: Dataset, lost: ReadonlyMap<string, Uint8Array>): Dataset {
  if (![...lost.values()].some((marks) => marks.includes(1))) return dataset;
  const { hash: _, ...parts } = dataset;
  return makeDataset({
    ...parts,
    columns: dataset.columns.map((column): FeatureColumn => {
      const marks = lost.get(column.name);
      if (marks === undefined) return column;
      if (column.kind === 'number')
        return { ...column, values: column.values.map((value, row) => (marks[row] === 1 ? Number.NaN : value)) };
      const codes = column.codes.map((code, row) => (marks[row] === 1 ? -1 : code));
      const used = [...new Set(codes)].filter((code) => code >= 0).sort((a, b) => a - b);
      const place = new Map(used.map((code, i) => [code, i]));
      return {
        ...column,
        levels: used.map((code) => column.levels[code] ?? ''),
        codes: codes.map((code) => place.get(code) ?? -1),
      };
    }),
  });
}

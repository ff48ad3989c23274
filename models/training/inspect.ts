import type { Artefact, Encoding } from '../artefact/glass-box.ts';
import type { Dataset } from '../dataset/dataset.ts';
import { targetDrift } from '../dataset/target-drift.ts';
import { auc } from '../metrics/index.ts';
import type { BinnedRows } from './layout.ts';

type Warning = Artefact['warnings'][number];

/**
 * Flags what a modeller should look at before trusting a data set: a feature that alone separates the outcomes (a leak), one that
 * looks like an identifier, one that is constant, levels that were merged, a default rate that moves over time.
 */
export function inspect(dataset: Dataset, data: BinnedRows, encodings: readonly Encoding[]): Warning[] {
  const warnings: Warning[] = [...targetDrift(dataset)];
  dataset.columns.forEach((column, t) => {
    const flag = (code: string, message: string): void => {
      warnings.push({ code, feature: column.name, message });
    };
    const bins = data.bins[t]!;
    const first = bins[0];
    const distinct = new Set<number>(column.kind === 'number' ? column.values : column.codes).size;
    const identifies = dataset.rows >= 50 && distinct > 0.98 * dataset.rows && looksLikeIdentifier(dataset, t);
    if (identifies) flag('IDENTIFIER', 'Nearly every row has a value of its own, like an identifier.');
    if (bins.every((bin) => bin === first) && distinct > 1 && column.kind === 'category') {
      flag('RARE_LEVELS', `All of its ${distinct} levels have few rows and share one bin; it has no effect.`);
      return;
    }
    if (bins.every((bin) => bin === first)) {
      flag(
        'CONSTANT',
        first === 0
          ? 'It is missing in every row; it has no effect.'
          : 'It has one value in every row; it has no effect.',
      );
      return;
    }
    const alone = aloneAuc(bins, data);
    if (alone > 0.98)
      flag('LEAK', `It alone separates good from bad with an AUC of ${alone.toFixed(3)}: is it known beforehand?`);
    const encoding = encodings[t]!;
    if (encoding.kind === 'category' && column.kind === 'category') {
      const merged = new Set(column.codes).size - encoding.levels.length - (column.codes.includes(-1) ? 1 : 0);
      if (merged > 0) flag('RARE_LEVELS', `${merged} levels with few rows share the bin of unseen levels.`);
    }
  });
  return warnings;
}

/** AUC of the feature's own bin rates, in the better direction. In-sample: a flag, not a measure. */
function aloneAuc(bins: Uint16Array, { bad, weight }: BinnedRows): number {
  const size = bins.reduce((most, bin) => Math.max(most, bin), 0) + 1;
  const bads = new Float64Array(size);
  const mass = new Float64Array(size);
  bins.forEach((bin, i) => {
    const w = weight === null ? 1 : weight[i]!;
    bads[bin]! += w * bad[i]!;
    mass[bin]! += w;
  });
  const rate = bads.map((each, b) => (each + 0.5) / (mass[b]! + 1));
  return auc(
    Float64Array.from(bins, (bin) => rate[bin]!),
    bad,
    weight,
  );
}

/** A category whose levels hardly repeat, or whole numbers that grow with the row. */
function looksLikeIdentifier(dataset: Dataset, t: number): boolean {
  const column = dataset.columns[t]!;
  if (column.kind === 'category') return true;
  if (column.values.some((value) => !Number.isInteger(value))) return false;
  let rising = 0;
  for (let i = 1; i < column.values.length; i++) if (column.values[i]! > column.values[i - 1]!) rising++;
  return rising > 0.98 * (column.values.length - 1) || rising < 0.02 * (column.values.length - 1);
}

import type { CategoryColumn } from '../dataset/dataset.ts';
import { matchProtected, protectedList } from './attributes.ts';

/** More levels than this, all numbers: a measured quantity and not a group. */
const MOST_GROUPS = 8;

/** The numbers of a column whose many levels are all numbers (an age in years), NaN where it is not stated; null: it tells groups. */
export function numbersOf({ levels, codes }: CategoryColumn): Float64Array | null {
  if (levels.length <= MOST_GROUPS) return null;
  const values = levels.map((level) => Number(level));
  if (values.some((value, i) => !Number.isFinite(value) || levels[i]!.trim() === '')) return null;
  return Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : values[code]!));
}

/** Ages as groups; 62 is where Regulation B (12 CFR 1002.2(o)) begins to call an applicant elderly. */
const AGES = { cuts: [25, 40, 62], names: ['< 25', '25–39', '40–61', '≥ 62'] } as const;

/** A protected attribute as groups that can be compared: ages in fixed bands, other quantities by quarters, anything else as it is. */
export function asGroups(column: CategoryColumn): CategoryColumn {
  const values = numbersOf(column);
  if (values === null) return column;
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const isAge =
    matchProtected(column.name, Object.keys(protectedList().jurisdictions)).some(
      ({ attribute }) => attribute === 'age',
    ) &&
    (known[0] ?? 0) >= 0 &&
    (known.at(-1) ?? 0) <= 130;
  const cuts: readonly number[] = isAge
    ? AGES.cuts
    : [...new Set([0.25, 0.5, 0.75].map((share) => known[Math.floor(share * known.length)]!))];
  const names = isAge
    ? AGES.names
    : Array.from({ length: cuts.length + 1 }, (_, i) =>
        i === 0 ? `< ${cuts[0]}` : i === cuts.length ? `≥ ${cuts[i - 1]}` : `${cuts[i - 1]} – < ${cuts[i]}`,
      );
  return {
    ...column,
    levels: [...names],
    codes: Int32Array.from(values, (value) => (Number.isNaN(value) ? -1 : cuts.filter((cut) => cut <= value).length)),
  };
}

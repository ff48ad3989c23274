import type { Artefact, FeatureValues } from '../artefact/glass-box.ts';
import type { FeatureMatrix } from '../dataset/dataset.ts';
import { scoreMatrix, scoreSql, type Scorer } from '../scoring/index.ts';
import { identifier } from '../../base/index.ts';

/** A PD over so many months from the start; null: not available, which is no number and never guessed. */
export interface PdOver {
  readonly months: number;
  readonly pd: number | null;
}

/** A PD over a horizon that the model has. */
export interface PdAt {
  readonly months: number;
  readonly pd: number;
}

/**
 * The horizons of a model, in months, ascending: every step of age up to the longest that a hazard model saw; the one horizon of any other
 * model. For no other horizon is there a PD.
 */
export function horizonsOf({ target }: Pick<Artefact, 'target'>): number[] {
  const { ages, horizonMonths } = target;
  if (!ages) return horizonMonths === null ? [] : [horizonMonths];
  const { periodMonths, longestMonths } = ages;
  return Array.from({ length: Math.floor(longestMonths / periodMonths) }, (_, k) => (k + 1) * periodMonths);
}

/** The PDs of one applicant over every horizon of a hazard model (`horizonsOf`), ascending; an age among the values is replaced by each step's. */
export function cumulativePdOf(scorer: Scorer, values: FeatureValues): PdAt[] {
  const { artefact } = scorer;
  const { ages } = artefact.target;
  if (!ages) return [];
  let survival = 1;
  return horizonsOf(artefact).map((months) => {
    survival *= 1 - scorer.score({ ...values, [ages.term]: months }).pd;
    return { months, pd: 1 - survival };
  });
}

/** Cumulative PDs by step of age (outer) and row (inner): 1 - prod(1 - hazard), Singer and Willett 1993. */
export function cumulativePd(artefact: Artefact, rows: FeatureMatrix): Float64Array[] {
  const { ages } = artefact.target;
  if (!ages) return [];
  const survival = new Float64Array(rows.rows).fill(1);
  return horizonsOf(artefact).map((months) => {
    const values = new Float64Array(rows.rows).fill(months);
    const columns = [...rows.columns, { kind: 'number', name: ages.term, values } as const];
    const { pd } = scoreMatrix(artefact, { rows: rows.rows, columns });
    for (let row = 0; row < rows.rows; row++) survival[row]! *= 1 - pd[row]!;
    return survival.map((alive) => 1 - alive);
  });
}

/**
 * The PD of each row over each horizon asked for; `pd` is null, not available, where the model has none: beyond the longest age that it saw,
 * between two steps, or another horizon than its one where it is no hazard model. Nothing is extrapolated.
 */
export function termStructure(artefact: Artefact, rows: FeatureMatrix, horizons: readonly number[]): PdOver[][] {
  const known = horizonsOf(artefact);
  const curves = artefact.target.ages ? cumulativePd(artefact, rows) : [scoreMatrix(artefact, rows).pd];
  return Array.from({ length: rows.rows }, (_, row) =>
    horizons.map((months) => ({ months, pd: curves[known.indexOf(months)]?.[row] ?? null })),
  );
}

/** Column of the PD over so many months. */
export const pdColumn = (months: number): string => `pd_${months}m`;

/**
 * A relation of the cumulative PDs of rows, in their order: the identity and `pd_<months>m` for each horizon, null where it is not available.
 * `typed` offers the identity and `x0`, `x1`, ... by term; the age's own is replaced by each step of age.
 */
export function termStructureSql(
  artefact: Artefact,
  typed: string,
  identity: string,
  horizons: readonly number[],
): string {
  const { terms } = artefact.model;
  const known = horizonsOf(artefact);
  const age = `x${terms.findIndex(({ name }) => name === artefact.target.ages?.term)}`;
  const columns = terms.map((_, t) => `x${t}`);
  const at = `(SELECT t.* REPLACE (CAST(a.months AS DOUBLE) AS ${age}), a.months AS probity_months
    FROM (SELECT *, row_number() OVER () AS probity_row FROM ${typed}) AS t, (SELECT unnest([${known.join(', ')}]) AS months) AS a)`;
  const hazards = scoreSql(artefact, at, { columns, keep: ['probity_row', identity, 'probity_months'] });
  const id = identifier(identity);
  const picked = horizons.map((months) =>
    known.includes(months)
      ? `max(CASE WHEN probity_months = ${months} THEN cumulative END) AS ${pdColumn(months)}`
      : `CAST(NULL AS DOUBLE) AS ${pdColumn(months)}`,
  );
  return `(SELECT ${[id, ...picked].join(', ')} FROM (
    SELECT probity_row, ${id}, probity_months,
      1 - exp(sum(ln(1 - pd)) OVER (PARTITION BY probity_row ORDER BY probity_months)) AS cumulative
    FROM (${hazards})) GROUP BY probity_row, ${id} ORDER BY probity_row)`;
}

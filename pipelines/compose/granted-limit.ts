import type { SignalFact, SignalRow } from '../../features/signals/index.ts';
import type { GrantedLimit } from '../../records/changes/index.ts';

const exposureOf = ({ signals }: SignalRow): number | null => {
  const exposure = signals['exposure_now'];
  return typeof exposure === 'number' ? exposure : null;
};

/** How far the exposure lies above the limit that a rating grants, where it does. */
function aboveGranted(row: SignalRow, granted: GrantedLimit | null): number {
  return granted === null ? 0 : Math.max(0, (exposureOf(row) ?? 0) - granted.limit);
}

/** Those who owe anything: others can be above no limit. */
export function exposedOf(rows: readonly SignalRow[]): readonly string[] {
  return rows.flatMap((row) => ((exposureOf(row) ?? 0) > 0 ? [row.id] : []));
}

/** A customer's signals with `limit_excess` above credit lines or above the limit that the newest rating grants, whichever is more. */
export function withGrantedLimit(row: SignalRow, granted: GrantedLimit | null): SignalRow {
  const above = aboveGranted(row, granted);
  const lines = row.signals['limit_excess'];
  if (above === 0 || (typeof lines === 'number' && lines >= above)) return row;
  return { ...row, signals: { ...row.signals, limit_excess: above } };
}

/** The rating whose limit is exceeded, as a fact behind `limit_excess`; its amount is that limit. */
export function grantedFact(row: SignalRow, granted: GrantedLimit | null): readonly SignalFact[] {
  if (granted === null || aboveGranted(row, granted) === 0) return [];
  const { ratingId, asOf, limit } = granted;
  return [{ topic: 'limit_excess', table: 'ratings', key: ratingId, on: asOf.slice(0, 10), amount: limit }];
}

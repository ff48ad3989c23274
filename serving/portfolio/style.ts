import { STYLE } from '../../models/validation/html.ts';

/** The look of reports on customers and on the portfolio. */
export const REPORT_STYLE = `${STYLE}
.headline{display:flex;gap:2.4rem;flex-wrap:wrap;border:1px solid var(--line);border-radius:10px;padding:1rem 1.2rem;margin:1rem 0}
.headline b{display:block;font-size:1.45rem}.headline span{color:var(--soft);font-size:.85rem}
td.number,th.number{text-align:right;font-variant-numeric:tabular-nums}.cell{text-align:right}
.bar-of{display:inline-block;height:.7rem;background:var(--good);opacity:.75;vertical-align:middle;margin-right:.4rem}`;

/** An amount without decimals; a dash where there is none. */
export const money = (amount: number | null): string =>
  amount === null ? '–' : amount.toLocaleString('en', { maximumFractionDigits: 0 });

/** A difference with its sign. */
export const signed = (value: number | null, shown: (of: number) => string): string =>
  value === null ? '–' : `${value > 0 ? '+' : value < 0 ? '−' : '±'}${shown(Math.abs(value))}`;

/** The day of an instant. */
export const day = (at: string): string => at.slice(0, 10);

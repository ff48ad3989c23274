import type { Duration } from './relational-spec.ts';

const FORM = /^P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Parses an ISO 8601 duration of whole numbers (`P1D`, `P1M`, `P2W`, `PT6H`); null where the text is none. */
export function parseDuration(text: string): Duration | null {
  const match = FORM.exec(text);
  if (match === null) return null;
  const part = (i: number) => Number(match[i] ?? 0);
  return {
    text,
    months: part(1) * 12 + part(2),
    days: part(3) * 7 + part(4),
    milliseconds: ((part(5) * 60 + part(6)) * 60 + part(7)) * 1000,
  };
}

/** The duration as a DuckDB interval expression. */
export function durationSql(duration: Duration): string {
  return `(to_months(${duration.months}) + to_days(${duration.days}) + to_milliseconds(${duration.milliseconds}))`;
}

/** About how many milliseconds it lasts, a month taken as 30.4375 days. */
export function durationMillis(duration: Duration): number {
  return (duration.months * 30.4375 + duration.days) * 86_400_000 + duration.milliseconds;
}

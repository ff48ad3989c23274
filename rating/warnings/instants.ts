const HOUR_MS = 3_600_000;

/** The instant so many hours later, ISO texts. */
export function hoursAfter(at: string, hours: number): string {
  return new Date(Date.parse(at) + hours * HOUR_MS).toISOString();
}

/** The instant so many days of 24 hours later, ISO texts. */
export function daysAfter(at: string, days: number): string {
  return hoursAfter(at, 24 * days);
}

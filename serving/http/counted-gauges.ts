import { Gauge, type Registry } from 'prom-client';

/** A gauge of counts: its value, or its values by a label. */
export interface CountedGauge<T> {
  readonly name: string;
  readonly help: string;
  /** Null: one value without a label. */
  readonly label: string | null;
  readonly values: (counts: T) => number | Readonly<Record<string, number>>;
}

/**
 * Gauges of what is counted in the database when they are asked for. All of one request share one look; where the database does not answer, they are left out, and other metrics stand.
 */
export function registerCounted<T>(
  registry: Registry,
  count: () => Promise<T>,
  gauges: readonly CountedGauge<T>[],
): void {
  let asked: Promise<T | null> | null = null;
  const counts = (): Promise<T | null> => {
    asked ??= count()
      .catch(() => null)
      .finally(() => (asked = null));
    return asked;
  };
  for (const { name, help, label, values } of gauges) {
    const gauge = new Gauge({
      registers: [],
      name,
      help,
      labelNames: label === null ? [] : [label],
      async collect() {
        const found = await counts();
        gauge.reset();
        if (found === null) {
          if (label === null) gauge.remove();
          return;
        }
        const value = values(found);
        if (typeof value === 'number') gauge.set(value);
        else for (const [of, one] of Object.entries(value)) gauge.set({ [label ?? '']: of }, one);
      },
    });
    registry.registerMetric(gauge);
  }
}

import type { WithheldOfCustomers } from './book.ts';

/** Counts of parts that hold other customers each, added up; by feature and source, in their order. */
export function addWithheld(parts: readonly (readonly WithheldOfCustomers[])[]): readonly WithheldOfCustomers[] {
  return merged(parts, (a, b) => a + b);
}

/** Counts of parts that hold the same customers, each once. */
export function uniteWithheld(parts: readonly (readonly WithheldOfCustomers[])[]): readonly WithheldOfCustomers[] {
  return merged(parts, Math.max);
}

function merged(
  parts: readonly (readonly WithheldOfCustomers[])[],
  join: (a: number, b: number) => number,
): readonly WithheldOfCustomers[] {
  const found = new Map<string, WithheldOfCustomers>();
  for (const { feature, source, customers } of parts.flat()) {
    const key = `${feature}\n${source}`;
    found.set(key, { feature, source, customers: join(found.get(key)?.customers ?? 0, customers) });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

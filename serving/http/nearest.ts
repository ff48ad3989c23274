import { closest, distance } from 'fastest-levenshtein';

/** The known name that a wrong one was probably meant to be, or null where none is near. */
export function nearestName(wrong: string, known: readonly string[]): string | null {
  if (known.length === 0 || wrong.length > 100) return null;
  const near = closest(wrong, [...known]);
  return distance(wrong.toLowerCase(), near.toLowerCase()) <= Math.max(2, Math.floor(near.length / 3)) ? near : null;
}

/** A name that a caller sent, short and printable enough to be repeated to them. */
export function quotable(name: string): string {
  const printable = name.replaceAll(/\p{C}/gu, '?');
  return printable.length > 60 ? `${printable.slice(0, 60)}…` : printable;
}

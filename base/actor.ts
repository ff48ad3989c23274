/** Whether two names name the same person, in whatever spelling: case, width and surrounding space do not tell people apart. */
export function sameActor(a: string, b: string): boolean {
  const plain = (name: string): string => name.normalize('NFKC').trim().toLowerCase();
  return plain(a) === plain(b);
}

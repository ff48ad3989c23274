/** Whether two names name the same person, in whatever spelling: case, width, space, and characters that nobody sees do not tell people apart. */
export function sameActor(a: string, b: string): boolean {
  const plain = (name: string): string =>
    name
      .normalize('NFKC')
      .replaceAll(/[\s\p{Default_Ignorable_Code_Point}]/gu, '')
      .toLowerCase();
  return plain(a) === plain(b);
}

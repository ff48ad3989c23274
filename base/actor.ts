/** A name as people see it: case, width, space, and characters that nobody sees do not tell names apart. */
const seen = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/[\s\p{Default_Ignorable_Code_Point}]/gu, '')
    .toLowerCase();

/** Who acts at the command line stands in older records by the bare name of the machine's user; a key that bears a user's name is taken to be that user's. */
const person = (name: string): string => seen(name).replace(/^(cli|key):/, '');

/** Whether two names name the same person, in whatever spelling, at the command line or elsewhere. */
export function sameActor(a: string, b: string): boolean {
  return person(a) === person(b);
}

/** What stands before the names of keys, of people at the command line, and of parts of the system, in records of who acted. */
const PREFIXES = ['key:', 'cli:', 'system:'];
const OWN_NAMES = ['probity', 'schedule', 'mailoutbox'];

/** Whether records would take a name, in whatever spelling, for that of a key, of somebody at the command line, or of the system itself: nobody else may act under it. */
export function isReservedActor(name: string): boolean {
  const plain = seen(name);
  return OWN_NAMES.includes(plain) || PREFIXES.some((prefix) => plain.startsWith(prefix));
}

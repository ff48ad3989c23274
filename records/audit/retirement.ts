/** Kind of the records that say what retention rules removed. */
export const RETENTION = 'retention';

/** Bodies that a retention rule removed: those of one kind up to a record, but for exceptions. */
export interface RetiredBodies {
  readonly kind: string;
  /** The last record that the rule reached. */
  readonly through: number;
  /** Pseudonyms of customers on legal hold, and single records, whose bodies stayed. */
  readonly except: { readonly subjects: readonly string[]; readonly sequences: readonly number[] };
}

/** The same, with the record that says so: it speaks for records before itself. */
export interface Retirement extends RetiredBodies {
  readonly sequence: number;
}

/** Whether a statement covers the missing body of a record. */
export function isRetired(
  { kind, sequence, subject }: { readonly kind: string; readonly sequence: number; readonly subject: string | null },
  statement: Retirement,
): boolean {
  const { subjects, sequences } = statement.except;
  return (
    statement.kind === kind &&
    sequence <= statement.through &&
    sequence < statement.sequence &&
    (subject === null || !subjects.includes(subject)) &&
    !sequences.includes(sequence)
  );
}

/** Why a row was set aside: the codes of meta.quarantine. */
export const QUARANTINE_CODES = {
  MISSING_VALUE: 'a required column is empty',
  UNPARSEABLE: 'a cell is not of its type, or an expression failed on it',
  UNKNOWN_CODE: 'a code that the contract does not know and no code map translates',
  OUT_OF_RANGE: 'a number or date outside its range',
  DIRECT_IDENTIFIER:
    'a text that names a person outright (e-mail address, telephone, mobile or resident number, whole or within a text), or that is no digest where one belongs',
  DATES_OUT_OF_ORDER: 'a date stands before one that it must follow (known-at before happened-at included)',
  DUPLICATE_KEY: 'the same key has contradicting rows in one source',
  ORPHAN: 'it refers to a row that is neither in the warehouse nor in this import',
  RAGGED_ROW: 'a line with too many or too few fields',
  INVALID_ENCODING: 'a line that is not text of the declared encoding',
  UNREADABLE_ROW: 'a line that cannot be read at all',
} as const;

export type QuarantineCode = keyof typeof QUARANTINE_CODES;

/** Characters that turn the order in which text is shown (Unicode UAX #9): what is read is not what is there ("Trojan Source", CVE-2021-42574). */
const TURNS = '\\u202A-\\u202E\\u2066-\\u2069';
const NOT_IN_A_LINE = new RegExp(`[\\p{Cc}\\p{Surrogate}${TURNS}]`, 'u');
const NOT_IN_PROSE = new RegExp(`[^\\P{Cc}\\n\\t\\r]|[\\p{Surrogate}${TURNS}]`, 'u');

/**
 * Whether a database, a log and a terminal can hold and show a line of text as it is: no control characters, no lone surrogates, nothing that turns its
 * direction. Not normalised: ids differ where their code points do.
 */
export function isPlainText(text: string): boolean {
  return !NOT_IN_A_LINE.test(text);
}

/** The same of text of several lines: line feeds, carriage returns and tabs are its own. */
export function isPlainProse(text: string): boolean {
  return !NOT_IN_PROSE.test(text);
}

/** What is wrong with text that is not plain. */
export const NOT_PLAIN =
  'Control characters, broken Unicode and characters that turn the direction of text are not accepted.';

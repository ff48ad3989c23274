import { ERRORS, type ErrorEntry } from './error-codes.ts';

/** The reference of all error codes, in Markdown; docs/errors.md is this text, and a test keeps it so. */
export function errorReference(): string {
  const entries = Object.entries<ErrorEntry>(ERRORS).sort(([a], [b]) => (a < b ? -1 : 1));
  const sections = entries.map(([code, entry]) =>
    [
      `## ${code}`,
      '',
      `${entry.title}. HTTP status ${entry.status}; ${entry.retryable ? 'the same call may succeed later' : 'final: the same call fails again'}.`,
      '',
      `What to do: ${entry.fix}`,
    ].join('\n'),
  );
  return [
    '# Errors',
    'Every error carries one of these codes, what happened, and what to do next. Bad input is answered with all of its problems at once.\nGenerated from `base/error-codes.ts`; a test fails when the two differ (`npx vitest run base -u` writes it anew).',
    ...sections,
    '',
  ].join('\n\n');
}

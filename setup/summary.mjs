import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * The counts of a Vitest JSON report as `N passed, N failed, N skipped`. A file that could not be loaded counts as one failed test
 * where it holds no failed test; so does a report that is missing.
 */
export function summary(report) {
  if (report === null) return '0 passed, 1 failed, 0 skipped';
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  ).length;
  const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
  return `${report.numPassedTests} passed, ${report.numFailedTests + unloaded} failed, ${skipped} skipped`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  let report = null;
  try {
    report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
  } catch {
    process.stdout.write('the test runner left no report\n');
  }
  process.stdout.write(`${summary(report)}\n`);
  process.exitCode = report !== null && report.success === true ? 0 : 1;
}

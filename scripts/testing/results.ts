/** The part of vitest's JSON report that is read here. */
type Report = {
  testResults: { name: string; status: string; assertionResults: { fullName: string; status: string }[] }[];
};

export type TestResults = { passed: number; failed: number; skipped: string[] };

/** Ending of the name of a test that only one kind of user can run. For others it is not there, rather than skipped. */
const ONLY_AS_ROOT = '(only as root)';
const NOT_AS_ROOT = '(not as root)';

/**
 * Counts what vitest reported. A file that failed without a failed test (it could not be loaded, or a hook failed) counts as one
 * failure, and so does a run that failed for a reason that no test shows.
 */
export function readTestResults(json: string, ok: boolean, isRoot: boolean): TestResults {
  const results: TestResults = { passed: 0, failed: 0, skipped: [] };
  for (const file of parseReport(json)) {
    const tests = file.assertionResults;
    const failed = tests.filter((test) => test.status === 'failed').length;
    results.passed += tests.filter((test) => test.status === 'passed').length;
    results.failed += failed === 0 && file.status === 'failed' ? 1 : failed;
    const others = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed' && applies(test.fullName, isRoot));
    results.skipped.push(...others.map((test) => `${file.name}: ${test.fullName}`));
  }
  if (!ok && results.failed === 0) results.failed = 1;
  return results;
}

function applies(testName: string, isRoot: boolean): boolean {
  return !testName.endsWith(isRoot ? NOT_AS_ROOT : ONLY_AS_ROOT);
}

function parseReport(json: string): Report['testResults'] {
  if (json === '') return [];
  return (JSON.parse(json) as Report).testResults;
}

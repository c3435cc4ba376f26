import { describe, expect, it } from 'vitest';
import { readTestResults } from './test-results.ts';

const report = (...files: { name: string; status: string; tests: Record<string, string> }[]): string =>
  JSON.stringify({
    testResults: files.map(({ name, status, tests }) => ({
      name,
      status,
      assertionResults: Object.entries(tests).map(([fullName, testStatus]) => ({ fullName, status: testStatus })),
    })),
  });

describe('results of a test run', () => {
  it('count each test once and name those that did not run', () => {
    const json = report(
      { name: 'a.test.ts', status: 'failed', tests: { sells: 'passed', 'sells twice': 'failed' } },
      { name: 'b.test.ts', status: 'passed', tests: { 'draws the map': 'pending', prints: 'todo' } },
    );
    expect(readTestResults(json, false)).toEqual({
      passed: 1,
      failed: 1,
      skipped: ['b.test.ts: draws the map', 'b.test.ts: prints'],
    });
  });

  it('count a file that could not be loaded as a failure', () => {
    expect(readTestResults(report({ name: 'a.test.ts', status: 'failed', tests: {} }), false).failed).toBe(1);
  });

  it('count a run that failed without a failed test, or without any report, as a failure', () => {
    expect(readTestResults(report({ name: 'a.test.ts', status: 'passed', tests: { sells: 'passed' } }), false)).toMatchObject({
      passed: 1,
      failed: 1,
    });
    expect(readTestResults('', false).failed).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { readTestResults } from './results.ts';

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
    expect(readTestResults(json, false, true)).toEqual({
      passed: 1,
      failed: 1,
      skipped: ['b.test.ts: draws the map', 'b.test.ts: prints'],
    });
  });

  it('leave out what the present user cannot run by its nature', () => {
    const json = report({
      name: 'a.test.ts',
      status: 'passed',
      tests: { 'starts (only as root)': 'pending', 'starts (not as root)': 'pending' },
    });
    expect(readTestResults(json, true, true).skipped).toEqual(['a.test.ts: starts (only as root)']);
    expect(readTestResults(json, true, false).skipped).toEqual(['a.test.ts: starts (not as root)']);
  });

  it('count a file that could not be loaded as a failure', () => {
    expect(readTestResults(report({ name: 'a.test.ts', status: 'failed', tests: {} }), false, true).failed).toBe(1);
  });

  it('count a run that failed without a failed test, or without any report, as a failure', () => {
    expect(
      readTestResults(report({ name: 'a.test.ts', status: 'passed', tests: { sells: 'passed' } }), false, true),
    ).toMatchObject({
      passed: 1,
      failed: 1,
    });
    expect(readTestResults('', false, true).failed).toBe(1);
  });
});

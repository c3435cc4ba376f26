import { describe, expect, it } from 'vitest';
import { chart, ticks } from './chart.ts';
import { failuresOf, type SimulationReport } from './report.ts';
import { reportPage } from './report-page.ts';
import { summaryLines } from './summary.ts';
import { exampleReport } from './example-report.fixture.ts';

const REPORT = exampleReport();

const broken: SimulationReport['verify'] = {
  checked: true,
  settled: true,
  busy: [],
  deadLetters: 0,
  verdicts: [
    {
      invariant: 2,
      promise: 'what was acknowledged is durable',
      verdict: 'broken',
      looked: '9 reservations',
      violations: [{ what: 'reservations that are gone', rows: [], total: 3 }],
    },
  ],
};

describe('the page of a report', () => {
  const page = reportPage(REPORT);

  it('needs nothing from anywhere else', () => {
    expect(page).not.toMatch(/<(script|link|img|iframe)|@import|url\(|src=|href=/i);
    expect(page).toContain("default-src 'none'");
  });

  it('says how it ended, and every figure', () => {
    expect(page).toContain('<h1>Sold out in 18.9 s</h1>');
    expect(page).toContain('5,000 buyers for 1,500 seats and places of 3 events');
    for (const what of ['reserve SEAT_UNAVAILABLE', 'found it sold out', '✓ holds', 'seating']) expect(page).toContain(what);
    expect(page.match(/<svg /g)).toHaveLength(4);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says what went wrong', () => {
    const bad = { ...REPORT, oversold: 2, verify: broken, unexpected: { count: 1, samples: ['reserve was answered <500>'] } };
    const text = reportPage({ ...bad, failures: failuresOf(bad) });
    expect(text).toContain('<h1>Oversold by 2</h1>');
    expect(text).toContain('✗ broken');
    expect(text).toContain('reservations that are gone: 3');
    expect(text).toContain('reserve was answered &lt;500&gt;');
  });

  it('can be drawn of a simulation that was stopped before anything happened', () => {
    const empty = {
      ...REPORT,
      outcome: 'INTERRUPTED' as const,
      overTime: [],
      latency: {},
      latencyOverTime: {},
      endings: {},
      refusals: {},
    };
    const text = reportPage({ ...empty, databases: null, deadlocks: null, soldOutSeconds: null, allTakenSeconds: null });
    expect(text).toContain('Stopped before the end');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('whether a simulation succeeded', () => {
  it('does when all is well, also when the buyers ran out', () => {
    expect(failuresOf(REPORT)).toEqual([]);
    expect(failuresOf({ ...REPORT, outcome: 'BUYERS_RAN_OUT' })).toEqual([]);
  });

  it('does not when something was oversold, broken, left undone or cut off', () => {
    expect(failuresOf({ ...REPORT, oversold: 1 })).toHaveLength(1);
    expect(failuresOf({ ...REPORT, verify: broken })).toEqual(['verify: broken 2.']);
    expect(failuresOf({ ...REPORT, verify: { ...broken, verdicts: [], settled: false, busy: ['3 rows'] } })[0]).toContain(
      '3 rows',
    );
    expect(failuresOf({ ...REPORT, verify: { ...broken, verdicts: [], deadLetters: 1 } })).toHaveLength(1);
    expect(failuresOf({ ...REPORT, outcome: 'INTERRUPTED' })).toHaveLength(1);
    expect(failuresOf({ ...REPORT, outcome: 'STALLED' })).toHaveLength(1);
    expect(failuresOf({ ...REPORT, endings: { unserved: 1 } })).toHaveLength(1);
    expect(failuresOf({ ...REPORT, unexpected: { count: 1, samples: [] } })).toHaveLength(1);
  });

  it('is said in the summary', () => {
    const text = summaryLines({ ...REPORT, failures: ['verify: broken 2.'] }).join('\n');
    expect(text).toContain('Sold out: 1,500 of 1,500 sold');
    expect(text).toContain('FAILED: verify: broken 2.');
  });
});

describe('a chart', () => {
  const draw = (values: (number | null)[], scale: 'linear' | 'log' = 'log') =>
    chart({ label: 'a <label>', scale, format: String, series: [{ name: 'one', look: 'strong', values }] });

  it('draws whatever numbers there are', () => {
    for (const values of [[], [null], [0], [5], [1, null, 3], [0.01, 100_000], [7, 7, 7]])
      for (const scale of ['linear', 'log'] as const) expect(draw(values, scale)).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('breaks a line where there is nothing, and shows a lone second', () => {
    expect(draw([1, 2, null, 4]).match(/class="line line-strong" d="([^"]*)"/)?.[1]).toMatch(/^M[^M]*L[^M]*M[^L]*h0\.01$/);
  });

  it('has round numbers at its side', () => {
    expect(ticks(1_500, 4)).toEqual([0, 500, 1_000, 1_500]);
    expect(ticks(18, 8)).toEqual([0, 5, 10, 15]);
    expect(ticks(1, 4)).toEqual([0, 1]);
  });
});

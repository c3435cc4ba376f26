import type { Latency, SimulationReport } from './report.ts';
import { DEFAULT_SHARES } from './shares.ts';

const latency = (p50Ms: number, count: number): Latency => ({
  count,
  meanMs: p50Ms * 1.2,
  p50Ms,
  p95Ms: p50Ms * 3,
  p99Ms: p50Ms * 5,
  maxMs: p50Ms * 9,
});

/** Of a sale of 1,500 seats that went as it should. */
export function exampleReport(): SimulationReport {
  const seconds = Array.from({ length: 20 }, (_, second) => second);
  return {
    onsale: '0.1.0',
    startedAt: '2026-05-01T10:00:00.000Z',
    options: {
      buyers: 5_000,
      seats: 1_500,
      events: 3,
      concurrency: 100,
      pace: 0.002,
      holdSeconds: 4,
      seed: 5,
      shares: DEFAULT_SHARES,
      verify: true,
      journal: '/tmp/journal.ndjson',
    },
    system: { url: 'http://127.0.0.1:8080', own: true, paymentLatencyMs: '100-500' },
    machine: { cores: 2, cpu: 'A <fast> one', memoryBytes: 8 * 2 ** 30, platform: 'linux x64', node: 'v24.0.0' },
    outcome: 'SOLD_OUT',
    elapsedSeconds: 19.2,
    allTakenSeconds: 10.4,
    soldOutSeconds: 18.9,
    totalSeats: 1_500,
    soldSeats: 1_500,
    tickets: 1_500,
    oversold: 0,
    buyersCame: 5_000,
    endings: { tickets: 709, soldOut: 4_130, abandoned: 52 },
    latency: { reserve: latency(49, 5_446), booking: latency(1_237, 722) },
    latencyOverTime: {
      reserve: seconds.map((second) => ({ second, ...latency(40 + second, 100) })),
      booking: [{ second: 3, ...latency(900, 10) }],
    },
    overTime: seconds.map((second) => ({
      second,
      sold: second * 75,
      held: 75,
      free: 1_425 - second * 75,
      reservations: 40,
      confirmed: second === 0 ? 0 : 35,
      requests: 600,
      refusals: second,
    })),
    refusals: { 'reserve SOLD_OUT': 4_268, 'reserve SEAT_UNAVAILABLE': 394 },
    repeats: { 'lost reply': 200, busy: 3 },
    busy: { OVERLOADED: 3 },
    replays: 198,
    unexpected: { count: 0, samples: [] },
    databases: { seating: { commits: 3_311, rollbacks: 0, deadlocks: 0 } },
    deadlocks: 0,
    memory: {
      peak: { nodeBytes: 350 * 2 ** 20, postgresBytes: 180 * 2 ** 20 },
      after: { nodeBytes: 340 * 2 ** 20, postgresBytes: null },
    },
    simulator: { cpuShareOfOneCore: 0.1, eventLoopUtilization: 0.17, peakRssBytes: 200 * 2 ** 20 },
    journal: { path: '/tmp/journal.ndjson', lines: 13_934 },
    verify: {
      checked: true,
      settled: true,
      busy: [],
      deadLetters: 0,
      verdicts: [{ invariant: 1, promise: 'a seat has at most one live ticket', verdict: 'holds', looked: '1200 seats' }],
    },
    failures: [],
  };
}

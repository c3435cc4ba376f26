import type { ProcessCost } from '../load/cost.ts';
import type { Statuses } from '../load/tally.ts';

/** One load and what came of it. */
export type Run = {
  what: string;
  /** From 1. */
  round: number;
  perSecond: number;
  latency: Latency;
  statuses: Statuses;
  generator: ProcessCost;
  /** CPU time a request; null where the machine does not tell. */
  cpuMs: { node: number; postgres: number } | null;
  /** How long relays and consumers needed afterwards to move on what was left; null when nothing was waited for. */
  drainMs: number | null;
};

export type Latency = { meanMs: number; p50Ms: number; p95Ms: number; p99Ms: number; maxMs: number };

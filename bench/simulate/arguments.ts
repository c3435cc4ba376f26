import { StartupError } from '../../platform/config/startup-error.ts';
import { MAX_SEATS_PER_EVENT } from '../../contracts/http/seating.ts';
import type { SimulationOptions } from './options.ts';
import { DEFAULT_SHARES, parseShares, SHARES } from './shares.ts';

/** As they are given on the command line. */
export type SimulateArguments = {
  buyers: string;
  seats: string;
  events: string;
  concurrency: string;
  pace: string;
  hold: string;
  seed?: string;
  share?: string;
  url?: string;
  journal?: string;
  report?: string;
  verify: boolean;
};

/** They finish in about a minute on a laptop. */
export const DEFAULTS = { buyers: '20000', seats: '5000', events: '1', concurrency: '200', pace: '0.002', hold: '10' } as const;

const MAX_EVENTS = 100;
const MAX_BUYERS = 10_000_000;
const MAX_CONCURRENCY = 5_000;
const MAX_HOLD_SECONDS = 3_600;
const MAX_SEED = 2 ** 32 - 1;

/** @throws StartupError that says what is wrong */
export function parseArguments(given: SimulateArguments, journal: string): SimulationOptions {
  const events = whole('--events', given.events, 1, MAX_EVENTS);
  const seats = whole('--seats', given.seats, events, MAX_SEATS_PER_EVENT * events);
  return {
    buyers: whole('--buyers', given.buyers, 1, MAX_BUYERS),
    seats,
    events,
    concurrency: whole('--concurrency', given.concurrency, 1, MAX_CONCURRENCY),
    pace: pace(given.pace),
    holdSeconds: whole('--hold', given.hold, 1, MAX_HOLD_SECONDS),
    seed: given.seed === undefined ? Math.floor(Math.random() * MAX_SEED) : whole('--seed', given.seed, 0, MAX_SEED),
    shares: given.share === undefined ? DEFAULT_SHARES : parseShares(given.share),
    verify: given.verify,
    journal,
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new StartupError(`${name} must be a whole number from ${least} to ${most}, not ${text}.`);
}

function pace(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (value >= 0 && value <= 1) return value;
  throw new StartupError(`--pace must be a number from 0 (nobody thinks) to 1 (as in real life), not ${text}.`);
}

/** What `--help` says below the options. */
export function helpText(): string {
  const names = Object.entries(SHARES).map(
    ([name, share]) => `  ${name.padEnd(10)} ${String(share.default).padEnd(5)} ${share.meaning}`,
  );
  return `
Without --url it starts an Onsale of its own, with a database in a temporary folder, and removes it afterwards. Settings from the
environment apply to it (PAYMENT_LATENCY_MS, FEE_PERCENT, …), but it has no rate limit and no demo.
With --url it goes to a system that runs on this machine. The simulator signs its buyers' tokens with that system's key and reads its
databases: in the folder from which that system was started both are found, else give JWT_SECRET, and DATABASE_URL or ONSALE_DATA_DIR.

Shares of people, for --share (for instance --share abandoned=0.2,lost=0):
${names.join('\n')}

It ends when everybody came and is served or gone. Ctrl-C ends it early, with a report of what happened until then.
The exit code is 0 when it sold out (or the buyers ran out), nothing was oversold, nobody was let down and verify finds every promise
kept; else 1. docs/simulate.md says more.`;
}

import type { Shares } from './shares.ts';

export type SimulationOptions = {
  buyers: number;
  /** Seats and places, over all events. */
  seats: number;
  events: number;
  /** Buyers at work at one time, each with a connection. */
  concurrency: number;
  /** How much of real life's hesitation buyers show: 1 all of it, 0 none. */
  pace: number;
  /** How long a hold lasts. */
  holdSeconds: number;
  seed: number;
  shares: Shares;
  /** Holds every promise against the databases afterwards. */
  verify: boolean;
  /** Where the journal goes. */
  journal: string;
};

/** How long and how much is measured. */
export type Pace = {
  /** Said above the figures where they are not those that count; empty for those. */
  remark: string;
  rounds: number;
  warmUpMs: number;
  /** Of each load. */
  measureMs: number;
  /** Of each try of a pool size. */
  trialMs: number;
  connections: number;
  fewConnections: number;
  users: number;
  rivals: number;
  streams: number;
  /** Seat changes a round that streams are to tell of. */
  changes: number;
  changeEveryMs: number;
  /** Seats of the larger event; the smaller ones have a hundredth. */
  seats: number;
  /** To compare events of different sizes by. */
  reservations: number;
  capacity: number;
  /** How long relays and consumers may take to move on what a load left. */
  settleMs: number;
  starts: number;
  /** Of the onsale. */
  buyers: number;
  onsaleSeats: number;
  /** Of growth: open events and connections, at most, and requests under way at overload. */
  events: number;
  mostConnections: number;
  overloadConnections: number;
};

export const FULL: Pace = {
  remark: '',
  rounds: 3,
  warmUpMs: 1_000,
  measureMs: 4_000,
  trialMs: 1_500,
  connections: 400,
  fewConnections: 20,
  users: 20_000,
  rivals: 1_000,
  streams: 10_000,
  changes: 30,
  changeEveryMs: 250,
  seats: 100_000,
  reservations: 8_000,
  capacity: 1_000_000,
  settleMs: 60_000,
  starts: 3,
  buyers: 500_000,
  onsaleSeats: 50_000,
  events: 1_000,
  mostConnections: 2_000,
  // Below the 28,000 ports and 20,000 files that machines have as they come.
  overloadConnections: 8_000,
};

/** Every figure in two minutes: the same loads for a shorter time, so the figures scatter more. */
export const QUICK: Pace = {
  ...FULL,
  remark: 'Quick: shorter loads, fewer rounds, and an onsale of 2,000 seats and 20,000 buyers.',
  rounds: 2,
  warmUpMs: 300,
  measureMs: 1_000,
  trialMs: 500,
  users: 10_000,
  changes: 10,
  changeEveryMs: 100,
  reservations: 4_000,
  starts: 1,
  buyers: 20_000,
  onsaleSeats: 2_000,
};

/** Shows that everything runs, and nothing else. */
export const TINY: Pace = {
  remark: 'Tiny: this shows that everything runs. The figures mean nothing.',
  rounds: 1,
  warmUpMs: 0,
  measureMs: 200,
  trialMs: 100,
  connections: 8,
  fewConnections: 2,
  users: 50,
  rivals: 20,
  streams: 20,
  changes: 3,
  changeEveryMs: 20,
  seats: 2_000,
  reservations: 48,
  capacity: 100_000,
  settleMs: 20_000,
  starts: 1,
  buyers: 200,
  onsaleSeats: 50,
  events: 10,
  mostConnections: 10,
  overloadConnections: 50,
};

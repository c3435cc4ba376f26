import { buyerMaker } from '../load/buyers.ts';
import { createLoadClient } from '../load/client.ts';
import { measureCost, type ProcessCost } from '../load/cost.ts';
import { createHistogram, type HistogramData } from '../load/histogram.ts';
import { addressOf } from '../load/wire.ts';
import type { Load } from './load.ts';
import { purchase, STEPS, Stopped, type Step } from './purchase.ts';

export type Bookings = Omit<Load, 'users'> & { eventId: string; section: string };

export type BookingsResult = {
  /** With a ticket in hand, measured or not. */
  booked: number;
  /** Begun and ended within the measured time. */
  measured: { booked: number; elapsedMs: number };
  /** Purchases that stopped on the way, by step and status. */
  stopped: Record<string, number>;
  latency: Record<Step, HistogramData>;
  cost: ProcessCost;
};

/** As many buyers as connections, each of whom buys one place from start to end, and again as somebody else. */
export async function bookings({ urls, jwtSecret, eventId, section, ...load }: Bookings): Promise<BookingsResult> {
  const client = createLoadClient({ address: addressOf(urls[0] ?? ''), connections: load.connections });
  const makeBuyer = buyerMaker(jwtSecret);
  const reserveBody = JSON.stringify({ eventId, places: [{ section, quantity: 1 }] });
  const startMs = performance.now() + load.warmUpMs;
  const endMs = startMs + load.durationMs;
  const costSoFar = measureCost();
  const latency = ofEachStep(createHistogram);
  const stopped: Record<string, number> = {};
  let booked = 0;
  let measuredBooked = 0;

  async function buyAgainAndAgain(): Promise<void> {
    for (let beganMs = performance.now(); beganMs < endMs; beganMs = performance.now()) {
      const isMeasured = beganMs >= startMs;
      try {
        await purchase(client, makeBuyer().token, reserveBody, (step, ms) => isMeasured && latency[step].add(ms));
        booked += 1;
        if (isMeasured && performance.now() <= endMs) measuredBooked += 1;
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
        stopped[error.message] = (stopped[error.message] ?? 0) + 1;
      }
    }
  }

  await Promise.all(Array.from({ length: load.connections }, buyAgainAndAgain));
  client.close();
  return {
    booked,
    measured: { booked: measuredBooked, elapsedMs: load.durationMs },
    stopped,
    latency: ofEachStep((step) => latency[step].data()),
    cost: costSoFar(),
  };
}

function ofEachStep<T>(make: (step: Step) => T): Record<Step, T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made of all steps
  return Object.fromEntries(STEPS.map((step) => [step, make(step)])) as Record<Step, T>;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Availability } from '../../contracts/http/seating.ts';
import { bodyAs } from '../load/body.ts';
import { buyerMaker } from '../load/buyers.ts';
import { createLoadClient } from '../load/client.ts';
import { measureCost, type ProcessCost } from '../load/cost.ts';
import { openEventStreams } from '../load/event-streams.ts';
import { createHistogram, type HistogramData } from '../load/histogram.ts';
import { addressOf, wireRequest } from '../load/wire.ts';

export type Streams = {
  url: string;
  jwtSecret: string;
  /** Numbered seats, of which nobody else takes any. */
  eventId: string;
  streams: number;
  changes: number;
  everyMs: number;
};

/** A seat was taken, and how long after the request for it was sent the streams told of it. */
export type SeatChange = {
  answeredMs: number;
  arrivals: HistogramData;
  /** When the last of all streams had it; null: some never did. */
  lastMs: number | null;
};

export type StreamsResult = {
  openingMs: number;
  changes: SeatChange[];
  /** Still open at the end. */
  open: number;
  cost: ProcessCost;
};

const ARRIVE_WITHIN_MS = 10_000;
const POLL_MS = 5;

/**
 * Opens the streams, then takes one seat after the other and notes when each stream tells of it. Both ends are in this process, so
 * they share a clock; the reservation itself is part of the time.
 */
export async function streams({ url, jwtSecret, eventId, everyMs, ...params }: Streams): Promise<StreamsResult> {
  const address = addressOf(url);
  const client = createLoadClient({ address, connections: 1 });
  const { token } = buyerMaker(jwtSecret)();
  let current = { version: Infinity, sentMs: 0, arrivals: createHistogram(), arrived: 0, lastMs: 0 };
  const followed = openEventStreams({
    address,
    request: wireRequest({ path: `/v1/seats/stream?eventId=${eventId}` }),
    onId: (version) => {
      if (version !== current.version) return;
      const ms = performance.now() - current.sentMs;
      current.arrivals.add(ms);
      current.arrived += 1;
      current.lastMs = ms;
    },
  });
  const openingMs = performance.now();
  await followed.add(params.streams);
  const openedMs = performance.now() - openingMs;
  const before = await client.ask(wireRequest({ path: `/v1/seats/availability?eventId=${eventId}` }));
  const versionBefore = bodyAs<Availability>(before?.text ?? '{}').version;
  const costSoFar = measureCost();
  const changes: SeatChange[] = [];
  for (let change = 1; change <= params.changes; change++) {
    await delay(everyMs);
    current = { version: versionBefore + change, sentMs: performance.now(), arrivals: createHistogram(), arrived: 0, lastMs: 0 };
    const body = JSON.stringify({ eventId, seatIds: [change] });
    const answer = await client.ask(wireRequest({ method: 'POST', path: '/v1/seats/reserve', token, body }));
    const answeredMs = performance.now() - current.sentMs;
    if (answer?.status !== 201) throw new Error(`reserve was answered with ${answer?.status}: ${answer?.text}`);
    const deadlineMs = current.sentMs + ARRIVE_WITHIN_MS;
    while (current.arrived < params.streams && performance.now() < deadlineMs) await delay(POLL_MS);
    const lastMs = current.arrived === params.streams ? current.lastMs : null;
    changes.push({ answeredMs, arrivals: current.arrivals.data(), lastMs });
  }
  const cost = costSoFar();
  const { open } = followed;
  followed.close();
  client.close();
  return { openingMs: openedMs, changes, open, cost };
}

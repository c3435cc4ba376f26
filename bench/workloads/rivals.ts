import { buyerMaker } from '../load/buyers.ts';
import { openConnection } from '../load/connection.ts';
import { measureCost } from '../load/cost.ts';
import { createTally, type LoadResult } from '../load/tally.ts';
import { addressOf, wireRequest, type WireRequest } from '../load/wire.ts';

export type Rivals = { url: string; jwtSecret: string; eventId: string; seatId: number; rivals: number };

/** Everybody wants one seat at once: each on an open connection of their own, all requests sent in one go. */
export async function rivals({ url, jwtSecret, eventId, seatId, ...params }: Rivals): Promise<LoadResult> {
  const make = buyerMaker(jwtSecret);
  const body = JSON.stringify({ eventId, seatIds: [seatId] });
  const hello = wireRequest({ path: '/health/live' });
  const all = Array.from({ length: params.rivals }, () => ({
    connection: openConnection(addressOf(url)),
    request: wireRequest({ method: 'POST', path: '/v1/seats/reserve', token: make().token, body }),
  }));
  const send = (one: (typeof all)[number], request: WireRequest, told: (status: number | null, sentAtMs: number) => void) =>
    new Promise<void>((resolve) => {
      one.connection.send(request, (answer, sentAtMs) => {
        told(answer?.status ?? null, sentAtMs);
        resolve();
      });
    });
  await Promise.all(all.map((one) => send(one, hello, () => undefined)));
  const tally = createTally(performance.now(), Infinity, measureCost());
  await Promise.all(all.map((one) => send(one, one.request, tally.add)));
  for (const { connection } of all) connection.drop();
  return tally.result();
}

import type { Client } from '../support/buyer.ts';
import { makeEvent } from '../support/buyer.ts';
import type { PatientClients } from './patient-clients.ts';
import { seededRandom } from './random.ts';
import { visit, type Houses } from './visits.ts';

export type MixedLoad = {
  /** How often what happened. */
  happened: ReadonlyMap<string, number>;
  /** Lets every buyer finish what they are at. */
  stop(): Promise<void>;
};

const SEATS = 6_000;
const ROW = 50;
const SHORT_HOLD_SECONDS = 1;

/** Two events on sale with seats and a floor. */
export async function openHouses(organizer: Client): Promise<Houses> {
  const rows = Array.from({ length: SEATS / ROW }, (_, row) => ({ row: `R${row}`, seats: ROW }));
  const sections = [
    { section: 'Stalls', kind: 'SEATED', priceCents: 2_500, rows },
    { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 1_500, capacity: 3_000 },
  ];
  return {
    eventId: await makeEvent(organizer, sections),
    shortHoldsEventId: await makeEvent(organizer, sections, { holdTtlSeconds: SHORT_HOLD_SECONDS }),
    seats: SEATS,
    floor: 'Floor',
  };
}

/** Buyers who come one after the other, so many at a time, each going one of the many ways of `visit`. */
export function startMixedLoad(
  clients: PatientClients,
  houses: Houses,
  { buyers, seed }: { buyers: number; seed: number },
): MixedLoad {
  const happened = new Map<string, number>();
  const count = (what: string): void => void happened.set(what, (happened.get(what) ?? 0) + 1);
  let stopping = false;
  const finished = Promise.all(
    Array.from({ length: buyers }, async (_, buyer) => {
      const random = seededRandom(seed + buyer);
      while (!stopping) await visit({ clients, houses, random, count });
    }),
  );
  return {
    happened,
    stop: async () => {
      stopping = true;
      clients.resume();
      await finished;
    },
  };
}

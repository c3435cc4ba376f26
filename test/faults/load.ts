import { pick, seededRandom } from './random.ts';
import type { PatientClient, PatientClients } from './patient-clients.ts';

/** What clients were told, to be held against what is there afterwards. */
export type Journal = {
  /** Acknowledged holds. */
  reserved: { buyer: PatientClient; reservationId: string; seatIds: number[] }[];
  /** Charges answered with success. */
  paid: { buyer: PatientClient; orderId: string }[];
};

export type Load = { journal: Journal; stop: () => Promise<void> };

/** Buyers who reserve one or two random seats and, two out of three, order and pay, until stopped. */
export function startLoad(clients: PatientClients, eventId: string, { seats, buyers }: { seats: number; buyers: number }): Load {
  const journal: Journal = { reserved: [], paid: [] };
  let stopping = false;
  const finished = Promise.all(
    Array.from({ length: buyers }, async (_, buyer) => {
      const random = seededRandom(Date.now() + buyer);
      while (!stopping) await buyOnce(random);
    }),
  );

  async function buyOnce(random: () => number): Promise<void> {
    const buyer = clients.newClient('customer');
    const seatId = 1 + Math.floor(random() * (seats - 1));
    const seatIds = pick(random, [
      [[seatId], 1],
      [[seatId, seatId + 1], 1],
    ]);
    const reserved = await buyer.ask('reserve', '/v1/seats/reserve', { eventId, seatIds });
    if (reserved?.status !== 201) return;
    const { reservationId } = reserved.body;
    journal.reserved.push({ buyer, reservationId, seatIds });
    if (random() < 1 / 3) return;
    const ordered = await buyer.ask('order', '/v1/orders', { reservationId });
    if (ordered?.status !== 201) return;
    const { orderId, totalCents: amountCents, currency } = ordered.body;
    const charge = { orderId, amountCents, currency, paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_success' };
    const paid = await buyer.ask('charge', '/v1/charge', charge);
    if (paid?.status === 201) journal.paid.push({ buyer, orderId });
  }

  return {
    journal,
    stop: async () => {
      stopping = true;
      await finished;
    },
  };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { clientOf, type Answer, type Client } from '../support/buyer.ts';

/** What clients were told, to be held against what is there afterwards. */
export type Journal = {
  /** Acknowledged holds. */
  reserved: { buyer: Client; reservationId: string; seatIds: number[] }[];
  /** Charges answered with success. */
  paid: { buyer: Client; orderId: string }[];
};

export type Load = { journal: Journal; stop: () => Promise<void> };

/** A step is repeated with its key this long: the time that a restart may take. */
const PATIENCE_MS = 60_000;

/**
 * Buyers who reserve one or two random seats and, two out of three, order and pay, until stopped. Like good clients they repeat
 * what was not answered, or answered with 503, with the same Idempotency-Key.
 */
export function startLoad(options: {
  url: () => string;
  jwtSecret: string;
  eventId: string;
  seats: number;
  buyers: number;
}): Load {
  const journal: Journal = { reserved: [], paid: [] };
  let stopping = false;
  const finished = Promise.all(Array.from({ length: options.buyers }, (_, index) => buyAgainAndAgain(index)));

  async function buyAgainAndAgain(seed: number): Promise<void> {
    for (let round = 0; !stopping; round++) {
      const seatId = 1 + Math.floor(Math.random() * (options.seats - 1));
      await buyOnce(round % 2 === 0 ? [seatId] : [seatId, seatId + 1], (seed + round) % 3 !== 0);
    }
  }

  async function buyOnce(seatIds: number[], pays: boolean): Promise<void> {
    const { url, jwtSecret, eventId } = options;
    const { userId } = clientOf(url(), jwtSecret);
    // The address may change with a restart.
    const buyer = () => clientOf(url(), jwtSecret, ['customer'], userId);
    const reserved = await patiently((key) => buyer().send('POST', '/v1/seats/reserve', { eventId, seatIds }, { key }));
    if (reserved?.status !== 201) return;
    const { reservationId } = reserved.body;
    journal.reserved.push({ buyer: buyer(), reservationId, seatIds });
    if (!pays) return;
    const ordered = await patiently((key) => buyer().send('POST', '/v1/orders', { reservationId }, { key }));
    if (ordered?.status !== 201) return;
    const { orderId, totalCents: amountCents, currency } = ordered.body;
    const charge = { orderId, amountCents, currency, paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_success' };
    const paid = await patiently((key) => buyer().send('POST', '/v1/charge', charge, { key }));
    if (paid?.status === 201) journal.paid.push({ buyer: buyer(), orderId });
  }

  return {
    journal,
    stop: async () => {
      stopping = true;
      await finished;
    },
  };
}

/** The answer, repeated with one key until there is a definite one; null when there was none in time. */
async function patiently(ask: (key: string) => Promise<Answer>): Promise<Answer | null> {
  const key = randomUUID();
  for (const deadlineMs = Date.now() + PATIENCE_MS; Date.now() < deadlineMs;) {
    const answer = await ask(key).catch(() => null);
    const again = answer === null || answer.status === 503 || answer.body?.code === 'IDEMPOTENCY_IN_FLIGHT';
    if (!again) return answer;
    await delay(50);
  }
  return null;
}

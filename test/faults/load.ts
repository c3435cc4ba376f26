import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Route } from '../../verify/journal/line.ts';
import { clientOf, type Answer, type Client } from '../support/buyer.ts';
import type { JournalFile } from './journal-file.ts';

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

/** How payments go, in turn: most succeed; silence that captured is asked about, silence that did not and declines end the payment. */
const TOKENS = ['tok_success', 'tok_card_declined', 'tok_success', 'tok_timeout_captured', 'tok_success', 'tok_gateway_timeout'];
/** Of so many that pay, one gives the order up afterwards, whatever became of it. */
const CANCELS_EVERY = 5;

/**
 * Buyers who reserve one or two random seats and, two out of three, order and pay, until stopped. Like good clients they repeat
 * what was not answered, or answered with 503, with the same Idempotency-Key. Some repeat what was answered, too. With `mixed`,
 * payments also fail and stay without an answer, and orders are cancelled.
 */
export function startLoad(options: {
  url: () => string;
  jwtSecret: string;
  eventId: string;
  seats: number;
  buyers: number;
  written: JournalFile;
  mixed?: boolean;
}): Load {
  const journal: Journal = { reserved: [], paid: [] };
  let stopping = false;
  const finished = Promise.all(Array.from({ length: options.buyers }, (_, index) => buyAgainAndAgain(index)));

  async function buyAgainAndAgain(seed: number): Promise<void> {
    for (let round = 0; !stopping; round++) {
      const seatId = 1 + Math.floor(Math.random() * (options.seats - 1));
      await buyOnce(round % 2 === 0 ? [seatId] : [seatId, seatId + 1], (seed + round) % 3 !== 0, seed + round);
    }
  }

  async function buyOnce(seatIds: number[], pays: boolean, turn: number): Promise<void> {
    const { url, jwtSecret, eventId, mixed = false } = options;
    const { userId } = clientOf(url(), jwtSecret);
    // The address may change with a restart.
    const buyer = () => clientOf(url(), jwtSecret, ['customer'], userId);
    const post = (route: Route, path: string, body: object) =>
      patiently(options.written, route, userId, (key) => buyer().send('POST', path, body, { key }));
    const reserved = await post('reserve', '/v1/seats/reserve', { eventId, seatIds });
    if (reserved?.status !== 201) return;
    const { reservationId } = reserved.body;
    journal.reserved.push({ buyer: buyer(), reservationId, seatIds });
    if (!pays) return;
    const ordered = await post('order', '/v1/orders', { reservationId });
    if (ordered?.status !== 201) return;
    const { orderId, totalCents: amountCents, currency } = ordered.body;
    const paymentToken = mixed ? TOKENS[turn % TOKENS.length] : 'tok_success';
    const charge = { orderId, amountCents, currency, paymentMethod: 'CREDIT_CARD', paymentToken };
    const paid = await post('charge', '/v1/charge', charge);
    const cancels = mixed && turn % CANCELS_EVERY === 0;
    if (cancels)
      await buyer()
        .send('POST', `/v1/orders/${orderId}/cancel`)
        .catch(() => null);
    else if (paid?.status === 201) journal.paid.push({ buyer: buyer(), orderId });
  }

  return {
    journal,
    stop: async () => {
      stopping = true;
      await finished;
    },
  };
}

/** One request in so many is repeated although it was answered. */
const REPEAT_EVERY = 10;
let requests = 0;

/** The answer, repeated with one key until there is a definite one; null when there was none in time. */
async function patiently(
  written: JournalFile,
  route: Route,
  userId: string,
  ask: (key: string) => Promise<Answer>,
): Promise<Answer | null> {
  const key = randomUUID();
  const askOnce = async (): Promise<Answer | null> => {
    const answer = await ask(key).catch(() => null);
    if (answer !== null) written.told(route, userId, key, answer);
    return answer;
  };
  written.asked(route, userId, key);
  for (const deadlineMs = Date.now() + PATIENCE_MS; Date.now() < deadlineMs;) {
    const answer = await askOnce();
    const again = answer === null || answer.status === 503 || answer.body?.code === 'IDEMPOTENCY_IN_FLIGHT';
    if (!again) {
      if (++requests % REPEAT_EVERY === 0) await askOnce();
      return answer;
    }
    await delay(50);
  }
  return null;
}

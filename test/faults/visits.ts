import type { Answer } from '../support/buyer.ts';
import type { PatientClient, PatientClients } from './patient-clients.ts';
import { pick } from './random.ts';

/** What is on sale: one event for all, and one whose holds end after a second or two. */
export type Houses = { eventId: string; shortHoldsEventId: string; seats: number; floor: string };

export type Visit = {
  clients: PatientClients;
  houses: Houses;
  random: () => number;
  /** Told of everything that came of something, e.g. `charge CARD_DECLINED`. */
  count: (what: string) => void;
};

/** How often payments go how: silence that captured is asked about, silence that did not and declines end the payment. */
const TOKENS = [
  ['tok_success', 50],
  ['tok_card_declined', 12],
  ['tok_insufficient_funds', 8],
  ['tok_timeout_captured', 8],
  ['tok_gateway_timeout', 8],
] as const;

/** This share of buyers reserves, orders and pays in one call. */
const BOOKS_AT_ONCE = 0.15;
const AFTER_RESERVING = [
  ['buy', 80],
  ['release', 10],
  ['abandon', 10],
] as const;
const WHILE_ORDERED = [
  ['pay', 84],
  ['cancel', 8],
  ['pay and cancel', 8],
] as const;
const AFTER_PAYING = [
  ['look', 60],
  ['cancel', 15],
  ['refund', 15],
  ['goodwill', 10],
] as const;

/** One buyer who comes, holds seats or places, and goes on in one of many ways; or does all of it in one call. */
export async function visit(on: Visit): Promise<void> {
  const buyer = on.clients.newClient('customer');
  if (on.random() < BOOKS_AT_ONCE) return book(on, buyer);
  const reserved = await told(on, 'reserve', buyer.ask('reserve', '/v1/seats/reserve', selection(on)));
  if (reserved?.status !== 201) return;
  const { reservationId } = reserved.body;
  switch (pick(on.random, AFTER_RESERVING)) {
    case 'buy':
      return order(on, buyer, reservationId);
    case 'release':
      return void (await told(on, 'release', buyer.send('POST', '/v1/seats/release', { reservationId })));
    case 'abandon':
      return on.count('abandoned');
  }
}

function selection({ houses, random }: Visit): object {
  const eventId = random() < 0.1 ? houses.shortHoldsEventId : houses.eventId;
  const seatId = 1 + Math.floor(random() * (houses.seats - 1));
  const what = pick(random, [
    [{ seatIds: [seatId] }, 35],
    [{ seatIds: [seatId, seatId + 1] }, 25],
    [{ places: [{ section: houses.floor, quantity: 2 }] }, 25],
    [{ bestAvailable: { quantity: 2 } }, 15],
  ]);
  return { eventId, ...what };
}

async function book(on: Visit, buyer: PatientClient): Promise<void> {
  const waits = pick(on.random, [
    ['', 50],
    ['?waitFor=CONFIRMED&timeoutMs=5000', 50],
  ]);
  const booking = { ...selection(on), paymentMethod: 'CREDIT_CARD', paymentToken: pick(on.random, TOKENS) };
  const booked = await told(on, 'booking', buyer.ask('booking', `/v1/bookings${waits}`, booking));
  if (booked?.body?.status !== undefined) on.count(`booked ${booked.body.status}`);
}

async function order(on: Visit, buyer: PatientClient, reservationId: string): Promise<void> {
  const ordered = await told(on, 'order', buyer.ask('order', '/v1/orders', { reservationId }));
  if (ordered?.status !== 201) return;
  const { orderId } = ordered.body;
  const cancel = () => told(on, 'cancel', buyer.send('POST', `/v1/orders/${orderId}/cancel`));
  const way = pick(on.random, WHILE_ORDERED);
  if (way === 'cancel') return void (await cancel());
  const charged = pay(on, buyer, ordered.body, pick(on.random, TOKENS));
  if (way === 'pay and cancel') return void (await Promise.all([charged, cancel()]));
  const first = await charged;
  const second = first?.status === 402 && on.random() < 0.6 ? await pay(on, buyer, ordered.body, 'tok_success') : first;
  if (second?.status === 201) await afterPaying(on, buyer, orderId, second.body.paymentId);
}

function pay(on: Visit, buyer: PatientClient, ordered: Answer['body'], paymentToken: string): Promise<Answer | null> {
  const { orderId, totalCents: amountCents, currency } = ordered;
  const charge = { orderId, amountCents, currency, paymentMethod: 'CREDIT_CARD', paymentToken };
  return told(on, 'charge', buyer.ask('charge', '/v1/charge', charge));
}

async function afterPaying(on: Visit, buyer: PatientClient, orderId: string, paymentId: string): Promise<void> {
  await told(on, 'wait', buyer.send('GET', `/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=5000`));
  const refund = (how: object) =>
    on.clients.newClient('admin').ask('refund', '/v1/refund', { paymentId, reason: 'Asked for', ...how });
  switch (pick(on.random, AFTER_PAYING)) {
    case 'look':
      return void (await told(on, 'tickets', buyer.send('GET', `/v1/orders/${orderId}/tickets`)));
    case 'cancel':
      return void (await told(on, 'cancel', buyer.send('POST', `/v1/orders/${orderId}/cancel`)));
    case 'refund':
      return void (await told(on, 'refund', refund({})));
    case 'goodwill':
      return void (await told(on, 'goodwill', refund({ amountCents: 100 })));
  }
}

/** Counts what became of it: its status, or the code of its refusal, or why a card was declined. */
async function told({ count }: Visit, what: string, asked: Promise<Answer | null>): Promise<Answer | null> {
  const answer = await asked;
  const { code, failureReason } = answer?.body ?? {};
  count(`${what} ${answer === null ? 'unanswered' : (failureReason ?? code ?? answer.status)}`);
  return answer;
}

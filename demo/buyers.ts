import { randomUUID } from 'node:crypto';
import type { EventAnswer } from '../contracts/http/catalog.ts';
import { Order } from '../contracts/http/orders.ts';
import { ChargeAnswer } from '../contracts/http/payments.ts';
import { Availability, Reservation } from '../contracts/http/seating.ts';
import { DEMO_BUYERS } from './accounts.ts';
import type { Api } from './api.ts';
import { signIn } from './sign-in.ts';

export type Buyer = Api;

const TICKETS_PER_ORDER = 8;
const CONFIRMED_WITHIN_MS = 10_000;

export async function signInBuyers(baseUrl: string): Promise<Buyer[]> {
  const signedIn = await Promise.all(DEMO_BUYERS.map((name) => signIn(baseUrl, name)));
  return signedIn.map(({ api }) => api);
}

/** Buys tickets until so many are sold or held, each buyer one order after the other. They are paid and issued when this resolves. */
export async function buyTickets(api: Api, buyers: readonly Buyer[], { eventId }: EventAnswer, sold: number): Promise<void> {
  const found = await api(Availability, { method: 'GET', path: `/v1/seats/availability?eventId=${eventId}` });
  const [section] = found.seatsBySection;
  if (section === undefined) return;
  const missing = sold - (found.totalSeats - found.availableSeats);
  const orders = Array.from({ length: Math.ceil(Math.max(0, missing) / TICKETS_PER_ORDER) }, (_, i) =>
    Math.min(TICKETS_PER_ORDER, missing - i * TICKETS_PER_ORDER),
  );
  const selection = (quantity: number) =>
    section.kind === 'SEATED' ? { bestAvailable: { quantity } } : { places: [{ section: section.section, quantity }] };
  await Promise.all(
    buyers.map(async (buyer, turn) => {
      for (const quantity of orders.filter((_, i) => i % buyers.length === turn))
        await buyOne(buyer, { eventId, ...selection(quantity) });
    }),
  );
}

async function buyOne(buyer: Buyer, choice: { eventId: string }): Promise<void> {
  const reserve = { method: 'POST', path: '/v1/seats/reserve', body: { json: choice } } as const;
  const { reservationId } = await buyer(Reservation, reserve);
  const make = { method: 'POST', path: '/v1/orders', body: { json: { reservationId } }, key: randomUUID() } as const;
  const { orderId, totalCents: amountCents, currency } = await buyer(Order, make);
  const json = { orderId, amountCents, currency, paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_success' };
  await buyer(ChargeAnswer, { method: 'POST', path: '/v1/charge', body: { json }, key: randomUUID() });
  const path = `/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=${CONFIRMED_WITHIN_MS}`;
  await buyer(Order, { method: 'GET', path });
}

import { randomUUID } from 'node:crypto';
import type { Order } from '../../contracts/http/orders.ts';
import type { Reservation } from '../../contracts/http/seating.ts';
import { bodyAs } from '../load/body.ts';
import type { KeptAnswer, LoadClient } from '../load/client.ts';
import { wireRequest } from '../load/wire.ts';

/** `whole`: from the first request sent to the ticket read. */
export const STEPS = ['reserve', 'order', 'charge', 'confirmed', 'tickets', 'whole'] as const;
export type Step = (typeof STEPS)[number];

/** A purchase that did not go on; the message says where and why. */
export class Stopped extends Error {}

const WAIT_MS = 20_000;

/** One buyer buys one place: reserve, order, charge, wait for the confirmation, read the ticket. @throws Stopped */
export async function purchase(
  client: LoadClient,
  token: string,
  reserveBody: string,
  took: (step: Step, ms: number) => void,
): Promise<void> {
  const beganMs = performance.now();
  const step = async <T>(name: Step, expected: number, asked: Promise<KeptAnswer | null>): Promise<T> => {
    const sentMs = performance.now();
    const answer = await asked;
    if (answer?.status !== expected) throw new Stopped(`${name}: ${answer?.status ?? 'lost'}`);
    took(name, performance.now() - sentMs);
    return bodyAs<T>(answer.text);
  };
  const get = (path: string) => client.ask(wireRequest({ path, token }));
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    client.ask(wireRequest({ method: 'POST', path, token, body, headers }));
  const withKey = () => ({ 'idempotency-key': randomUUID() });

  const { reservationId } = await step<Reservation>('reserve', 201, post('/v1/seats/reserve', reserveBody));
  const order = await step<Order>('order', 201, post('/v1/orders', JSON.stringify({ reservationId }), withKey()));
  const { orderId, totalCents: amountCents, currency } = order;
  const charge = JSON.stringify({ orderId, amountCents, currency, paymentMethod: 'CREDIT_CARD' });
  await step('charge', 201, post('/v1/charge', charge, withKey()));
  const waited = get(`/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=${WAIT_MS}`);
  const { status } = await step<Order>('confirmed', 200, waited);
  if (status !== 'CONFIRMED') throw new Stopped(`confirmed: ${status}`);
  const { tickets } = await step<{ tickets: unknown[] }>('tickets', 200, get(`/v1/orders/${orderId}/tickets`));
  if (tickets.length !== 1) throw new Stopped(`tickets: ${tickets.length}`);
  took('whole', performance.now() - beganMs);
}

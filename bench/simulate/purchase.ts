import { wireRequest } from '../load/wire.ts';
import { asCharged, asOrdered, asTickets, codeOf, parsed, type Held, type Ordered, type Tickets } from './answers.ts';
import { askPatiently } from './persist.ts';
import type { Ending } from './tally.ts';
import { ask, letDown, read, refused, strange, think, type Visit } from './visit.ts';

const CONFIRM_TIMEOUT_MS = 20_000;
const MAX_CONFIRM_POLLS = 6;

/** With one card, or with a second one after the first was declined. */
export async function pay(visit: Visit, order: Ordered, timed: (ms: number) => void): Promise<'paid' | Ending> {
  const { plan, tally } = visit;
  const cards = plan.declined ? ['tok_card_declined', 'tok_success'] : ['tok_success'];
  const { orderId, totalCents: amountCents, currency } = order;
  for (const [i, paymentToken] of cards.entries()) {
    await think(visit, i === 0 ? 'finds card' : 'another card');
    const charge = { orderId, amountCents, currency, paymentMethod: 'CREDIT_CARD', paymentToken };
    const answer = await ask(visit, 'charge', i, charge);
    if (answer === null) return letDown(visit, 'charge');
    timed(answer.tookMs);
    if (answer.code === 'PAYMENT_DECLINED') {
      tally.refused('charge', answer.code);
      continue;
    }
    if (answer.status >= 400) return refused(visit, 'charge', answer);
    if (asCharged(answer.body) === null) return strange(visit, 'charge', answer);
    return 'paid';
  }
  return 'tooLate';
}

type Timed = (step: 'confirm' | 'tickets', ms: number) => void;

/** Waits for the confirmation and reads the tickets. */
export async function receive(visit: Visit, order: Ordered, held: Held, timed: Timed): Promise<Tickets | Ending> {
  const { tally } = visit;
  const started = performance.now();
  const path = `/v1/orders/${order.orderId}`;
  let status = '';
  for (let poll = 0; poll < MAX_CONFIRM_POLLS && !visit.signal.aborted; poll++) {
    const body = await read(visit, `${path}?waitFor=CONFIRMED&timeoutMs=${CONFIRM_TIMEOUT_MS}`);
    ({ status } = asOrdered(body) ?? { status });
    if (status !== 'PAYMENT_PROCESSING' && status !== 'PENDING' && status !== '') break;
  }
  if (visit.signal.aborted) return 'interrupted';
  if (status !== 'CONFIRMED') {
    tally.unexpected(`${order.orderId} was paid and is ${status || 'unknown'}`);
    return 'unserved';
  }
  timed('confirm', performance.now() - started);
  tally.count('confirmed');
  const readMs = performance.now();
  const tickets = asTickets(await read(visit, `${path}/tickets`));
  const wanted = held.seats.length + held.places.reduce((sum, { quantity }) => sum + quantity, 0);
  if (tickets === null || tickets.tickets.length !== wanted) {
    if (visit.signal.aborted) return 'interrupted';
    tally.unexpected(`${order.orderId} has ${tickets?.tickets.length ?? 'no readable'} tickets for ${wanted} places`);
    return 'unserved';
  }
  timed('tickets', performance.now() - readMs);
  return tickets;
}

export async function cancel(visit: Visit, order: Ordered): Promise<Ending> {
  const { tally, token, host } = visit;
  const path = `/v1/orders/${order.orderId}/cancel`;
  const sentMs = performance.now();
  const reply = await askPatiently(visit, wireRequest({ method: 'POST', path, token }, host));
  if (reply === null) return letDown(visit, 'cancel');
  tally.took('cancel', performance.now() - sentMs);
  if (reply.status < 300) return 'cancelled';
  const body = parsed(reply.text);
  return refused(visit, 'cancel', { status: reply.status, body, code: codeOf(body, reply.status) });
}

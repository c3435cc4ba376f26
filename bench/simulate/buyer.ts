import { asOrdered } from './answers.ts';
import { choose } from './choose.ts';
import { cancel, pay, receive } from './purchase.ts';
import type { Ending } from './tally.ts';
import { ask, letDown, refused, strange, think, type Visit } from './visit.ts';

/** One buyer's whole way, from the first look to the tickets or wherever it ends. */
export async function buy(visit: Visit): Promise<Ending> {
  const { plan, tally } = visit;
  let bookingMs = 0;
  const timed = (step: 'order' | 'charge' | 'confirm' | 'tickets', ms: number): void => {
    bookingMs += ms;
    tally.took(step, ms);
  };

  const choice = await choose(visit);
  if (typeof choice === 'string') return choice;
  const { held } = choice;
  bookingMs += choice.tookMs;
  if (plan.abandons === 'held') return 'abandoned';

  await think(visit, 'fills in');
  const ordering = await ask(visit, 'order', 0, { reservationId: held.reservationId });
  if (ordering === null) return letDown(visit, 'order');
  timed('order', ordering.tookMs);
  if (ordering.status !== 201) return refused(visit, 'order', ordering);
  const order = asOrdered(ordering.body);
  if (order === null) return strange(visit, 'order', ordering);
  if (plan.abandons === 'ordered') return 'abandoned';
  if (plan.cancels === 'ordered') return cancel(visit, order);

  const paid = await pay(visit, order, (ms) => timed('charge', ms));
  if (paid !== 'paid') return paid;
  const tickets = await receive(visit, order, held, timed);
  if (typeof tickets === 'string') return tickets;
  tally.took('booking', bookingMs);
  visit.ledger.issued(visit.event.index, tickets.tickets);
  if (plan.cancels === 'confirmed') {
    visit.ledger.returned(visit.event.index, tickets.tickets);
    return cancel(visit, order);
  }
  return 'tickets';
}

import { newId } from '../../contracts/ids.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import type { Action, Step, Story } from './steps.ts';
import { BUYERS, SEATS } from './steps.ts';
import type { Caller, Facts, Sold, World } from './world.ts';

type Request = { service: Sold; url: string; body?: object; caller: Caller; key: string };
type Answered = { status: number; body: Record<string, unknown> };
type Charged = { paymentId: string; orderId: string };
/** `totalCents` is null of a booking in one call, which does not say what it costs. */
type Ordered = { orderId: string; totalCents: number | null; caller: Caller };

/** What clients know, which is what they were told. */
export type Sale = {
  eventId: string;
  organizer: Caller;
  requests: Request[];
  reservations: { reservationId: string; caller: Caller }[];
  orders: Ordered[];
  payments: Charged[];
  /** What was told of each key, by status and the id in the answer. */
  told: Map<string, string>;
};

export type Cast = { buyers: Caller[]; organizer: Caller };

export function castOf(world: World): Cast {
  return { buyers: Array.from({ length: BUYERS }, () => world.signIn('customer')), organizer: world.signIn('organizer') };
}

const YEAR_MS = 365 * 86_400_000;
export const HOLD_SECONDS = 60;

const SECTIONS = [
  { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: [{ row: 'A', seats: SEATS }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 2_050, capacity: 3 },
  { section: 'Free', kind: 'GENERAL_ADMISSION', priceCents: 0, capacity: 2 },
];

export async function openSale(world: World, organizer: Caller): Promise<Sale> {
  const eventId = newId('event');
  world.catalog.facts = factsOf(eventId, organizer.userId);
  const sale: Sale = { eventId, organizer, requests: [], reservations: [], orders: [], payments: [], told: new Map() };
  const body = { eventId, sections: SECTIONS };
  const { status, body: answer } = await send(world, {
    service: 'seating',
    url: '/v1/seats/bulk',
    body,
    caller: organizer,
    key: 'k',
  });
  if (status !== 201) throw new Error(JSON.stringify(answer));
  return sale;
}

function factsOf(eventId: string, organizerId: string): Facts {
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString();
  return {
    ...{ eventId, revision: 1, venueId: newId('venue'), venueName: 'Hall', city: 'Utrecht', country: 'NL', name: 'Evening' },
    ...{ eventType: 'CONCERT', status: 'UPCOMING', organizerId, timezone: 'UTC', currency: 'EUR', offSaleAt: null },
    ...{ onSaleAt: at(-1_000), startDate: at(YEAR_MS), endDate: at(2 * YEAR_MS) },
    ...{ holdTtlSeconds: HOLD_SECONDS, maxTicketsPerUser: 10 },
  };
}

/** Lives through the story. Everything is under way or undone when this ends. */
export async function live(world: World, { buyers, organizer }: Cast, story: Story): Promise<Sale> {
  const sale = await openSale(world, organizer);
  for (const { buyer, selection, paymentToken } of story.opening) {
    await perform(world, sale, buyers, { do: 'reserve', buyer, selection });
    await perform(world, sale, buyers, { do: 'order', nth: sale.reservations.length - 1 });
    await perform(world, sale, buyers, { do: 'charge', nth: sale.orders.length - 1, paymentToken });
  }
  for (const [index, step] of story.steps.entries()) {
    if (index === story.cancelEvent) await cancelEvent(world);
    await take(world, sale, buyers, step);
  }
  return sale;
}

async function take(world: World, sale: Sale, buyers: readonly Caller[], step: Step): Promise<void> {
  if ('passSeconds' in step) return world.pass(step.passSeconds);
  await world.faults.during(step.fault, async () => {
    const done = await Promise.allSettled(
      step.actions.map((action) => perform(world, sale, buyers, action, step.fault !== null)),
    );
    for (const one of done) if (one.status === 'rejected') throw one.reason;
  });
}

async function cancelEvent(world: World): Promise<void> {
  if (world.catalog.facts === null) return;
  const data = { ...world.catalog.facts, revision: 2, status: 'CANCELLED' };
  world.catalog.facts = data;
  const { eventId } = data;
  const event = newDomainEvent({
    type: 'event.cancelled',
    source: '/test',
    subject: eventId,
    time: new Date().toISOString(),
    data,
  });
  await world.log.append([{ id: event.id, topic: 'catalog.events', key: eventId, eventsJson: JSON.stringify([event]) }]);
}

/** With a fault about, "something failed" is a fair answer; without one it never is. */
async function perform(world: World, sale: Sale, buyers: readonly Caller[], action: Action, faulty = false): Promise<void> {
  switch (action.do) {
    case 'relay':
      return world.relay(action.service);
    case 'deliver':
      await world.log.deliver(action.portion, world.faults.death());
      return;
    case 'job':
      return runJob(world, action.nth, faulty);
    default: {
      const request = await requestOf(world, sale, buyers, action);
      if (request !== null) await askFor(world, sale, request, faulty);
    }
  }
}

async function runJob(world: World, nth: number, faulty: boolean): Promise<void> {
  try {
    await world.jobs[nth % world.jobs.length]?.run(new AbortController().signal);
  } catch (error) {
    if (!faulty) throw error;
  }
}

type Asked = Exclude<Action, { do: 'relay' | 'deliver' | 'job' }>;

/** Null when there is nothing yet that it could be about. */
async function requestOf(world: World, sale: Sale, buyers: readonly Caller[], action: Asked): Promise<Request | null> {
  const key = `key-${sale.requests.length}`;
  switch (action.do) {
    case 'reserve': {
      const caller = buyers[action.buyer];
      const body = { eventId: sale.eventId, ...action.selection };
      return caller === undefined ? null : remembered(sale, { service: 'seating', url: '/v1/seats/reserve', body, caller, key });
    }
    case 'order': {
      const held = sale.reservations[action.nth % sale.reservations.length];
      if (held === undefined) return null;
      const { reservationId, caller } = held;
      return remembered(sale, { service: 'orders', url: '/v1/orders', body: { reservationId }, caller, key });
    }
    case 'charge': {
      const ordered = sale.orders[action.nth % sale.orders.length];
      if (ordered === undefined) return null;
      const { orderId, caller } = ordered;
      const amountCents = ordered.totalCents ?? (await totalOf(world, orderId));
      const { paymentToken } = action;
      const body = { orderId, amountCents, currency: 'EUR', paymentMethod: 'CREDIT_CARD', paymentToken };
      return remembered(sale, { service: 'payments', url: '/v1/charge', body, caller, key });
    }
    case 'book': {
      const caller = buyers[action.buyer];
      const { paymentToken, selection } = action;
      const body = { eventId: sale.eventId, ...selection, paymentMethod: 'CREDIT_CARD', paymentToken };
      return caller === undefined ? null : remembered(sale, { service: 'orders', url: '/v1/bookings', body, caller, key });
    }
    case 'again':
      return sale.requests[action.nth % sale.requests.length] ?? null;
    case 'cancel': {
      const ordered = sale.orders[action.nth % sale.orders.length];
      if (ordered === undefined) return null;
      return remembered(sale, { service: 'orders', url: `/v1/orders/${ordered.orderId}/cancel`, caller: ordered.caller, key });
    }
    case 'release': {
      const held = sale.reservations[action.nth % sale.reservations.length];
      if (held === undefined) return null;
      const { reservationId, caller } = held;
      return remembered(sale, { service: 'seating', url: '/v1/seats/release', body: { reservationId }, caller, key });
    }
    case 'refund':
      return refundOf(world, sale, action, key);
  }
}

async function totalOf(world: World, orderId: string): Promise<number> {
  const read = { name: 'test.total', text: 'select total_cents as "totalCents" from orders where order_id = $1' };
  const [order] = await world.databases.orders.database.rows<{ totalCents: number }>(read, [orderId]);
  if (order === undefined) throw new Error(`${orderId} was told and is gone`);
  return order.totalCents;
}

async function refundOf(
  world: World,
  sale: Sale,
  { nth, refunded }: Extract<Asked, { do: 'refund' }>,
  key: string,
): Promise<Request | null> {
  const charged = sale.payments[nth % sale.payments.length];
  if (charged === undefined) return null;
  const what: { ticketIds?: string[]; amountCents?: number } = {};
  if (refunded.kind === 'amount') what.amountCents = refunded.amountCents;
  if (refunded.kind === 'ticket') {
    const [ticket] = await world.databases.orders.database.rows<{ id: string }>(
      {
        name: 'test.a_ticket',
        text: 'select ticket_id as id from ticket where order_id = $1 order by status desc, seat_id limit 1',
      },
      [charged.orderId],
    );
    if (ticket === undefined) return null;
    what.ticketIds = [ticket.id];
  }
  const body = { paymentId: charged.paymentId, reason: 'Wanted', ...what };
  return remembered(sale, { service: 'payments', url: '/v1/refund', body, caller: sale.organizer, key });
}

function remembered(sale: Sale, request: Request): Request {
  sale.requests.push(request);
  return request;
}

async function askFor(world: World, sale: Sale, request: Request, faulty: boolean): Promise<void> {
  const answer = await send(world, request);
  if (answer.status === 500 && !faulty) throw new Error(`500 for ${request.url}: ${JSON.stringify(answer.body)}`);
  if (answer.status === 400) throw new Error(`The model asks badly: ${JSON.stringify([request, answer])}`);
  note(sale, request, answer);
}

export async function send(world: World, { service, url, body, caller, key }: Request): Promise<Answered> {
  const answer = await world.public[service].inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${caller.token}`, 'idempotency-key': key },
    ...(body === undefined ? {} : { payload: body }),
  });
  return { status: answer.statusCode, body: answer.json() };
}

const ID_OF: Record<string, string> = {
  '/v1/seats/reserve': 'reservationId',
  '/v1/orders': 'orderId',
  '/v1/bookings': 'orderId',
  '/v1/charge': 'paymentId',
  '/v1/refund': 'refundId',
};

function note(sale: Sale, { url, caller, key, body: asked }: Request, { status, body }: Answered): void {
  const id = body[ID_OF[url] ?? ''];
  if (typeof id !== 'string') return;
  const settled = status !== 202 && status < 300;
  if (status < 300) {
    const before = sale.told.get(key);
    if (before !== undefined && before !== id) throw new Error(`${url} with one key did two things: ${before} and ${id}`);
    sale.told.set(key, id);
  }
  if (url === '/v1/seats/reserve' && settled) addOnce(sale.reservations, 'reservationId', { reservationId: id, caller });
  const { totalCents } = body;
  if (url === '/v1/orders' && settled && typeof totalCents === 'number')
    addOnce(sale.orders, 'orderId', { orderId: id, totalCents, caller });
  if (url === '/v1/bookings' && status < 300) addOnce(sale.orders, 'orderId', { orderId: id, totalCents: null, caller });
  if (url === '/v1/charge' && asked !== undefined && 'orderId' in asked)
    addOnce(sale.payments, 'paymentId', { paymentId: id, orderId: String(asked.orderId) });
}

function addOnce<K extends string, T extends Record<K, unknown>>(list: T[], name: K, one: T): void {
  if (!list.some((known) => known[name] === one[name])) list.push(one);
}

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DomainEventData } from '../../contracts/events/domain-event.ts';
import type { RefundKind } from '../../contracts/http/payments.ts';
import { newId } from '../../contracts/ids.ts';
import { domainEvent } from '../../test/support/domain-event.ts';
import { startServiceApp, type ServiceApp } from '../../test/support/service-app.ts';
import { orders } from './service.ts';
import { fakeNeighbours } from './test-seating.ts';

let app: ServiceApp;
const neighbours = fakeNeighbours();
const now = new Date().toISOString();

beforeAll(async () => {
  app = await startServiceApp(orders, { services: neighbours });
});
afterAll(() => app.stop());

type Sold = { orderId: string; userId: string; eventId: string; reservationId: string; paymentId: string; ticketIds: string[] };

const INSERT_ORDER = {
  name: 'test.insert_order',
  text: `insert into orders (order_id, user_id, event_id, reservation_id, status, items, subtotal_cents, fee_cents, tax_cents,
      total_cents, currency, payment_id, confirmation_number, expires_at, created_at, updated_at)
    values ($1, $2, $3, $4, $6, '[]', 3000, 0, 0, 3000, 'USD', $5, $1, now(), now(), now())`,
};
const INSERT_TICKET = {
  name: 'test.insert_ticket',
  text: `insert into ticket (ticket_id, order_id, event_id, user_id, section, seat_code, value_cents, status, ticket_code, qr_payload, issued_at)
    values ($1, $2, $3, $4, 'Floor', 'Floor', 1000, 'VALID', $1, '', now())`,
};

/** A confirmed order of three places, as if it had been bought. */
async function sold(eventId = newId('event'), status = 'CONFIRMED'): Promise<Sold> {
  const order = { orderId: newId('order'), userId: newId('user'), eventId, reservationId: newId('reservation') };
  const { orderId, userId, reservationId } = order;
  const paymentId = newId('payment');
  await app.database.run(INSERT_ORDER, [orderId, userId, eventId, reservationId, paymentId, status]);
  const ticketIds = status === 'CONFIRMED' ? [1, 2, 3].map(() => newId('ticket')) : [];
  for (const ticketId of ticketIds) await app.database.run(INSERT_TICKET, [ticketId, orderId, eventId, userId]);
  return { ...order, paymentId, ticketIds };
}

function payment({ orderId, userId, eventId, reservationId, paymentId }: Sold) {
  return { paymentId, orderId, userId, eventId, reservationId, amountCents: 3_000, currency: 'USD' };
}

const refunded = (order: Sold, refundId: string, kind: RefundKind, refundedCents: number) =>
  domainEvent('payment.refunded', order.orderId, {
    ...{ ...payment(order), refundId, kind, refundedCents },
    ...{ reason: '', ticketIds: [], refundedAt: now },
  });
const refundFailed = (order: Sold, refundId: string) =>
  domainEvent('payment.refund-failed', order.orderId, {
    ...{ ...payment(order), refundId, kind: 'TICKETS' as const, refundCents: 1_000 },
    ...{ failureReason: 'CARD_CLOSED', retryable: false, failedAt: now },
  });

async function revoke(order: Sold, refundId: string, ticketIds?: readonly string[]) {
  const url = `/internal/orders/${order.orderId}/revocations`;
  const payload = { refundId, paymentId: order.paymentId, reason: '', ...(ticketIds === undefined ? {} : { ticketIds }) };
  const answer = await app.requestAsService({ method: 'POST', url, payload });
  return { status: answer.statusCode, body: answer.json() };
}

async function stateOf({ orderId }: Sold): Promise<{ status: string; cancelReason: string | null; tickets: string }> {
  const text = `select status, cancel_reason as "cancelReason",
    (select string_agg(left(ticket.status, 1), '' order by ticket_id) from ticket where ticket.order_id = orders.order_id) as tickets
    from orders where order_id = $1`;
  const [row] = await app.database.rows<{ status: string; cancelReason: string | null; tickets: string }>(
    { name: 'test.state_of_order', text },
    [orderId],
  );
  if (row === undefined) throw new Error('no such order');
  return row;
}

async function publishedOf(type: string, subjects: ReadonlySet<string>): Promise<string[]> {
  return (await app.published()).filter((one) => one.type === type && subjects.has(one.subject)).map(({ subject }) => subject);
}

const giveUp = (signal: AbortSignal) => app.service.jobs?.find(({ name }) => name === 'give-up-orders')?.run(signal);

describe('revoking tickets for a refund', () => {
  it('happens once per refund, all or nothing, and not to those of another payment', async () => {
    const order = await sold();
    const [one = '', two = ''] = order.ticketIds;
    const refundId = newId('refund');
    const first = await revoke(order, refundId, [one]);
    expect(first).toEqual({ status: 200, body: { ticketIds: [one], valueCents: 1_000 } });
    expect(await revoke(order, refundId, [one])).toEqual(first);
    expect(await revoke(order, newId('refund'), [one, two])).toMatchObject({
      body: { code: 'TICKET_NOT_REFUNDABLE', ticketIds: [one] },
    });
    expect(await revoke(order, newId('refund'), [newId('ticket')])).toMatchObject({ body: { code: 'TICKET_NOT_FOUND' } });
    expect(await revoke({ ...order, paymentId: newId('payment') }, newId('refund'), [two])).toMatchObject({ status: 404 });
    expect(await stateOf(order)).toEqual({ status: 'CONFIRMED', cancelReason: null, tickets: 'RVV' });
    expect(await publishedOf('ticket.revoked', new Set([order.orderId]))).toHaveLength(1);
  });

  it('is refused for what was used, and while it is being decided what becomes of the order', async () => {
    const order = await sold();
    await app.database.run({ name: 'test.use', text: `update ticket set status = 'USED' where ticket_id = $1` }, [
      order.ticketIds[0],
    ]);
    expect(await revoke(order, newId('refund'))).toMatchObject({ status: 409, body: { code: 'TICKET_NOT_REFUNDABLE' } });
    const open = await sold(newId('event'), 'PAYMENT_PROCESSING');
    expect(await revoke(open, newId('refund'))).toMatchObject({ status: 409, body: { code: 'PAYMENT_NOT_REFUNDABLE' } });
    const ended = await sold(newId('event'), 'CANCELLED');
    expect(await revoke(ended, newId('refund'))).toEqual({ status: 200, body: { ticketIds: [], valueCents: 0 } });
  });

  it('is undone when the provider refuses for good, and the seats stay', async () => {
    const order = await sold();
    const refundId = newId('refund');
    await revoke(order, refundId);
    expect(await stateOf(order)).toMatchObject({ tickets: 'RRR' });
    const news = refundFailed(order, refundId);
    await app.deliver(news, refundFailed(order, refundId));
    await app.deliver(news, refunded(order, refundId, 'TICKETS', 3_000));
    expect(await stateOf(order)).toEqual({ status: 'CONFIRMED', cancelReason: null, tickets: 'VVV' });
    expect((await revoke(order, newId('refund'))).body).toMatchObject({ valueCents: 3_000 });
  });
});

describe('news of refunds', () => {
  it('ends in the same state in whatever order and however often it comes', async () => {
    const news = fc.array(fc.nat({ max: 3 }), { maxLength: 12 });
    const property = fc.asyncProperty(news, async (picked) => {
      const order = await sold();
      const refundIds = order.ticketIds.map(() => newId('refund'));
      for (const [index, refundId] of refundIds.entries()) await revoke(order, refundId, [order.ticketIds[index] ?? '']);
      const all = [
        ...refundIds.map((refundId) => refunded(order, refundId, 'TICKETS', 900)),
        refunded(order, newId('refund'), 'GOODWILL', 300),
      ];
      for (const index of [...picked, 0, 1, 2, 3]) await app.deliver(...all.slice(index, index + 1));
      expect(await stateOf(order)).toMatchObject({ status: 'REFUNDED', tickets: 'RRR' });
      const told = await publishedOf('booking.refunded', new Set([order.orderId]));
      expect(told.length).toBeGreaterThanOrEqual(3);
      expect(told.length).toBeLessThanOrEqual(4);
      const freed = neighbours.calls.filter(({ path }) => path.endsWith(`${order.reservationId}/deallocate`));
      expect(new Set(freed.map(({ body }) => (body as { refundId: string }).refundId))).toEqual(new Set(refundIds));
    });
    await fc.assert(property, { numRuns: 15 });
  }, 60_000);
});

describe('a cancelled event with three hundred orders', () => {
  it('gives each up once, also when the work is cut off in the middle', async () => {
    const eventId = newId('event');
    const paid = await Promise.all(Array.from({ length: 250 }, () => sold(eventId)));
    const paying = await Promise.all(Array.from({ length: 50 }, () => sold(eventId, 'PAYMENT_PROCESSING')));
    const other = await sold();
    const facts = { eventId, status: 'CANCELLED', revision: 2 } as DomainEventData<'event.cancelled'>;
    await app.deliver(domainEvent('event.cancelled', eventId, facts), domainEvent('event.cancelled', eventId, facts));
    let looks = 0;
    const cutOff = {
      get aborted() {
        return ++looks > 2;
      },
    } as AbortSignal;
    await giveUp(cutOff);
    const subjects = new Set([...paid, ...paying].map(({ orderId }) => orderId));
    const half = await publishedOf('ticket.revoked', subjects);
    expect(half.length).toBeGreaterThan(0);
    expect(half.length).toBeLessThan(paid.length);
    // Two processes at once, and once more.
    await Promise.all([giveUp(new AbortController().signal), giveUp(new AbortController().signal)]);
    await giveUp(new AbortController().signal);
    const revoked = await publishedOf('ticket.revoked', subjects);
    expect(new Set(revoked).size).toBe(paid.length);
    expect(revoked).toHaveLength(paid.length);
    for (const order of paid)
      expect(await stateOf(order)).toEqual({ status: 'CONFIRMED', cancelReason: 'EVENT_CANCELLED', tickets: 'RRR' });
    for (const order of paying)
      expect(await stateOf(order)).toMatchObject({ status: 'PAYMENT_PROCESSING', cancelReason: 'EVENT_CANCELLED' });
    expect(await stateOf(other)).toEqual({ status: 'CONFIRMED', cancelReason: null, tickets: 'VVV' });
  }, 60_000);
});

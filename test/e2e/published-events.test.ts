import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { sql } from '../../platform/postgres/database.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import { ask } from '../support/ask.ts';
import { buy, makeEvent, someone, type Client } from '../support/buyer.ts';
import { HALL } from '../support/contract.ts';
import { checkLog, problemsOf } from '../support/published-events.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

/**
 * What is on the log is what `docs/asyncapi.json` says of it. Every system of the tests is looked at so when it stops; here are the
 * ways of a sale, and that a wrong domain event is noticed.
 */

let system: TestSystem;
let organizer: Client;
let buyer: Client;
let eventId: string;

beforeAll(async () => {
  system = await startSystem();
  organizer = someone(system, 'admin');
  buyer = someone(system, 'customer');
  eventId = await makeEvent(organizer, HALL);
});
afterAll(() => system.stop());

const READ = sql('test.types_on_log', `SELECT DISTINCT e ->> 'type' AS type FROM record, json_array_elements(events::json) AS e`);
const CHANGE = sql('test.change_log', 'UPDATE record SET events = replace(events, $1, $2) WHERE topic = $3');

async function seen(...types: string[]): Promise<void> {
  await vi.waitFor(
    async () => {
      const rows = await system.databaseOf('event-log').rows<{ type: string }>(READ);
      expect(rows.map(({ type }) => type)).toEqual(expect.arrayContaining(types));
    },
    { timeout: 15_000, interval: 50 },
  );
}

const confirmed = (orderId: string) => buyer.get(`/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=10000`);

describe('domain events are as they are described', () => {
  it('when somebody registers, signs in, changes their name and leaves', async () => {
    const account = { username: `ada${randomUUID().slice(0, 8)}`, password: 'a long password', firstName: 'Ada', lastName: 'L' };
    const email = `${account.username}@example.org`;
    const call = (method: string, path: string, body: object, token?: string) =>
      ask(`${system.url}/v1/users/${path}`, method, { body, ...(token === undefined ? {} : { token }) });
    const { userId } = (await call('POST', 'register', { ...account, email })).body;
    const { accessToken } = (await call('POST', 'login', { email, password: account.password })).body;
    expect((await call('PUT', userId, { firstName: 'Augusta' }, accessToken)).status).toBe(200);
    await ask(`${system.url}/v1/users/logout`, 'POST', { token: accessToken });
    await seen('user.registered', 'user.logged-in', 'user.updated', 'user.logged-out', 'notification.requested');
  });

  it('when a sale is prepared, and seats are bought, refused, given back and blocked', async () => {
    const { order, charge } = await buy(buyer, eventId, { seatIds: [1, 2] });
    expect(charge.status).toBe(201);
    expect((await confirmed(order.orderId)).body.status).toBe('CONFIRMED');
    await someone(system, 'customer').send('POST', '/v1/seats/reserve', { eventId, seatIds: [1] });
    const held = await buyer.send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Floor', quantity: 2 }] });
    await buyer.send('DELETE', `/v1/seats/reservation/${held.body.reservationId}`);
    await organizer.send('PUT', '/v1/seats/block', { eventId, seatIds: [12] });
    await organizer.send('PUT', '/v1/seats/unblock', { eventId, seatIds: [12] });
    await seen(
      'venue.created',
      'event.created',
      'seats.opened',
      'seat.reserved',
      'seat.unavailable',
      'seat.released',
      'seat.allocated',
    );
    await seen(
      'booking.initiated',
      'payment.requested',
      'payment.completed',
      'booking.confirmed',
      'ticket.issued',
      'seat.unblocked',
    );
  });

  it('when a card is declined, an order given up, tickets refunded, and the event cancelled', async () => {
    const declined = await buy(buyer, eventId, { seatIds: [3] }, 'tok_card_declined');
    await buyer.send('POST', `/v1/orders/${declined.order.orderId}/cancel`);
    const { order, charge } = await buy(buyer, eventId, { seatIds: [4, 5] });
    await confirmed(order.orderId);
    const { tickets } = (await buyer.get(`/v1/orders/${order.orderId}/tickets`)).body;
    const part = { paymentId: charge.body.paymentId, ticketIds: [tickets[0].ticketId], reason: 'Ill' };
    expect((await organizer.send('POST', '/v1/refund', part, { key: randomUUID() })).status).toBe(201);
    await seen('payment.failed', 'booking.cancelled', 'ticket.revoked', 'payment.refunded');
    const body = { eventId, seatIds: [7], paymentMethod: 'CREDIT_CARD', paymentToken: 'tok_card_declined' };
    await buyer.send('POST', '/v1/bookings', body, { key: randomUUID() });
    await seen('booking.failed');
    expect((await organizer.send('PUT', `/v1/events/${eventId}`, { status: 'CANCELLED' })).status).toBe(200);
    await seen('event.cancelled', 'booking.refunded');
  });
});

describe('a domain event that is not as described', () => {
  const event = (): any =>
    newDomainEvent({
      type: 'user.logged-in',
      source: '/onsale/users',
      subject: '',
      time: new Date().toISOString(),
      data: { userId: newId('user'), sessionId: newId('session'), loggedInAt: new Date().toISOString() },
    });
  const good = () => {
    const made = event();
    return { ...made, subject: made.data.userId };
  };

  it.each<[string, (event: any) => any, string, RegExp]>([
    ['of another topic', (one) => one, 'seat.events', /not among what is published/],
    ['that nobody publishes', (one) => ({ ...one, type: 'user.action' }), 'analytics.events', /not among what is published/],
    ['about another aggregate', (one) => ({ ...one, subject: newId('user') }), 'user.events', /its subject is not its userId/],
    ['of another service', (one) => ({ ...one, source: '/onsale/orders' }), 'user.events', /ce_source must be equal to constant/],
    ['with an unknown attribute', (one) => ({ ...one, extra: '1' }), 'user.events', /ce_extra/],
    ['with an unknown field', (one) => ({ ...one, data: { ...one.data, password: 'x' } }), 'user.events', /"password"/],
    ['without a field', (one) => ({ ...one, data: { userId: one.subject } }), 'user.events', /required property 'sessionId'/],
    [
      'with a time of the database',
      (one) => ({ ...one, data: { ...one.data, loggedInAt: '2026-11-21 10:00:00+00' } }),
      'user.events',
      /date-time/,
    ],
  ])('is found: %s', (_, change, topic, problem) => {
    expect(problemsOf('user.events', good())).toEqual([]);
    expect(problemsOf(topic, change(good())).join('\n')).toMatch(problem);
  });

  it('is found on the log of a system', async () => {
    const log = system.databaseOf('event-log');
    await checkLog(log);
    await log.run(CHANGE, ['"versionComplete"', '"versionCompleted"', 'seat.events']);
    await expect(checkLog(log)).rejects.toThrow(/versionCompleted/);
    await log.run(CHANGE, ['"versionCompleted"', '"versionComplete"', 'seat.events']);
    await checkLog(log);
  });
});

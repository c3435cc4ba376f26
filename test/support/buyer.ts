import { randomUUID } from 'node:crypto';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import type { Order } from '../../contracts/http/orders.ts';
import type { Reservation } from '../../contracts/http/seating.ts';
import type { Role } from '../../platform/auth/identity.ts';
import type { TestSystem } from './system.ts';
import { checkDeclared } from './declared-errors.ts';

export type Answer = { status: number; body: any; headers: Headers };

/** Somebody who uses the API over HTTP. */
export type Client = {
  userId: string;
  token: string;
  get(path: string): Promise<Answer>;
  send(
    method: 'POST' | 'PUT' | 'DELETE',
    path: string,
    body?: unknown,
    options?: { key?: string; contentType?: string },
  ): Promise<Answer>;
};

/** A new signed-in user of a system with these roles. */
export function someone({ url, signIn }: Pick<TestSystem, 'url' | 'signIn'>, ...roles: Role[]): Client {
  const { userId, token } = signIn(...roles);
  return clientWith(url, userId, token);
}

/** A user with a token signed by the program's own secret; the users service need not know them. */
export function clientOf(url: string, jwtSecret: string, roles: Role[] = ['customer'], userId = newId('user')): Client {
  const tokens = createAccessTokens({ jwtSecret, ttlSeconds: 3_600 });
  const token = tokens.sign({ userId, sessionId: newId('session'), roles }).accessToken;
  return clientWith(url, userId, token);
}

export function clientWith(url: string, userId: string, token: string): Client {
  async function request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const answer = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const read = text && isJson(answer) ? JSON.parse(text) : text;
    if (answer.status >= 400) await checkDeclared(method, url + path, read);
    return { status: answer.status, headers: answer.headers, body: read };
  }
  return {
    userId,
    token,
    get: (path) => request('GET', path),
    send: (method, path, body, { key, contentType = 'application/json' } = {}) =>
      request(method, path, body, {
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(key ? { 'idempotency-key': key } : {}),
      }),
  };
}

function isJson(answer: Response): boolean {
  return /json/.test(answer.headers.get('content-type') ?? '');
}

/** A venue and an event on sale now with these sections, made as an organizer does it. */
export async function makeEvent(organizer: Client, sections: unknown[], event: Record<string, unknown> = {}): Promise<string> {
  const venue = await organizer.send('POST', '/v1/venues', {
    name: 'Hall',
    address: 'Canal 1',
    city: 'Utrecht',
    country: 'NL',
    capacity: 100_000,
    venueType: 'ARENA',
    timezone: 'Europe/Amsterdam',
  });
  const day = 86_400_000;
  const made = await organizer.send('POST', '/v1/events', {
    venueId: venue.body.venueId,
    name: `Evening ${randomUUID()}`,
    eventType: 'CONCERT',
    startDate: new Date(Date.now() + 30 * day).toISOString(),
    endDate: new Date(Date.now() + 31 * day).toISOString(),
    currency: 'USD',
    ...event,
  });
  if (made.status !== 201) throw new Error(JSON.stringify([venue, made]));
  const { eventId } = made.body;
  const seats = await organizer.send('POST', '/v1/seats/bulk', { eventId, sections });
  if (seats.status !== 201) throw new Error(JSON.stringify(seats));
  return eventId;
}

export type Purchase = { reservation: Reservation; order: Order; charge: Answer };

/** Reserve, order, pay; throws at the first refusal. */
export async function buy(buyer: Client, eventId: string, selection: object, paymentToken = 'tok_success'): Promise<Purchase> {
  const reserved = await buyer.send('POST', '/v1/seats/reserve', { eventId, ...selection });
  if (reserved.status !== 201) throw new Error(`reserve: ${JSON.stringify(reserved.body)}`);
  const ordered = await buyer.send('POST', '/v1/orders', { reservationId: reserved.body.reservationId }, { key: randomUUID() });
  if (ordered.status !== 201) throw new Error(`order: ${JSON.stringify(ordered.body)}`);
  const { orderId, totalCents: amountCents, currency } = ordered.body;
  const charge = await buyer.send(
    'POST',
    '/v1/charge',
    { orderId, amountCents, currency, paymentMethod: 'CREDIT_CARD', paymentToken },
    { key: randomUUID() },
  );
  return { reservation: reserved.body, order: ordered.body, charge };
}

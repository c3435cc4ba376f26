import { pino } from 'pino';
import type { FastifyInstance } from 'fastify';
import { expect } from 'vitest';
import { newId } from '../../../contracts/ids.ts';
import type { Role } from '../../../platform/auth/identity.ts';
import { createRevocations } from '../../../platform/auth/revocations.ts';
import { systemClock } from '../../../platform/clock.ts';
import { loadSettings } from '../../../platform/config/settings.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { createServer } from '../../../platform/http/server.ts';
import { createMetrics } from '../../../platform/telemetry/metrics.ts';
import { testDatabase } from '../../../test/support/postgres.ts';
import { seating } from '../service.ts';
import { MIGRATIONS } from '../test-sale.ts';

const logger = pino({ level: 'silent' });
const organizer = newId('user');

/** How the organizer of every event here asks. */
export const asOrganizer = `${organizer} organizer`;
/** The same person without that role. */
export const asCustomer = `${organizer} customer`;

export const SECTIONS = [
  {
    section: 'VIP',
    kind: 'SEATED',
    priceCents: 15_000,
    rows: [
      { row: 'A', seats: 10 },
      { row: 'B', seats: 10 },
    ],
  },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 5_000, capacity: 30 },
];

/** Seating with its public and its internal door, on a database of its own, with a catalog of the test's making. */
export async function startSeating() {
  const db = await testDatabase(MIGRATIONS, { poolSize: 8 });
  const events = new Map<string, Record<string, unknown>>();
  const service = seating.create({
    settings: loadSettings({ DATABASE_URL: db.connectionString, JWT_SECRET: 'j'.repeat(32), INTERNAL_SECRET: 'i'.repeat(32) }),
    database: db.database,
    wakeRelay: () => undefined,
    services: { call: async <T>(_service: string, path: string) => catalogAnswer(events, path) as T },
    revocations: createRevocations(),
    logger,
    metrics: createMetrics(),
    clock: systemClock,
  });
  const app = server(true);
  const internal = server(false);
  service.publicRoutes?.(app);
  service.internalRoutes?.(internal);
  const origin = await app.listen({ port: 0, host: '127.0.0.1' });

  /** An event that has no seats yet. */
  function newEvent(options: { status?: string; maxTicketsPerUser?: number } = {}): string {
    const eventId = newId('event');
    const at = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
    events.set(eventId, {
      eventId,
      revision: 1,
      organizerId: organizer,
      status: 'UPCOMING',
      currency: 'USD',
      onSaleAt: at(-1),
      offSaleAt: null,
      endDate: at(2),
      holdTtlSeconds: 60,
      maxTicketsPerUser: 10,
      ...options,
    });
    return eventId;
  }

  /** @param user `<userId> <roles>`; nobody when empty */
  async function send(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown, user = '', headers = {}) {
    const answer = await app.inject({
      method,
      url,
      headers: { ...(user ? { 'x-user': user } : {}), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.body ? answer.json() : null };
  }

  /** As another service. */
  async function ask(method: 'POST' | 'DELETE' | 'GET', url: string, body?: object) {
    const answer = await internal.inject({ method, url, ...(body ? { payload: body } : {}) });
    return { status: answer.statusCode, body: answer.json() };
  }

  /** An event with the seats of `SECTIONS`: 20 numbered ones and 30 places. */
  async function eventOnSale(
    options: { status?: string; maxTicketsPerUser?: number } = {},
    sections: readonly unknown[] = SECTIONS,
  ): Promise<string> {
    const eventId = newEvent(options);
    expect(await send('POST', '/v1/seats/bulk', { eventId, sections }, asOrganizer)).toMatchObject({ status: 201 });
    return eventId;
  }

  async function stop(): Promise<void> {
    await app.close();
    await internal.close();
    await db.drop();
  }

  return { database: db.database, origin, newEvent, eventOnSale, send, ask, stop };
}

/** Whoever the test says asks: `x-user: <userId> <roles>`. */
function server(isPublic: boolean): FastifyInstance {
  return createServer({
    logger,
    metrics: createMetrics(),
    public: isPublic,
    identify(headers) {
      const [userId, ...roles] = String(headers['x-user'] ?? '').split(' ');
      const identity = userId ? { kind: 'user' as const, userId, sessionId: 'ses', roles: roles as Role[] } : null;
      return { identity, callingService: isPublic ? null : 'orders', refusal: null };
    },
  });
}

function catalogAnswer(events: ReadonlyMap<string, unknown>, path: string): unknown {
  const event = events.get(path.split('/').at(-1) ?? '');
  if (!event) throw new ApiError('EVENT_NOT_FOUND', 'There is no such event.');
  return event;
}

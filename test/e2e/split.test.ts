import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { definitions } from '../../bin/definitions.ts';
import { newId } from '../../contracts/ids.ts';
import { createReplicaSet } from '../../platform/http/replicas/replica-set.ts';
import { buy, clientWith, makeEvent, someone, type Client } from '../support/buyer.ts';
import { startSplitSystem, type SplitSystem } from '../support/split-system.ts';
import { startSystem } from '../support/system.ts';

/** The system in parts that reach one another by HTTP only. */

let split: SplitSystem;
let organizer: Client;
beforeAll(async () => {
  const parts = ['users', 'catalog', 'seating', 'seating', 'orders,payments', 'gateway'];
  split = await startSplitSystem(parts, { LOG_LEVEL: 'fatal' });
  organizer = someone(split, 'organizer');
}, 30_000);
afterAll(() => split.stop());

const HALL = [
  { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 20 },
];
const part = (name: string) => {
  const found = split.parts.get(name);
  if (found === undefined) throw new Error(`no part is called ${name}`);
  return found;
};
const seatWrites = async (name: string): Promise<number> => {
  const text = await (await fetch(`${part(name).url}/metrics`)).text();
  return Number(
    /onsale_http_request_seconds_count\{method="POST",route="\/v1\/seats\/reserve",status="201"\} (\d+)/.exec(text)?.[1] ?? 0,
  );
};

describe('services in parts', () => {
  it('sell tickets, from registering to the QR code', async () => {
    const anybody = clientWith(split.url, '', '');
    const name = `ada${randomUUID().slice(0, 8)}`;
    const account = {
      username: name,
      email: `${name}@example.org`,
      password: 'a long password',
      firstName: 'Ada',
      lastName: 'L',
    };
    const registered = await anybody.send('POST', '/v1/users/register', account);
    expect(registered.status).toBe(201);
    const login = await anybody.send('POST', '/v1/users/login', { username: name, password: account.password });
    const ada = clientWith(split.url, registered.body.userId, login.body.accessToken);
    const eventId = await makeEvent(organizer, HALL);
    const { order, charge } = await buy(ada, eventId, { seatCodes: ['VIP-A-5', 'VIP-A-6'] });
    expect(charge).toMatchObject({ status: 201, body: { status: 'SUCCESS', amountCents: order.totalCents } });
    const confirmed = await ada.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
    expect(confirmed.body.status).toBe('CONFIRMED');
    const { body } = await ada.get(`/v1/orders/${order.orderId}/tickets`);
    expect(body.tickets).toHaveLength(2);
    const qr = await ada.get(`/v1/tickets/${body.tickets[0].ticketId}/qr.svg`);
    expect(qr.headers.get('content-type')).toContain('image/svg+xml');
    expect((await someone(split, 'customer').get(`/v1/orders/${order.orderId}`)).status).toBe(404);

    const stream = await fetch(`${split.url}/v1/seats/stream?eventId=${eventId}`, {
      headers: { authorization: `Bearer ${ada.token}` },
    });
    expect((await ada.send('POST', '/v1/users/logout')).status).toBe(204);
    await expect.poll(async () => (await ada.get('/v1/orders')).status, { timeout: 1_000, interval: 20 }).toBe(401);
    // Ends, or this would not.
    expect(await stream.text()).toContain('retry:');
  });

  it('are described as one, just as they are in one process', async () => {
    const whole = await startSystem();
    try {
      const of = async (url: string) => (await fetch(`${url}/openapi.json`)).json();
      expect(await of(split.url)).toEqual(await of(whole.url));
    } finally {
      await whole.stop();
    }
  }, 30_000);

  it('answer what is wrong as in one process: unknown routes, methods, bodies, tokens', async () => {
    const someoneIs = someone(split, 'customer');
    const anybody = clientWith(split.url, '', '');
    const told = async (answer: Promise<{ status: number; body: any }>) => {
      const { status, body } = await answer;
      return [status, body.code];
    };
    const raw = async (path: string, init?: RequestInit) => {
      const answer = await fetch(split.url + path, init);
      return { status: answer.status, body: await answer.json() };
    };
    expect(await told(raw('/v1/nothing'))).toEqual([404, 'ROUTE_NOT_FOUND']);
    expect(await told(raw('/v1/seats/reserve', { method: 'PUT' }))).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(await told(raw('/internal/revocations'))).toEqual([404, 'ROUTE_NOT_FOUND']);
    expect(await told(raw('/v1/seats/reserve', { method: 'POST' }))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await told(anybody.get('/v1/events'))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await told(someoneIs.send('POST', '/v1/seats/reserve', '{"eventId":'))).toEqual([400, 'MALFORMED_JSON']);
    expect(await told(someoneIs.send('POST', '/v1/seats/reserve', { event_id: 'x' }))).toEqual([400, 'VALIDATION_FAILED']);
    expect(await told(someoneIs.send('POST', '/v1/seats/reserve', 'x'.repeat(70_000)))).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(await told(someoneIs.send('POST', '/v1/seats/reserve', 'x', { contentType: 'text/plain' }))).toEqual([
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ]);
    expect(await told(someoneIs.send('POST', '/v1/orders', { reservationId: newId('reservation') }))).toEqual([
      400,
      'IDEMPOTENCY_KEY_REQUIRED',
    ]);
  });

  it('pass on tags, codings, keys and traces, and keep what is internal to themselves', async () => {
    const eventId = await makeEvent(organizer, [
      { section: 'A', kind: 'SEATED', priceCents: 100, rows: ['A', 'B', 'C', 'D'].map((row) => ({ row, seats: 1_000 })) },
    ]);
    const path = `${split.url}/v1/seats/status?eventId=${eventId}`;
    const first = await fetch(path, { headers: { 'accept-encoding': 'br', 'x-request-id': 'mine' } });
    expect([first.status, first.headers.get('content-encoding'), first.headers.get('x-request-id')]).toEqual([200, 'br', 'mine']);
    expect(await first.json()).toMatchObject({ statuses: 'A'.repeat(4_000) });
    const again = await fetch(path, { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect([...again.headers.keys()].filter((name) => name.startsWith('x-onsale'))).toEqual([]);
    const buyer = someone(split, 'customer');
    const reserve = () => buyer.send('POST', '/v1/seats/reserve', { eventId, seatIds: [7] }, { key: 'k' });
    const [one, two] = [await reserve(), await reserve()];
    expect(two.body).toEqual(one.body);
    expect(two.headers.get('idempotent-replayed')).toBe('true');
    const head = await fetch(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('take an import as CSV whole', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const csv = [
      'section,row,number,priceCents',
      ...Array.from({ length: 6_000 }, (_none, i) => `Ring,R${Math.floor(i / 500)},${(i % 500) + 1},500`),
    ].join('\n');
    expect(csv.length).toBeGreaterThan(64 * 1024);
    const added = await organizer.send('POST', `/v1/seats/bulk?eventId=${eventId}`, csv, { contentType: 'text/csv' });
    expect([added.status, added.body.totalSeats]).toEqual([201, 6_032]);
  });

  it('stream changes as they come, as long as somebody reads', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const watcher = someone(split, 'customer');
    const asked = httpGet(`${split.url}/v1/seats/stream?eventId=${eventId}`, {
      headers: { authorization: `Bearer ${watcher.token}` },
    });
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    answer.on('data', (data) => (text += String(data)));
    expect(answer.headers['content-type']).toContain('text/event-stream');
    await someone(split, 'customer').send('POST', '/v1/seats/reserve', { eventId, seatIds: [3] });
    await expect.poll(() => text, { timeout: 2_000, interval: 10 }).toMatch(/event: delta\n[^]*\[3,"R"\]/);
    expect(part('gateway-1').app.eventStreams.size).toBe(1);
    const streamsAt = () =>
      ['seating-1', 'seating-2'].reduce((sum, name) => {
        const seating = part(name).assembled[0]?.internalServer;
        return sum + (seating?.eventStreams.size ?? 0);
      }, 0);
    expect(streamsAt()).toBe(1);
    asked.destroy();
    await expect.poll(streamsAt, { timeout: 2_000, interval: 10 }).toBe(0);
    expect(part('gateway-1').app.eventStreams.size).toBe(0);
  });

  it('let nobody in at their own door without a credential', async () => {
    const seating = part('seating-1').url;
    const forService = { 'x-onsale-service': 'seating' };
    for (const path of ['/v1/seats/status?eventId=evt_1', '/v1/seats/reserve', '/internal/reservations/res_1']) {
      expect((await fetch(seating + path, { headers: forService })).status, path).toBe(401);
    }
    expect((await fetch(`${seating}/v1/users/me`, { headers: { 'x-onsale-service': 'users' } })).status).toBe(503);
    expect((await fetch(`${seating}/health/ready`)).status).toBe(200);
  });

  it('share the load of seating, each event at one replica, and sell no seat twice', async () => {
    const owners = createReplicaSet();
    owners.update([part('seating-1').url, part('seating-2').url], 0);
    const events: string[] = [];
    while (events.length < 4 || new Set(events.map((eventId) => owners.pick(eventId)?.origin)).size < 2)
      events.push(await makeEvent(organizer, HALL));
    const before = [await seatWrites('seating-1'), await seatWrites('seating-2')];
    const buyers = Array.from({ length: 4 }, () => someone(split, 'customer'));
    const won = new Map<string, number>();
    await Promise.all(
      events.flatMap((eventId) =>
        buyers.flatMap((buyer) =>
          Array.from({ length: 12 }, async (_none, index) => {
            const { status } = await buyer.send('POST', '/v1/seats/reserve', { eventId, seatIds: [index + 1] });
            const seat = `${eventId} ${index}`;
            if (status === 201) won.set(seat, (won.get(seat) ?? 0) + 1);
          }),
        ),
      ),
    );
    expect([...won.values()].filter((count) => count > 1)).toEqual([]);
    const wonAt = [(await seatWrites('seating-1')) - (before[0] ?? 0), (await seatWrites('seating-2')) - (before[1] ?? 0)];
    expect(wonAt[0]).toBeGreaterThan(0);
    expect(wonAt[1]).toBeGreaterThan(0);
    expect((wonAt[0] ?? 0) + (wonAt[1] ?? 0)).toBe(won.size);
    expect(won.size).toBe(events.length * 12);
  }, 20_000);

  it('lose no request when a replica is stopped in order under load', async () => {
    const sections = [{ section: 'Field', kind: 'GENERAL_ADMISSION', priceCents: 100, capacity: 100_000 }];
    const events = await Promise.all(Array.from({ length: 4 }, () => makeEvent(organizer, sections)));
    const told = new Map<number, number>();
    let stopping = false;
    const load = Promise.all(
      events.map(async (eventId) => {
        while (!stopping) {
          const reserve = { eventId, places: [{ section: 'Field', quantity: 1 }] };
          const { status } = await someone(split, 'customer').send('POST', '/v1/seats/reserve', reserve);
          told.set(status, (told.get(status) ?? 0) + 1);
        }
      }),
    );
    const reserved = async (more: number): Promise<void> => {
      const target = (told.get(201) ?? 0) + more;
      await expect.poll(() => told.get(201) ?? 0, { timeout: 10_000, interval: 10 }).toBeGreaterThan(target);
    };
    await reserved(20);
    await part('seating-1').stop();
    await reserved(20);
    stopping = true;
    await load;
    expect([...told.keys()]).toEqual([201]);
  }, 30_000);

  it('go on browsing, and say what is away, while others are stopped', async () => {
    const eventId = await makeEvent(organizer, HALL);
    const anybody = (path: string) => fetch(split.url + path);
    for (const path of ['/v1/events', `/v1/events/${eventId}`]) expect((await anybody(path)).status).toBe(200);
    await part('catalog-1').stop();
    const old = await anybody(`/v1/events/${eventId}`);
    expect([old.status, old.headers.get('x-onsale-stale')]).toEqual([200, 'true']);
    const fresh = await anybody('/v1/venues');
    expect([fresh.status, fresh.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[1-9]/)]);
    expect(await fresh.json()).toMatchObject({ code: 'SERVICE_UNAVAILABLE', service: 'catalog' });
    // What needs no catalog goes on.
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_none, i) =>
        someone(split, 'customer').send('POST', '/v1/seats/reserve', { eventId, seatIds: [i + 1] }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 201));
    expect((await fetch(`${split.url}/health/ready`)).status).toBe(200);
  });
});

it('the parts of a test are services that there are', () => {
  const names = [...split.parts.keys()].flatMap((name) => name.replace(/-\d$/, '').split(','));
  expect(new Set(names)).toEqual(new Set(definitions.map(({ name }) => name)));
});

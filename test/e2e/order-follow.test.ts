import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../contracts/ids.ts';
import { buy, makeEvent, someone, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

let system: TestSystem;
let eventId: string;
beforeAll(async () => {
  system = await startSystem();
  eventId = await makeEvent(someone(system, 'organizer'), [
    { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 50 },
  ]);
});
afterAll(() => system.stop());

const ONE = { places: [{ section: 'Floor', quantity: 1 }] };

function stream(orderId: string, token: string): Promise<Response> {
  return fetch(`${system.url}/v1/orders/${orderId}/stream`, { headers: { authorization: `Bearer ${token}` } });
}

function statusesIn(text: string): string[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data).status);
}

async function makeOrder(buyer: Client): Promise<{ orderId: string; totalCents: number }> {
  const { reservationId } = (await buyer.send('POST', '/v1/seats/reserve', { eventId, ...ONE })).body;
  return (await buyer.send('POST', '/v1/orders', { reservationId }, { key: randomUUID() })).body;
}

function pay(buyer: Client, { orderId, totalCents }: { orderId: string; totalCents: number }, paymentToken: string) {
  const body = { orderId, amountCents: totalCents, currency: 'USD', paymentMethod: 'CREDIT_CARD', paymentToken };
  return buyer.send('POST', '/v1/charge', body, { key: randomUUID() });
}

describe('the history of an order', () => {
  it('has every change, attempt and outcome, in order', async () => {
    const client = someone(system, 'customer');
    const order = await makeOrder(client);
    expect((await pay(client, order, 'tok_card_declined')).status).toBe(402);
    await expect.poll(async () => (await client.get(`/v1/orders/${order.orderId}`)).body.status).toBe('PENDING');
    const paid = await pay(client, order, 'tok_success');
    expect((await client.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED`)).body.status).toBe('CONFIRMED');
    const history = async () => (await client.get(`/v1/orders/${order.orderId}/history`)).body.items;
    await expect
      .poll(async () => (await history()).map((entry: any) => entry.cause ?? `${entry.type} ${entry.attempt}`).toSorted())
      .toEqual([
        'CREATED',
        'PAYMENT_FAILED',
        'PAYMENT_STARTED',
        'PAYMENT_STARTED',
        'SEATS_ALLOCATED',
        'payment.completed 1',
        'payment.failed 1',
        'payment.requested 1',
        'payment.requested 1',
      ]);
    const items = await history();
    expect(items[0]).toMatchObject({ kind: 'CHANGE', cause: 'CREATED', status: 'PENDING' });
    expect(items.at(-1)).toMatchObject({ cause: 'SEATS_ALLOCATED', status: 'CONFIRMED', paymentId: paid.body.paymentId });
    expect(items.map(({ at }: any) => at)).toEqual(items.map(({ at }: any) => at).toSorted());
    expect(items.find(({ type }: any) => type === 'payment.failed')).toMatchObject({
      kind: 'PAYMENT',
      failureReason: 'CARD_DECLINED',
      retryable: false,
    });
  });

  it("of another's order does not exist; an admin sees it", async () => {
    const { orderId } = await makeOrder(someone(system, 'customer'));
    for (const path of ['history', 'stream'])
      expect(await someone(system, 'customer').get(`/v1/orders/${orderId}/${path}`)).toMatchObject({
        status: 404,
        body: { code: 'ORDER_NOT_FOUND' },
      });
    expect((await someone(system, 'admin').get(`/v1/orders/${orderId}/history`)).status).toBe(200);
  });
});

describe('the stream of an order', () => {
  it('tells its status until it is settled, and ends', async () => {
    const client = someone(system, 'customer');
    const order = await makeOrder(client);
    const answer = await stream(order.orderId, client.token);
    expect(answer.headers.get('content-type')).toMatch('text/event-stream');
    const told = answer.text();
    await pay(client, order, 'tok_success');
    const statuses = statusesIn(await told);
    expect([statuses[0], statuses.at(-1)]).toEqual(['PENDING', 'CONFIRMED']);
    expect(new Set(statuses).size).toBe(statuses.length);
  });

  it('of an order that is settled says so and ends at once', async () => {
    const client = someone(system, 'customer');
    const { order } = await buy(client, eventId, ONE);
    await client.get(`/v1/orders/${order.orderId}?waitFor=CONFIRMED`);
    expect(statusesIn(await (await stream(order.orderId, client.token)).text())).toEqual(['CONFIRMED']);
  });

  it('is for signed-in users, has no HEAD, and does not keep the server from stopping', async () => {
    const client = someone(system, 'customer');
    const { orderId } = await makeOrder(client);
    expect((await fetch(`${system.url}/v1/orders/${orderId}/stream`)).status).toBe(401);
    const head = await fetch(`${system.url}/v1/orders/${orderId}/stream`, {
      method: 'HEAD',
      headers: { authorization: `Bearer ${client.token}` },
    });
    expect(head.status).toBe(405);
    // Left open: `afterAll` stops the system.
    expect((await stream(orderId, client.token)).status).toBe(200);
  });
});

describe('the lists of a buyer', () => {
  it('come in pages, the latest first, by status and by event', async () => {
    const client = someone(system, 'customer');
    const made: string[] = [];
    for (let order = 0; order < 3; order++) made.unshift((await makeOrder(client)).orderId);
    const first = (await client.get('/v1/orders?limit=2')).body;
    const second = (await client.get(`/v1/orders?limit=2&cursor=${first.nextCursor}`)).body;
    expect([...first.items, ...second.items].map(({ orderId }) => orderId)).toEqual(made);
    expect(second.nextCursor).toBeNull();
    await client.send('POST', `/v1/orders/${made[1]}/cancel`);
    const found = async (query: string) => (await client.get(`/v1/orders?${query}`)).body.items.map((item: any) => item.orderId);
    expect(await found('status=CANCELLED')).toEqual([made[1]]);
    expect(await found(`status=PENDING&eventId=${eventId}`)).toEqual([made[0], made[2]]);
    expect(await found(`eventId=${newId('event')}`)).toEqual([]);
    expect((await someone(system, 'customer').get('/v1/orders')).body.items).toEqual([]);
  });

  it('have tickets of all orders', async () => {
    const client = someone(system, 'customer');
    for (let order = 0; order < 2; order++) {
      const bought = await buy(client, eventId, ONE);
      await client.get(`/v1/orders/${bought.order.orderId}?waitFor=CONFIRMED`);
    }
    const first = (await client.get('/v1/tickets?limit=1')).body;
    const second = (await client.get(`/v1/tickets?limit=1&cursor=${first.nextCursor}`)).body;
    expect(first.items[0].ticketId > second.items[0].ticketId).toBe(true);
    expect(second.nextCursor).toBeNull();
  });

  it.each([
    'orders?limit=0',
    'orders?limit=101',
    'orders?cursor=x',
    'orders?status=PAID',
    'orders?eventId=x',
    'tickets?limit=101',
    'tickets?cursor=x',
    'tickets?status=VALID',
  ])('refuse %s', async (path) => {
    expect(await someone(system, 'customer').get(`/v1/${path}`)).toMatchObject({
      status: 400,
      body: { code: 'VALIDATION_FAILED' },
    });
  });

  it.each(['waitFor=PAID', 'waitFor=CONFIRMED&timeoutMs=30001', 'waitFor=CONFIRMED&timeoutMs=-1', 'timeout=5'])(
    'and a wait with %s is refused',
    async (query) => {
      const client = someone(system, 'customer');
      const { orderId } = await makeOrder(client);
      expect((await client.get(`/v1/orders/${orderId}?${query}`)).status).toBe(400);
    },
  );

  it('and a wait that is over answers with the order as it is', async () => {
    const client = someone(system, 'customer');
    const { orderId } = await makeOrder(client);
    expect((await client.get(`/v1/orders/${orderId}?waitFor=CONFIRMED&timeoutMs=50`)).body.status).toBe('PENDING');
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buy, makeEvent } from '../test/support/buyer.ts';
import { planted, type Planted } from './test-verify.ts';

const FREE = [{ section: 'Free', kind: 'GENERAL_ADMISSION', priceCents: 0, capacity: 10 }];

let house: Planted;

beforeAll(async () => {
  house = await planted({ FEE_PERCENT: '2.5', FEE_FIXED_CENTS: '99', TAX_PERCENT: '21' });
});
afterAll(() => house.system.stop());

const bought = (selection: object, token: string) => buy(house.someone('customer'), house.eventId, selection, token);

describe('verify', () => {
  it('finds that all holds after sales, declines, cancellations and a free order', async () => {
    await house.sold({ seatIds: [1, 2] });
    await house.sold({ places: [{ section: 'Floor', quantity: 3 }] });
    await bought({ seatIds: [3] }, 'tok_card_declined');
    await bought({ seatIds: [4] }, 'tok_gateway_timeout');
    await cancelAfterDecline();
    await orderForNothing();

    const { code, of, lines } = await house.verdicts();
    for (const invariant of [1, 3, 4, 5, 6, 8]) expect(of(invariant)).toMatchObject({ verdict: 'holds' });
    expect([2, 7].map((invariant) => of(invariant).verdict)).toEqual(['not checked', 'not checked']);
    expect(code).toBe(0);
    expect(lines).toHaveLength(8);
  }, 60_000);

  it('says what it could not check while payments have no answer', async () => {
    await bought({ seatIds: [6] }, 'tok_timeout_captured');
    const silentFor = (hours: number) =>
      house.change([
        {
          in: 'payments',
          text: `update simulator_charge set silent_until = now() + make_interval(hours => $1) where silent_until is not null`,
          values: [hours],
        },
      ]);
    await silentFor(1);
    const { of, lines } = await house.verdicts({ settleMs: 0 });
    expect(of(3)).toMatchObject({ verdict: 'not checked', why: expect.stringContaining('no answer yet') });
    expect(lines.join('\n')).toContain('not settled: 1 payments have no answer yet');
    await silentFor(0);
    const settled = await house.verdicts({ settleMs: 30_000 });
    expect(settled.of(3)).toMatchObject({ verdict: 'holds' });
  }, 60_000);
});

async function cancelAfterDecline(): Promise<void> {
  const quitter = house.someone('customer');
  const { order } = await buy(quitter, house.eventId, { seatIds: [5] }, 'tok_invalid_card');
  const status = async () => (await quitter.get(`/v1/orders/${order.orderId}`)).body.status;
  await expect.poll(status, { timeout: 5_000 }).toBe('PENDING');
  expect(await quitter.send('POST', `/v1/orders/${order.orderId}/cancel`)).toMatchObject({ body: { status: 'CANCELLED' } });
}

async function orderForNothing(): Promise<void> {
  const eventId = await makeEvent(house.someone('organizer'), FREE);
  const guest = house.someone('customer');
  const held = await guest.send('POST', '/v1/seats/reserve', { eventId, places: [{ section: 'Free', quantity: 2 }] });
  const free = await guest.send('POST', '/v1/orders', { reservationId: held.body.reservationId }, { key: randomUUID() });
  expect(free.body).toMatchObject({ totalCents: 0 });
  const done = await guest.get(`/v1/orders/${free.body.orderId}?waitFor=CONFIRMED&timeoutMs=10000`);
  expect(done.body.status).toBe('CONFIRMED');
}

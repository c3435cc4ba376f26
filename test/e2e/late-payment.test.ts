import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../platform/auth/identity.ts';
import { runVerify } from '../../verify/run-verify.ts';
import { buy, clientWith, makeEvent, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';

const HALL = [
  { section: 'VIP', kind: 'SEATED', priceCents: 15_000, rows: [{ row: 'A', seats: 12 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 4_000, capacity: 2 },
];

let system: TestSystem;
let eventId: string;
beforeAll(async () => {
  system = await startSystem();
  eventId = await makeEvent(someone('organizer'), HALL);
});
afterAll(() => system.stop());

function someone(...roles: Role[]): Client {
  const { userId, token } = system.signIn(...roles);
  return clientWith(system.url, userId, token);
}

/** To seating, by whose clock holds end, it is so much later now. */
async function letSeatingBe(hoursLater: number): Promise<void> {
  await system.databaseOf('seating').run({
    name: `test.shift_clock_${hoursLater}`,
    text: `create or replace function seating_now() returns timestamptz language sql volatile as 'select clock_timestamp() + interval ''${hoursLater} hours'''`,
  });
}

/** The provider has captured, and says so only from now on, or not before the test says so. */
async function letProviderBe(silent: boolean): Promise<void> {
  await system.databaseOf('payments').run({
    name: `test.provider_${silent ? 'silent' : 'speaks'}`,
    text: `update simulator_charge set silent_until = now() + interval '${silent ? 1 : 0} hours' where silent_until is not null`,
  });
}

async function becomes(buyer: Client, orderId: string, status: string): Promise<void> {
  await expect.poll(async () => (await buyer.get(`/v1/orders/${orderId}`)).body.status, { timeout: 30_000 }).toBe(status);
}

describe('a payment that comes after its hold ended', () => {
  it('takes the same seats if they are still free', async () => {
    const buyer = someone('customer');
    const { order, charge } = await buy(buyer, eventId, { seatIds: [1, 2] }, 'tok_timeout_captured');
    await letProviderBe(true);
    expect(charge).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    await letSeatingBe(1);
    const seat = async (): Promise<string> => (await buyer.get(`/v1/seats/${eventId}/1`)).body.status;
    await expect.poll(seat, { timeout: 10_000 }).toBe('AVAILABLE');
    await letProviderBe(false);
    await becomes(buyer, order.orderId, 'CONFIRMED');
    const { body } = await buyer.get(`/v1/orders/${order.orderId}/tickets`);
    expect(body.tickets).toHaveLength(2);
    expect(await seat()).toBe('ALLOCATED');
  }, 60_000);

  it('goes back by itself if another has them', async () => {
    const late = someone('customer');
    const { order, charge } = await buy(late, eventId, { seatIds: [3] }, 'tok_timeout_captured');
    await letProviderBe(true);
    await letSeatingBe(2);
    const quick = someone('customer');
    const winner = await buy(quick, eventId, { seatIds: [3] });
    await becomes(quick, winner.order.orderId, 'CONFIRMED');
    await letProviderBe(false);
    await becomes(late, order.orderId, 'REFUNDED');
    expect((await late.get(`/v1/payments/${charge.body.paymentId}`)).body).toMatchObject({
      status: 'REFUNDED',
      refundedCents: order.totalCents,
    });
    expect((await late.get(`/v1/orders/${order.orderId}/tickets`)).body.tickets).toEqual([]);
  }, 60_000);

  it('goes back by itself if the last places went to others', async () => {
    const late = someone('customer');
    const { order } = await buy(late, eventId, { places: [{ section: 'Floor', quantity: 2 }] }, 'tok_timeout_captured');
    await letProviderBe(true);
    await letSeatingBe(3);
    const quick = someone('customer');
    const winner = await buy(quick, eventId, { places: [{ section: 'Floor', quantity: 1 }] });
    await becomes(quick, winner.order.orderId, 'CONFIRMED');
    await letProviderBe(false);
    await becomes(late, order.orderId, 'REFUNDED');
    const availability = await late.get(`/v1/seats/availability?eventId=${eventId}`);
    expect(availability.body).toMatchObject({ availableSeats: 10, allocatedSeats: 4, reservedSeats: 0 });
  }, 60_000);

  it('leaves nothing that verify could find', async () => {
    const lines: string[] = [];
    const code = await runVerify(system.settings, { settleMs: 15_000 }, (line) => lines.push(line));
    expect(
      lines.filter((line) => /^[134] /.test(line)).map((line) => line.split(/\s+/)[1]),
      lines.join('\n'),
    ).toEqual(['holds', 'holds', 'holds']);
    expect(code).toBe(0);
  }, 60_000);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectPromisesKept } from './promises.ts';
import { castOf, openSale, send, type Cast, type Sale } from './sale.ts';
import { expectVerified, letSettle } from './settle.ts';
import { createWorld, type World } from './world.ts';

let world: World;
let cast: Cast;
let sale: Sale;
beforeAll(async () => {
  world = await createWorld();
  cast = castOf(world);
});
afterAll(() => world.stop());
beforeEach(async () => {
  await world.reset();
  sale = await openSale(world, cast.organizer);
});

const MAX_STEPS = 200;
/** Hold, look at the hold, charge, begin the payment, open its window; a decline tells orders and releases. */
const CALLS = 7;
const ONE_SEAT = { seatIds: [1] };

function booking(selection: object, paymentToken: string, key: string = randomUUID()) {
  const [caller] = cast.buyers;
  if (caller === undefined) throw new Error('nobody buys');
  const body = { eventId: sale.eventId, ...selection, paymentMethod: 'CREDIT_CARD', paymentToken };
  return { service: 'orders' as const, url: '/v1/bookings', body, caller, key };
}

/** How its orders ended, once everything is settled and every promise was held against it. */
async function ends(): Promise<string[]> {
  await letSettle(world);
  const statuses = await expectPromisesKept(world, sale);
  await expectVerified(world);
  return statuses;
}

/** Kills the process after 0, `stride`, … steps of a booking until it survives; each time what is left is settled and verified. */
async function killedAnywhere(paymentToken: string, repeated: boolean, stride: number): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let afterSteps = 0; afterSteps < MAX_STEPS; afterSteps += stride) {
    await world.reset();
    sale = await openSale(world, cast.organizer);
    const request = booking(ONE_SEAT, paymentToken);
    const survived = await world.faults.during({ kind: 'die', afterSteps }, async () => void (await send(world, request)));
    if (repeated) {
      // The lease of the dead one runs out.
      await world.pass(11);
      await world.faults.during(null, async () => {
        expect((await send(world, request)).status).toBe(202);
      });
    }
    const statuses = await ends();
    if (repeated) expect(statuses.length, `orders after ${afterSteps} steps`).toBe(1);
    for (const status of statuses.length > 0 ? statuses : ['none']) seen.add(status);
    if (survived) return seen;
  }
  throw new Error('It never gets through');
}

/** Loses the reply of, or the request to, each call of a booking in turn; the client then asks again with the same key. */
async function callsLostAnywhere(what: 'request' | 'reply', paymentToken: string): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let call = 0; call < CALLS; call++) {
    await world.reset();
    sale = await openSale(world, cast.organizer);
    const request = booking(ONE_SEAT, paymentToken);
    let status = 0;
    await world.faults.during({ kind: 'lose', call, what }, async () => void (status = (await send(world, request)).status));
    expect([202, 503]).toContain(status);
    await world.faults.during(null, async () => void (status = (await send(world, request)).status));
    expect(status).toBe(202);
    const statuses = await ends();
    expect(statuses, `call ${call}`).toHaveLength(1);
    for (const one of statuses) seen.add(one);
  }
  return seen;
}

describe('a booking of which a call is lost', () => {
  it('is done once when the request comes again, whether it was the request or the reply', async () => {
    for (const what of ['request', 'reply'] as const) {
      expect(await callsLostAnywhere(what, 'tok_success')).toEqual(new Set(['CONFIRMED']));
      expect(await callsLostAnywhere(what, 'tok_card_declined')).toEqual(new Set(['FAILED']));
    }
  }, 120_000);
});

describe('a booking whose process is killed anywhere', () => {
  it('is finished or undone by the job', async () => {
    expect(await killedAnywhere('tok_success', false, 2)).toEqual(new Set(['none', 'CANCELLED', 'CONFIRMED']));
  }, 120_000);

  it('is done once when the request comes again', async () => {
    expect(await killedAnywhere('tok_success', true, 1)).toEqual(new Set(['CONFIRMED']));
  }, 120_000);

  it('fails when it is declined, and its seats are free', async () => {
    expect(await killedAnywhere('tok_card_declined', true, 3)).toEqual(new Set(['FAILED']));
  }, 120_000);
});

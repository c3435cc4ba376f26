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

/** Kills the process after 0, 1, 2 … steps of a booking until it survives; each time what is left is settled and verified. */
async function killedAnywhere(selection: object, paymentToken: string, repeated: boolean): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let afterSteps = 0; afterSteps < MAX_STEPS; afterSteps++) {
    await world.reset();
    sale = await openSale(world, cast.organizer);
    const request = booking(selection, paymentToken);
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

describe('a booking whose process is killed anywhere', () => {
  it('is finished or undone by the job', async () => {
    expect(await killedAnywhere(ONE_SEAT, 'tok_success', false)).toEqual(new Set(['none', 'CANCELLED', 'CONFIRMED']));
  }, 120_000);

  it('is done once when the request comes again', async () => {
    expect(await killedAnywhere(ONE_SEAT, 'tok_success', true)).toEqual(new Set(['CONFIRMED']));
  }, 120_000);

  it('fails when it is declined, and its seats are free', async () => {
    expect(await killedAnywhere(ONE_SEAT, 'tok_card_declined', true)).toEqual(new Set(['FAILED']));
  }, 120_000);
});

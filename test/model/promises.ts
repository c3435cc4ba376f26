import { expect } from 'vitest';
import type { Sale } from './sale.ts';
import { SERVICES, type World } from './world.ts';

type Ticket = { orderId: string; userId: string; seatId: number | null; section: string; valueCents: number };
type Order = { orderId: string; userId: string; status: string; reservationId: string };

const TICKETS = {
  name: 'test.live_tickets',
  text: `select order_id as "orderId", user_id as "userId", seat_id as "seatId", section, value_cents as "valueCents"
         from ticket where status <> 'REVOKED'`,
};
const ORDERS = {
  name: 'test.all_orders',
  text: `select order_id as "orderId", user_id as "userId", status, reservation_id as "reservationId" from orders`,
};
const CAPTURED = {
  name: 'test.captured',
  text: `select order_reference as "orderId", amount_cents as cents from simulator_charge where state = 'CAPTURED'`,
};
const GIVEN_BACK = {
  name: 'test.given_back',
  text: `select order_reference as "orderId", simulator_refund.amount_cents as cents
         from simulator_refund join simulator_charge on simulator_charge.provider_key = charge_key`,
};
const GOODWILL = {
  name: 'test.goodwill',
  text: `select order_id as "orderId", amount_cents as cents from refund where kind = 'GOODWILL' and status = 'SUCCESS'`,
};
const TAKEN = {
  name: 'test.taken',
  text: `select array_to_json(array_agg(seat_id order by seat_id)) as "seatIds" from seat_state where status = 'L'`,
};
const SOLD_PLACES = {
  name: 'test.sold_places',
  text: 'select sum(allocated)::integer as allocated, sum(reserved)::integer as reserved from place_state',
};
const DEAD_LETTERS = {
  name: 'test.dead_letters',
  text: 'select event_type as type, consumer_group as "group", error from dead_letter',
};

type Amount = { orderId: string; cents: number };

const OPEN = ['PENDING', 'PAYMENT_PROCESSING'];

/** The promises of PRODUCT to a buyer, from the provider's books and the tickets alone. Returns how the orders ended. */
export async function expectPromisesKept(world: World, sale: Sale): Promise<string[]> {
  const { seating, orders, payments } = world.databases;
  for (const service of SERVICES) expect(await world.databases[service].database.rows(DEAD_LETTERS), 'dead letters').toEqual([]);
  const tickets = await orders.database.rows<Ticket>(TICKETS);
  const all = await orders.database.rows<Order>(ORDERS);
  const [captured, givenBack, goodwill] = await Promise.all(
    [CAPTURED, GIVEN_BACK, GOODWILL].map((statement) => payments.database.rows<Amount>(statement)),
  );
  for (const { orderId, status } of all) {
    const mine = tickets.filter((ticket) => ticket.orderId === orderId);
    const net = sumOf(captured, orderId) - sumOf(givenBack, orderId);
    const valueCents = mine.reduce((sum, ticket) => sum + ticket.valueCents, 0);
    // What was given as goodwill is not given again with the tickets.
    expect(net, `${orderId} ${status} costs too much`).toBeLessThanOrEqual(valueCents);
    expect(net, `${orderId} ${status} costs too little`).toBeGreaterThanOrEqual(valueCents - sumOf(goodwill, orderId));
    expect(OPEN, orderId).not.toContain(status);
    if (status === 'CONFIRMED' || status === 'PARTIALLY_REFUNDED')
      expect(mine, `tickets of ${orderId} ${status}`).not.toEqual([]);
    else expect(mine, `tickets of ${orderId} ${status}`).toEqual([]);
  }
  const seats = tickets.flatMap(({ seatId }) => seatId ?? []).toSorted((a, b) => a - b);
  expect(seats, 'a seat with two tickets').toEqual([...new Set(seats)]);
  expect(await seating.database.rows(TAKEN), 'seats taken and seats of tickets').toEqual([
    { seatIds: seats.length > 0 ? seats : null },
  ]);
  const places = tickets.length - seats.length;
  expect(await seating.database.rows(SOLD_PLACES)).toEqual([{ allocated: places, reserved: 0 }]);
  const owners = new Map(all.map(({ orderId, userId }) => [orderId, userId]));
  for (const { orderId, caller } of sale.orders) expect(owners.get(orderId), 'an order that was told of').toBe(caller.userId);
  for (const { orderId, userId } of tickets) expect(userId).toBe(owners.get(orderId));
  return all.map(({ status }) => status);
}

function sumOf(amounts: readonly Amount[] | undefined, orderId: string): number {
  return (amounts ?? []).filter((one) => one.orderId === orderId).reduce((sum, { cents }) => sum + cents, 0);
}

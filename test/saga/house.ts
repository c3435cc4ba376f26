import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect } from 'vitest';
import { definitions } from '../../bin/definitions.ts';
import type { Role } from '../../platform/auth/identity.ts';
import type { ServiceName } from '../../platform/http/service-client.ts';
import type { ServiceDefinition } from '../../platform/lifecycle/service.ts';
import type { Database } from '../../platform/postgres/database.ts';
import { buy, clientWith, makeEvent, type Answer, type Client } from '../support/buyer.ts';
import { startSystem, type TestSystem } from '../support/system.ts';
import { createHeldGroups, type HeldGroups } from './held-groups.ts';
import { noteStatusChanges, STATUS_EDGES } from './status-changes.ts';
import { createWires, type Wires } from './wires.ts';

export const SEATS_AND_FLOOR = [
  { section: 'Stalls', kind: 'SEATED', priceCents: 5_000, rows: [{ row: 'A', seats: 12 }] },
  { section: 'Floor', kind: 'GENERAL_ADMISSION', priceCents: 2_000, capacity: 4 },
];

type Ordered = { orderId: string; totalCents: number; currency: string; reservationId: string };
export type Bought = { buyer: Client; orderId: string; paymentId: string; totalCents: number; ticketIds: string[] };

/**
 * The whole system as one process runs it, in a house where the calls between services, what consumers hear, the time of holds and
 * jobs, and the provider's tongue obey the test.
 */
export type House = Pick<Wires, 'trouble'> &
  Pick<HeldGroups, 'hold'> & {
    system(): TestSystem;
    databaseOf(service: ServiceName): Database;
    someone(...roles: Role[]): Client;
    organizer(): Client;
    /** An event on sale, with sections of its own. */
    event(sections?: unknown[]): Promise<string>;
    order(buyer: Client, eventId: string, selection: object): Promise<Ordered>;
    pay(buyer: Client, order: Ordered, paymentToken?: string): Promise<Answer>;
    /** A confirmed order with its tickets. */
    bought(eventId: string, selection: object, paymentToken?: string): Promise<Bought>;
    /** An order whose payment was captured, which nobody but the provider knows until it `speaks`. */
    paidInSilence(eventId: string, selection: object): Promise<Bought>;
    /** Of a payment that was captured in silence the provider says nothing, until it `speaks`. */
    staysSilent(paymentId: string): Promise<void>;
    speaks(paymentId: string): Promise<void>;
    /** Money of this payment cannot go back any more. */
    refusesRefunds(paymentId: string): Promise<void>;
    refund(body: object): Promise<Answer>;
    cancel(buyer: Client, orderId: string): Promise<Answer>;
    callOff(eventId: string): Promise<void>;
    /** To seating it is an hour later: every hold there was is over. */
    letHoldsEnd(): Promise<void>;
    /** To all services it is so much later: their jobs do what is due by then. */
    pass(seconds: number): Promise<void>;
    /** Waits until the order is so. */
    becomes(buyer: Client, orderId: string, order: object): Promise<void>;
    /** Waits until its history has this. */
    meets(buyer: Client, orderId: string, cause: string): Promise<void>;
    ticketsAre(bought: Bought, statuses: string[]): Promise<void>;
    seatIs(eventId: string, seatId: number, status: string): Promise<void>;
  };

const AN_HOUR = 3_600;
/** Longer than orders waits for news of a payment, and much shorter than its seats are kept for it. */
export const LONG_SILENCE_SECONDS = 25;

const PATIENCE = { timeout: 20_000 };

/** For a test file: opens before its tests and closes after them. */
export function openHouse(): House {
  const wires = createWires();
  const groups = createHeldGroups();
  let passedSeconds = 0;
  let running: TestSystem | undefined;

  function inHand(definition: ServiceDefinition): ServiceDefinition {
    return {
      ...definition,
      create: (context) => {
        const clock = { now: () => new Date(context.clock.now().getTime() + passedSeconds * 1_000) };
        const service = definition.create({ ...context, clock, services: wires.clientOf(definition.name, context.services) });
        return { ...service, subscriptions: (service.subscriptions ?? []).map((one) => groups.holdable(one)) };
      },
    };
  }

  beforeAll(async () => {
    running = await startSystem({ definitions: definitions.map(inHand), settings: { LOG_LEVEL: 'fatal' } });
    for (const [service, tables] of Object.entries(STATUS_EDGES))
      await noteStatusChanges(running.databaseOf(service), Object.keys(tables));
  });
  afterAll(async () => {
    groups.letAllGo();
    await wires.mend();
    await running?.stop();
  });

  function system(): TestSystem {
    if (running === undefined) throw new Error('The house is not open');
    return running;
  }

  const databaseOf = (service: ServiceName): Database => system().databaseOf(service);

  function someone(...roles: Role[]): Client {
    const { userId, token } = system().signIn(...(roles.length > 0 ? roles : (['customer'] as const)));
    return clientWith(system().url, userId, token);
  }

  let organizing: Client | undefined;
  const organizer = (): Client => (organizing ??= someone('organizer'));

  async function order(buyer: Client, eventId: string, selection: object): Promise<Ordered> {
    const held = await buyer.send('POST', '/v1/seats/reserve', { eventId, ...selection });
    expect(held.status, JSON.stringify(held.body)).toBe(201);
    const { reservationId } = held.body;
    const made = await buyer.send('POST', '/v1/orders', { reservationId }, { key: randomUUID() });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
    return made.body;
  }

  function pay(buyer: Client, { orderId, totalCents, currency }: Ordered, paymentToken = 'tok_success'): Promise<Answer> {
    const body = { orderId, amountCents: totalCents, currency, paymentMethod: 'CREDIT_CARD', paymentToken };
    return buyer.send('POST', '/v1/charge', body, { key: randomUUID() });
  }

  async function becomes(buyer: Client, orderId: string, expected: object): Promise<void> {
    await expect.poll(async () => (await buyer.get(`/v1/orders/${orderId}`)).body, PATIENCE).toMatchObject(expected);
  }

  async function ticketsOf(buyer: Client, orderId: string): Promise<{ ticketId: string; status: string }[]> {
    return (await buyer.get(`/v1/orders/${orderId}/tickets`)).body.tickets;
  }

  async function bought(eventId: string, selection: object, paymentToken?: string): Promise<Bought> {
    const buyer = someone();
    const { order: made, charge } = await buy(buyer, eventId, selection, paymentToken);
    const { orderId, totalCents } = made;
    await becomes(buyer, orderId, { status: 'CONFIRMED' });
    const ticketIds = (await ticketsOf(buyer, orderId)).map(({ ticketId }) => ticketId);
    return { buyer, orderId, paymentId: charge.body.paymentId, totalCents, ticketIds };
  }

  const setProvider = (what: string, paymentId: string): Promise<number> =>
    databaseOf('payments').run(
      { name: `test.provider ${what}`, text: `update simulator_charge set ${what} where provider_key = $1` },
      [paymentId],
    );

  async function staysSilent(paymentId: string): Promise<void> {
    expect(await setProvider(`silent_until = now() + interval '1 hour'`, paymentId)).toBe(1);
  }

  async function paidInSilence(eventId: string, selection: object): Promise<Bought> {
    const buyer = someone();
    const { order: made, charge } = await buy(buyer, eventId, selection, 'tok_timeout_captured');
    expect(charge).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    const { paymentId } = charge.body;
    await staysSilent(paymentId);
    return { buyer, orderId: made.orderId, paymentId, totalCents: made.totalCents, ticketIds: [] };
  }

  async function speaks(paymentId: string): Promise<void> {
    await setProvider('silent_until = null', paymentId);
    const text = `update payment set ask_at = now() where payment_id = $1 and status = 'PENDING'`;
    await databaseOf('payments').run({ name: 'test.ask_now', text }, [paymentId]);
  }

  let seatingPassedSeconds = 0;

  async function passForSeating(seconds: number): Promise<void> {
    seatingPassedSeconds += seconds;
    await databaseOf('seating').run({
      name: `test.pass_${seatingPassedSeconds}`,
      text: `create or replace function seating_now() returns timestamptz language sql volatile as
        'select clock_timestamp() + interval ''${seatingPassedSeconds} seconds'''`,
    });
  }

  return {
    trouble: wires.trouble,
    hold: groups.hold,
    ...{
      system,
      databaseOf,
      someone,
      organizer,
      order,
      pay,
      bought,
      paidInSilence,
      staysSilent,
      speaks,
      becomes,
    },
    event: (sections = SEATS_AND_FLOOR) => makeEvent(organizer(), sections),
    letHoldsEnd: () => passForSeating(AN_HOUR),
    pass: async (seconds) => {
      passedSeconds += seconds;
      await passForSeating(seconds);
    },
    refusesRefunds: async (paymentId) => {
      await setProvider('refuses_refunds = true', paymentId);
    },
    refund: (body) => organizer().send('POST', '/v1/refund', body, { key: randomUUID() }),
    cancel: (buyer, orderId) => buyer.send('POST', `/v1/orders/${orderId}/cancel`),
    callOff: async (eventId) => {
      expect((await organizer().send('PUT', `/v1/events/${eventId}`, { status: 'CANCELLED' })).status).toBe(200);
    },
    meets: async (buyer, orderId, cause) => {
      const causes = async (): Promise<unknown[]> =>
        (await buyer.get(`/v1/orders/${orderId}/history`)).body.items.map((entry: { cause?: string }) => entry.cause);
      await expect.poll(causes, PATIENCE).toContain(cause);
    },
    ticketsAre: async ({ buyer, orderId }, statuses) => {
      const found = async (): Promise<string[]> => (await ticketsOf(buyer, orderId)).map(({ status }) => status);
      await expect.poll(found, PATIENCE).toEqual(statuses);
    },
    seatIs: async (eventId, seatId, status) => {
      const seat = async (): Promise<string> => (await organizer().get(`/v1/seats/${eventId}/${seatId}`)).body.status;
      await expect.poll(seat, PATIENCE).toBe(status);
    },
  };
}

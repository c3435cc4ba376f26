import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumerLag } from '../platform/event-log/port.ts';
import { readLag } from '../platform/event-log/postgres/lag.ts';
import { sql } from '../platform/postgres/database.ts';
import type { Databases } from './databases.ts';

/** What is still under way; empty when everything has settled. */
export type Busy = readonly string[];

const POLL_MS = 250;

const OUTBOX = sql('verify.outbox_rows', 'select count(*)::integer as count from outbox');
const OPEN_PAYMENTS = sql('verify.open_payments', `select count(*)::integer as count from payment where status = 'PENDING'`);
const OPEN_REFUNDS = sql('verify.open_refunds', `select count(*)::integer as count from refund where status = 'PENDING'`);
const OPEN_ORDERS = sql(
  'verify.open_orders',
  `select count(*)::integer as count from orders where status = 'PAYMENT_PROCESSING' or (status = 'PENDING' and total_cents = 0)`,
);

/** A cancelled event's orders that nobody has given up yet, and tickets that are void while payments has not heard of it. */
const TO_GIVE_UP = sql(
  'verify.orders_to_give_up',
  `select count(*)::integer as count from orders join cancelled_event using (event_id)
   where cancel_reason is null and status in ('PENDING', 'PAYMENT_PROCESSING', 'CONFIRMED', 'PARTIALLY_REFUNDED')`,
);
const OPEN_REVOCATIONS = sql(
  'verify.open_revocations',
  `select count(*)::integer as count from revocation where status = 'PENDING'`,
);

/** How far the consumer groups are behind, when the event log is not in one of the databases. */
export type LagReader = () => Promise<ConsumerLag[]>;

const noLag: LagReader = () => Promise.resolve([]);

/** Waits until nothing is on its way any more, at most `settleMs`; says what still is. */
export async function settle(databases: Databases, settleMs: number, lagElsewhere = noLag): Promise<Busy> {
  const deadlineMs = performance.now() + settleMs;
  for (;;) {
    let busy = await whatIsBusy(databases, lagElsewhere);
    // What left an outbox between the two looks within, at the log and at the outboxes, is seen by the next.
    if (busy.length === 0) busy = await whatIsBusy(databases, lagElsewhere);
    if (busy.length === 0 || performance.now() >= deadlineMs) return busy;
    await delay(POLL_MS);
  }
}

/** Domain events and payments that have not arrived where they are going. */
export async function whatIsBusy(databases: Databases, lagElsewhere = noLag): Promise<Busy> {
  const log = databases.get('event-log');
  const lag = log === undefined ? await lagElsewhere() : await readLag(log);
  const busy = lag
    .filter(({ behind }) => behind > 0)
    .map(({ group, topic, behind }) => `${group} is ${behind} behind on ${topic}`);
  for (const [owner, database] of databases) {
    if (owner === 'event-log') continue;
    const waiting = await count(database, OUTBOX);
    if (waiting > 0) busy.push(`${waiting} rows wait in the outbox of ${owner}`);
  }
  const payments = databases.get('payments');
  const orders = databases.get('orders');
  if (payments !== undefined) {
    add(busy, await count(payments, OPEN_PAYMENTS), 'payments have no answer yet');
    add(busy, await count(payments, OPEN_REFUNDS), 'refunds are on their way');
  }
  if (orders !== undefined) {
    add(busy, await count(orders, OPEN_ORDERS), 'orders wait for their payment');
    add(busy, await count(orders, TO_GIVE_UP), 'orders of cancelled events are to be given up');
    add(busy, await count(orders, OPEN_REVOCATIONS), 'refunds of tickets are on their way');
  }
  return busy;
}

function add(busy: string[], number: number, what: string): void {
  if (number > 0) busy.push(`${number} ${what}`);
}

async function count(
  database: { rows<Row>(statement: { name: string; text: string }): Promise<Row[]> },
  statement: { name: string; text: string },
): Promise<number> {
  return (await database.rows<{ count: number }>(statement))[0]?.count ?? 0;
}

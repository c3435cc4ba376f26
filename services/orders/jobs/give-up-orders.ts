import type { Clock } from '../../../platform/clock.ts';
import type { Job } from '../../../platform/lifecycle/service.ts';
import type { Database, Tx } from '../../../platform/postgres/database.ts';
import { giveUpPaid, isPaid } from '../cancel-order.ts';
import { changeOrder, type OrderChange, type OrderState } from '../domain/order.ts';
import { announceEnd } from '../fail-payments.ts';
import { closeCancelledEvent, lockOrdersToGiveUp, openCancelledEvents } from '../store/cancelled-events.ts';
import { lockOrders, saveChanges } from '../store/orders.ts';

const EVERY_MS = 500;
const ORDERS_AT_ONCE = 50;
/** Longer than a confirmation takes that began before the event's end was known: what it confirmed is found before we stop looking. */
const GRACE_MS = 10_000;

type Deps = { database: Database; clock: Clock; ordersAtOnce?: number };

/**
 * Gives up every order of cancelled events, a bounded number in one transaction: tickets void, money on its way back, open orders
 * ended. What was done is marked on each order, so a restart goes on with the rest and none is done twice.
 */
export function giveUpOrders(deps: Deps): Job {
  return { name: 'give-up-orders', everyMs: EVERY_MS, run: (signal) => giveUpAll(deps, signal) };
}

async function giveUpAll({ database, clock, ordersAtOnce = ORDERS_AT_ONCE }: Deps, signal: AbortSignal): Promise<void> {
  for (const eventId of await openCancelledEvents(database)) {
    let after = '';
    while (!signal.aborted) {
      const last = await database.transaction((tx) => giveUpNext(tx, { eventId, after, limit: ordersAtOnce, at: clock.now() }));
      if (last === null) break;
      after = last;
    }
    const at = clock.now();
    if (!signal.aborted) await closeCancelledEvent(database, eventId, at, new Date(at.getTime() - GRACE_MS));
  }
}

/** The last order that was given up, or null when none was left. */
async function giveUpNext(
  tx: Tx,
  { eventId, after, limit, at }: { eventId: string; after: string; limit: number; at: Date },
): Promise<string | null> {
  const orderIds = await lockOrdersToGiveUp(tx, eventId, after, limit);
  if (orderIds.length === 0) return null;
  const changes: OrderChange[] = [];
  for (const order of (await lockOrders(tx, orderIds)).values()) changes.push(...(await giveUp(tx, order, at)));
  await saveChanges(tx, changes);
  return orderIds.at(-1) ?? null;
}

async function giveUp(tx: Tx, order: OrderState, at: Date): Promise<OrderChange[]> {
  const change = changeOrder(order, 'EVENT_CANCELLED', at);
  if (change === null) return [];
  // With no ticket left, all of them are being refunded already; that the event is cancelled is noted all the same.
  const how = { cause: 'EVENT_CANCELLED' as const, usedToo: true, traceparent: undefined };
  const changes = (isPaid(order) ? await giveUpPaid(tx, change, how) : null) ?? [change];
  const last = changes.at(-1);
  if (last !== undefined) void announceEnd(tx, last, undefined);
  return changes;
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { backoffMs } from './backoff.ts';
import { bury, type Failure } from './dead-letters.ts';
import { markHandled, notYetHandled } from './inbox.ts';
import type { Subscription } from './port.ts';
import { isTransient } from './transient.ts';

/** What the adapters of the log share: how a consumer group handles what was read for it. */
export type Delivery = {
  logger: Logger;
  /** Ends waiting between retries. A batch at hand is finished all the same. */
  signal: AbortSignal;
  retry?: RetryRules;
};

export type RetryRules = { batchAttempts: number; eventAttempts: number; firstMs: number; maxMs: number };

const RETRY: RetryRules = { batchAttempts: 3, eventAttempts: 3, firstMs: 50, maxMs: 5_000 };

const MAX_EVENTS_A_TRANSACTION = 500;

/**
 * Handles events in order and resolves once all of them are handled, dead, or of no interest to the group.
 * @throws only when the signal was aborted first; then some may not be handled and must be delivered again
 */
export async function deliver(subscription: Subscription, events: readonly DomainEvent[], delivery: Delivery): Promise<void> {
  const wanted = select(subscription, events);
  for (let start = 0; start < wanted.length; start += MAX_EVENTS_A_TRANSACTION) {
    const batch = wanted.slice(start, start + MAX_EVENTS_A_TRANSACTION);
    await deliverBatch(subscription, batch, delivery, (delivery.retry ?? RETRY).batchAttempts);
  }
}

function select(subscription: Subscription, events: readonly DomainEvent[]): DomainEvent[] {
  const { types } = subscription;
  const seen = new Set<string>();
  return events.filter((event) => {
    if (!types.includes(event.type) || subscription.wants?.(event) === false || seen.has(event.id)) return false;
    seen.add(event.id);
    return true;
  });
}

/** A batch that fails is halved until the event that breaks it stands alone; its neighbours stay together and in order. */
async function deliverBatch(
  subscription: Subscription,
  batch: readonly DomainEvent[],
  delivery: Delivery,
  attempts: number,
): Promise<void> {
  const { eventAttempts } = delivery.retry ?? RETRY;
  const failure = await attempt(() => handleOnce(subscription, batch), subscription, delivery, Math.max(1, attempts));
  if (failure === null) return;
  const [event] = batch;
  if (batch.length === 1 && event !== undefined) return putAside(subscription, event, failure, delivery);
  const middle = batch.length >> 1;
  for (const half of [batch.slice(0, middle), batch.slice(middle)]) {
    await deliverBatch(subscription, half, delivery, half.length === 1 ? eventAttempts : 1);
  }
}

async function putAside(subscription: Subscription, event: DomainEvent, failure: Failure, delivery: Delivery): Promise<void> {
  const { group, database } = subscription;
  delivery.logger.error(
    { err: failure.error, group, eventId: event.id, type: event.type, traceparent: event.traceparent },
    'A domain event became a dead letter.',
  );
  // There is nowhere else to put it: until it is in the table the group does not go on.
  while ((await attempt(() => bury(database, group, event, failure), subscription, delivery, Infinity)) !== null);
}

/** @returns null once it worked; the failure when `attempts` were in vain. What is transient does not count. */
async function attempt(
  work: () => Promise<void>,
  { group }: Subscription,
  delivery: Delivery,
  attempts: number,
): Promise<Failure | null> {
  const { firstMs, maxMs } = delivery.retry ?? RETRY;
  let firstFailedAt: Date | null = null;
  let failures = 0;
  for (let tries = 1; ; tries++) {
    try {
      await work();
      return null;
    } catch (error) {
      const transient = isTransient(error);
      if (!transient) {
        failures++;
        firstFailedAt ??= new Date();
        if (failures >= attempts) return { error, attempts: failures, firstFailedAt };
      }
      delivery.logger.warn(
        { err: error, group, tries, transient },
        'A consumer group could not handle its events and tries again.',
      );
    }
    await delay(backoffMs(tries, firstMs, maxMs), undefined, { signal: delivery.signal });
  }
}

async function handleOnce(subscription: Subscription, events: readonly DomainEvent[]): Promise<void> {
  const { group, database } = subscription;
  if (subscription.prepare === undefined) {
    return database.transaction(async (tx) => {
      const fresh = await markHandled(tx, group, events);
      if (fresh.length > 0) await subscription.handle(tx, fresh, undefined);
    });
  }
  const unhandled = await notYetHandled(database, group, events);
  if (unhandled.length === 0) return;
  const prepared = await subscription.prepare(unhandled);
  try {
    await database.transaction(async (tx) => {
      const fresh = await markHandled(tx, group, unhandled);
      if (fresh.length < unhandled.length) throw new HandledMeanwhile();
      await subscription.handle(tx, fresh, prepared);
    });
  } catch (error) {
    if (!(error instanceof HandledMeanwhile)) throw error;
    await handleOnce(subscription, events);
  }
}

/** A process that has yet to notice that it lost the group was faster with some events: what was prepared no longer fits. */
class HandledMeanwhile extends Error {}

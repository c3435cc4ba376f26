import type { Static } from 'typebox';
import type { EventFacts } from '../../contracts/events/catalog.ts';
import type { EventOrdersAnswer } from '../../contracts/http/orders.ts';
import type { CloseSaleAnswer } from '../../contracts/http/seating.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';
import type { Logger } from 'pino';

type Facts = Static<typeof EventFacts>;

/** Shorter than an organizer waits: the change is committed, and its domain event does the same a moment later. */
const TELL_TIMEOUT_MS = 2_000;
const ASK_TIMEOUT_MS = 3_000;

/** What the catalog tells and asks other services while an organizer waits. */
export type OtherServices = {
  /** Seating follows the new rules when this resolves. Where it cannot be reached, it does once the domain event arrives. */
  tellSeating(facts: Facts, traceparent: string): Promise<void>;
  /**
   * Ends the sale for good, unless somebody holds or has bought seats. @returns whether it is ended
   * @throws ApiError `SERVICE_UNAVAILABLE`
   */
  closeSale(facts: Facts, traceparent: string): Promise<boolean>;
  /** How many orders there are of an event, in whatever state. @throws ApiError `SERVICE_UNAVAILABLE` */
  orderCount(eventId: string, traceparent: string): Promise<number>;
};

export function createOtherServices(services: ServiceClient, logger: Logger): OtherServices {
  return {
    async tellSeating(facts, traceparent) {
      const call = { method: 'PUT', body: facts, traceparent, timeoutMs: TELL_TIMEOUT_MS } as const;
      try {
        await services.call('seating', `/internal/sales/${facts.eventId}`, call);
      } catch (error) {
        logger.warn({ err: error, eventId: facts.eventId }, 'Seating will learn of a changed event by its domain event.');
      }
    },
    async closeSale(facts, traceparent) {
      const call = { method: 'DELETE', body: facts, traceparent, timeoutMs: ASK_TIMEOUT_MS } as const;
      return (await services.call<CloseSaleAnswer>('seating', `/internal/sales/${facts.eventId}`, call)).closed;
    },
    async orderCount(eventId, traceparent) {
      const call = { traceparent, timeoutMs: ASK_TIMEOUT_MS };
      return (await services.call<EventOrdersAnswer>('orders', `/internal/events/${eventId}/orders`, call)).count;
    },
  };
}

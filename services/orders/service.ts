import type { RevokeTicketsAnswer, RevokeTicketsBody } from '../../contracts/http/orders.ts';
import type { Service, ServiceContext, ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { createLeaseKeeper } from '../../platform/idempotency/held-keys.ts';
import { afterCommit } from '../../platform/postgres/after-commit.ts';
import { createPaymentBeginner } from './begin-payment.ts';
import { createBookingWrites } from './bookings/booking-writes.ts';
import { createBookingCharges } from './bookings/charges.ts';
import { freeRefundedSeats } from './consumers/free-refunded-seats.ts';
import { keepPaymentNews } from './consumers/keep-payment-news.ts';
import { onEventCancelled } from './consumers/on-event-cancelled.ts';
import { onHoldEnded } from './consumers/on-hold-ended.ts';
import { onOrderCancelled } from './consumers/on-order-cancelled.ts';
import { onPaymentCompleted } from './consumers/on-payment-completed.ts';
import { onPaymentFailed } from './consumers/on-payment-failed.ts';
import { onPaymentRefunded } from './consumers/on-payment-refunded.ts';
import { onRefundFailed } from './consumers/on-refund-failed.ts';
import { createOrderMaker } from './create-order.ts';
import type { CountryRules, PriceBook } from './domain/price-book.ts';
import { createEventCountries } from './event-countries.ts';
import { bookingRoutes } from './http/booking-routes.ts';
import { internalRoutes } from './http/internal-routes.ts';
import { followRoutes } from './http/follow-routes.ts';
import { orderRoutes } from './http/order-routes.ts';
import { ticketRoutes } from './http/ticket-routes.ts';
import { openTicketSigner, type TicketSigner } from './issuing/ticket-signer.ts';
import { finishBookings } from './jobs/finish-bookings.ts';
import { giveUpOrders } from './jobs/give-up-orders.ts';
import { reconcileDue, reconcileOrders } from './jobs/reconcile-orders.ts';
import { createOrderWaiters } from './order-waiters.ts';
import { revokeForRefund } from './revoke-for-refund.ts';
import { createOrderSettler } from './settle-orders.ts';
import { orderLookup } from './store/orders.ts';

/** Orders, what they cost, and tickets. */
export const orders: ServiceDefinition = {
  name: 'orders',
  database: { name: 'orderdb', migrations: new URL('./migrations/', import.meta.url), lookupsOnly: true },
  create,
};

function create({ settings, database: raw, wakeRelay, services, logger, clock }: ServiceContext): Service {
  const waiters = createOrderWaiters(raw);
  const find = orderLookup(raw);
  const database = afterCommit(raw, () => {
    wakeRelay();
    waiters.poke();
  });
  let opened: Promise<TicketSigner> | null = null;
  const signer = (): Promise<TicketSigner> => (opened ??= openTicketSigner(raw, settings.auth.internalSecret));
  const settler = createOrderSettler({ database, services, clock, signer });
  const onError = (error: unknown, orderId: string): void =>
    logger.warn({ err: error, orderId }, 'An order could not be finished yet.');
  const reconciler = { database, services, clock, settler, onError };
  const onFreeOrder = (): void => {
    reconcileDue(reconciler).catch((error: unknown) => logger.warn({ err: error }, 'A free order waits for the next look.'));
  };
  const prices = { book: priceBook(settings.pricing), countryOf: createEventCountries({ services, clock }) };
  const maker = createOrderMaker({ database, services, clock, prices, onFreeOrder });
  const beginner = createPaymentBeginner({ database, find, services, clock });
  const onUnfinished = (error: unknown, orderId: string): void =>
    logger.warn({ err: error, orderId }, 'A booking could not be finished yet.');
  const writes = createBookingWrites(database);
  const leases = createLeaseKeeper(raw);
  const charges = createBookingCharges({ database, services, clock, find, beginner, writes, onError: onUnfinished });
  const revoke = (orderId: string, body: RevokeTicketsBody, traceparent: string): Promise<RevokeTicketsAnswer> =>
    revokeForRefund({ database, clock }, orderId, body, traceparent);
  return {
    publicRoutes: (app) => {
      orderRoutes(app, { database, find, clock, maker, waiters });
      bookingRoutes(app, { database, find, services, clock, maker, waiters, charges, writes, leases });
      followRoutes(app, { database: raw, find, waiters });
      ticketRoutes(app, raw);
    },
    internalRoutes: (app) => internalRoutes(app, beginner, revoke, raw),
    subscriptions: [
      onPaymentCompleted(database, settler),
      onPaymentFailed(database, services, clock),
      keepPaymentNews(raw),
      onPaymentRefunded(database, clock),
      onRefundFailed(database, clock),
      freeRefundedSeats(database, services),
      onEventCancelled(database, clock),
      onHoldEnded(database, clock),
      onOrderCancelled(database, services),
    ],
    jobs: [
      reconcileOrders(reconciler),
      giveUpOrders({ database, clock }),
      finishBookings({ database, services, clock, charges, onError: onUnfinished }),
    ],
    start: async () => {
      await signer();
    },
    stop: async () => {
      waiters.stop();
      await charges.stop();
      await Promise.all([maker.stop(), beginner.stop(), writes.stop()]);
    },
  };
}

type Pricing = ServiceContext['settings']['pricing'];

function priceBook({ countries, ...others }: Pricing): PriceBook {
  return {
    others: countryRules(others),
    countries: new Map([...countries].map(([country, pricing]) => [country, countryRules(pricing)])),
  };
}

/** Settings give percentages with at most three decimals, so this is exact. */
function countryRules({ feePercent, taxPercent, ...fixed }: Omit<Pricing, 'countries'>): CountryRules {
  return { ...fixed, feeMilliPercent: Math.round(feePercent * 1_000), taxMilliPercent: Math.round(taxPercent * 1_000) };
}

import type { Service, ServiceContext, ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { afterCommit } from '../../platform/postgres/after-commit.ts';
import { createLeaseKeeper } from '../../platform/idempotency/held-keys.ts';
import { charge } from './charge.ts';
import { onBookingFailed } from './consumers/on-booking-failed.ts';
import { onTicketRevoked } from './consumers/on-ticket-revoked.ts';
import { internalRoutes } from './http/internal-routes.ts';
import { publicRoutes } from './http/public-routes.ts';
import { refundRoutes } from './http/refund-routes.ts';
import { resumePayments } from './jobs/resume-payments.ts';
import { sendRefunds } from './jobs/send-refunds.ts';
import { createPaymentOpener } from './open-payments.ts';
import { makeResilient } from './provider/resilience.ts';
import { createSimulator } from './provider/simulator.ts';
import { mayManage, refund } from './refund.ts';
import { createPaymentSettler } from './settle-payments.ts';

/** Charges and refunds, through a provider. */
export const payments: ServiceDefinition = {
  name: 'payments',
  database: { name: 'paymentsdb', migrations: new URL('./migrations/', import.meta.url), lookupsOnly: true },
  create,
};

function create({ settings, database: raw, wakeRelay, services, logger, clock }: ServiceContext): Service {
  const database = afterCommit(raw, wakeRelay);
  const simulator = createSimulator(raw, settings.payments);
  const provider = makeResilient(simulator);
  const opener = createPaymentOpener(database);
  const settler = createPaymentSettler(database);
  const leases = createLeaseKeeper(raw);
  const deps = { database, services, clock, provider, opener, leases, settler };
  const onError = (error: unknown, refundId: string): void =>
    logger.warn({ err: error, refundId }, 'A refund could not be sent yet.');
  return {
    publicRoutes: (app) => {
      publicRoutes(app, {
        database: raw,
        charge: (request) => charge(deps, request),
        mayManage: (user, payment, traceparent) => mayManage(services, user, payment, traceparent),
      });
      refundRoutes(app, (request) => refund(deps, request));
    },
    internalRoutes: (app) => internalRoutes(app, raw, (request) => charge(deps, request)),
    subscriptions: [onBookingFailed(database, clock), onTicketRevoked(database, clock)],
    jobs: [resumePayments(deps), sendRefunds({ ...deps, onError })],
    stop: async () => {
      await Promise.all([opener.stop(), settler.stop()]);
      await simulator.stop();
    },
  };
}

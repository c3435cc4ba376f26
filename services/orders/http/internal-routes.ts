import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import {
  BeginPaymentAnswer,
  BeginPaymentBody,
  EventOrdersAnswer,
  RevokeTicketsAnswer,
  RevokeTicketsBody,
} from '../../../contracts/http/orders.ts';
import { Type } from 'typebox';
import { isId } from '../../../contracts/ids.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireService } from '../../../platform/http/request.ts';
import type { Tx } from '../../../platform/postgres/database.ts';
import type { BeginPayment } from '../begin-payment.ts';
import { countOrdersOfEvent } from '../store/event-orders.ts';

const Path = Type.Object({ orderId: Type.String() });
const PaymentPath = Type.Object({ orderId: Type.String(), paymentId: Type.String() });
const EventPath = Type.Object({ eventId: Type.String() });

type Revoke = (orderId: string, body: RevokeTicketsBody, traceparent: string) => Promise<RevokeTicketsAnswer>;

export function internalRoutes(instance: FastifyInstance, beginner: BeginPayment, revoke: Revoke, database: Tx): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.post(
    '/internal/orders/:orderId/payments',
    { schema: { params: Path, body: BeginPaymentBody, response: { 200: BeginPaymentAnswer } } },
    (request) => {
      requireService(request);
      const { orderId } = request.params;
      if (!isId('order', orderId)) throw new ApiError('ORDER_NOT_FOUND', 'You have no such order.');
      return beginner.begin(orderId, request.body, request.traceparent);
    },
  );

  app.post(
    '/internal/orders/:orderId/payments/:paymentId/failure',
    { schema: { params: PaymentPath } },
    async (request, reply) => {
      requireService(request);
      const { orderId, paymentId } = request.params;
      await beginner.fail(orderId, paymentId, request.traceparent);
      return reply.code(204).send();
    },
  );

  app.post(
    '/internal/orders/:orderId/revocations',
    { schema: { params: Path, body: RevokeTicketsBody, response: { 200: RevokeTicketsAnswer } } },
    (request) => {
      requireService(request);
      const { orderId } = request.params;
      if (!isId('order', orderId)) throw new ApiError('ORDER_NOT_FOUND', 'There is no such order.');
      return revoke(orderId, request.body, request.traceparent);
    },
  );

  app.get(
    '/internal/events/:eventId/orders',
    { schema: { params: EventPath, response: { 200: EventOrdersAnswer } } },
    async (request) => {
      requireService(request);
      return { count: await countOrdersOfEvent(database, request.params.eventId) };
    },
  );
}

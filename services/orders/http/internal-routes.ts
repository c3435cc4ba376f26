import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { BeginPaymentAnswer, BeginPaymentBody, EventOrdersAnswer } from '../../../contracts/http/orders.ts';
import { Type } from 'typebox';
import { isId } from '../../../contracts/ids.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireService } from '../../../platform/http/request.ts';
import type { Tx } from '../../../platform/postgres/database.ts';
import type { BeginPayment } from '../begin-payment.ts';
import { countOrdersOfEvent } from '../store/event-orders.ts';

const Path = Type.Object({ orderId: Type.String() });
const EventPath = Type.Object({ eventId: Type.String() });

export function internalRoutes(instance: FastifyInstance, beginner: BeginPayment, database: Tx): void {
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

  app.get(
    '/internal/events/:eventId/orders',
    { schema: { params: EventPath, response: { 200: EventOrdersAnswer } } },
    async (request) => {
      requireService(request);
      return { count: await countOrdersOfEvent(database, request.params.eventId) };
    },
  );
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { PaymentPath, PaymentState } from '../../../contracts/http/payments.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireService } from '../../../platform/http/request.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { paymentById } from '../store/payments.ts';

export function internalRoutes(instance: FastifyInstance, database: Database): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.get('/internal/payments/:id', { schema: { params: PaymentPath, response: { 200: PaymentState } } }, async (request) => {
    requireService(request);
    const payment = await paymentById(database, request.params.id);
    if (payment === undefined) throw new ApiError('PAYMENT_NOT_FOUND', 'There is no such payment.');
    const { paymentId, orderId, status } = payment;
    return { paymentId, orderId, status };
  });
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { ChargeAnswer, InternalChargeBody, PaymentPath, PaymentState } from '../../../contracts/http/payments.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireService } from '../../../platform/http/request.ts';
import { replay } from '../../../platform/idempotency/answer.ts';
import { payloadHash } from '../../../platform/idempotency/idempotency-key.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { paymentById } from '../store/payments.ts';
import type { PublicRouteDeps } from './public-routes.ts';

const CHARGE_SCOPE = 'POST /internal/charges';

export function internalRoutes(instance: FastifyInstance, database: Database, charge: PublicRouteDeps['charge']): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.get('/internal/payments/:id', { schema: { params: PaymentPath, response: { 200: PaymentState } } }, async (request) => {
    requireService(request);
    const payment = await paymentById(database, request.params.id);
    if (payment === undefined) throw new ApiError('PAYMENT_NOT_FOUND', 'There is no such payment.');
    const { paymentId, orderId, status } = payment;
    return { paymentId, orderId, status };
  });

  app.post(
    '/internal/charges',
    { schema: { body: InternalChargeBody, response: { 201: ChargeAnswer, 202: ChargeAnswer } } },
    async (request, reply) => {
      requireService(request);
      const { userId, ...body } = request.body;
      const key = { scope: CHARGE_SCOPE, key: `booking ${body.orderId}`, requestHash: payloadHash(request.body) };
      const { answer } = await charge({ userId, key, body, traceparent: request.traceparent });
      return replay(reply, answer);
    },
  );
}

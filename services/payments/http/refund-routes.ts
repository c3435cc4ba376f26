import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Refund, RefundBody } from '../../../contracts/http/payments.ts';
import { onlyFor } from '../../../platform/http/access.ts';
import { requireRole } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import { errorOfAnswer, replay } from '../../../platform/idempotency/answer.ts';
import { requireIdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import type { refund, RefundRequest } from '../refund.ts';

export function refundRoutes(instance: FastifyInstance, give: (request: RefundRequest) => ReturnType<typeof refund>): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.post(
    '/v1/refund',
    {
      config: { idempotencyKey: 'required' },
      schema: {
        tags: ['payments'],
        summary: 'Give money back: all of it, that of some tickets, or an amount',
        security: onlyFor('organizer', 'admin'),
        body: RefundBody,
        response: { 201: Refund, 202: Refund },
      },
    },
    async (request, reply) => {
      const user = requireRole(request, 'organizer', 'admin');
      const key = requireIdempotencyKey(request);
      const { body, traceparent } = request;
      if (body.ticketIds !== undefined && body.amountCents !== undefined)
        throw validationFailed([{ path: 'body.amountCents', message: 'cannot go with ticketIds: tickets have their own value' }]);
      const { replayed, answer } = await give({ user, key, body, traceparent });
      reply.header('cache-control', 'no-store');
      if (replayed) return replay(reply, answer);
      if (answer.status >= 400) throw errorOfAnswer(answer);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stored is what `toRefundAnswer` made; the schema writes it out
      return reply.code(answer.status === 202 ? 202 : 201).send(answer.body as Refund);
    },
  );
}

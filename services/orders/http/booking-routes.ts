import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { BookingAnswer, BookingBody } from '../../../contracts/http/bookings.ts';
import { OrderQuery } from '../../../contracts/http/orders.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import { errorOfAnswer, replay } from '../../../platform/idempotency/answer.ts';
import { requireIdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import { book, type BookingDeps } from '../bookings/book.ts';
import { waitMsOf } from './waiting.ts';

export function bookingRoutes(instance: FastifyInstance, deps: BookingDeps): void {
  instance.withTypeProvider<TypeBoxTypeProvider>().post(
    '/v1/bookings',
    {
      config: { idempotencyKey: 'required' },
      schema: {
        tags: ['orders'],
        summary: 'Reserve, order and pay in one call',
        security: SIGNED_IN,
        body: BookingBody,
        querystring: OrderQuery,
        response: { 200: BookingAnswer, 202: BookingAnswer },
      },
    },
    async (request, reply) => {
      const { userId } = requireUser(request);
      const { body, traceparent } = request;
      if (body.userId !== undefined && body.userId !== userId)
        throw new ApiError('FORBIDDEN', 'You can book for yourself only: leave userId out.');
      const waitMs = waitMsOf(request.query);
      const key = requireIdempotencyKey(request);
      const { replayed, answer } = await book(deps, { userId, key, body, waitMs, traceparent });
      reply.header('cache-control', 'no-store');
      if (replayed) return replay(reply, answer);
      if (answer.status >= 400) throw errorOfAnswer(answer);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stored is what `book` made; the schema writes it out
      return reply.code(answer.status === 202 ? 202 : 200).send(answer.body as BookingAnswer);
    },
  );
}

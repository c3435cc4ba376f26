import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { OrderHistory, OrderPath } from '../../../contracts/http/orders.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { eventFrame, openEventStream } from '../../../platform/http/event-stream.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { isSettled } from '../domain/order-status.ts';
import type { OrderState } from '../domain/order.ts';
import type { OrderWaiters } from '../order-waiters.ts';
import { changesOf, paymentNewsOf } from '../store/order-history.ts';
import type { FindOrder } from '../store/orders.ts';
import { historyOf, toOrderAnswer } from './answers.ts';
import { visibleOrder } from './visible-order.ts';

const Frames = {
  description: 'Events `order`, each with the whole order as GET answers it; after the last one the stream ends',
  content: { 'text/event-stream': { schema: Type.String() } },
};

export function followRoutes(
  instance: FastifyInstance,
  deps: { database: Database; find: FindOrder; waiters: OrderWaiters },
): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const { database, find, waiters } = deps;
  const tags = ['orders'];

  app.get(
    '/v1/orders/:id/history',
    {
      schema: {
        tags,
        summary: 'What happened to an order, in order',
        security: SIGNED_IN,
        params: OrderPath,
        response: { 200: OrderHistory },
      },
    },
    async (request, reply) => {
      const { orderId } = await visibleOrder(find, request, request.params.id);
      const [changes, news] = await Promise.all([changesOf(database, orderId), paymentNewsOf(database, orderId)]);
      return reply.header('cache-control', 'no-store').send({ orderId, items: historyOf(changes, news) });
    },
  );

  app.get(
    '/v1/orders/:id/stream',
    {
      // A HEAD of a stream would never end.
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'Follow an order until it is settled (Server-Sent Events)',
        security: SIGNED_IN,
        params: OrderPath,
        response: { 200: Frames },
      },
    },
    async (request, reply) => {
      const { orderId } = await visibleOrder(find, request, request.params.id);
      let sent = '';
      let stream: ReturnType<typeof openEventStream> | null = null;
      const show = (order: OrderState): void => {
        if (order.status === sent || stream === null) return;
        sent = order.status;
        stream.send(eventFrame({ event: 'order', data: toOrderAnswer(order) }));
        if (isSettled(order.status)) stream.close();
      };
      const look = async (): Promise<void> => {
        const order = await find(orderId);
        if (order !== undefined) show(order);
      };
      // Listening comes first, as it may be refused and nothing may be missed.
      const stopListening = waiters.follow(orderId, (status) => {
        // The next look of the waiters comes again if the database is away for this one.
        if (status !== sent) look().catch(() => undefined);
      });
      stream = openEventStream(request, reply);
      stream.onClose(stopListening);
      await look().catch(() => undefined);
    },
  );
}

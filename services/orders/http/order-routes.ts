import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import {
  CreateOrderBody,
  Order,
  OrderList,
  OrderPath,
  OrderQuery,
  OrderTickets,
  OrdersQuery,
} from '../../../contracts/http/orders.ts';
import { errorOfAnswer, replay } from '../../../platform/idempotency/answer.ts';
import { requireIdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { requireUser } from '../../../platform/http/request.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { cancelOrder } from '../cancel-order.ts';
import type { CreateOrder } from '../create-order.ts';
import type { OrderState } from '../domain/order.ts';
import { isSettled } from '../domain/order-status.ts';
import type { OrderWaiters } from '../order-waiters.ts';
import { ordersOfUser, type FindOrder } from '../store/orders.ts';
import { ticketsOfOrder } from '../store/tickets.ts';
import { toOrderAnswer, toTicketAnswer } from './answers.ts';
import { orderIdOf, visibleOrder } from './visible-order.ts';
import { pageOf } from './pages.ts';
import { waitMsOf } from './waiting.ts';

export type OrderRouteDeps = { database: Database; find: FindOrder; clock: Clock; maker: CreateOrder; waiters: OrderWaiters };

const PRIVATE = 'no-store';

export function orderRoutes(instance: FastifyInstance, deps: OrderRouteDeps): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const { database, find, clock, maker, waiters } = deps;
  const tags = ['orders'];

  app.post(
    '/v1/orders',
    {
      config: { idempotencyKey: 'required' },
      schema: { tags, summary: 'Order what is held', security: SIGNED_IN, body: CreateOrderBody, response: { 201: Order } },
    },
    async (request, reply) => {
      const { userId } = requireUser(request);
      const key = requireIdempotencyKey(request);
      const { replayed, answer } = await maker.create({ userId, key, traceparent: request.traceparent, ...request.body });
      reply.header('cache-control', PRIVATE);
      if (replayed) return replay(reply, answer);
      if (answer.status >= 400) throw errorOfAnswer(answer);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stored is what `toOrderAnswer` made; the schema writes it out
      return reply.code(201).send(answer.body as Order);
    },
  );

  app.get(
    '/v1/orders',
    {
      schema: {
        tags,
        summary: 'My orders, the latest first',
        security: SIGNED_IN,
        querystring: OrdersQuery,
        response: { 200: OrderList },
      },
    },
    async (request, reply) => {
      const { userId } = requireUser(request);
      reply.header('cache-control', PRIVATE);
      const { status = null, eventId = null } = request.query;
      const page = await pageOf('order', request.query, (before, limit) =>
        ordersOfUser(database, { userId, status, eventId }, before, limit),
      );
      return { items: page.rows.map(toOrderAnswer), nextCursor: page.nextCursor((order) => order.orderId) };
    },
  );

  app.get(
    '/v1/orders/:id',
    {
      schema: {
        tags,
        summary: 'Read an order, or wait until it is settled',
        security: SIGNED_IN,
        params: OrderPath,
        querystring: OrderQuery,
        response: { 200: Order },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', PRIVATE);
      const waitMs = waitMsOf(request.query);
      const order = await visibleOrder(find, request, request.params.id);
      if (waitMs === null || isSettled(order.status)) return toOrderAnswer(order);
      await waiters.untilSettled(order.orderId, waitMs);
      return toOrderAnswer((await find(order.orderId)) ?? order);
    },
  );

  app.post(
    '/v1/orders/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Cancel an order: release it, or get back what was paid',
        security: SIGNED_IN,
        params: OrderPath,
        response: { 200: Order },
      },
    },
    async (request, reply) => {
      const { userId } = requireUser(request);
      const orderId = orderIdOf(request.params.id);
      const mayCancel = (order: OrderState): boolean => order.userId === userId;
      const order = await cancelOrder({ database, clock }, { orderId, mayCancel, traceparent: request.traceparent });
      return reply.header('cache-control', PRIVATE).send(toOrderAnswer(order));
    },
  );

  app.get(
    '/v1/orders/:id/tickets',
    { schema: { tags, summary: 'Tickets of an order', security: SIGNED_IN, params: OrderPath, response: { 200: OrderTickets } } },
    async (request, reply) => {
      reply.header('cache-control', PRIVATE);
      const { orderId } = await visibleOrder(find, request, request.params.id);
      return { orderId, tickets: (await ticketsOfOrder(database, orderId)).map(toTicketAnswer) };
    },
  );
}

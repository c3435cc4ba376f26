import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { ChargeAnswer, ChargeBody, Payment, PaymentList, PaymentPath, PaymentsQuery } from '../../../contracts/http/payments.ts';
import { isId } from '../../../contracts/ids.ts';
import { errorOfAnswer, replay } from '../../../platform/idempotency/answer.ts';
import { requireIdempotencyKey } from '../../../platform/idempotency/idempotency-key.ts';
import { onlyFor, SIGNED_IN } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireRole, requireUser } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { UserIdentity } from '../../../platform/auth/identity.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { charge, ChargeRequest } from '../charge.ts';
import type { PaymentState } from '../domain/payment.ts';
import { listPayments, paymentById } from '../store/payments.ts';
import { refundsOf } from '../store/refunds.ts';
import { toPaymentAnswer } from './answers.ts';

export type PublicRouteDeps = {
  database: Database;
  charge: (request: ChargeRequest) => ReturnType<typeof charge>;
  /** Whether this user may see and refund it though it is another's. */
  mayManage: (user: UserIdentity, payment: PaymentState, traceparent: string) => Promise<boolean>;
};

const PRIVATE = 'no-store';
const DEFAULT_LIMIT = 20;
/** Sorts after every id. */
const NO_CURSOR = '~';

export function publicRoutes(instance: FastifyInstance, { database, charge, mayManage }: PublicRouteDeps): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['payments'];

  app.post(
    '/v1/charge',
    {
      config: { idempotencyKey: 'required' },
      schema: {
        tags,
        summary: 'Pay for an order',
        security: SIGNED_IN,
        body: ChargeBody,
        response: { 201: ChargeAnswer, 202: ChargeAnswer },
      },
    },
    async (request, reply) => {
      const { userId } = requireUser(request);
      const key = requireIdempotencyKey(request);
      const { replayed, answer } = await charge({ userId, key, body: request.body, traceparent: request.traceparent });
      reply.header('cache-control', PRIVATE);
      if (replayed) return replay(reply, answer);
      if (answer.status >= 400) throw errorOfAnswer(answer);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stored is what `toChargeAnswer` made; the schema writes it out
      return reply.code(answer.status === 202 ? 202 : 201).send(answer.body as ChargeAnswer);
    },
  );

  app.get(
    '/v1/payments/:id',
    { schema: { tags, summary: 'Read a payment', security: SIGNED_IN, params: PaymentPath, response: { 200: Payment } } },
    async (request, reply) => {
      const user = requireUser(request);
      const { id } = request.params;
      const payment = isId('payment', id) ? await paymentById(database, id) : undefined;
      if (payment === undefined || (payment.userId !== user.userId && !(await mayManage(user, payment, request.traceparent)))) {
        throw new ApiError('PAYMENT_NOT_FOUND', 'You have no such payment.');
      }
      const refunds = (await refundsOf(database, [id])).get(id);
      return reply.header('cache-control', PRIVATE).send(toPaymentAnswer(payment, refunds));
    },
  );

  app.get(
    '/v1/payments',
    {
      schema: {
        tags,
        summary: 'All payments, the latest first',
        security: onlyFor('admin'),
        querystring: PaymentsQuery,
        response: { 200: PaymentList },
      },
    },
    async (request, reply) => {
      requireRole(request, 'admin');
      const { limit = DEFAULT_LIMIT, cursor, status = null, orderId = null } = request.query;
      if (cursor !== undefined && !isId('payment', cursor)) {
        throw validationFailed([{ path: 'query.cursor', message: 'is not a cursor of this list' }]);
      }
      const found = await listPayments(database, { before: cursor ?? NO_CURSOR, limit: limit + 1, status, orderId });
      const page = found.slice(0, limit);
      const nextCursor = found.length > limit ? (page.at(-1)?.paymentId ?? null) : null;
      const refunds = await refundsOf(
        database,
        page.map(({ paymentId }) => paymentId),
      );
      const items = page.map((payment) => toPaymentAnswer(payment, refunds.get(payment.paymentId)));
      return reply.header('cache-control', PRIVATE).send({ items, nextCursor });
    },
  );
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import QRCode from 'qrcode';
import { Type } from 'typebox';
import { OrderPath, PageQuery, TicketList } from '../../../contracts/http/orders.ts';
import { isId } from '../../../contracts/ids.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import { ticketById, ticketsOfUser } from '../store/tickets.ts';
import { toTicketAnswer } from './answers.ts';
import { pageOf } from './pages.ts';

const PRIVATE = 'no-store';
const QrSvg = { description: 'The picture', content: { 'image/svg+xml': { schema: Type.String() } } };

export function ticketRoutes(instance: FastifyInstance, database: Database): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const tags = ['tickets'];

  app.get(
    '/v1/tickets',
    {
      schema: {
        tags,
        summary: 'My tickets, the latest first',
        security: SIGNED_IN,
        querystring: PageQuery,
        response: { 200: TicketList },
      },
    },
    async (request, reply) => {
      const { userId } = requireUser(request);
      reply.header('cache-control', PRIVATE);
      const page = await pageOf('ticket', request.query, (before, limit) => ticketsOfUser(database, userId, before, limit));
      return { items: page.rows.map(toTicketAnswer), nextCursor: page.nextCursor((ticket) => ticket.ticketId) };
    },
  );

  app.get(
    '/v1/tickets/:id/qr.svg',
    { schema: { tags, summary: 'The QR code of a ticket', security: SIGNED_IN, params: OrderPath, response: { 200: QrSvg } } },
    async (request, reply) => {
      const user = requireUser(request);
      const { id } = request.params;
      const ticket = isId('ticket', id) ? await ticketById(database, id) : undefined;
      if (ticket === undefined || (ticket.userId !== user.userId && !user.roles.includes('admin'))) {
        throw new ApiError('TICKET_NOT_FOUND', 'You have no such ticket.');
      }
      const svg = await QRCode.toString(ticket.qrPayload, { type: 'svg', errorCorrectionLevel: 'M', margin: 2 });
      return reply.header('cache-control', PRIVATE).type('image/svg+xml; charset=utf-8').send(svg);
    },
  );
}

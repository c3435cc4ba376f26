import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { EventFacts } from '../../../contracts/events/catalog.ts';
import { CloseSaleAnswer } from '../../../contracts/http/seating.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { SeatViews } from '../reads/views.ts';
import { closeSale, upsertSales } from '../store/sales.ts';

const Params = Type.Object({ eventId: Type.String() });

/**
 * What the catalog tells of an event while its organizer waits: the next reserve goes by it. The same facts come with the domain
 * event, which changes nothing then; it is what counts when this call was lost. The highest revision wins, whichever came how.
 */
export function saleRoutes(app: FastifyInstance, database: Database, views: SeatViews): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.put(
    '/internal/sales/:eventId',
    { schema: { params: Params, body: EventFacts, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const facts = factsOf(request.params.eventId, request.body);
      await upsertSales(database, [facts]);
      views.refresh(facts.eventId, facts.revision);
      return reply.code(204).send(null);
    },
  );

  routes.delete(
    '/internal/sales/:eventId',
    { schema: { params: Params, body: EventFacts, response: { 200: CloseSaleAnswer } } },
    async (request) => {
      const facts = factsOf(request.params.eventId, request.body);
      const closed = await database.transaction((tx) => closeSale(tx, facts));
      if (closed) views.refresh(facts.eventId, facts.revision);
      return { closed };
    },
  );
}

function factsOf(eventId: string, facts: Static<typeof EventFacts>): Static<typeof EventFacts> {
  if (facts.eventId === eventId) return facts;
  throw validationFailed([{ path: '$.eventId', message: 'is not the event in the path' }]);
}

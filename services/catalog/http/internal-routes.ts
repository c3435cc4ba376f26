import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { EventFacts } from '../../../contracts/events/catalog.ts';
import { isId } from '../../../contracts/ids.ts';
import { requireService } from '../../../platform/http/request.ts';
import { factsOf } from '../domain-events.ts';
import type { Events } from '../events.ts';
import { eventNotFound } from './refusal.ts';

const Params = Type.Object({ eventId: Type.String() });

/** For services that need an event's facts now, before its domain events have travelled: seats of an event just made. */
export function internalRoutes(instance: FastifyInstance, events: Events): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.get('/internal/events/:eventId', { schema: { params: Params, response: { 200: EventFacts } } }, async (request) => {
    requireService(request);
    const { eventId } = request.params;
    const event = isId('event', eventId) ? await events.findForServices(eventId) : null;
    if (event === null) throw eventNotFound();
    return factsOf(event, event);
  });
}

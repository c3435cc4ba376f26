import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { EventFacts } from '../../../contracts/events/catalog.ts';
import { idSchema, isId } from '../../../contracts/ids.ts';
import { BulkSeatsAnswer, BulkSeatsBody } from '../../../contracts/http/seating.ts';
import { onlyFor } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireRole } from '../../../platform/http/request.ts';
import type { ServiceClient } from '../../../platform/http/service-client.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import { importCsv } from '../domain/import-csv.ts';
import { importJson } from '../domain/import-json.ts';
import type { Layout, LayoutProblem } from '../domain/layout.ts';
import type { SeatViews } from '../reads/views.ts';
import { upsertSales } from '../store/sales.ts';
import { addSections, type LayoutContext } from '../writes/layout-writer.ts';

/** 90,000 seats as CSV are 2.5 MB. A route's limit goes before that of its parsers, so JSON may be as long. */
const MAX_PLAN_BYTES = 8 * 1024 * 1024;

const Query = Type.Object(
  { eventId: Type.Optional(idSchema('event')) },
  { additionalProperties: false, description: 'For text/csv, which names no event itself' },
);

/** Imports sections with their rows and seats: JSON, or CSV with `?eventId=`. All of it or nothing. */
export function importRoute(app: FastifyInstance, context: LayoutContext, services: ServiceClient, views: SeatViews): void {
  app.register(async (scope) => {
    scope.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    scope.withTypeProvider<TypeBoxTypeProvider>().post(
      '/v1/seats/bulk',
      {
        bodyLimit: MAX_PLAN_BYTES,
        schema: {
          tags: ['seating'],
          summary: 'Add sections, rows and seats to an event',
          security: onlyFor('organizer', 'admin'),
          querystring: Query,
          body: { content: { 'application/json': { schema: BulkSeatsBody }, 'text/csv': { schema: Type.Unsafe<Buffer>({}) } } },
          response: { 201: BulkSeatsAnswer },
        },
      },
      async (request, reply) => {
        const user = requireRole(request, 'organizer', 'admin');
        const { eventId, layout } = Buffer.isBuffer(request.body)
          ? { eventId: eventOfCsv(request.query.eventId), layout: fromCsv(request.body) }
          : // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is not CSV has passed the schema
            fromJson(request.body as Static<typeof BulkSeatsBody>, request.query.eventId);
        await takeOverEvent(context, services, eventId, user, request.traceparent);
        const added = await addSections(context, eventId, layout, request.traceparent);
        if (!added.ok) throw importError(added);
        // Whoever is answered finds the new seats here, by their codes too. If not, they come a moment later: imported they are.
        await views.fresh(eventId).catch(() => null);
        return reply.code(201).send(toAnswer(eventId, added.layout));
      },
    );
  });
}

/** The catalog is asked at once, so that an event made a moment ago can have seats with no wait for its domain event. */
async function takeOverEvent(
  context: LayoutContext,
  services: ServiceClient,
  eventId: string,
  user: { userId: string; roles: readonly string[] },
  traceparent: string,
): Promise<void> {
  const event = await services.call<Static<typeof EventFacts>>('catalog', `/internal/events/${eventId}`, { traceparent });
  const mayManage = event.organizerId === user.userId || user.roles.includes('admin');
  if (!mayManage && event.status === 'DRAFT') throw new ApiError('EVENT_NOT_FOUND', 'There is no such event.');
  if (!mayManage) throw new ApiError('FORBIDDEN', 'Only the organizer of the event may add seats to it.');
  await upsertSales(context.database, [event]);
}

function eventOfCsv(eventId: string | undefined): string {
  if (eventId !== undefined && isId('event', eventId)) return eventId;
  throw validationFailed([{ path: 'query.eventId', message: 'is required with a CSV file: which event the seats are of' }]);
}

function fromJson(body: Static<typeof BulkSeatsBody>, queryEventId: string | undefined): { eventId: string; layout: Layout } {
  if (queryEventId !== undefined && queryEventId !== body.eventId)
    throw validationFailed([{ path: 'query.eventId', message: 'is another event than the body names' }]);
  const imported = importJson(body.sections);
  if (!imported.ok) throw layoutInvalid(imported.problems);
  return { eventId: body.eventId, layout: imported.layout };
}

function fromCsv(body: Buffer): Layout {
  const imported = importCsv(body);
  if (imported.ok) return imported.layout;
  throw new ApiError('CSV_INVALID', `${imported.problems[0]?.message ?? 'The file cannot be read.'} Nothing was imported.`, {
    errors: imported.problems,
  });
}

function layoutInvalid(problems: readonly LayoutProblem[]): ApiError {
  return new ApiError('LAYOUT_INVALID', `${problems[0]?.message ?? 'The layout is not valid.'} Nothing was imported.`, {
    errors: problems,
  });
}

function importError(refusal: Exclude<Awaited<ReturnType<typeof addSections>>, { ok: true }>): ApiError {
  switch (refusal.code) {
    case 'EVENT_NOT_FOUND':
      return new ApiError('EVENT_NOT_FOUND', 'There is no such event.');
    case 'SECTION_EXISTS':
      return new ApiError(
        'SECTION_EXISTS',
        `The event already has ${refusal.sections.slice(0, 5).join(', ')}. Nothing was imported.`,
        {
          sections: refusal.sections,
        },
      );
    case 'LAYOUT_INVALID':
      return layoutInvalid(refusal.problems);
  }
}

function toAnswer(eventId: string, layout: Layout) {
  const sections = layout.sections.map(({ name, kind, priceCents, totalSeats }) => ({
    section: name,
    kind,
    priceCents,
    totalSeats,
  }));
  return { eventId, totalSeats: sections.reduce((sum, section) => sum + section.totalSeats, 0), sections };
}

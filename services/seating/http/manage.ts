import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BlockSeatsAnswer, BlockSeatsBody, EditSectionBody, SectionAvailability } from '../../../contracts/http/seating.ts';
import { onlyFor } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireRole } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { SeatViews } from '../reads/views.ts';
import { readSale } from '../store/sales.ts';
import { editSection, mayManage, type EditResult, type LayoutContext } from '../writes/layout-writer.ts';
import type { Seats } from '../writes/seats.ts';
import { decided } from './answers.ts';

/** What organizers do to the seats of their own events. */
export function manageRoutes(app: FastifyInstance, context: LayoutContext, seats: Seats, views: SeatViews): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>();

  routes.put(
    '/v1/seats/sections',
    {
      schema: {
        tags: ['seating'],
        summary: 'Change a price or a capacity',
        security: onlyFor('organizer', 'admin'),
        body: EditSectionBody,
        response: { 200: SectionAvailability },
      },
    },
    async (request) => {
      const { eventId, ...edit } = request.body;
      if (edit.priceCents === undefined && edit.capacity === undefined)
        throw validationFailed([{ path: '$', message: 'must have priceCents, capacity or both' }]);
      await requireManager(request, context, eventId);
      const edited = await editSection(context, eventId, edit, request.traceparent);
      if (!edited.ok) throw editError(edited, edit.section);
      return sectionOf(views, eventId, edit.section);
    },
  );

  for (const type of ['block', 'unblock'] as const) {
    routes.put(
      `/v1/seats/${type}`,
      {
        bodyLimit: 256 * 1024,
        schema: {
          tags: ['seating'],
          summary: type === 'block' ? 'Take seats off sale' : 'Put blocked seats back on sale',
          security: onlyFor('organizer', 'admin'),
          body: BlockSeatsBody,
          response: { 200: BlockSeatsAnswer },
        },
      },
      async (request) => {
        const { eventId, seatIds } = request.body;
        await requireManager(request, context, eventId);
        const answer = await seats.submit({
          command: { type, eventId, seatIds },
          traceparent: request.traceparent,
          idempotency: null,
        });
        decided(answer);
        return { eventId, version: (await views.get(eventId))?.view().version() ?? 0, seatIds };
      },
    );
  }
}

async function requireManager(request: FastifyRequest, context: LayoutContext, eventId: string): Promise<void> {
  const user = requireRole(request, 'organizer', 'admin');
  const sale = await readSale(context.database, eventId);
  const manages = sale !== null && mayManage(sale.rules, user);
  if (!sale || (!manages && sale.rules.status === 'DRAFT'))
    throw new ApiError('EVENT_NOT_FOUND', 'There is no such event, or it has no seats yet.');
  if (!manages) throw new ApiError('FORBIDDEN', 'Only the organizer of the event may change its seats.');
}

/** Read again from the database when this process has no view of the event that knows the edit yet. */
async function sectionOf(views: SeatViews, eventId: string, section: string): Promise<SectionAvailability> {
  const feed = await views.fresh(eventId);
  const found = feed
    ?.view()
    .availability()
    .seatsBySection.find((one) => one.section === section);
  if (!found) throw new ApiError('SECTION_NOT_FOUND', `The event has no section "${section}".`, { section });
  return found;
}

function editError(refusal: Exclude<EditResult, { ok: true }>, section: string): ApiError {
  switch (refusal.code) {
    case 'EVENT_NOT_FOUND':
      return new ApiError('EVENT_NOT_FOUND', 'There is no such event, or it has no seats yet.');
    case 'SECTION_NOT_FOUND':
      return new ApiError('SECTION_NOT_FOUND', `The event has no section "${section}".`, { section });
    case 'NOT_GENERAL_ADMISSION':
      return new ApiError(
        'SELECTION_INVALID',
        `Section ${section} has numbered seats: its capacity is how many there are. Block seats instead.`,
      );
    case 'CAPACITY_IN_USE':
      return new ApiError(
        'CAPACITY_IN_USE',
        `${refusal.inUse} places of ${section} are reserved or sold; a capacity below that would oversell.`,
        {
          inUse: refusal.inUse,
        },
      );
  }
}

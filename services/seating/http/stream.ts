import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { StreamQuery } from '../../../contracts/http/seating.ts';
import { openEventStream } from '../../../platform/http/event-stream.ts';
import type { SeatViews } from '../reads/views.ts';
import { visibleFeed } from './reads.ts';

/**
 * Changes of an event's seats as they are committed, from the reader's version on: `Last-Event-ID` of a reader that comes back,
 * else `version`, else now.
 */
export function streamRoute(app: FastifyInstance, views: SeatViews): void {
  app
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/v1/seats/stream',
      { schema: { tags: ['seating'], summary: 'Follow seat changes (Server-Sent Events)', querystring: StreamQuery } },
      async (request, reply) => {
        const feed = await visibleFeed(request, views, request.query.eventId);
        const from = lastEventId(request.headers['last-event-id']) ?? request.query.version ?? feed.view().version();
        const missed = feed.framesSince(from) ?? [feed.snapshotFrame()];
        const stream = openEventStream(request, reply);
        for (const frame of missed) stream.send(frame.bytes);
        stream.onClose(feed.listen((frame) => stream.send(frame.bytes)));
      },
    );
}

function lastEventId(header: string | string[] | undefined): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

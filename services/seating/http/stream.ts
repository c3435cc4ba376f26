import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { StreamQuery } from '../../../contracts/http/seating.ts';
import { openEventStream } from '../../../platform/http/event-stream.ts';
import type { SeatViews } from '../reads/views.ts';
import { visibleFeed } from './reads.ts';

const Frames = {
  description:
    'Events `delta` and `snapshot`; their id is the version, from which Last-Event-ID goes on. A delta leads from `version - 1` to `version`.',
  content: { 'text/event-stream': { schema: Type.String() } },
};

/**
 * Changes of an event's seats as they are committed, from the reader's version on: `Last-Event-ID` of a reader that comes back,
 * else `version`, else now. A reader that is behind is left out until it has read what it has, and then gets what it lacks, which
 * is a snapshot at most.
 */
export function streamRoute(app: FastifyInstance, views: SeatViews): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/v1/seats/stream',
    {
      // A HEAD of a stream would never end.
      exposeHeadRoute: false,
      schema: {
        tags: ['seating'],
        summary: 'Follow seat changes (Server-Sent Events)',
        querystring: StreamQuery,
        response: { 200: Frames },
      },
    },
    async (request, reply) => {
      const feed = await visibleFeed(request, views, request.query.eventId);
      const from = lastEventId(request.headers['last-event-id']) ?? request.query.version ?? feed.view().version();
      const stream = openEventStream(request, reply);
      stream.onClose(feed.follow(stream, from));
    },
  );
}

/** What is no version of ours counts as too old: the reader gets a snapshot instead of a gap that it does not know of. */
function lastEventId(header: string | string[] | undefined): number | null {
  if (header === undefined) return null;
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : -1;
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { UsersPageQuery, UserSessionList } from '../../../contracts/http/users.ts';
import { isId } from '../../../contracts/ids.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import type { Sessions } from '../sessions.ts';
import { PRIVATE, toSession } from './answers.ts';
import { DEFAULT_PAGE_SIZE, pageOf, placeOf } from './cursor.ts';

/** Where somebody is signed in, for themselves to see and to end. */
export function sessionRoutes(instance: FastifyInstance, sessions: Pick<Sessions, 'page' | 'endOne'>): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/v1/users/me/sessions',
    {
      schema: {
        tags: ['users'],
        summary: 'List my sessions, the newest first',
        security: SIGNED_IN,
        querystring: UsersPageQuery,
        response: { 200: UserSessionList },
      },
    },
    async (request, reply) => {
      const { userId, sessionId } = requireUser(request);
      const { cursor, limit = DEFAULT_PAGE_SIZE } = request.query;
      const read = await sessions.page(userId, placeOf('session', cursor), limit + 1);
      const { items, nextCursor } = pageOf(read, limit, (session) => session.sessionId);
      reply.header('cache-control', PRIVATE);
      return { items: items.map((session) => toSession(session, sessionId)), nextCursor };
    },
  );

  app.delete(
    '/v1/users/me/sessions/:sessionId',
    {
      schema: {
        tags: ['users'],
        summary: 'End one of my sessions',
        security: SIGNED_IN,
        params: Type.Object({ sessionId: Type.String() }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { userId } = requireUser(request);
      const { sessionId } = request.params;
      const ended = isId('session', sessionId) && (await sessions.endOne(userId, sessionId, request.traceparent));
      if (!ended) throw new ApiError('SESSION_NOT_FOUND', 'You have no such session. It may have ended already.');
      return reply.code(204).send(null);
    },
  );
}

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import {
  AccountStatusBody,
  RolesBody,
  UserList,
  UserProfile,
  UsersPageQuery,
  UsersSearchQuery,
} from '../../../contracts/http/users.ts';
import { isId } from '../../../contracts/ids.ts';
import { onlyFor } from '../../../platform/http/access.ts';
import { requireRole } from '../../../platform/http/request.ts';
import type { Account } from '../domain/account.ts';
import type { Profiles } from '../profiles.ts';
import { notOneself, UserParams } from './account-routes.ts';
import { PRIVATE, toProfile } from './answers.ts';
import { DEFAULT_PAGE_SIZE, pageOf, placeOf } from './cursor.ts';
import { refusal } from './refusal.ts';

/** What admins do with accounts. */
export function adminRoutes(instance: FastifyInstance, profiles: Profiles): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const common = { tags: ['users'], security: onlyFor('admin') };

  app.get(
    '/v1/users',
    {
      schema: { ...common, summary: 'List accounts, the eldest first', querystring: UsersPageQuery, response: { 200: UserList } },
    },
    async (request, reply) => {
      const { cursor, limit = DEFAULT_PAGE_SIZE } = request.query;
      const read = await profiles.page({ after: placeOf('user', cursor), limit: limit + 1 });
      return reply.header('cache-control', PRIVATE).send(listOf(read, limit));
    },
  );

  app.get(
    '/v1/users/search',
    {
      schema: {
        ...common,
        summary: 'Find accounts by part of a username, e-mail address or name',
        querystring: UsersSearchQuery,
        response: { 200: UserList },
      },
    },
    async (request, reply) => {
      const { query, cursor, limit = DEFAULT_PAGE_SIZE } = request.query;
      const read = await profiles.search(query, { after: placeOf('user', cursor), limit: limit + 1 });
      return reply.header('cache-control', PRIVATE).send(listOf(read, limit));
    },
  );

  app.put(
    '/v1/users/:userId/status',
    {
      schema: {
        ...common,
        summary: 'Block an account or make it active',
        description: 'An account that is not active cannot sign in, and its sessions end at once.',
        params: UserParams,
        body: AccountStatusBody,
        response: { 200: UserProfile },
      },
    },
    async (request, reply) => {
      const admin = requireRole(request, 'admin');
      const { userId } = request.params;
      const { accountStatus } = request.body;
      if (!isId('user', userId)) throw refusal('USER_NOT_FOUND');
      if (userId === admin.userId && accountStatus !== 'ACTIVE') throw notOneself();
      const changed = await profiles.setStatus(userId, accountStatus, request.traceparent);
      if (!changed.ok) throw refusal(changed.code);
      return reply.header('cache-control', PRIVATE).send(toProfile(changed.account));
    },
  );

  app.put(
    '/v1/users/:userId/roles',
    {
      schema: {
        ...common,
        summary: 'Give an account its roles',
        description:
          'Its sessions go on. Access tokens with the former roles answer TOKEN_EXPIRED; a refresh brings the new ones.',
        params: UserParams,
        body: RolesBody,
        response: { 200: UserProfile },
      },
    },
    async (request, reply) => {
      const admin = requireRole(request, 'admin');
      const { userId } = request.params;
      const { roles } = request.body;
      if (!isId('user', userId)) throw refusal('USER_NOT_FOUND');
      if (userId === admin.userId && !roles.includes('admin')) throw notOneself();
      const changed = await profiles.setRoles(userId, roles, request.traceparent);
      if (!changed.ok) throw refusal(changed.code);
      return reply.header('cache-control', PRIVATE).send(toProfile(changed.account));
    },
  );
}

function listOf(read: readonly Account[], limit: number): UserList {
  const { items, nextCursor } = pageOf(read, limit, (account) => account.userId);
  return { items: items.map(toProfile), nextCursor };
}

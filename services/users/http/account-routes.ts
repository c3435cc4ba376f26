import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { UpdateUserBody, UserProfile } from '../../../contracts/http/users.ts';
import { isId } from '../../../contracts/ids.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import type { Accounts } from '../accounts.ts';
import type { Profiles } from '../profiles.ts';
import { PRIVATE, toProfile } from './answers.ts';
import { refusal } from './refusal.ts';

export const UserParams = Type.Object({ userId: Type.String() });

/** An account, for its owner and for admins. */
export function accountRoutes(instance: FastifyInstance, accounts: Pick<Accounts, 'find'>, profiles: Profiles): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();
  const common = { tags: ['users'], security: SIGNED_IN };

  app.get(
    '/v1/users/me',
    { schema: { ...common, summary: 'Who I am', response: { 200: UserProfile } } },
    async (request, reply) => {
      const { userId } = requireUser(request);
      const account = await accounts.find(userId);
      if (account === null) {
        throw new ApiError('UNAUTHENTICATED', 'The account of this access token no longer exists. Register or sign in again.');
      }
      return reply.header('cache-control', PRIVATE).send(toProfile(account));
    },
  );

  app.get(
    '/v1/users/:userId',
    { schema: { ...common, summary: 'Read an account (its owner, admin)', params: UserParams, response: { 200: UserProfile } } },
    async (request, reply) => {
      const userId = ownOrAdmin(request, request.params.userId);
      const account = await accounts.find(userId);
      if (account === null) throw refusal('USER_NOT_FOUND');
      return reply.header('cache-control', PRIVATE).send(toProfile(account));
    },
  );

  app.put(
    '/v1/users/:userId',
    {
      schema: {
        ...common,
        summary: 'Change an account (its owner, admin)',
        params: UserParams,
        body: UpdateUserBody,
        response: { 200: UserProfile },
      },
    },
    async (request, reply) => {
      const userId = ownOrAdmin(request, request.params.userId);
      const changed = await profiles.update(userId, request.body, request.traceparent);
      if (!changed.ok) throw refusal(changed.code);
      return reply.header('cache-control', PRIVATE).send(toProfile(changed.account));
    },
  );

  app.delete(
    '/v1/users/:userId',
    {
      schema: {
        ...common,
        summary: 'Delete an account (its owner, admin)',
        description: 'Its sessions end; its orders stay, and no longer say whose they were.',
        params: UserParams,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const userId = ownOrAdmin(request, request.params.userId);
      const user = requireUser(request);
      if (user.userId === userId && user.roles.includes('admin')) throw notOneself();
      const removed = await profiles.remove(userId, request.traceparent);
      if (!removed.ok) throw refusal(removed.code);
      return reply.code(204).send(null);
    },
  );
}

/** Somebody else's account is refused before it is looked for: nobody learns whether it is there. */
function ownOrAdmin(request: FastifyRequest, userId: string): string {
  const user = requireUser(request);
  if (user.userId === userId) return userId;
  if (!user.roles.includes('admin')) throw new ApiError('FORBIDDEN', 'This account is not yours.');
  if (!isId('user', userId)) throw refusal('USER_NOT_FOUND');
  return userId;
}

/** So that a shop is never left without an admin by a slip. */
export function notOneself(): ApiError {
  return new ApiError('FORBIDDEN', 'Admins cannot take this from themselves. Ask another admin.');
}

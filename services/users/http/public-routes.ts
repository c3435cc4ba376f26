import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { LoginAnswer, LoginBody, RegisterBody, User } from '../../../contracts/http/users.ts';
import type { AccessTokens } from '../../../platform/auth/access-tokens.ts';
import { SIGNED_IN } from '../../../platform/http/access.ts';
import { ApiError } from '../../../platform/http/api-error.ts';
import { requireUser } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { Accounts, SignIn } from '../accounts.ts';
import type { Account } from '../domain/account.ts';
import { refusal } from './refusal.ts';

/** Answers with tokens or an account are for one person's eyes: no cache keeps them. */
const PRIVATE = 'no-store';

export function publicRoutes(instance: FastifyInstance, accounts: Accounts, tokens: Pick<AccessTokens, 'sign'>): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.post(
    '/v1/users/register',
    { schema: { tags: ['users'], summary: 'Make an account', body: RegisterBody, response: { 201: User } } },
    async (request, reply) => {
      const registration = await accounts.register(request.body, request.traceparent);
      if (!registration.ok) throw refusal(registration.code);
      return reply.code(201).header('cache-control', PRIVATE).send(toUser(registration.account));
    },
  );

  app.post(
    '/v1/users/login',
    { schema: { tags: ['users'], summary: 'Sign in', body: LoginBody, response: { 200: LoginAnswer } } },
    async (request, reply) => {
      const signedIn = await accounts.signIn(nameOf(request.body), request.body.password, request.traceparent);
      if (!signedIn.ok) throw refusal(signedIn.code);
      return reply.header('cache-control', PRIVATE).send(toLoginAnswer(signedIn, tokens));
    },
  );

  app.get(
    '/v1/users/me',
    { schema: { tags: ['users'], summary: 'Who I am', security: SIGNED_IN, response: { 200: User } } },
    async (request, reply) => {
      const { userId } = requireUser(request);
      const account = await accounts.find(userId);
      if (account === null) {
        throw new ApiError('UNAUTHENTICATED', 'The account of this access token no longer exists. Register or sign in again.');
      }
      return reply.header('cache-control', PRIVATE).send(toUser(account));
    },
  );
}

function nameOf({ username, email }: LoginBody): { username: string } | { email: string } {
  if (username !== undefined && email === undefined) return { username };
  if (email !== undefined && username === undefined) return { email };
  throw validationFailed([{ path: '$', message: 'must have either username or email' }]);
}

function toLoginAnswer(
  { account, sessionId, refreshToken }: SignIn & { ok: true },
  tokens: Pick<AccessTokens, 'sign'>,
): LoginAnswer {
  const { accessToken, expiresInSeconds } = tokens.sign({ userId: account.userId, sessionId, roles: account.roles });
  return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn: expiresInSeconds, sessionId, user: toUser(account) };
}

function toUser(account: Account): User {
  const { userId, username, email, firstName, lastName, roles, membership, accountStatus, createdAt } = account;
  return { userId, username, email, firstName, lastName, roles, membership, accountStatus, createdAt: createdAt.toISOString() };
}

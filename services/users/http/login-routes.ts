import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { LoginAnswer, LoginBody, RefreshBody, RegisterBody, User } from '../../../contracts/http/users.ts';
import { addressKey } from '../../../platform/http/address-key.ts';
import { requireUser } from '../../../platform/http/request.ts';
import { validationFailed } from '../../../platform/http/validation.ts';
import type { Accounts, LoginName, Origin } from '../accounts.ts';
import type { Sessions, SignedIn } from '../sessions.ts';
import { PRIVATE, toLoginAnswer, toUser } from './answers.ts';
import { dropCookie, isOwnPage, keepInCookie, tokenInCookie } from './refresh-cookie.ts';
import { refreshRefused, refusal, tooManyAttempts } from './refusal.ts';

/** How sessions begin, go on and end. */
export function loginRoutes(instance: FastifyInstance, accounts: Accounts, sessions: Sessions): void {
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
      const { body, traceparent } = request;
      const signedIn = await accounts.signIn(nameOf(body), body.password, originOf(request), traceparent);
      if (!signedIn.ok) throw signedIn.code === 'RATE_LIMITED' ? tooManyAttempts(signedIn.waitMs) : refusal(signedIn.code);
      return sendTokens(request, reply, signedIn, isOwnPage(request));
    },
  );

  app.post(
    '/v1/users/refresh',
    {
      schema: {
        tags: ['users'],
        summary: 'Exchange the refresh token for new tokens',
        description: 'The token is in the body, or, for our own pages, in the cookie that login set.',
        body: RefreshBody,
        response: { 200: LoginAnswer },
      },
    },
    async (request, reply) => {
      const given = request.body?.refreshToken;
      const refreshToken = given ?? tokenInCookie(request);
      if (refreshToken === null) throw validationFailed([{ path: '$.refreshToken', message: 'is required' }]);
      const refreshed = await sessions.refresh(refreshToken, request.traceparent);
      if (refreshed.ok) return sendTokens(request, reply, refreshed, given === undefined);
      if (given === undefined) dropCookie(request, reply);
      throw refreshRefused(refreshed.reused);
    },
  );

  app.post(
    '/v1/users/logout',
    {
      schema: {
        tags: ['users'],
        summary: 'End this session: its tokens stop working',
        description: 'The session is that of the access token, or, for our own pages, that of the cookie.',
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const refreshToken = tokenInCookie(request);
      // A page whose access token has expired still gets out by its cookie.
      if (refreshToken === null || request.identity !== null) await sessions.endOwn(requireUser(request), request.traceparent);
      if (refreshToken !== null) await sessions.endByRefreshToken(refreshToken, request.traceparent);
      dropCookie(request, reply);
      return reply.code(204).send(null);
    },
  );
}

function nameOf({ username, email }: LoginBody): LoginName {
  if (username !== undefined && email === undefined) return { username };
  if (email !== undefined && username === undefined) return { email };
  throw validationFailed([{ path: '$', message: 'must have either username or email' }]);
}

function originOf(request: FastifyRequest): Origin {
  return { address: addressKey(request.ip), userAgent: request.headers['user-agent'] };
}

function sendTokens(request: FastifyRequest, reply: FastifyReply, signedIn: SignedIn, inCookie: boolean): FastifyReply {
  const { refreshToken, sessionTtlSeconds } = signedIn;
  const answer = toLoginAnswer(signedIn);
  reply.header('cache-control', PRIVATE);
  if (!inCookie) return reply.send({ ...answer, refreshToken });
  keepInCookie(request, reply, refreshToken, sessionTtlSeconds);
  return reply.send(answer);
}

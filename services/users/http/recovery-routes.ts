import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { AcceptedAnswer, ForgotPasswordBody, ResetPasswordBody, VerifyEmailBody } from '../../../contracts/http/users.ts';
import { addressKey } from '../../../platform/http/address-key.ts';
import { requireUser } from '../../../platform/http/request.ts';
import type { Recovery } from '../recovery.ts';
import { refusal } from './refusal.ts';

export function recoveryRoutes(instance: FastifyInstance, recovery: Recovery): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.post(
    '/v1/users/password/forgot',
    {
      schema: {
        tags: ['users'],
        summary: 'Ask for an e-mail with which to choose a new password',
        description: 'The answer is the same whether there is such an account or not.',
        body: ForgotPasswordBody,
        response: { 202: AcceptedAnswer },
      },
    },
    async (request, reply) => {
      await recovery.forgot(request.body.email, request.traceparent);
      return reply.code(202).send({ status: 'ACCEPTED' });
    },
  );

  app.post(
    '/v1/users/password/reset',
    {
      schema: {
        tags: ['users'],
        summary: 'Choose a new password; every session ends',
        body: ResetPasswordBody,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { token, password } = request.body;
      const reset = await recovery.reset(token, password, addressKey(request.ip), request.traceparent);
      if (!reset.ok) throw refusal(reset.code);
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/v1/users/email/verify',
    {
      schema: {
        tags: ['users'],
        summary: 'Prove an e-mail address',
        description: 'With the token of the e-mail: 204. Signed in and without a token, it asks for another e-mail: 202.',
        body: VerifyEmailBody,
        response: { 202: AcceptedAnswer, 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const token = request.body?.token;
      if (token === undefined) {
        await recovery.sendVerification(requireUser(request).userId, request.traceparent);
        return reply.code(202).send({ status: 'ACCEPTED' });
      }
      const verified = await recovery.verifyEmail(token, request.traceparent);
      if (!verified.ok) throw refusal(verified.code);
      return reply.code(204).send(null);
    },
  );
}

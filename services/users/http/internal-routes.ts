import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { DemoAccountsAnswer, DemoAccountsBody } from '../../../contracts/http/users.ts';
import { requireService } from '../../../platform/http/request.ts';
import type { Accounts } from '../accounts.ts';
import { refusal } from './refusal.ts';

/** There only in demo mode: it hands out roles. */
export function demoRoutes(instance: FastifyInstance, accounts: Accounts): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.put(
    '/internal/demo-accounts',
    { schema: { body: DemoAccountsBody, response: { 200: DemoAccountsAnswer } } },
    async (request) => {
      requireService(request);
      const result = await accounts.putDemoAccounts(request.body, request.traceparent);
      if (!result.ok) throw refusal(result.code);
      return { accounts: result.accounts };
    },
  );
}

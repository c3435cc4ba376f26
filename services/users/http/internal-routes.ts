import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import { DemoAccountsAnswer, DemoAccountsBody, RevocationsAnswer, RevocationsQuery } from '../../../contracts/http/users.ts';
import type { Clock } from '../../../platform/clock.ts';
import { requireService } from '../../../platform/http/request.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { Accounts } from '../accounts.ts';
import { revocationsInForce } from '../store/revocations.ts';
import { refusal } from './refusal.ts';

const REVOCATIONS_PER_PAGE = 5_000;

/** What a door has to know before it lets anybody in; from then on `user.events` tell it. */
export function revocationRoutes(instance: FastifyInstance, database: Database, clock: Clock): void {
  instance
    .withTypeProvider<TypeBoxTypeProvider>()
    .get(
      '/internal/revocations',
      { schema: { querystring: RevocationsQuery, response: { 200: RevocationsAnswer } } },
      async (request) => {
        requireService(request);
        const after = request.query.after ?? null;
        const rows = await revocationsInForce(database, { now: clock.now(), after, limit: REVOCATIONS_PER_PAGE });
        const revocations = rows.map(({ until, ...row }) => ({ ...row, until: until.toISOString() }));
        return { revocations, next: rows.length < REVOCATIONS_PER_PAGE ? null : (rows.at(-1)?.subject ?? null) };
      },
    );
}

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

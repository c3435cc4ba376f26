import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import {
  DemoAccountsAnswer,
  DemoAccountsBody,
  RevocationsAnswer,
  RevocationsQuery,
  RolesBody,
} from '../../../contracts/http/users.ts';
import { Type } from 'typebox';
import type { Clock } from '../../../platform/clock.ts';
import { requireService } from '../../../platform/http/request.ts';
import type { Database } from '../../../platform/postgres/database.ts';
import type { Accounts } from '../accounts.ts';
import type { Profiles } from '../profiles.ts';
import { accountForLogin } from '../store/accounts.ts';
import { revocationsInForce } from '../store/revocations.ts';
import { refusal } from './refusal.ts';

const Name = Type.Object({ name: Type.String() });
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

/** For the operator's command line: sets the roles of the account with this username or e-mail address. */
export function operatorRoutes(instance: FastifyInstance, database: Database, profiles: Profiles): void {
  const app = instance.withTypeProvider<TypeBoxTypeProvider>();

  app.put('/internal/accounts/:name/roles', { schema: { params: Name, body: RolesBody } }, async (request, reply) => {
    requireService(request);
    const { name } = request.params;
    const account = await accountForLogin(database, name.includes('@') ? { email: name } : { username: name });
    const changed = account && (await profiles.setRoles(account.userId, request.body.roles, request.traceparent));
    if (changed?.ok !== true) throw refusal(changed?.code ?? 'USER_NOT_FOUND');
    return reply.code(204).send();
  });
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

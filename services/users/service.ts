import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import type { ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { createAccounts } from './accounts.ts';
import { demoRoutes } from './http/internal-routes.ts';
import { publicRoutes } from './http/public-routes.ts';
import { dropExpiredSessions } from './jobs/drop-expired-sessions.ts';
import { createPasswords } from './passwords.ts';

/** Registration, login, sessions and accounts. */
export const users: ServiceDefinition = {
  name: 'users',
  database: { name: 'userdb', migrations: new URL('./migrations/', import.meta.url) },
  create: ({ settings, database, clock, wakeRelay }) => {
    const accounts = createAccounts({ database, passwords: createPasswords(), clock, wakeRelay });
    const tokens = createAccessTokens({
      jwtSecret: settings.auth.jwtSecret,
      ttlSeconds: settings.auth.accessTokenTtlSeconds,
      clock,
    });
    return {
      publicRoutes: (app) => publicRoutes(app, accounts, tokens),
      ...(settings.demo.enabled ? { internalRoutes: (app) => demoRoutes(app, accounts) } : {}),
      jobs: [dropExpiredSessions(database, clock)],
    };
  },
};

import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import type { Service, ServiceContext, ServiceDefinition } from '../../platform/lifecycle/service.ts';
import { createAccounts } from './accounts.ts';
import { createLoginThrottle } from './domain/login-throttle.ts';
import { accountRoutes } from './http/account-routes.ts';
import { adminRoutes } from './http/admin-routes.ts';
import { demoRoutes, operatorRoutes, revocationRoutes } from './http/internal-routes.ts';
import { loginRoutes } from './http/login-routes.ts';
import { recoveryRoutes } from './http/recovery-routes.ts';
import { sessionRoutes } from './http/session-routes.ts';
import { answerResetRequests } from './jobs/answer-reset-requests.ts';
import { dropWhatIsOver } from './jobs/drop-what-is-over.ts';
import { createPasswords } from './passwords.ts';
import { createProfiles } from './profiles.ts';
import { createRecovery } from './recovery.ts';
import { createSessions } from './sessions.ts';

/** Accounts, and pairs of account and address, whose failed logins are remembered: about 150 bytes each, twice. */
const THROTTLED_AT_MOST = 50_000;

/** Registration, login, sessions and accounts. */
export const users: ServiceDefinition = {
  name: 'users',
  database: { name: 'userdb', migrations: new URL('./migrations/', import.meta.url) },
  create,
};

function create({ settings, database, clock, revocations, wakeRelay }: ServiceContext): Service {
  const { jwtSecret, accessTokenTtlSeconds } = settings.auth;
  const tokens = createAccessTokens({ jwtSecret, ttlSeconds: accessTokenTtlSeconds, clock });
  const common = { database, clock, revocations, wakeRelay };
  const passwords = createPasswords();
  const throttle = createLoginThrottle(THROTTLED_AT_MOST);
  const sessions = createSessions({ ...common, tokens, accessTokenTtlSeconds });
  const accounts = createAccounts({ ...common, passwords, sessions, throttle });
  const profiles = createProfiles({ ...common, sessions });
  const recovery = createRecovery({ ...common, passwords, sessions, throttle });
  return {
    publicRoutes: (app) => {
      loginRoutes(app, accounts, sessions);
      sessionRoutes(app, sessions);
      accountRoutes(app, accounts, profiles);
      adminRoutes(app, profiles);
      recoveryRoutes(app, recovery);
    },
    internalRoutes: (app) => {
      revocationRoutes(app, database, clock);
      operatorRoutes(app, database, profiles);
      if (settings.demo.enabled) demoRoutes(app, accounts);
    },
    jobs: [answerResetRequests(recovery), dropWhatIsOver(database, clock)],
  };
}

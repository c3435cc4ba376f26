import type { Environment } from '../platform/config/settings.ts';
import { ApiError } from '../platform/http/api-error.ts';
import { createServiceClient } from '../platform/http/create-service-client.ts';
import { inProcessTransport } from '../platform/http/transports.ts';
import type { Print } from './banner.ts';
import { beside } from './beside.ts';

/**
 * `onsale roles <user> <role...>`: how the first administrator comes about, who can then do the same for others over the API.
 * Whoever can run it has the databases and the secrets of the program anyway.
 */
export async function setRoles(environment: Environment, name: string, roles: readonly string[], print: Print): Promise<number> {
  return beside(environment, async (services, settings) => {
    const transport = inProcessTransport((wanted) => services.find((one) => one.name === wanted)?.internalServer);
    const client = createServiceClient({ service: 'gateway', internalSecret: settings.auth.internalSecret, transport });
    try {
      await client.call('users', `/internal/accounts/${encodeURIComponent(name)}/roles`, { method: 'PUT', body: { roles } });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      print([error.message]);
      return 1;
    }
    print([`${name} is now ${roles.join(', ')}. Tokens with other roles are refreshed at their next use.`]);
    return 0;
  });
}

import { definitions } from '../../bin/definitions.ts';
import { newId } from '../../contracts/ids.ts';
import { createAccessTokens } from '../../platform/auth/access-tokens.ts';
import type { Role } from '../../platform/auth/identity.ts';
import type { Environment } from '../../platform/config/settings.ts';
import { freePorts } from '../../platform/lifecycle/free-ports.ts';
import { startSystem, type System } from '../../platform/lifecycle/system.ts';
import { createLogger } from '../../platform/telemetry/logger.ts';
import { createMetrics } from '../../platform/telemetry/metrics.ts';
import { makeDatabases } from './system.ts';

export type SplitSystem = {
  /** Of the gateway. */
  url: string;
  /** Each as `--services` names it, with its number among its like. */
  parts: ReadonlyMap<string, System>;
  signIn(...roles: Role[]): { userId: string; token: string };
  stop(): Promise<void>;
};

/**
 * The system in parts that reach one another by HTTP only, as separate processes do, though all are in this one.
 *
 * @param parts services of each part, as for `--services`; the same twice makes replicas
 */
export async function startSplitSystem(parts: readonly string[], environment: Environment = {}): Promise<SplitSystem> {
  const databases = await makeDatabases();
  const ports = await freePorts(parts.length);
  const addresses: Record<string, string> = {};
  parts.forEach((names, index) => {
    for (const name of names.split(',')) {
      const key = `${name.toUpperCase()}_URL`;
      addresses[key] = [...(addresses[key]?.split(',') ?? []), `http://127.0.0.1:${ports[index]}`].join(',');
    }
  });
  delete addresses['GATEWAY_URL'];
  const started = new Map<string, System>();
  const stop = async (): Promise<void> => {
    const [gateway, ...others] = [...started.values()].toReversed();
    await gateway?.stop();
    await Promise.all(others.map((system) => system.stop()));
    await databases.drop();
  };
  try {
    for (const [index, services] of parts.entries()) {
      const settings = databases.settings({ ...addresses, ...environment, PORT: String(ports[index]), PG_POOL_SIZE: '3' });
      const logger = createLogger({ level: settings.log.level });
      const system = await startSystem({ settings, definitions, services, logger, metrics: createMetrics() });
      system.ready();
      started.set(`${services}-${parts.slice(0, index).filter((one) => one === services).length + 1}`, system);
    }
    const gateway = [...started.values()].at(-1);
    const settings = databases.settings(environment);
    const tokens = createAccessTokens({ jwtSecret: settings.auth.jwtSecret, ttlSeconds: settings.auth.accessTokenTtlSeconds });
    return {
      url: gateway?.url ?? '',
      parts: started,
      signIn: (...roles) => {
        const userId = newId('user');
        return { userId, token: tokens.sign({ userId, sessionId: newId('session'), roles }).accessToken };
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

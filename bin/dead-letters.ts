import { createRevocations } from '../platform/auth/revocations.ts';
import { loadSettings, type Environment } from '../platform/config/settings.ts';
import { listDeadLetters, replayDeadLetter } from '../platform/event-log/dead-letters.ts';
import { assemble, type Assembled } from '../platform/lifecycle/assemble.ts';
import { findDatabases } from '../platform/lifecycle/postgres-server.ts';
import { allSettled, createTeardown } from '../platform/lifecycle/teardown.ts';
import { createLogger } from '../platform/telemetry/logger.ts';
import { createMetrics } from '../platform/telemetry/metrics.ts';
import type { Print } from './banner.ts';
import { definitions } from './definitions.ts';

/** More than these are shown after some of them were replayed. */
const MAX_SHOWN = 100;

/** `onsale dead-letters list` */
export async function listDeadLettersOf(environment: Environment, print: Print): Promise<number> {
  return beside(environment, async (services) => {
    let shown = 0;
    for (const { name, database } of services) {
      if (database === null) continue;
      for (const letter of await listDeadLetters(database.pool, { limit: MAX_SHOWN })) {
        const [reason = ''] = letter.error.split('\n', 1);
        const event = `${letter.event.type} ${letter.event.subject}`;
        print([
          `${name}:${letter.id}  ${letter.lastFailedAt.toISOString()}  ${letter.group}  ${event}  tried ${letter.attempts} times`,
          `    ${reason}`,
        ]);
        shown += 1;
      }
    }
    if (shown === 0) print(['No dead letters.']);
    return 0;
  });
}

/** `onsale dead-letters replay <service:id>` */
export async function replayOne(environment: Environment, id: string, print: Print): Promise<number> {
  const [serviceName, number = ''] = id.split(':');
  return beside(environment, async (services) => {
    const one = services.find(({ name }) => name === serviceName);
    if (one?.database === undefined || one.database === null || !/^\d{1,18}$/.test(number))
      return refuse(print, `There is no dead letter ${id}. See: onsale dead-letters list`);
    const { pool } = one.database;
    const [letter] = (await listDeadLetters(pool, { after: String(BigInt(number) - 1n), limit: 1 })).filter(
      (found) => found.id === number,
    );
    const subscription = one.service.subscriptions?.find(({ group }) => group === letter?.group);
    if (letter === undefined || subscription === undefined)
      return refuse(print, `There is no dead letter ${id} that waits to be replayed.`);
    try {
      if (!(await replayDeadLetter(pool, number, subscription)))
        return refuse(print, `The dead letter ${id} was replayed meanwhile.`);
    } catch (error) {
      return refuse(print, `It failed again and stays: ${error instanceof Error ? error.message : String(error)}`);
    }
    print([`${id} was handled.`]);
    return 0;
  });
}

function refuse(print: Print, why: string): number {
  print([why]);
  return 1;
}

/** Works on the databases of a running program, or of one that is stopped, without taking part in its work. */
async function beside(environment: Environment, work: (services: readonly Assembled[]) => Promise<number>): Promise<number> {
  const settings = loadSettings(environment);
  const logger = createLogger({ level: 'warn' });
  const teardown = createTeardown(logger);
  try {
    const addresses = await findDatabases(settings, { logger, teardown, join: true });
    const services = await assemble({
      settings,
      definitions,
      addresses,
      logger,
      metrics: createMetrics(),
      teardown,
      revocations: createRevocations(),
    });
    await allSettled(services.map(async ({ service }) => service.start?.()));
    for (const { name, service } of services) teardown.add(name, async () => service.stop?.());
    return await work(services);
  } finally {
    await teardown.run();
  }
}

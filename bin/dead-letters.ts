import type { Environment } from '../platform/config/settings.ts';
import { listDeadLetters, replayDeadLetter } from '../platform/event-log/dead-letters.ts';
import type { Print } from './banner.ts';
import { beside } from './beside.ts';

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

import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { openDatabase } from '../../postgres/pool.ts';
import { recordingSubscription, rememberHandled } from '../test-events.ts';
import { openKafkaLog } from './log.ts';

/** What a member of a consumer group is told that runs as a process of its own, to be killed and paused by a test. */
export type MemberTask = { brokers: string[]; prefix: string; group: string; connectionString: string };

const [, , told] = process.argv;
if (told !== undefined) await work(JSON.parse(told));

/** Writes down what it handles, slowly enough to be in the middle of it when something happens. */
async function work({ brokers, prefix, group, connectionString }: MemberTask): Promise<void> {
  const database = openDatabase({ connectionString, name: 'member', poolSize: 2 });
  const log = await openKafkaLog({ brokers, prefix, logger: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }) });
  await log.subscribe({
    ...recordingSubscription(database, group, ''),
    handle: async (tx, events) => {
      await rememberHandled(tx, group, events);
      await delay(20);
      process.send?.(events.length);
    },
  });
  process.send?.('subscribed');
}

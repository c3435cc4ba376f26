import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { testDatabase, type TestDatabase } from '../../test/support/postgres.ts';
import { appendToOutbox } from '../outbox/append.ts';
import { startRelay } from '../outbox/relay.ts';
import { LOG_MIGRATIONS, openPostgresLog, type PostgresLog } from './postgres/log.ts';
import { readInFlight } from './settled.ts';
import { createHandledTable, handledBy, loggedIn, recordingSubscription } from './test-events.ts';

const WAIT = { timeout: 15_000, interval: 5 };
const logger = pino({ level: 'silent' });

describe('readInFlight', () => {
  let service: TestDatabase;
  let logDatabase: TestDatabase;
  let log: PostgresLog;

  beforeAll(async () => {
    [service, logDatabase] = await Promise.all([
      testDatabase([new URL('../migrations/', import.meta.url)]),
      testDatabase([LOG_MIGRATIONS]),
    ]);
    log = await openPostgresLog({ connectionString: logDatabase.connectionString, logger, poolSize: 3, otherProcesses: false });
    await createHandledTable(service.database);
  });
  afterAll(async () => {
    await log.close();
    await Promise.all([service.drop(), logDatabase.drop()]);
  });

  it('calls the system idle only when outboxes are empty and every group has read everything', async () => {
    const inFlight = () => readInFlight([service.database], log);
    await service.database.transaction((tx) =>
      appendToOutbox(tx, [{ topic: 'user.events', key: 'k', events: [loggedIn('k', 'a')] }]),
    );
    expect(await inFlight()).toMatchObject({ idle: false, outboxes: [{ rows: 1, deadLetters: 0 }] });

    const group = recordingSubscription(service.database, 'test.settled', 'k');
    await (
      await log.subscribe(group)
    )();
    const relay = startRelay({ name: 'test', connectionString: service.connectionString, log, logger });
    await vi.waitFor(
      async () => expect(await inFlight()).toMatchObject({ outboxes: [{ rows: 0 }], consumers: [{ behind: 1 }] }),
      WAIT,
    );
    expect((await inFlight()).idle).toBe(false);

    await log.subscribe(group);
    await vi.waitFor(async () => expect((await inFlight()).idle).toBe(true), WAIT);
    expect(await handledBy(service.database, group.group)).toEqual(['a']);
    await relay.stop();
  });
});

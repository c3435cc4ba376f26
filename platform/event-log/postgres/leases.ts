import type { Client } from 'pg';
import type { Logger } from 'pino';
import { backoffMs } from '../backoff.ts';
import { createWakeUp } from '../wake-up.ts';
import { connectDedicated } from '../../postgres/dedicated-client.ts';
import { sql } from '../../postgres/database.ts';

const tryLocks = sql(
  'log.try_locks',
  'SELECT name, pg_try_advisory_lock(hashtextextended(name, 0)) AS held FROM unnest($1::text[]) AS wanted (name)',
);

const unlock = sql('log.unlock', 'SELECT pg_advisory_unlock(hashtextextended($1, 0))');

const TRY_EVERY_MS = 500;
const BACKOFF_MAX_MS = 2_000;

/** The right to do something that only one process may do at a time. */
export type Lease = {
  /** Aborted when the right is lost with the connection. Work under way may then overlap with that of the next holder. */
  lost: AbortSignal;
  release(): Promise<void>;
};

/** Leases of this process, all held by one connection, which also hears what other processes announce. */
export type Leases = {
  /** Waits until the lease is free and taken; null if the signal is aborted first. */
  acquire(name: string, signal: AbortSignal): Promise<Lease | null>;
  close(): Promise<void>;
};

type Request = { resolve: (lease: Lease | null) => void };

/** @param listenTo channel whose announcements ring `onAnnounced`; null for none */
export function createLeases(connectionString: string, logger: Logger, listenTo: string | null, onAnnounced: () => void): Leases {
  const requests = new Map<string, Request[]>();
  const held = new Map<string, AbortController>();
  const bell = createWakeUp();
  let client: Client | null = null;
  let closing = false;
  const finished = run();

  async function run(): Promise<void> {
    for (let failures = 0; !closing;) {
      try {
        client ??= await connect();
        await takeFree(client);
        failures = 0;
        await bell.wait(TRY_EVERY_MS);
      } catch (error) {
        failures++;
        logger.warn({ err: error }, 'The connection that holds the consumer leases was lost; it is made again.');
        await hangUp();
        await bell.wait(backoffMs(failures, TRY_EVERY_MS / 5, BACKOFF_MAX_MS));
      }
    }
    await hangUp();
  }

  async function connect(): Promise<Client> {
    const made = await connectDedicated(connectionString, 'onsale event log', {}, () => {
      for (const controller of held.values()) controller.abort();
      held.clear();
      bell.ring();
    });
    made.on('notification', onAnnounced);
    if (listenTo !== null) await made.query(`LISTEN ${made.escapeIdentifier(listenTo)}`);
    onAnnounced();
    return made;
  }

  /** Also the heartbeat: with nothing wanted it still notices a connection that is gone. */
  async function takeFree(on: Client): Promise<void> {
    // An advisory lock is granted again to the session that has it, so what is held is not asked for.
    const wanted = [...requests.keys()].filter((name) => !held.has(name));
    const { rows } = await on.query<{ name: string; held: boolean }>({ ...tryLocks, values: [wanted] });
    for (const row of rows) if (row.held) await grant(on, row.name);
  }

  async function grant(on: Client, name: string): Promise<void> {
    const queue = requests.get(name) ?? [];
    const request = queue.shift();
    if (queue.length === 0) requests.delete(name);
    if (request === undefined) return void (await on.query({ ...unlock, values: [name] }));
    const controller = new AbortController();
    held.set(name, controller);
    request.resolve({ lost: controller.signal, release: () => release(on, name, controller) });
  }

  async function release(on: Client, name: string, controller: AbortController): Promise<void> {
    if (held.get(name) !== controller) return;
    try {
      await on.query({ ...unlock, values: [name] });
    } catch (error) {
      logger.debug({ err: error, lease: name }, 'A lease ended with its connection.');
    }
    held.delete(name);
    bell.ring();
  }

  async function acquire(name: string, signal: AbortSignal): Promise<Lease | null> {
    if (signal.aborted) return null;
    const { promise, resolve } = Promise.withResolvers<Lease | null>();
    const request = { resolve };
    const queue = requests.get(name) ?? [];
    queue.push(request);
    requests.set(name, queue);
    const giveUp = (): void => {
      const index = queue.indexOf(request);
      if (index >= 0) queue.splice(index, 1);
      if (queue.length === 0 && requests.get(name) === queue) requests.delete(name);
      resolve(null);
    };
    signal.addEventListener('abort', giveUp);
    bell.ring();
    const lease = await promise;
    signal.removeEventListener('abort', giveUp);
    return lease;
  }

  async function hangUp(): Promise<void> {
    const old = client;
    client = null;
    await old?.end();
  }

  async function close(): Promise<void> {
    closing = true;
    bell.ring();
    await finished;
  }

  return { acquire, close };
}

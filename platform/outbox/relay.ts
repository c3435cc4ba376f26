import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Logger } from 'pino';
import { backoffMs } from '../event-log/backoff.ts';
import type { EventLog } from '../event-log/port.ts';
import { createWakeUp } from '../event-log/wake-up.ts';
import { connectDedicated } from '../postgres/dedicated-client.ts';
import {
  announceRows,
  becomeLeader,
  dropAndRead,
  dropRows,
  hearAnnouncements,
  mayBeMore,
  vacuum,
  type OutboxRow,
} from './relay-statements.ts';

export type RelayOptions = {
  /** The service whose outbox it is, for the log and `pg_stat_activity`. */
  name: string;
  connectionString: string;
  log: Pick<EventLog, 'append'>;
  logger: Logger;
};

export type Relay = {
  /** Rows were committed. Cheap: call it after every commit that wrote some. */
  wake(): void;
  /** Whether this process is the one that moves the rows; the others stand by. */
  isLeader(): boolean;
  /** Moves what is there, unless the log is away, and ends. */
  stop(): Promise<void>;
};

/** After rows that nobody had announced the outbox is looked at again after this, then ever later. */
const POLL_FIRST_MS = 5;
const POLL_MAX_MS = 500;
const STANDBY_MS = 1_000;
/** Rounds start at least so far apart: under load a few milliseconds make batches larger and the whole cheaper. */
const ROUND_MS = 3;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 5_000;
const VACUUM_AFTER_ROWS = 10_000;
const VACUUM_AFTER_BYTES = 32 * 1024 * 1024;
const DRAIN_MAX_MS = 10_000;

/**
 * Moves one outbox to the log: reads a batch, appends it, deletes it. Killed in between, the same rows come again and the log knows
 * their ids. Leader is who holds the outbox's advisory lock on the very connection that reads and deletes: whoever loses the
 * connection can delete nothing any more, and what it still appends the log has or gets once.
 *
 * No row is lost and the order of a key is kept, because nobody remembers a position. Sequence numbers are taken in another order
 * than transactions commit in; a reader that goes on "after the last number" passes over a row that has a low number and commits
 * late. Here every round reads the lowest numbers that are there and deletes exactly the rows that it read. For one key: its writers
 * hold the aggregate's row lock from before they insert until they commit, so the second takes its numbers after the first has
 * committed. Whoever sees the second's row sees the first's, with a lower number.
 */
export function startRelay({ name, connectionString, log, logger }: RelayOptions): Relay {
  const bell = createWakeUp();
  let leader = false;
  let stopping = false;
  let drainUntilMs = Infinity;
  const finished = run();

  async function run(): Promise<void> {
    for (let failures = 1; !stopping; failures++) {
      try {
        await session(() => (failures = 0));
      } catch (error) {
        if (stopping) return;
        logger.warn({ err: error, relay: name }, 'The relay lost the database of its outbox and connects again.');
        await bell.wait(backoffMs(Math.max(1, failures), BACKOFF_FIRST_MS, BACKOFF_MAX_MS));
      }
    }
  }

  async function session(onConnected: () => void): Promise<void> {
    // Plans are made while the table is empty and must be right when it is not: always along the primary key. A deletion lost in
    // a crash brings rows back that the log already has, so it need not wait for the disk.
    const settings = { synchronous_commit: 'off', enable_seqscan: 'off', enable_bitmapscan: 'off', enable_sort: 'off' };
    const client = await connectDedicated(connectionString, `onsale ${name} relay`, settings, bell.ring);
    try {
      onConnected();
      await standBy(client);
      if (stopping) return;
      leader = true;
      logger.debug({ relay: name }, 'The relay moves the rows of its outbox.');
      await hearAnnouncements(client, bell.ring);
      await moveRows(client);
    } finally {
      leader = false;
      await client.end();
    }
  }

  /** Waiting inside `pg_advisory_lock` would hold a snapshot and so keep dead rows from being vacuumed; asking does not. */
  async function standBy(client: Client): Promise<void> {
    while (!stopping && !(await becomeLeader(client))) {
      const woken = await bell.wait(STANDBY_MS);
      // Rows were written here and are moved elsewhere: tell the leader, outside the writers' commits, which NOTIFY would queue up.
      if (woken) await announceRows(client);
      await delay(ROUND_MS);
    }
  }

  async function moveRows(client: Client): Promise<void> {
    let moved: readonly string[] = [];
    let pollMs = POLL_MAX_MS;
    let announced = true;
    let look = true;
    let dirt = { rows: 0, bytes: 0 };
    for (;;) {
      const rows: readonly OutboxRow[] = look ? await dropAndRead(client, moved) : [];
      if (!look) await dropRows(client, moved);
      moved = [];
      if (dirt.rows > VACUUM_AFTER_ROWS || dirt.bytes > VACUUM_AFTER_BYTES) {
        await vacuum(client);
        dirt = { rows: 0, bytes: 0 };
      }
      if (rows.length === 0) {
        if (stopping && look) return;
        announced = stopping || (await bell.wait(pollMs));
        pollMs = announced ? POLL_MAX_MS : Math.min(pollMs * 2, POLL_MAX_MS);
        look = true;
        continue;
      }
      if (!announced) pollMs = POLL_FIRST_MS;
      const pause = delay(ROUND_MS);
      if (!(await append(rows))) return;
      moved = rows.map((row) => row.sequence);
      dirt = { rows: dirt.rows + rows.length, bytes: dirt.bytes + sizeOf(rows) };
      if (!stopping) await pause;
      else if (performance.now() > drainUntilMs) return dropRows(client, moved);
      // Who is told of every commit need not look for what nobody told of.
      look = bell.hush() || mayBeMore(rows) || !announced || stopping;
    }
  }

  /** Until it works: what is in the outbox is kept there. False when there was no time for that. */
  async function append(rows: readonly OutboxRow[]): Promise<boolean> {
    for (let failures = 1; ; failures++) {
      try {
        await log.append(rows);
        return true;
      } catch (error) {
        if (stopping) return false;
        logger.warn(
          { err: error, relay: name, failures },
          'The event log takes nothing at the moment; the outbox keeps it until it does.',
        );
        await patience(backoffMs(failures, BACKOFF_FIRST_MS, BACKOFF_MAX_MS));
      }
    }
  }

  /** Waits however often the bell rings, unless it rings for the end. */
  async function patience(ms: number): Promise<void> {
    const untilMs = performance.now() + ms;
    while (!stopping && performance.now() < untilMs) {
      await bell.wait(untilMs - performance.now());
      await delay(BACKOFF_FIRST_MS / 5);
    }
  }

  function stop(): Promise<void> {
    if (!stopping) drainUntilMs = performance.now() + DRAIN_MAX_MS;
    stopping = true;
    bell.ring();
    return finished;
  }

  return { wake: bell.ring, isLeader: () => leader, stop };
}

function sizeOf(rows: readonly OutboxRow[]): number {
  return rows.reduce((sum, row) => sum + row.eventsJson.length, 0);
}

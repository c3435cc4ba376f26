import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { ApiError } from '../http/api-error.ts';
import { sql, type Database, type Tx } from '../postgres/database.ts';
import { listDeadLetters, replayDeadLetter } from './dead-letters.ts';
import type { EventLog, StopListening, Subscription } from './port.ts';
import {
  createHandledTable,
  handledBy,
  labelOf,
  loggedIn,
  recordOf,
  recordingSubscription,
  rememberHandled,
} from './test-events.ts';

/** What an adapter brings to be proven. */
export type LogHarness = {
  /** A service's database with the shared migrations. */
  database: Database;
  /** Opens the log as one more process would. Handlers that fail are to be tried again within milliseconds. */
  openLog(): Promise<OpenLog>;
  /** Makes the log forget how far a group has read, as a crash before the offset is stored does. */
  forgetOffsets(group: string): Promise<void>;
  /** Breaks every connection to the log, as its restart would. */
  cutConnections(): Promise<void>;
  remove(): Promise<void>;
};

export type OpenLog = EventLog & { close(): Promise<void> };

const takeAWhile = sql('test.take_a_while', 'SELECT pg_sleep(0.002)');

const WAIT = { timeout: 15_000, interval: 10 };

/** What every event log must do, whichever adapter it is. */
export function describeEventLog(adapter: string, createHarness: () => Promise<LogHarness>): void {
  describe(`event log on ${adapter}`, () => {
    let harness: LogHarness;
    let logs: OpenLog[] = [];
    let groups = 0;

    beforeAll(async () => {
      harness = await createHarness();
      await createHandledTable(harness.database);
    });
    afterEach(async () => {
      await Promise.all(logs.map((log) => log.close()));
      logs = [];
    });
    afterAll(async () => harness.remove());

    async function open(): Promise<OpenLog> {
      const log = await harness.openLog();
      logs.push(log);
      return log;
    }

    /** A group of the test's own that only looks at this key: the log is shared by all tests. */
    function groupOf(key: string, changes: Partial<Subscription> = {}): Subscription {
      return { ...recordingSubscription(harness.database, `test.group-${++groups}`, key), ...changes };
    }

    async function labels(subscription: Subscription): Promise<string[]> {
      return handledBy(harness.database, subscription.group);
    }

    async function expectHandled(subscription: Subscription, expected: readonly string[]): Promise<void> {
      await vi.waitFor(async () => expect(await labels(subscription)).toEqual(expected), WAIT);
    }

    it('delivers the events of a key in the order they were appended', async () => {
      const log = await open();
      const group = groupOf('order');
      await log.subscribe(group);
      const expected = Array.from({ length: 300 }, (_, index) => `event ${index}`);
      for (let start = 0; start < expected.length; start += 30) {
        const records = expected.slice(start, start + 30).map((label) => recordOf([loggedIn('order', label)]));
        await log.append(records);
      }
      await expectHandled(group, expected);
    });

    it('gives the events of a batch one by one, with their trace context', async () => {
      const log = await open();
      const traces: (string | undefined)[] = [];
      const group = groupOf('batch');
      const record = group.handle;
      group.handle = async (tx, events) => {
        traces.push(...events.filter((event) => event.subject === 'batch').map((event) => event.traceparent));
        await record(tx, events, undefined);
      };
      await log.subscribe(group);
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      await log.append([recordOf(['a', 'b', 'c'].map((label) => loggedIn('batch', label, traceparent)))]);
      await expectHandled(group, ['a', 'b', 'c']);
      expect(traces).toEqual([traceparent, traceparent, traceparent]);
    });

    it('keeps a record once however often it is appended', async () => {
      const log = await open();
      const seen = await tailLabels(log, 'twice');
      const first = recordOf([loggedIn('twice', 'first')]);
      const second = recordOf([loggedIn('twice', 'second')]);
      await log.append([first, first]);
      await log.append([first, second]);
      await Promise.all([log.append([first, second]), log.append([second])]);
      await log.append([recordOf([loggedIn('twice', 'end')])]);
      await vi.waitFor(() => expect(seen).toContain('end'), WAIT);
      expect(seen).toEqual(['first', 'second', 'end']);
    });

    it('starts a new group with the oldest record and keeps groups apart', async () => {
      const log = await open();
      await log.append([recordOf([loggedIn('apart', 'before')])]);
      const one = groupOf('apart');
      const other = groupOf('apart', {
        handle: async () => {
          throw new ApiError('SERVICE_UNAVAILABLE', 'down');
        },
      });
      await log.subscribe(other);
      await log.subscribe(one);
      await log.append([recordOf([loggedIn('apart', 'after')])]);
      await expectHandled(one, ['before', 'after']);
      expect(await labels(other)).toEqual([]);
    });

    it('gives a group only what it wants', async () => {
      const log = await open();
      const group = groupOf('types', { types: ['user.logged-out'], wants: (event) => labelOf(event) !== 'not this one' });
      await log.subscribe(group);
      await log.append([recordOf([loggedIn('types', 'in'), loggedOut('types', 'not this one'), loggedOut('types', 'out')])]);
      await expectHandled(group, ['out']);
    });

    it('goes on where it was after a restart', async () => {
      const group = groupOf('restart');
      const first = await open();
      await first.subscribe(group);
      await first.append([recordOf([loggedIn('restart', 'first run')])]);
      await expectHandled(group, ['first run']);
      await first.close();

      const second = await open();
      await second.append([recordOf([loggedIn('restart', 'between')])]);
      await second.subscribe(group);
      await second.append([recordOf([loggedIn('restart', 'second run')])]);
      await expectHandled(group, ['first run', 'between', 'second run']);
    });

    it('changes nothing when a crash between handling and remembering the offset brings everything again', async () => {
      const group = groupOf('again');
      const first = await open();
      await first.subscribe(group);
      await first.append([recordOf([loggedIn('again', 'a'), loggedIn('again', 'b')])]);
      await expectHandled(group, ['a', 'b']);
      await first.close();
      await harness.forgetOffsets(group.group);

      const second = await open();
      await second.subscribe(group);
      await second.append([recordOf([loggedIn('again', 'c')])]);
      await expectHandled(group, ['a', 'b', 'c']);
    });

    it('handles an event once that stands in two records', async () => {
      const log = await open();
      const event = loggedIn('both', 'once');
      const group = groupOf('both');
      await log.subscribe(group);
      await log.append([recordOf([event, event])]);
      await expectHandled(group, ['once']);
      await log.append([recordOf([event]), recordOf([loggedIn('both', 'then')])]);
      await expectHandled(group, ['once', 'then']);
    });

    it('prepares outside the transaction, only for events not yet handled', async () => {
      const log = await open();
      const event = loggedIn('prepare', 'old');
      const prepared: string[][] = [];
      const group: Subscription<string[]> = {
        ...recordingSubscription(harness.database, `test.group-${++groups}`, 'prepare'),
        prepare: async (events) => {
          const names = mine(events, 'prepare').map(labelOf);
          if (names.length > 0) prepared.push(names);
          return names;
        },
        handle: async (tx, events, names) => {
          expect(mine(events, 'prepare').map(labelOf)).toEqual(names);
          await rememberHandled(tx, group.group, mine(events, 'prepare'));
        },
      };
      await log.subscribe(group);
      await log.append([recordOf([event])]);
      await expectHandled(group, ['old']);
      await log.append([recordOf([event, loggedIn('prepare', 'new')])]);
      await expectHandled(group, ['old', 'new']);
      expect(prepared).toEqual([['old'], ['new']]);
    });

    it('never lets two consumers of a group handle a key at once', async () => {
      const [one, two] = [await open(), await open()];
      let running = 0;
      let overlaps = 0;
      const prepared: string[] = [];
      const group = groupOf('alone', {
        // Not in `handle`: there the inbox alone would keep two transactions with the same events apart.
        prepare: async (events) => {
          const names = mine(events, 'alone').map(labelOf);
          if (names.length === 0) return;
          overlaps += running++;
          await harness.database.run(takeAWhile);
          prepared.push(...names);
          running--;
        },
      });
      await Promise.all([one.subscribe(group), one.subscribe({ ...group }), two.subscribe({ ...group })]);
      const expected = Array.from({ length: 40 }, (_, index) => `event ${index}`);
      for (const label of expected) await two.append([recordOf([loggedIn('alone', label)])]);
      await expectHandled(group, expected);
      expect(prepared).toEqual(expected);
      expect(overlaps).toBe(0);
    });

    it('hands a group over when its consumer ends', async () => {
      const [one, two] = [await open(), await open()];
      const group = groupOf('handover');
      const stopFirst = await one.subscribe(group);
      await one.append([recordOf([loggedIn('handover', 'to the first')])]);
      await expectHandled(group, ['to the first']);
      await two.subscribe({ ...group });
      await stopFirst();
      await one.append([recordOf([loggedIn('handover', 'to the second')])]);
      await expectHandled(group, ['to the first', 'to the second']);
    });

    it('puts the one event aside that cannot be handled, and replays it when asked', async () => {
      const log = await open();
      let broken = true;
      const group = groupOf('poison');
      const record = group.handle;
      group.handle = async (tx, events) => {
        if (broken && mine(events, 'poison').some((event) => labelOf(event) === 'bad')) throw new Error('cannot be handled');
        await record(tx, events, undefined);
      };
      await log.subscribe(group);
      await log.append([recordOf(['a', 'b', 'bad', 'c', 'd'].map((label) => loggedIn('poison', label)))]);
      await expectHandled(group, ['a', 'b', 'c', 'd']);

      const [letter, ...others] = (await listDeadLetters(harness.database)).filter((dead) => dead.group === group.group);
      expect(others).toEqual([]);
      expect(letter).toMatchObject({ state: 'DEAD', attempts: 2, event: { subject: 'poison' } });
      expect(letter?.error).toContain('cannot be handled');
      const id = letter?.id ?? '';

      await expect(replayDeadLetter(harness.database, id, group)).rejects.toThrow('cannot be handled');
      broken = false;
      expect(await replayDeadLetter(harness.database, id, group)).toBe(true);
      expect(await replayDeadLetter(harness.database, id, group)).toBe(false);
      expect(await labels(group)).toEqual(['a', 'b', 'c', 'd', 'bad']);
    });

    it('waits for a neighbour that is down instead of giving its events up', async () => {
      const log = await open();
      let refusals = 0;
      const group = groupOf('down', {
        prepare: async (events) => {
          if (mine(events, 'down').length > 0 && ++refusals <= 12)
            throw new ApiError('SERVICE_UNAVAILABLE', 'Seating does not answer.');
        },
      });
      await log.subscribe(group);
      await log.append([recordOf([loggedIn('down', 'patience')])]);
      await expectHandled(group, ['patience']);
      expect(refusals).toBeGreaterThan(12);
      const letters = await listDeadLetters(harness.database);
      expect(letters.filter((dead) => dead.group === group.group)).toEqual([]);
    });

    it('shows a tail everything from its start on, and nothing from before', async () => {
      const [writer, reader] = [await open(), await open()];
      await writer.append([recordOf([loggedIn('tail', 'before')])]);
      const [here, there] = [await tailLabels(writer, 'tail'), await tailLabels(reader, 'tail')];
      const expected = Array.from({ length: 200 }, (_, index) => `event ${index}`);
      for (const label of expected) await writer.append([recordOf([loggedIn('tail', label)])]);
      await vi.waitFor(() => expect([here, there]).toEqual([expected, expected]), WAIT);
    });

    it('shows a tail everything, once and in order, while many append at the same time', async () => {
      const writers = [await open(), await open()];
      const seen: string[] = [];
      await (
        await open()
      ).tail('user.events', (events) => {
        seen.push(...events.filter(({ subject }) => subject.startsWith('many')).map(labelOf));
      });
      const keys = Array.from({ length: 16 }, (_, index) => `many ${index}`);
      async function write(key: string, index: number): Promise<void> {
        for (let step = 0; step < 10; step++) {
          const record = recordOf([loggedIn(key, `${key} ${step}`)]);
          // As relays do that take over from one another: some records are appended by both.
          if (step % 5 === 0) await Promise.all(writers.map((log) => log.append([record])));
          else await writers[index % 2]?.append([record]);
        }
      }
      await Promise.all(keys.map(write));
      await vi.waitFor(() => expect(seen).toHaveLength(160), WAIT);
      for (const key of keys) {
        const steps = seen.filter((label) => label.startsWith(`${key} `));
        expect(steps).toEqual(Array.from({ length: 10 }, (_, step) => `${key} ${step}`));
      }
    });

    it('goes on where it was when its connections break', async () => {
      const log = await open();
      const seen = await tailLabels(log, 'cut');
      const group = groupOf('cut');
      await log.subscribe(group);
      const expected: string[] = [];
      for (let round = 0; round < 3; round++) {
        for (let index = 0; index < 10; index++) expected.push(`event ${round}.${index}`);
        const records = expected.slice(-10).map((label) => recordOf([loggedIn('cut', label)]));
        await vi.waitFor(() => log.append(records), WAIT);
        await harness.cutConnections();
      }
      await expectHandled(group, expected);
      await vi.waitFor(() => expect(seen).toEqual(expected), WAIT);
    });

    it('finishes the batch at hand when it is stopped', async () => {
      const log = await open();
      const [started, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const group = groupOf('stop');
      const record = group.handle;
      group.handle = async (tx: Tx, events: readonly DomainEvent[]) => {
        if (mine(events, 'stop').length > 0) {
          started.resolve();
          await goOn.promise;
        }
        await record(tx, events, undefined);
      };
      const stop: StopListening = await log.subscribe(group);
      await log.append([recordOf([loggedIn('stop', 'at hand')])]);
      await started.promise;
      const stopped = stop();
      await log.append([recordOf([loggedIn('stop', 'too late')])]);
      goOn.resolve();
      await stopped;
      expect(await labels(group)).toEqual(['at hand']);
    });

    it('says how far a group is behind', async () => {
      const log = await open();
      const group = groupOf('lag');
      const stop = await log.subscribe(group);
      await log.append([recordOf([loggedIn('lag', 'one')])]);
      await vi.waitFor(async () => expect((await lagOf(log, group)).behind).toBe(0), WAIT);
      await stop();
      await log.append([recordOf([loggedIn('lag', 'two')]), recordOf([loggedIn('lag', 'three')])]);
      expect((await lagOf(log, group)).behind).toBe(2);
    });
  });
}

async function lagOf(log: EventLog, { group }: Subscription): Promise<{ behind: number }> {
  const lag = (await log.lag()).find((entry) => entry.group === group);
  if (lag === undefined) throw new Error(`${group} has no lag`);
  return lag;
}

/** Starts a tail and collects the labels of one key. */
async function tailLabels(log: EventLog, key: string): Promise<string[]> {
  const seen: string[] = [];
  await log.tail('user.events', (events) => {
    seen.push(...mine(events, key).map(labelOf));
  });
  return seen;
}

function mine(events: readonly DomainEvent[], key: string): DomainEvent[] {
  return events.filter((event) => event.subject === key);
}

function loggedOut(key: string, label: string): DomainEvent {
  const { data, ...event } = loggedIn(key, label);
  return {
    ...event,
    type: 'user.logged-out',
    data: {
      userId: data.userId,
      sessionId: data.sessionId,
      loggedOutAt: data.loggedInAt,
      reason: 'LOGGED_OUT',
      tokensExpireAt: data.loggedInAt,
    },
  };
}

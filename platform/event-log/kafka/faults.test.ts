import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Admin, Consumer, stringDeserializers } from '@platformatic/kafka';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { kafkaMissing, startTestBroker, type TestBroker } from '../../../test/support/kafka.ts';
import { testDatabase, type TestDatabase } from '../../../test/support/postgres.ts';
import {
  createHandledTable,
  handledBy,
  labelOf,
  loggedIn,
  recordingSubscription,
  recordOf,
  rememberHandled,
} from '../test-events.ts';
import { openKafkaLog, type KafkaLog } from './log.ts';
import type { MemberTask } from './test-member.ts';

const SHARED_MIGRATIONS = new URL('../../migrations/', import.meta.url);
const MEMBER = new URL('./test-member.ts', import.meta.url);
const PREFIX = 'faults.';
const KEYS = Array.from({ length: 24 }, (_, index) => `key ${index}`);
const WAIT = { timeout: 60_000, interval: 100 };

describe.skipIf(kafkaMissing !== null)('the log on Kafka when things break', { timeout: 120_000 }, () => {
  let broker: TestBroker;
  let service: TestDatabase;
  let log: KafkaLog;
  let members: ChildProcess[] = [];

  beforeAll(async () => {
    [broker, service] = await Promise.all([startTestBroker(), testDatabase([SHARED_MIGRATIONS], { poolSize: 8 })]);
    await createHandledTable(service.database);
    const logger = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
    log = await openKafkaLog({ brokers: [broker.address], prefix: PREFIX, logger });
  }, 120_000);
  afterEach(() => {
    for (const member of members) member.kill('SIGKILL');
    members = [];
  });
  afterAll(async () => {
    await log.close();
    await broker.remove();
    await service.drop();
  });

  /** A member of the group in a process of its own. */
  async function member(group: string): Promise<{ child: ChildProcess; hasHandled: () => boolean }> {
    const task: MemberTask = { brokers: [broker.address], prefix: PREFIX, group, connectionString: service.connectionString };
    const child = fork(MEMBER, [JSON.stringify(task)], { stdio: 'inherit' });
    members.push(child);
    await once(child, 'message');
    let handled = 0;
    child.on('message', () => handled++);
    return { child, hasHandled: () => handled > 0 };
  }

  /** Two members of a group that both have something to do. */
  async function twoMembers(group: string): Promise<[ChildProcess, ChildProcess]> {
    const [one, other] = [await member(group), await member(group)];
    await vi.waitFor(async () => {
      await log.append(KEYS.map((key) => recordOf([loggedIn(key, 'to warm up')])));
      expect([one.hasHandled(), other.hasHandled()]).toEqual([true, true]);
    }, WAIT);
    return [one.child, other.child];
  }

  /** Appends round after round, each as a relay does: until it works. Gives the labels by key. */
  async function load(name: string, rounds: number, between: (round: number) => unknown): Promise<Map<string, string[]>> {
    const labels = new Map<string, string[]>(KEYS.map((key) => [key, []]));
    for (let round = 0; round < rounds; round++) {
      const records = KEYS.map((key) => recordOf([loggedIn(key, `${name} ${key} ${round}`)]));
      for (const [key, ofKey] of labels) ofKey.push(`${name} ${key} ${round}`);
      await vi.waitFor(() => log.append(records), WAIT);
      await between(round);
      await delay(50);
    }
    return labels;
  }

  async function expectHandled(group: string, name: string, labels: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const total = [...labels.values()].flat().length;
    const handled = async (): Promise<string[]> =>
      (await handledBy(service.database, group)).filter((label) => label.startsWith(`${name} `));
    await vi.waitFor(async () => expect((await handled()).length).toBeGreaterThanOrEqual(total), WAIT);
    expectInOrder(await handled(), name, labels);
  }

  function expectInOrder(all: readonly string[], name: string, labels: ReadonlyMap<string, readonly string[]>): void {
    for (const [key, expected] of labels)
      expect(
        all.filter((label) => label.startsWith(`${name} ${key} `)),
        key,
      ).toEqual(expected);
  }

  it('refuses records while the broker is dead, and loses and repeats nothing once it is back', async () => {
    const group = 'test.restart';
    const seen: string[] = [];
    const stopTail = await log.tail('user.events', (events) => seen.push(...events.map(labelOf)));
    const stop = await log.subscribe({
      ...recordingSubscription(service.database, group, ''),
      handle: (tx, events) => rememberHandled(tx, group, events),
    });
    const back = Promise.withResolvers<void>();
    const labels = await load('restart', 12, async (round) => {
      if (round !== 5) return;
      await broker.kill9();
      const refused = log.append([recordOf([loggedIn('nobody', 'refused')])]);
      await expect(refused).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      broker.start().then(back.resolve, back.reject);
    });
    await back.promise;
    await expectHandled(group, 'restart', labels);
    await vi.waitFor(() => expectInOrder(seen, 'restart', labels), WAIT);
    await Promise.all([stop(), stopTail()]);
  });

  it('hands over what a killed member of a group had, and nothing is lost, repeated or out of order', async () => {
    const group = 'test.killed';
    const [one] = await twoMembers(group);
    const labels = await load('killed', 12, (round) => round === 5 && one.kill('SIGKILL'));
    await expectHandled(group, 'killed', labels);
  });

  it('lets a member that was paused beyond its session do nothing twice when it comes back', async () => {
    const group = 'test.paused';
    const [one] = await twoMembers(group);
    const labels = await load('paused', 12, (round) => round === 5 && one.kill('SIGSTOP'));
    // The other has it all only once the broker has given the paused one up.
    await expectHandled(group, 'paused', labels);
    one.kill('SIGCONT');
    const more = await load('again', 12, () => undefined);
    await expectHandled(group, 'again', more);
    await expectHandled(group, 'paused', labels);
  });

  it('says to any consumer what CloudEvents asks for, one message a domain event', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const event = loggedIn('foreign', 'for all', traceparent);
    await log.append([recordOf([loggedIn('foreign', 'first'), event])]);
    const consumer = new Consumer({
      clientId: 'foreign',
      groupId: 'foreign',
      bootstrapBrokers: [broker.address],
      deserializers: stringDeserializers,
    });
    const stream = await consumer.consume({ topics: [`${PREFIX}user.events`], mode: 'earliest', autocommit: false });
    for await (const { key, value, headers } of stream) {
      if (headers.get('ce_id') !== event.id) continue;
      expect(key).toBe('foreign');
      expect(JSON.parse(value)).toEqual(event.data);
      expect(Object.fromEntries(headers)).toEqual({
        ce_specversion: '1.0',
        ce_id: event.id,
        ce_source: '/onsale/test',
        ce_type: 'user.logged-in',
        ce_subject: 'foreign',
        ce_time: event.time,
        ce_dataschema: event.dataschema,
        'content-type': 'application/json',
        traceparent,
      });
      break;
    }
    await consumer.close(true);
  });

  it('makes every topic with its partitions, and leaves the groups of others out of the lag', async () => {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.address] });
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(PREFIX));
    expect(topics.toSorted()).toEqual(
      ['analytics', 'booking', 'catalog', 'notification', 'payment', 'seat', 'user'].map((name) => `${PREFIX}${name}.events`),
    );
    const metadata = await admin.metadata({ topics });
    expect([...metadata.topics.values()].map(({ partitionsCount }) => partitionsCount)).toEqual(topics.map(() => 12));
    await admin.close();
    const groups = new Set((await log.lag()).map(({ group }) => group));
    expect([...groups].toSorted()).toEqual(['test.killed', 'test.paused', 'test.restart']);
  });
});

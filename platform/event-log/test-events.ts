import { v7 as uuidv7 } from 'uuid';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { newDomainEvent } from '../outbox/new-domain-event.ts';
import { sql, type Database, type Tx } from '../postgres/database.ts';
import type { LogRecord, Subscription } from './port.ts';

/** Domain events for tests of the event log: a key says which test they belong to, a label which one it is. */
export function loggedIn(key: string, label: string, traceparent?: string): DomainEvent<'user.logged-in'> {
  const time = '2026-01-01T00:00:00Z';
  const data = { userId: key, sessionId: label, loggedInAt: time };
  return newDomainEvent({ type: 'user.logged-in', source: '/onsale/test', subject: key, time, traceparent, data });
}

export function labelOf(event: DomainEvent): string {
  return 'sessionId' in event.data ? event.data.sessionId : event.id;
}

export function recordOf(events: readonly DomainEvent[]): LogRecord {
  return { id: uuidv7(), topic: 'user.events', key: events[0]?.subject ?? '', eventsJson: JSON.stringify(events) };
}

const createTable = sql(
  'test.create_handled',
  'CREATE TABLE handled (position bigint GENERATED ALWAYS AS IDENTITY, consumer_group text NOT NULL, label text NOT NULL)',
);
const insert = sql(
  'test.remember_handled',
  'INSERT INTO handled (consumer_group, label) SELECT $1, label FROM unnest($2::text[]) WITH ORDINALITY AS given (label, place) ORDER BY place',
);
const select = sql('test.handled', 'SELECT label FROM handled WHERE consumer_group = $1 ORDER BY position');

export async function createHandledTable(database: Database): Promise<void> {
  await database.run(createTable);
}

export async function rememberHandled(tx: Tx, group: string, events: readonly DomainEvent[]): Promise<void> {
  await tx.run(insert, [group, events.map(labelOf)]);
}

/** Labels of what the group's transactions have committed, in order. */
export async function handledBy(database: Database, group: string): Promise<string[]> {
  return (await database.rows<{ label: string }>(select, [group])).map(({ label }) => label);
}

/** A group that writes down, in its transaction, the events of one key that it handles. */
export function recordingSubscription(database: Database, group: string, key: string): Subscription {
  return {
    group,
    topics: ['user.events'],
    types: ['user.logged-in'],
    database,
    handle: (tx, events) =>
      rememberHandled(
        tx,
        group,
        events.filter((event) => event.subject === key),
      ),
  };
}

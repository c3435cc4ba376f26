import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import type { Account } from './domain/account.ts';

const SOURCE = '/onsale/users';

function append(tx: Tx, event: DomainEvent): Promise<number> {
  return appendToOutbox(tx, [{ topic: 'user.events', key: event.subject, events: [event] }]);
}

export function publishRegistered(tx: Tx, account: Account, traceparent: string): Promise<number> {
  const { userId, username, email, firstName, lastName, membership } = account;
  const time = account.createdAt.toISOString();
  const data = { userId, username, email, firstName, lastName, membership, registeredAt: time };
  return append(tx, newDomainEvent({ type: 'user.registered', source: SOURCE, subject: userId, time, traceparent, data }));
}

export function publishUpdated(tx: Tx, account: Account, at: Date, traceparent: string): Promise<number> {
  const { userId, username, email, firstName, lastName, roles, accountStatus } = account;
  const data = { userId, username, email, firstName, lastName, roles, accountStatus };
  return append(
    tx,
    newDomainEvent({ type: 'user.updated', source: SOURCE, subject: userId, time: at.toISOString(), traceparent, data }),
  );
}

export function publishLoggedIn(
  tx: Tx,
  session: { userId: string; sessionId: string; at: Date },
  traceparent: string,
): Promise<number> {
  const { userId, sessionId } = session;
  const time = session.at.toISOString();
  const data = { userId, sessionId, loggedInAt: time };
  return append(tx, newDomainEvent({ type: 'user.logged-in', source: SOURCE, subject: userId, time, traceparent, data }));
}

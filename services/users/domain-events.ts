import type { DomainEvent, DomainEventData } from '../../contracts/events/domain-event.ts';
import { newId } from '../../contracts/ids.ts';
import { appendToOutbox } from '../../platform/outbox/append.ts';
import { newDomainEvent } from '../../platform/outbox/new-domain-event.ts';
import type { Tx } from '../../platform/postgres/database.ts';
import type { Account } from './domain/account.ts';

const SOURCE = '/onsale/users';

export type EndReason = DomainEventData<'user.logged-out'>['reason'];

function append(tx: Tx, subject: string, ...events: DomainEvent[]): Promise<number> {
  return appendToOutbox(tx, [{ topic: 'user.events', key: subject, events }]);
}

export function publishRegistered(tx: Tx, account: Account, traceparent: string): Promise<number> {
  const { userId, username, email, firstName, lastName, membership } = account;
  const time = account.createdAt.toISOString();
  const data = { userId, username, email, firstName, lastName, membership, registeredAt: time };
  const event = newDomainEvent({ type: 'user.registered', source: SOURCE, subject: userId, time, traceparent, data });
  return append(tx, userId, event);
}

/** @param more `tokensExpireAt`: the roles changed, and tokens with the old ones exist until then */
export function publishUpdated(
  tx: Tx,
  account: Account,
  at: Date,
  traceparent: string,
  more: { tokensExpireAt?: string; deletedAt?: string } = {},
): Promise<number> {
  const { userId, username, email, firstName, lastName, roles, rolesVersion, accountStatus } = account;
  const data = { userId, username, email, firstName, lastName, roles, rolesVersion, accountStatus, ...more };
  const time = at.toISOString();
  return append(tx, userId, newDomainEvent({ type: 'user.updated', source: SOURCE, subject: userId, time, traceparent, data }));
}

export function publishLoggedIn(
  tx: Tx,
  session: { userId: string; sessionId: string; at: Date },
  traceparent: string,
): Promise<number> {
  const { userId, sessionId } = session;
  const time = session.at.toISOString();
  const data = { userId, sessionId, loggedInAt: time };
  const event = newDomainEvent({ type: 'user.logged-in', source: SOURCE, subject: userId, time, traceparent, data });
  return append(tx, userId, event);
}

export function publishLoggedOut(
  tx: Tx,
  what: { userId: string; ended: readonly { sessionId: string; until: Date }[]; reason: EndReason; at: Date },
  traceparent: string,
): Promise<number> {
  const { userId, reason } = what;
  const time = what.at.toISOString();
  const events = what.ended.map(({ sessionId, until }) => {
    const data = { userId, sessionId, loggedOutAt: time, reason, tokensExpireAt: until.toISOString() };
    return newDomainEvent({ type: 'user.logged-out', source: SOURCE, subject: userId, time, traceparent, data });
  });
  return append(tx, userId, ...events);
}

export type Mail = {
  userId: string;
  recipient: string;
  template: 'password-reset' | 'email-verification' | 'email-changed' | 'password-changed';
  variables: Record<string, string>;
};

/** Asks for a mail to somebody. The only place where a token of a mail is to be read. */
export function publishMail(
  tx: Tx,
  { userId, recipient, template, variables }: Mail,
  at: Date,
  traceparent: string,
): Promise<number> {
  const time = at.toISOString();
  const data = {
    notificationId: newId('notification'),
    userId,
    channel: 'EMAIL',
    template,
    recipient,
    variables,
    requestedAt: time,
  };
  const event = newDomainEvent({ type: 'notification.requested', source: SOURCE, subject: userId, time, traceparent, data });
  return appendToOutbox(tx, [{ topic: 'notification.events', key: userId, events: [event] }]);
}

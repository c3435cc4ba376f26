import { setTimeout as delay } from 'node:timers/promises';
import type { DomainEvent } from '../../contracts/events/domain-event.ts';
import type { RevocationsAnswer } from '../../contracts/http/users.ts';
import type { Revocations } from '../../platform/auth/revocations.ts';
import { ApiError } from '../../platform/http/api-error.ts';
import type { ServiceClient } from '../../platform/http/service-client.ts';

const PATH = '/internal/revocations';
/** Five million entries: more is no list any more but a fault. */
const MAX_PAGES = 1_000;
const TRIES = 60;
const BETWEEN_TRIES_MS = 500;

/** What `user.events` say of access tokens that no longer count. */
export function noteRevocations(events: readonly DomainEvent[], revocations: Revocations): void {
  for (const { type, data } of events) {
    if (type === 'user.logged-out') revocations.endSession(data.sessionId, new Date(data.tokensExpireAt));
    else if (type === 'user.updated' && data.tokensExpireAt !== undefined)
      revocations.outdateRoles(data.userId, data.rolesVersion, new Date(data.tokensExpireAt));
  }
}

/**
 * Learns what was revoked before this process began to listen. Without it a session that ended would be open again after a
 * restart, so the door stays shut until the users service has answered; it gives up after half a minute.
 */
export async function loadRevocations(
  services: ServiceClient,
  revocations: Revocations,
  betweenTriesMs = BETWEEN_TRIES_MS,
): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      await loadAll(services, revocations);
      return;
    } catch (error) {
      const later = error instanceof ApiError && error.status === 503;
      if (!later || tried === TRIES) throw error;
      await delay(betweenTriesMs);
    }
  }
}

async function loadAll(services: ServiceClient, revocations: Revocations): Promise<void> {
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = after === null ? '' : `?after=${encodeURIComponent(after)}`;
    const answer: RevocationsAnswer = await services.call<RevocationsAnswer>('users', `${PATH}${query}`);
    for (const { subject, rolesVersion, until } of answer.revocations) {
      if (rolesVersion === null) revocations.endSession(subject, new Date(until));
      else revocations.outdateRoles(subject, rolesVersion, new Date(until));
    }
    after = answer.next;
    if (after === null) return;
  }
  throw new Error(`The users service lists more than ${MAX_PAGES} pages of revocations`);
}

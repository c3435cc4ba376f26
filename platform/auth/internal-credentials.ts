import { systemClock, type Clock } from '../clock.ts';
import { SERVICE_NAMES, type ServiceName } from '../http/service-client.ts';
import { claimsOf, readUser } from './access-tokens.ts';
import type { UserIdentity } from './identity.ts';
import { tokenSigner, tokenVerifier, type Claims, type Verified } from './signed-tokens.ts';

/** The header in which one service proves itself to another. The public door removes inbound copies. */
export const CREDENTIAL_HEADER = 'x-onsale-credential';

/**
 * With a credential and without a user in it: a request of the public that was passed on. `nobody`, or why the token that was shown
 * does not count.
 */
export const VISITOR_HEADER = 'x-onsale-visitor';

const TTL_SECONDS = 60;
/** A credential without a user is made again when it is this old: always well before its end, also with clocks a little apart. */
const REUSED_FOR_MS = 30_000;
const REMEMBERED_CREDENTIALS = 10_000;

/** Who calls, and on whose behalf when there is a user. */
export type Caller = { service: ServiceName; user: UserIdentity | null };

/** Makes credentials of one service for the others. */
export function createCredentialIssuer(options: { internalSecret: string; service: ServiceName; clock?: Clock }) {
  const clock = options.clock ?? systemClock;
  const made = new Map<ServiceName, { credential: string; at: number }>();
  const signers = new Map<ServiceName, ReturnType<typeof tokenSigner>>();
  const sign = (target: ServiceName, claims: Claims, now: number): string => {
    const signer = signers.get(target) ?? tokenSigner(signing(options.internalSecret, target));
    signers.set(target, signer);
    return signer({ sub: options.service, ...claims }, TTL_SECONDS, now);
  };
  return (target: ServiceName, onBehalfOf?: UserIdentity): string => {
    const now = clock.now().getTime();
    if (onBehalfOf !== undefined) {
      return sign(target, { user: claimsOf(onBehalfOf) }, now);
    }
    const ready = made.get(target);
    if (ready !== undefined && Math.abs(now - ready.at) < REUSED_FOR_MS) return ready.credential;
    const credential = sign(target, {}, now);
    made.set(target, { credential, at: now });
    return credential;
  };
}

/** Verifies credentials meant for one service; those for another service are refused. */
export function createCredentialVerifier(options: { internalSecret: string; service: ServiceName; clock?: Clock }) {
  const clock = options.clock ?? systemClock;
  const verify = tokenVerifier({
    ...signing(options.internalSecret, options.service),
    maxTtlSeconds: TTL_SECONDS,
    remembered: REMEMBERED_CREDENTIALS,
    read: readCaller,
  });
  return (credential: string): Verified<Caller> => verify(credential, clock.now().getTime());
}

function signing(secret: string, audience: ServiceName) {
  return { secret, issuer: 'onsale-internal', audience };
}

function readCaller(claims: Claims): Caller | null {
  const service = SERVICE_NAMES.find((name) => name === claims['sub']);
  if (service === undefined) return null;
  const inner = claims['user'];
  if (inner === undefined) return { service, user: null };
  if (typeof inner !== 'object' || inner === null) return null;
  const user = readUser({ ...inner });
  return user === null ? null : { service, user };
}

import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceName } from '../http/service-client.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Identity } from './identity.ts';
import { CREDENTIAL_HEADER, VISITOR_HEADER, type Caller } from './internal-credentials.ts';
import type { Revocations } from './revocations.ts';
import type { Verified } from './signed-tokens.ts';

/** What the headers of a request prove. `refusal` is why a token that was shown does not count; public routes work without. */
export type Identified = {
  identity: Identity | null;
  callingService: ServiceName | null;
  refusal: 'UNAUTHENTICATED' | 'TOKEN_EXPIRED' | null;
};

export type Identify = (headers: IncomingHttpHeaders) => Identified;

const NOBODY: Identified = { identity: null, callingService: null, refusal: null };
const UNKNOWN: Identified = { identity: null, callingService: null, refusal: 'UNAUTHENTICATED' };
const EXPIRED: Identified = { identity: null, callingService: null, refusal: 'TOKEN_EXPIRED' };

/** For the public door: users by their access token, nothing else. Revoked tokens do not count. */
export function identifyUsers(tokens: Pick<AccessTokens, 'verify'>, revocations?: Pick<Revocations, 'refusalOf'>): Identify {
  return (headers) => {
    const { authorization } = headers;
    if (authorization === undefined) return NOBODY;
    if (authorization.slice(0, 7).toLowerCase() !== 'bearer ') return UNKNOWN;
    const verified = tokens.verify(authorization.slice(7));
    if (!verified.ok) return verified.reason === 'EXPIRED' ? EXPIRED : UNKNOWN;
    const revoked = revocations?.refusalOf(verified.value) ?? null;
    if (revoked !== null) return revoked === 'TOKEN_EXPIRED' ? EXPIRED : UNKNOWN;
    return { identity: verified.value, callingService: null, refusal: null };
  };
}

/** For a service's own door: other services by their credential, nothing else. The user in it, if any, is the identity. */
export function identifyServices(verify: (credential: string) => Verified<Caller>): Identify {
  return (headers) => {
    const credential = headers[CREDENTIAL_HEADER];
    if (typeof credential !== 'string') return UNKNOWN;
    const verified = verify(credential);
    if (!verified.ok) return UNKNOWN;
    const { service, user } = verified.value;
    const visitor = headers[VISITOR_HEADER];
    if (visitor !== undefined && user === null) return { identity: null, callingService: service, refusal: refusalOf(visitor) };
    return { identity: user ?? { kind: 'service', service }, callingService: service, refusal: null };
  };
}

function refusalOf(visitor: string | string[]): Identified['refusal'] {
  return visitor === 'UNAUTHENTICATED' || visitor === 'TOKEN_EXPIRED' ? visitor : null;
}

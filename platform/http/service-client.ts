import type { UserIdentity } from '../auth/identity.ts';

/** What a call between services carries besides its body. */
export type CallOptions = {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  traceparent?: string | undefined;
  /** The user on whose behalf it is made, when there is one. */
  onBehalfOf?: UserIdentity;
  timeoutMs?: number;
};

/**
 * Calls another service's internal routes with a service credential: in the same process without a socket, else over HTTP.
 * A problem answer is thrown as `ApiError` with its code; no answer is `SERVICE_UNAVAILABLE`.
 */
export interface ServiceClient {
  call<Answer>(service: ServiceName, path: string, options?: CallOptions): Promise<Answer>;
}

export const SERVICE_NAMES = [
  'gateway',
  'users',
  'catalog',
  'seating',
  'orders',
  'payments',
  'notifications',
  'analytics',
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

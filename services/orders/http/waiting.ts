import { MAX_ORDER_WAIT_MS } from '../../../contracts/http/orders.ts';
import { validationFailed } from '../../../platform/http/validation.ts';

const DEFAULT_WAIT_MS = 10_000;

/** How long a request wants to wait until its order is settled, or null when it does not. */
export function waitMsOf({ waitFor, timeoutMs }: { waitFor?: 'CONFIRMED'; timeoutMs?: number }): number | null {
  if (waitFor !== undefined) return Math.min(timeoutMs ?? DEFAULT_WAIT_MS, MAX_ORDER_WAIT_MS);
  if (timeoutMs === undefined) return null;
  throw validationFailed([{ path: 'query.timeoutMs', message: 'is how long to wait, so it needs waitFor=CONFIRMED beside it' }]);
}

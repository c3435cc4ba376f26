import { buyersInTurn } from '../load/buyers.ts';
import { runClosedLoop } from '../load/closed-loop.ts';
import type { LoadResult } from '../load/tally.ts';
import { addressOf, wireRequest } from '../load/wire.ts';
import type { Load } from './load.ts';

export type SameRequest = Load & {
  method: 'GET' | 'POST';
  /** With its query. Several: in turn. */
  paths: readonly string[];
  headers?: Readonly<Record<string, string>>;
  /** JSON. Several: in turn. */
  bodies?: readonly unknown[];
};

/** The same few requests again and again, each time by the next user. */
export async function sameRequest({
  method,
  paths,
  headers = {},
  bodies = [],
  jwtSecret,
  ...load
}: SameRequest): Promise<LoadResult> {
  const nextBuyer = buyersInTurn(jwtSecret, load.users);
  const texts = bodies.map((body) => JSON.stringify(body));
  let turn = 0;
  return runClosedLoop({
    ...load,
    addresses: load.urls.map(addressOf),
    next: () => {
      const body = texts[turn % texts.length];
      const path = paths[turn % paths.length] ?? '/';
      turn += 1;
      return wireRequest({ method, path, token: nextBuyer().token, headers, ...(body === undefined ? {} : { body }) });
    },
  });
}

import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Encoding } from './accept-encoding.ts';

/** `once` for what stays as it is: slower and smaller. `often` for what is soon something else. */
export type Effort = 'once' | 'often';

const GZIP_LEVEL: Record<Effort, number> = { once: 6, often: 1 };
/** Statuses of 90,000 seats, well mixed: 0.3 ms at quality 1 and 23 kB; gzip takes 0.9 ms at level 1 for 26 kB. */
const BROTLI_QUALITY: Record<Effort, number> = { once: 5, often: 1 };
/** After a compression the next waits for this many times what the last one took: of one core it is never more than a third. */
const REST_FACTOR = 2;

const inGzip = promisify(gzip);
const inBrotli = promisify(brotliCompress);

let last: Promise<unknown> = Promise.resolve();

/** Waits its turn: compressions of the process run one after the other, beside the event loop, with a rest after each. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = last.then(async () => {
    const beganAt = performance.now();
    const result = await work();
    return { result, restMs: (performance.now() - beganAt) * REST_FACTOR };
  });
  last = done.then(
    ({ restMs }) => new Promise((resolve) => setTimeout(resolve, restMs)),
    () => undefined,
  );
  return done.then(({ result }) => result);
}

export function compress(body: string | Buffer, encoding: Encoding, effort: Effort): Promise<Buffer> {
  if (encoding === 'gzip') return inGzip(body, { level: GZIP_LEVEL[effort] });
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY[effort],
    [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
  };
  return inBrotli(body, { params });
}

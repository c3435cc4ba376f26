import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { Agent } from 'undici';
import type { Metrics } from '../../telemetry/metrics.ts';
import { NoAnswer } from '../no-answer.ts';
import type { ServiceName } from '../service-client.ts';
import { createAddressFinder } from './find-addresses.ts';
import { createReplicaSet, type Replica, type ReplicaSet } from './replica-set.ts';

export type UpstreamRequest = {
  service: ServiceName;
  method: string;
  path: string;
  headers: Record<string, string | string[]>;
  body: string | Buffer | undefined;
  /** Requests with the same key go to the same replica, as long as it is fit. */
  key: string | null;
  /** Until the answer begins. */
  timeoutMs: number;
  signal?: AbortSignal;
};

/** `body` must be read to its end or destroyed. */
export type UpstreamAnswer = { status: number; headers: IncomingHttpHeaders; body: Readable };

/** The services that run in other processes. */
export type Upstreams = {
  /**
   * Sends it to a replica. Another one is tried when nothing was sent yet, and for a read also when the answer did not come; nothing
   * else is sent twice. Throws `NoAnswer`.
   */
  send(request: UpstreamRequest): Promise<UpstreamAnswer>;
  /** Lets what is under way finish. */
  close(): Promise<void>;
};

const MAX_TRIES = 3;
const CONNECT_TIMEOUT_MS = 2_000;
const LOOK_TIMEOUT_MS = 2_000;
const TICK_MS = 100;
const RESOLVE_EVERY_MS = 5_000;
/** Streams say something every 15 s. */
const SILENCE_MS = 60_000;
/** Nothing was sent when one of these happened. */
const NOT_REACHED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const SAFE = new Set(['GET', 'HEAD']);

export type UpstreamsOptions = {
  /** Addresses of a service as settings give them; none for those of this process. */
  urlsOf: Readonly<Partial<Record<string, readonly string[]>>>;
  logger: Logger;
  metrics: Metrics;
};

export async function openUpstreams({ urlsOf, logger, metrics }: UpstreamsOptions): Promise<Upstreams> {
  // Every stream holds a connection, so their number is bounded by who is let in, not here.
  const agent = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, bodyTimeout: SILENCE_MS });
  const services = new Map<string, { replicas: ReplicaSet; find: () => Promise<string[]> }>();
  for (const [name, urls] of Object.entries(urlsOf)) {
    if (urls !== undefined) services.set(name, { replicas: createReplicaSet(), find: createAddressFinder(urls) });
  }
  const looking = new Set<string>();
  /** Those that were ready once: processes that start together find one another away at first, which is not worth a line. */
  const seen = new Set<string>();
  let resolvedAtMs = -Infinity;

  async function resolveAll(): Promise<void> {
    resolvedAtMs = performance.now();
    await Promise.all([...services.values()].map(async ({ replicas, find }) => replicas.update(await find(), performance.now())));
  }

  function failed(name: string, replicas: ReplicaSet, origin: string, error?: unknown): void {
    if (!replicas.failed(origin, performance.now())) return;
    const reason = error instanceof Error ? error.message : 'it is not ready';
    const line = { service: name, replica: origin, reason };
    if (seen.has(origin)) logger.warn(line, 'A replica is left out for a while.');
    else logger.debug(line, 'A replica is not there yet.');
  }

  /** Asks a replica whether it is ready. */
  async function look(name: string, replicas: ReplicaSet, origin: string): Promise<void> {
    const id = `${name} ${origin}`;
    if (looking.has(id)) return;
    looking.add(id);
    try {
      const limits = { headersTimeout: LOOK_TIMEOUT_MS, bodyTimeout: LOOK_TIMEOUT_MS };
      const answer = await agent.request({ origin, path: '/health/ready', method: 'GET', ...limits });
      await answer.body.dump();
      if (answer.statusCode !== 200) return failed(name, replicas, origin);
      const isBack = replicas.ready(origin, performance.now()) && seen.has(origin);
      seen.add(origin);
      if (isBack) logger.info({ service: name, replica: origin }, 'A replica is back.');
    } catch (error) {
      failed(name, replicas, origin, error);
    } finally {
      looking.delete(id);
    }
  }

  const ticking = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - resolvedAtMs > RESOLVE_EVERY_MS) void resolveAll();
    for (const [name, { replicas }] of services) for (const origin of replicas.due(nowMs)) void look(name, replicas, origin);
  }, TICK_MS).unref();

  async function sendTo(replica: Replica, request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { method, path, headers, body, timeoutMs, signal } = request;
    replica.inFlight += 1;
    try {
      const answer = await agent.request({
        origin: replica.origin,
        path,
        method,
        headers,
        headersTimeout: timeoutMs,
        body: body ?? null,
        ...(signal === undefined ? {} : { signal }),
      });
      answer.body.once('close', () => (replica.inFlight -= 1));
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    } catch (error) {
      replica.inFlight -= 1;
      throw error;
    }
  }

  async function send(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { service, method, key } = request;
    const replicas = services.get(service)?.replicas;
    if (replicas === undefined) throw new NoAnswer(`no address is known for ${service}`);
    const safe = SAFE.has(method);
    const tried = new Set<string>();
    for (let tries = 1; ; tries++) {
      // A read whose connection broke may find the same replica well, if it has no other.
      const replica = replicas.pick(key, tried) ?? (safe ? replicas.pick(key) : null);
      if (replica === null) throw new NoAnswer(`no replica of ${service} answers`);
      try {
        return await sendTo(replica, request);
      } catch (error) {
        const what = whatHappened(error, request.signal);
        if (what === 'not reached') failed(service, replicas, replica.origin, error);
        if (what === 'broken') void look(service, replicas, replica.origin);
        const again = what === 'not reached' || (what === 'broken' && safe);
        if (!again || tries === MAX_TRIES)
          throw new NoAnswer(`${service} did not answer`, { cause: error, mayBeDone: what !== 'not reached' && !safe });
        tried.add(replica.origin);
      }
    }
  }

  metrics.observed(
    'onsale_replicas',
    'Replicas of services in other processes, by whether they are asked',
    ['service', 'state'],
    () =>
      [...services].flatMap(([service, { replicas }]) =>
        Object.entries(replicas.counts).map(([state, value]) => ({ labels: { service, state }, value })),
      ),
  );
  await resolveAll();
  return {
    send,
    close: async () => {
      clearInterval(ticking);
      await agent.close();
    },
  };
}

/** `late`: it did not answer in time, or nobody waits any longer; it may be at it. */
function whatHappened(error: unknown, signal: AbortSignal | undefined): 'not reached' | 'broken' | 'late' {
  if (signal?.aborted === true) return 'late';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // Of a name with several addresses all were tried.
  const all = error instanceof AggregateError ? error.errors : [];
  if (
    NOT_REACHED.has(code) ||
    all.some((one: unknown) => one instanceof Error && 'code' in one && NOT_REACHED.has(String(one.code)))
  )
    return 'not reached';
  return code === 'UND_ERR_HEADERS_TIMEOUT' ? 'late' : 'broken';
}

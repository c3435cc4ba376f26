import { createHash } from 'node:crypto';

/** One process of a service, known by its address: `http://10.0.0.3:8080`. */
export type Replica = {
  readonly origin: string;
  /** Requests sent to it whose answers have not ended. */
  inFlight: number;
};

type Known = Replica & { out: boolean; failures: number; lookAtMs: number };

/**
 * Which replicas of one service there are and which of them are fit to be asked. One that fails is out at once, for longer each time,
 * and back when it is found ready. All times are milliseconds of one clock.
 */
export type ReplicaSet = {
  /** Those that exist now. What is known of one that stays is kept. */
  update(origins: readonly string[], nowMs: number): void;
  /**
   * The one to ask: by `key` always the same while it is in, else that with the fewest requests in flight. Null when none is in.
   * `except` were tried for this request before.
   */
  pick(key: string | null, except?: ReadonlySet<string>): Replica | null;
  /** It did not answer, or said that it is not ready. @returns whether it was in until now */
  failed(origin: string, nowMs: number): boolean;
  /** It answered that it is ready. @returns whether it was out until now */
  ready(origin: string, nowMs: number): boolean;
  /** Those whose readiness is to be asked for now. They are due again after a while, whatever comes of it. */
  due(nowMs: number): string[];
  readonly counts: { in: number; out: number };
};

const FIRST_OUT_MS = 250;
const LONGEST_OUT_MS = 4_000;
/** How often one that is in is asked whether it still is ready. */
const LOOK_EVERY_MS = 1_000;

export function createReplicaSet(): ReplicaSet {
  let known: Known[] = [];
  /** Where the next turn among equals begins. */
  let turn = 0;
  const find = (origin: string): Known | undefined => known.find((one) => one.origin === origin);

  function leastBusy(fit: readonly Known[]): Known | null {
    turn += 1;
    let best: Known | null = null;
    for (let i = 0; i < fit.length; i++) {
      const one = fit[(turn + i) % fit.length];
      if (one !== undefined && (best === null || one.inFlight < best.inFlight)) best = one;
    }
    return best;
  }

  return {
    update: (origins, nowMs) => {
      const wanted = new Set(origins);
      known = known.filter(({ origin }) => wanted.has(origin));
      for (const origin of wanted) {
        if (find(origin) === undefined)
          known.push({ origin, inFlight: 0, out: false, failures: 0, lookAtMs: nowMs + LOOK_EVERY_MS });
      }
    },
    pick: (key, except) => {
      const fit = known.filter(({ out, origin }) => !out && except?.has(origin) !== true);
      return key === null || fit.length < 2 ? leastBusy(fit) : highestScore(fit, key);
    },
    failed: (origin, nowMs) => {
      const one = find(origin);
      // Many requests fail at one moment; that is one failure.
      if (one === undefined || (one.out && nowMs < one.lookAtMs)) return false;
      const wasIn = !one.out;
      one.out = true;
      one.lookAtMs = nowMs + Math.min(LONGEST_OUT_MS, FIRST_OUT_MS * 2 ** one.failures);
      one.failures += 1;
      return wasIn;
    },
    ready: (origin, nowMs) => {
      const one = find(origin);
      if (one === undefined) return false;
      const wasOut = one.out;
      // Seen ready twice running it starts anew; one that comes and goes stays out longer and longer.
      if (!one.out) one.failures = 0;
      one.out = false;
      one.lookAtMs = nowMs + LOOK_EVERY_MS;
      return wasOut;
    },
    due: (nowMs) => {
      const due = known.filter(({ lookAtMs }) => lookAtMs <= nowMs);
      // One that is out stays due to fail again: its time grows with `failed`.
      for (const one of due) if (!one.out) one.lookAtMs = nowMs + LOOK_EVERY_MS;
      return due.map(({ origin }) => origin);
    },
    get counts() {
      const out = known.filter((one) => one.out).length;
      return { in: known.length - out, out };
    },
  };
}

/** Rendezvous hashing: a replica that goes takes only its own keys along, and they spread over all others. */
function highestScore(fit: readonly Known[], key: string): Known | null {
  let best: { one: Known; score: number } | null = null;
  for (const one of fit) {
    const score = createHash('md5').update(key).update(one.origin).digest().readUIntBE(0, 6);
    if (best === null || score > best.score) best = { one, score };
  }
  return best?.one ?? null;
}

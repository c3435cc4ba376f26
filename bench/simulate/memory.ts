import { usageOf } from '../system/usage.ts';

/** What the processes of a system hold in memory (proportional set size). Null where this machine does not say: it takes Linux. */
export type Memory = {
  nodeBytes: number | null;
  /** Of all processes of PostgreSQL; what they share is counted once. */
  postgresBytes: number | null;
};

/** @param pids null for one that is not known */
export function memoryOf(pids: { node: number | null; postgres: number | null }): Memory {
  return {
    nodeBytes: pids.node === null ? null : (usageOf(pids.node, 'alone')?.memoryBytes ?? null),
    postgresBytes: pids.postgres === null ? null : (usageOf(pids.postgres, 'with all below')?.memoryBytes ?? null),
  };
}

/** Together; null when a part is not known. */
export function totalBytes({ nodeBytes, postgresBytes }: Memory): number | null {
  return nodeBytes === null || postgresBytes === null ? null : nodeBytes + postgresBytes;
}

export type MemoryUse = { peak: Memory; after: Memory };

const LOOK_EVERY_MS = 1_000;

/** Looks now and then. @returns the most there was, and what there is when it is stopped */
export function watchMemory(pids: () => { node: number | null; postgres: number | null }): { stop(): MemoryUse } {
  let peak: Memory = { nodeBytes: null, postgresBytes: null };
  const look = (): Memory => {
    const now = memoryOf(pids());
    if ((totalBytes(now) ?? now.postgresBytes ?? 0) > (totalBytes(peak) ?? peak.postgresBytes ?? 0)) peak = now;
    return now;
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  let use: MemoryUse | null = null;
  return {
    stop() {
      clearInterval(timer);
      use ??= { after: look(), peak };
      return use;
    },
  };
}

import { readdirSync, readFileSync } from 'node:fs';

/** What the processes of a system hold in memory. Null where this machine does not say (it needs Linux's /proc). */
export type Memory = {
  /** Resident set of the Node process. */
  nodeBytes: number | null;
  /** Of all processes of PostgreSQL; what they share is counted once (proportional set size). */
  postgresBytes: number | null;
};

/** @param pids null for one that is not known */
export function memoryOf(pids: { node: number | null; postgres: number | null }): Memory {
  return {
    nodeBytes: pids.node === null ? null : kilobytes(`/proc/${pids.node}/status`, 'VmRSS'),
    postgresBytes: pids.postgres === null ? null : sumOfTree(pids.postgres),
  };
}

/** Together; null when a part is not known. */
export function totalBytes({ nodeBytes, postgresBytes }: Memory): number | null {
  return nodeBytes === null || postgresBytes === null ? null : nodeBytes + postgresBytes;
}

function sumOfTree(postmaster: number): number | null {
  const own = kilobytes(`/proc/${postmaster}/smaps_rollup`, 'Pss');
  if (own === null) return null;
  return childrenOf(postmaster).reduce((sum, pid) => sum + (kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') ?? 0), own);
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

/** The 4th field of the line; the 2nd is the command's name, which may itself hold spaces and brackets. */
function parentOf(pid: number): number | null {
  const line = text(`/proc/${pid}/stat`);
  return line === null ? null : Number(line.slice(line.lastIndexOf(')') + 2).split(' ')[1]);
}

/** @returns bytes */
function kilobytes(path: string, field: string): number | null {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text(path) ?? '')?.[1];
  return found === undefined ? null : Number(found) * 1024;
}

function text(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
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

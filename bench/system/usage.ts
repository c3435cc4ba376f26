import { readdirSync, readFileSync } from 'node:fs';

/** What processes have spent since they began, and what they have now. */
export type Usage = { cpuMs: number; memoryBytes: number };

/** The kernel counts CPU time in ticks, 100 a second on every Linux there is. */
const TICK_MS = 10;

/**
 * A process, alone or with all below it. Memory is the proportional share (PSS): what PostgreSQL's processes share counts once.
 * Null where the machine does not tell (other than Linux), or when there is no such process.
 */
export function usageOf(pid: number, which: 'alone' | 'with all below'): Usage | null {
  if (process.platform !== 'linux') return null;
  const parents = parentsByPid();
  if (!parents.has(pid)) return null;
  if (which === 'alone') return { cpuMs: cpuOf(pid, 2), memoryBytes: memoryOf(pid) };
  let cpuMs = 0;
  let memoryBytes = 0;
  for (const one of parents.keys()) {
    if (!isBelow(one, pid, parents)) continue;
    cpuMs += cpuOf(one, 4);
    memoryBytes += memoryOf(one);
  }
  return { cpuMs, memoryBytes };
}

function isBelow(pid: number, ancestor: number, parents: ReadonlyMap<number, number>): boolean {
  for (let one: number | undefined = pid; one !== undefined && one > 1; one = parents.get(one)) if (one === ancestor) return true;
  return false;
}

function parentsByPid(): Map<number, number> {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const [, parent] = statOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  return parents;
}

/** Fields after the command name, which may hold spaces: 0 is the state, 1 the parent, 11 to 14 the times (proc(5)). */
function statOf(pid: number): string[] {
  const line = read(`/proc/${pid}/stat`);
  return line === '' ? [] : line.slice(line.lastIndexOf(')') + 2).split(' ');
}

/** @param times 2: its own; 4: also of children that have ended, as a connection's process leaves its time to its parent */
function cpuOf(pid: number, times: 2 | 4): number {
  const ticks = statOf(pid)
    .slice(11, 11 + times)
    .map(Number);
  return ticks.reduce((sum, one) => sum + one, 0) * TICK_MS;
}

function memoryOf(pid: number): number {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return Number(kilobytes ?? 0) * 1_024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

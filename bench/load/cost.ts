/** What a process spent over a time. */
export type ProcessCost = {
  /** Share of one core. */
  cpuShare: number;
  /** Share of the time in which the event loop had work; near 1, it was the bottleneck. */
  eventLoopUtilization: number;
  rssBytes: number;
};

/** Measures this process from now on. @returns what it has spent since */
export function measureCost(): () => ProcessCost {
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const startMs = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    const elapsedMs = Math.max(performance.now() - startMs, 1);
    return {
      cpuShare: (user + system) / 1_000 / elapsedMs,
      eventLoopUtilization: performance.eventLoopUtilization(loop).utilization,
      rssBytes: process.memoryUsage.rss(),
    };
  };
}

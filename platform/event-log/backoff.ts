/** Exponential backoff with jitter between half and all of it, so that what failed together does not come back together. */
export function backoffMs(failures: number, firstMs: number, maxMs: number): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return fullMs * (0.5 + Math.random() / 2);
}

let offsetMs = 0;
let bestRoundTripMs = Number.POSITIVE_INFINITY;

/**
 * Learns the server's clock from an answer's `Date` header. The header has whole seconds, so the middle of its second is
 * taken, and the quickest answer is believed most: it is off by half a second at worst, plus half the round trip.
 */
export function learnServerClock(dateHeader: string | null, sentAtMs: number, receivedAtMs: number): void {
  const serverMs = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  const roundTripMs = receivedAtMs - sentAtMs;
  if (!Number.isFinite(serverMs) || roundTripMs > bestRoundTripMs) return;
  bestRoundTripMs = roundTripMs;
  const measured = serverMs + 500 - (sentAtMs + receivedAtMs) / 2;
  // Below the header's own precision the two clocks agree.
  offsetMs = Math.abs(measured) < 750 ? 0 : measured;
}

/** Now, by the server's clock: holds end by it, whatever the visitor's own clock says. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

/** A fresh Idempotency-Key. `crypto.randomUUID` exists on secure origins only; a laptop on the local network is none. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

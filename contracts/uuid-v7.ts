import { v7 } from 'uuid';

/** Random bytes are drawn for many ids at once: a call into the system's generator costs more than all the rest of an id. */
const BYTES_PER_ID = 16;
const pool = new Uint8Array(BYTES_PER_ID * 256);
let used = pool.length;
let msecs = 0;
let seq = 0;

/**
 * A UUID version 7 (RFC 9562): ids made later sort later, those of one process also within a millisecond, by a counter that begins
 * anew each millisecond at random (section 6.2, method 1).
 */
export function uuidV7(): string {
  const random = randomBytes();
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    // 31 bits: room to count up, since the field has 32.
    seq = new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1;
  } else {
    seq = (seq + 1) | 0;
    if (seq === 0) msecs += 1;
  }
  return v7({ random, msecs, seq });
}

function randomBytes(): Uint8Array {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += BYTES_PER_ID;
  return pool.subarray(used - BYTES_PER_ID, used);
}

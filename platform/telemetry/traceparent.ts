import { randomFillSync } from 'node:crypto';

/** W3C Trace Context, version 00: https://www.w3.org/TR/trace-context/#traceparent-header */
export type TraceContext = { traceId: string; parentId: string; sampled: boolean };

const PATTERN = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZERO_TRACE = '0'.repeat(32);
const ZERO_PARENT = '0'.repeat(16);

/** Null for anything that the standard tells to ignore: another form, version ff, all-zero ids, extra fields in version 00. */
export function parseTraceparent(header: string | undefined): TraceContext | null {
  if (header === undefined || header.length > 256) return null;
  const match = PATTERN.exec(header);
  if (match === null) return null;
  const [, version, traceId, parentId, flags, rest] = match;
  if (traceId === undefined || parentId === undefined || flags === undefined) return null;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (traceId === ZERO_TRACE || parentId === ZERO_PARENT) return null;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.parentId}-${context.sampled ? '01' : '00'}`;
}

export function newTraceparent(): string {
  return `00-${randomHex(16)}-${randomHex(8)}-01`;
}

/** The same trace with a span id of our own; a new trace when the header names none. */
export function childTraceparent(header: string | undefined): string {
  const parent = parseTraceparent(header);
  return parent === null ? newTraceparent() : formatTraceparent({ ...parent, parentId: randomHex(8) });
}

/** The trace id within a valid traceparent. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

// Random bytes are drawn in blocks: one call into the generator per request would cost more than the rest of the header.
const block = Buffer.alloc(4096);
let used = block.length;

function randomHex(bytes: number): string {
  if (used + bytes > block.length) {
    randomFillSync(block);
    used = 0;
  }
  used += bytes;
  const hex = block.toString('hex', used - bytes, used);
  return /[1-9a-f]/.test(hex) ? hex : randomHex(bytes);
}

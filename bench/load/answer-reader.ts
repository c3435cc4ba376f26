/** An answer, readable while it is handed over and no longer: its bytes lie in a buffer that the next answer uses. */
export type Answer = {
  readonly status: number;
  /** @param name in lower case */
  header(name: string): string | undefined;
  /** The body; decoded only when asked for. */
  text(): string;
  /** Length of the body. */
  readonly bytes: number;
};

export type AnswerReader = {
  /** The next bytes from the server; they may be overwritten afterwards. @throws Error when they are no HTTP answer */
  push(chunk: Buffer): void;
  /** Whether the server said that it closes the connection after the last answer. */
  readonly closes: boolean;
};

const HEAD_END = '\r\n\r\n';
const MAX_HEAD_BYTES = 64 * 1024;
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** A buffer for answers in pieces is kept for the next one unless it is larger. */
const MAX_KEPT_BYTES = 256 * 1024;
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Reads the answers to requests sent one after the other on a connection (RFC 9112): bodies by `Content-Length` or in chunks, none
 * for 1xx, 204 and 304. An answer that came in one piece, as almost all do, is never copied.
 */
export function createAnswerReader(onAnswer: (answer: Answer) => void): AnswerReader {
  let kept: Buffer = NOTHING;
  let filled = 0;
  let head = '';
  let body: Buffer = NOTHING;
  let closes = false;
  const answer = {
    status: 0,
    bytes: 0,
    header: (name: string) => headerOf(head, name),
    text: () => body.toString('utf8'),
  };

  function keep(chunk: Buffer, totalBytes: number): void {
    if (totalBytes > kept.length) {
      const grown = Buffer.allocUnsafe(Math.max(totalBytes, filled + chunk.length, 2 * kept.length));
      kept.copy(grown, 0, 0, filled);
      kept = grown;
    }
    filled += chunk.copy(kept, filled);
  }

  function push(chunk: Buffer): void {
    let data = chunk;
    if (filled > 0) {
      keep(chunk, filled + chunk.length);
      data = kept.subarray(0, filled);
    }
    const end = take(data, 0);
    if (typeof end === 'number') {
      if (filled === 0 && kept.length > MAX_KEPT_BYTES) kept = NOTHING;
      // A client that sends one request at a time gets nothing behind its answer.
      if (end !== data.length) throw new Error(`${data.length - end} bytes came behind an answer`);
      return;
    }
    if (filled === 0) keep(chunk, Math.max(chunk.length, end.wants));
  }

  /** Hands over the answer that begins at `from`, if it is there whole. @returns where it ends, or how many bytes it wants, if known */
  function take(data: Buffer, from: number): number | { wants: number } {
    const headEnd = data.indexOf(HEAD_END, from);
    if (headEnd < 0) {
      if (data.length > MAX_HEAD_BYTES) throw new Error('the head of an answer does not end');
      return { wants: 0 };
    }
    const text = data.toString('latin1', from, headEnd + 2);
    if (!text.startsWith('HTTP/1.')) throw new Error(`not an HTTP answer: ${text.slice(0, 40)}`);
    const start = headEnd + HEAD_END.length;
    const status = Number(text.slice(9, 12));
    if (status < 200) return take(data, start);
    const whole = bodyOf(data, start, status, text);
    if ('wants' in whole) return whole;
    head = text;
    body = whole.body;
    closes = headerOf(text, 'connection') === 'close';
    answer.status = status;
    answer.bytes = body.length;
    filled = 0;
    onAnswer(answer);
    return whole.end;
  }

  return {
    push,
    get closes() {
      return closes;
    },
  };
}

type Whole = { body: Buffer; end: number } | { wants: number };

function bodyOf(data: Buffer, start: number, status: number, head: string): Whole {
  if (status === 204 || status === 304) return { body: NOTHING, end: start };
  const length = headerOf(head, 'content-length');
  if (length === undefined) {
    if (headerOf(head, 'transfer-encoding') !== 'chunked') throw new Error('an answer without a length');
    return chunksOf(data, start);
  }
  const end = start + Number(length);
  if (!(end <= MAX_BODY_BYTES)) throw new Error(`an answer of ${length} bytes`);
  return end <= data.length ? { body: data.subarray(start, end), end } : { wants: end };
}

function chunksOf(data: Buffer, start: number): Whole {
  const chunks: Buffer[] = [];
  for (let at = start; ;) {
    const lineEnd = data.indexOf('\r\n', at);
    if (lineEnd < 0) return { wants: 0 };
    const size = Number.parseInt(data.toString('latin1', at, lineEnd), 16);
    const from = lineEnd + 2;
    if (!(size >= 0 && from + size <= MAX_BODY_BYTES)) throw new Error('a chunk without a size');
    if (from + size + 2 > data.length) return { wants: from + size + 2 };
    if (size === 0) {
      // Node sends no trailers, so the last chunk is followed by the empty line.
      const [only = NOTHING] = chunks;
      return { body: chunks.length === 1 ? only : Buffer.concat(chunks), end: from + 2 };
    }
    chunks.push(data.subarray(from, from + size));
    at = from + size + 2;
  }
}

const patterns = new Map<string, RegExp>();

function headerOf(head: string, name: string): string | undefined {
  let pattern = patterns.get(name);
  if (pattern === undefined) {
    pattern = new RegExp(`\\r\\n${name}:[ \\t]*([^\\r]*?)[ \\t]*\\r\\n`, 'i');
    patterns.set(name, pattern);
  }
  return pattern.exec(head)?.[1];
}
